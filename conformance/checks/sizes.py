"""The number of messages, the numbers that point at them, and when they may be removed."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.selection import Selection
from conformance.checks.table import Check, Doubt, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import SELECTING
from conformance.wire.dialogue import Arrival, State

SHRINKS = Rule(
    "3501-5.2-exists-shrinks",
    "MUST",
    "5.2",
    "EXISTS never announces fewer messages than before; only EXPUNGE takes messages away.",
)
RECENT = Rule(
    "3501-7.3.2-count",
    "MUST",
    "7.3.2",
    "RECENT counts messages of the mailbox, so it is not above EXISTS.",
)
RANGE = Rule(
    "3501-2.3.1.2-range",
    "MUST",
    "2.3.1.2",
    "Message sequence numbers run from 1 to the number of messages in the mailbox.",
)
IDLE = Rule(
    "3501-7.4.1-no-command",
    "MUST",
    "7.4.1",
    "No EXPUNGE is sent while no command is in progress, nor while one is still being sent.",
)
DURING = Rule(
    "3501-7.4.1-during",
    "MUST",
    "7.4.1",
    "No EXPUNGE is sent in response to FETCH, STORE or SEARCH (their UID forms are other"
    " commands).",
)
CLOSING = Rule(
    "3501-6.4.2-silent",
    "MUST",
    "6.4.2",
    "CLOSE removes messages without sending EXPUNGE responses.",
)
SELECTED = Rule(
    "3501-7.3-selected",
    "SHOULD",
    "7.3",
    "Sizes of a mailbox and data of its messages are told only while it is selected.",
)

_NUMBERED = frozenset({"FETCH", "STORE", "SEARCH"})
_CLOSE = frozenset({"CLOSE"})


def selected_for_numbers(view: View, arrival: Arrival, report: Report) -> None:
    """Report EXISTS, RECENT, EXPUNGE or FETCH while no mailbox is selected or being selected."""
    if view.muddled or view.notified or view.experimental:
        return
    if arrival.state not in (State.NOT_AUTHENTICATED, State.AUTHENTICATED):
        return
    if any(command.name in SELECTING for command in arrival.in_flight):
        return
    name = arrival.response.name
    message = f"{name} comes while no mailbox is selected."
    report(Fault(SELECTED, message, f"no {name}: of which mailbox would it be?", name))


def exists_never_shrinks(view: View, arrival: Arrival, report: Report) -> None:
    """Report an EXISTS below the count that EXISTS and EXPUNGE gave so far (5.2)."""
    current, count = view.current, arrival.count
    if current is None or current.exists is None or count is None or count >= current.exists:
        return
    message = f"EXISTS falls from {current.exists} to {count} without EXPUNGE."
    report(Fault(SHRINKS, message, f"at least {current.exists} EXISTS"))


def recent_within_exists(view: View, arrival: Arrival, report: Report) -> None:
    """Report, once a command is done, a RECENT above EXISTS (7.3.2): their order is free."""
    told = _settled(view, arrival)
    if told is None or told.recent is None or told.exists is None or told.recent <= told.exists:
        return
    message = f"RECENT counts {told.recent} of {told.exists} messages."
    told.recent = None  # one report for one RECENT
    report(Fault(RECENT, message, "RECENT at most EXISTS"))


def unseen_within_exists(view: View, arrival: Arrival, report: Report) -> None:
    """Report an UNSEEN code of SELECT that points behind the last message."""
    told = _settled(view, arrival)
    if told is None or told is not view.pending or told.unseen is None or told.exists is None:
        return
    if told.unseen > told.exists:
        message = f"UNSEEN points at message {told.unseen} of {told.exists}."
        report(Fault(RANGE, message, f"a number from 1 to {told.exists}", "unseen"))


def _settled(view: View, arrival: Arrival) -> Selection | None:
    """Return the mailbox whose description a tagged response completes."""
    command = arrival.answers
    if command is not None and command.name in SELECTING:
        return view.pending if arrival.status == "OK" else None
    return view.current


def expunge_within_exists(view: View, arrival: Arrival, report: Report) -> None:
    """Report an EXPUNGE of a message that the session was never told of."""
    current, position = view.current, arrival.count
    if current is None or current.exists is None or position is None:
        return
    if position > current.exists:
        message = f"EXPUNGE names message {position} of {current.exists}."
        report(Fault(RANGE, message, _range(current.exists), "expunge"))


def fetch_within_exists(view: View, arrival: Arrival, report: Report) -> None:
    """Report a FETCH response for a message that is not announced before the command is done."""
    current, position = view.current, arrival.count
    if current is None or current.exists is None or position is None:
        return
    if position > current.exists:
        message = f"FETCH names message {position} of {current.exists}."
        fault = Fault(RANGE, message, _range(current.exists), "fetch")
        report(fault, Doubt(exists=position))


def search_within_exists(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SEARCH result that points behind the last message; UIDs have no such bound."""
    current = view.current
    searches = {c.name for c in arrival.in_flight if "SEARCH" in c.name or c.name not in _NUMBERED}
    if current is None or current.exists is None or searches != {"SEARCH"}:
        return
    numbers = [int(w) for w in arrival.frame.text.split()[2:] if w.isdigit() and len(w) <= 10]
    highest = max(numbers, default=0)
    if highest > current.exists:
        message = f"SEARCH names message {highest} of {current.exists}."
        fault = Fault(RANGE, message, _range(current.exists), "search")
        report(fault, Doubt(exists=highest))


def _range(exists: int) -> str:
    return f"a number from 1 to {exists}" if exists else "none: the mailbox is empty"


def expunge_in_time(view: View, arrival: Arrival, report: Report) -> None:
    """Report an EXPUNGE while nothing, or only FETCH, STORE, SEARCH or CLOSE, is in progress.

    With several commands in flight one that allows EXPUNGE excuses it: which of them the server
    is working on can not be seen. A command whose literal was not sent yet is not in progress.
    """
    if view.muddled or view.notified:
        return
    working = {command.name for command in arrival.in_flight if not command.sending}
    if not working:
        waiting = bool(arrival.in_flight)
        message = (
            "EXPUNGE comes before the command in flight was sent to its end."
            if waiting
            else "EXPUNGE comes while no command is in progress."
        )
        expected = "EXPUNGE during the next command that allows it"
        report(Fault(IDLE, message, expected, "literal" if waiting else "idle"))
    elif working <= _NUMBERED:
        names = ", ".join(sorted(working))
        message = f"EXPUNGE comes in response to {names}."
        fault = Fault(DURING, message, "EXPUNGE during a later command", names)
        report(fault, Doubt(refused=True))
    elif working == _CLOSE:
        message = "EXPUNGE comes in response to CLOSE."
        report(Fault(CLOSING, message, "only a tagged response"))


CHECKS = (
    Check("selected", ("EXISTS", "RECENT", "EXPUNGE", "FETCH"), selected_for_numbers, (SELECTED,)),
    Check("exists-shrinks", ("EXISTS",), exists_never_shrinks, (SHRINKS,)),
    Check("recent", (TAGGED,), recent_within_exists, (RECENT,)),
    Check("sequence-range", (TAGGED,), unseen_within_exists, (RANGE,)),
    Check("sequence-range", ("EXPUNGE",), expunge_within_exists, (RANGE,)),
    Check("sequence-range", ("FETCH",), fetch_within_exists, (RANGE,)),
    Check("sequence-range", ("SEARCH",), search_within_exists, (RANGE,)),
    Check("expunge-time", ("EXPUNGE",), expunge_in_time, (IDLE, DURING, CLOSING)),
)
