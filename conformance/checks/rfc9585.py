"""INPROGRESS (RFC 9585): where a notification stands, whose it is, and that it goes forward."""

from __future__ import annotations

from typing import NamedTuple

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.ledger import Bounded
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View, number_in
from conformance.syntax.responses import Response
from conformance.syntax.values import Group, Leaf
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str, level: str = "MUST") -> Rule:
    return Rule(f"9585-4-{slug}", level, "4", sentence)


UNTAGGED = _rule("untagged", "INPROGRESS is never in a tagged response.")
OK = _rule("ok", "The response that INPROGRESS is in is an OK.", "SHOULD")
TAG = _rule("tag", "The tag in INPROGRESS is that of a command in progress, or NIL.")
BRACKET = _rule("bracket", "A tag that has a closing bracket is told as NIL.")
INCREASING = _rule("increasing", "PROGRESS does not go back under the same GOAL.", "SHOULD")
CONSTANT = _rule("constant", "GOAL is the same in all notifications of a command.", "SHOULD")
GOAL = _rule("goal", "PROGRESS is not above GOAL.")
EQUAL = _rule("equal", "PROGRESS is not equal to GOAL.", "SHOULD")

_CODE = "INPROGRESS"
_WORDS = (b"INPROGRESS",)
_KEPT = 100


class Details(NamedTuple):
    """What a notification says; None stands for NIL."""

    tag: bytes | None
    progress: int | None
    goal: int | None


class Reached:
    """How far the commands of a session were, by their numbers."""

    def __init__(self) -> None:
        self.details: Bounded[int, Details] = Bounded(_KEPT)


def details(response: Response) -> Details | None:
    """Return the details of a notification, None where it has none."""
    values = response.code.values if response.code is not None else ()
    group = values[0] if len(values) == 1 else None
    if not isinstance(group, Group) or len(group.items) != 3:
        return None
    tag, progress, goal = group.items
    named = isinstance(tag, Leaf) and tag.form != "atom"
    return Details(
        bytes(tag.octets) if named and isinstance(tag, Leaf) else None,
        number_in(progress),
        number_in(goal),
    )


def in_tagged(_view: View, arrival: Arrival, report: Report) -> None:
    """Report the code in the answer to a command."""
    code = arrival.response.code
    if code is not None and code.name == _CODE:
        message = "INPROGRESS is in a tagged response."
        report(Fault(UNTAGGED, message, "an untagged OK before it"))


def notified(view: View, arrival: Arrival, report: Report) -> None:
    """Report another condition than OK, the tag of no command, and numbers that do not fit."""
    code = arrival.response.code
    if code is None or code.name != _CODE:
        return
    if arrival.status != "OK":
        report(Fault(OK, f"INPROGRESS is in an untagged {arrival.status}.", "an untagged OK"))
    told = details(arrival.response)
    if told is None:
        return
    _agree(told, report)
    if told.tag is None or view.muddled:
        return
    if b"]" in told.tag:
        report(Fault(BRACKET, f"INPROGRESS has the tag {show(told.tag)}.", "NIL"))
    command = next((each for each in arrival.in_flight if each.tag == told.tag), None)
    if command is None:
        message = "INPROGRESS has the tag of no command that is in progress."
        report(Fault(TAG, message, "the tag of a command that is not answered yet, or NIL"))
        return
    reached = view.attached.of(Reached).details
    before = reached.get(command.number)
    reached.put(command.number, told)
    if before is not None:
        _goes_on(before, told, report)


def _agree(told: Details, report: Report) -> None:
    """Report a command that is at its end or further; a GOAL of 0 is a matter of the syntax."""
    if told.progress is None or not told.goal:
        return
    message = f"PROGRESS is {told.progress} of {told.goal}."
    if told.progress == told.goal:
        report(Fault(EQUAL, message, "the tagged response instead"))
    elif told.progress > told.goal:
        report(Fault(GOAL, message, f"below {told.goal}, or another GOAL"))


def _goes_on(before: Details, told: Details, report: Report) -> None:
    """Report what comes behind an earlier notification of the same command and goes back."""
    if before.goal is not None and told.goal is not None and before.goal != told.goal:
        message = f"GOAL is {told.goal}, and was {before.goal}."
        report(Fault(CONSTANT, message, f"{before.goal}"))
        return
    if before.progress is None or told.progress is None or told.goal != before.goal:
        return
    if told.progress < before.progress:
        message = f"PROGRESS is {told.progress}, and was {before.progress}."
        report(Fault(INCREASING, message, f"{before.progress} at least"))


CHECKS = (
    Check("inprogress-tagged", (TAGGED,), in_tagged, (UNTAGGED,), words=_WORDS),
    Check(
        "inprogress",
        ("OK", "NO", "BAD"),
        notified,
        (OK, TAG, BRACKET, INCREASING, CONSTANT, GOAL, EQUAL),
        words=_WORDS,
    ),
)
