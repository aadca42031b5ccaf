"""MULTISEARCH (RFC 7377): what each response to an ESEARCH command has in it."""

from __future__ import annotations

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4731 import read
from conformance.checks.table import Check, Doubt, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.esearch import parts
from conformance.syntax.values import Leaf
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str) -> Rule:
    return Rule(f"7377-2.1-{slug}", "MUST", "2.1", sentence)


UID = _rule("uid", "The responses to ESEARCH have unique identifiers.")
INSTEAD = _rule("esearch", "ESEARCH is answered with ESEARCH responses, not with SEARCH.")
EACH = _rule("each", "For each mailbox there is one response at most.")
NOTHING = _rule("nothing", "For a mailbox in which nothing matches there is no response.")
CORRELATORS = _rule("correlators", "Each response has TAG, MAILBOX and UIDVALIDITY.")

_WANTED = (b"MAILBOX", b"UIDVALIDITY")
_UPDATES = frozenset({b"ADDTO", b"REMOVEFROM"})
_MOST = 10_000


class ToldMailboxes:
    """Which mailboxes were told of for which ESEARCH in progress, by its number."""

    def __init__(self) -> None:
        self.mailboxes: set[tuple[int, bytes]] = set()


def result(view: View, arrival: Arrival, report: Report) -> None:
    """Report a response without a correlator, of numbers, of nothing, or a second one."""
    found = read(arrival.response)
    searches = [each for each in arrival.in_flight if each.name == "ESEARCH"]
    command = next((each for each in searches if each.tag == found.tag), None)
    if command is None or view.muddled or not _UPDATES.isdisjoint(found.items.keys()):
        return
    correlator = parts(arrival.response.values)[0]
    named = {key: correlator.get(key) for key in _WANTED} if correlator is not None else {}
    missing = [key.decode("ascii") for key in _WANTED if named.get(key) is None]
    if missing:
        message = f"The response to ESEARCH has no {missing[0]}."
        report(Fault(CORRELATORS, message, missing[0], missing[0]))
    if not found.by_uid:
        report(Fault(UID, "The response to ESEARCH has no UID.", "UID behind the correlators"))
    if found.numbers.get(b"COUNT") == 0:
        report(Fault(NOTHING, "The response to ESEARCH has COUNT 0.", "no response"))
    mailbox = named.get(b"MAILBOX")
    if isinstance(mailbox, Leaf):
        told = view.attached.of(ToldMailboxes).mailboxes
        key = command.number, bytes(mailbox.octets)
        if key in told:
            report(Fault(EACH, "Two responses to ESEARCH are of one mailbox.", "one"))
        elif len(told) < _MOST:
            told.add(key)


def plain(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SEARCH response while ESEARCH is all that is in progress."""
    names = {each.name for each in arrival.in_flight}
    if names == {"ESEARCH"} and not view.muddled:
        fault = Fault(INSTEAD, "SEARCH comes for an ESEARCH.", "ESEARCH responses only")
        report(fault, Doubt(refused=True))


def completed(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Forget what came for an ESEARCH that is complete."""
    command = arrival.answers
    if command is not None and command.name == "ESEARCH":
        told = view.attached.of(ToldMailboxes).mailboxes
        told -= {key for key in told if key[0] == command.number}


CHECKS = (
    Check(
        "multisearch",
        ("ESEARCH",),
        result,
        (CORRELATORS, UID, NOTHING, EACH),
        needs="MULTISEARCH",
    ),
    Check("multisearch-plain", ("SEARCH",), plain, (INSTEAD,), needs="MULTISEARCH"),
    Check("multisearch-completed", (TAGGED,), completed, (), needs="MULTISEARCH"),
)

EFFECTS = (Effect(("ESEARCH",), keeps_flags=True),)
