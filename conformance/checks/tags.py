"""Which command a response belongs to: tags and continuation requests.

When a command was malformed on purpose the server may have read other commands than ours, and
answer them; until a later command is answered these checks are silent.
"""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import PROMPTED, Command
from conformance.wire.dialogue import Arrival

TAG = Rule(
    "3501-2.2.2-tag",
    "MUST",
    "2.2.2",
    "A tagged response carries the tag of a command in progress.",
)
ONCE = Rule(
    "3501-2.2.2-one-completion",
    "MUST",
    "2.2.2",
    "Each command gets exactly one tagged completion response.",
)
AWAITED = Rule(
    "3501-7.5-awaited",
    "MUST",
    "7.5",
    "A continuation request is sent only when a command has more to come: a literal, or a line"
    " of AUTHENTICATE.",
)

# A line of another shape is no tagged response at all: the grammar reports it.
_ANSWER = re.compile(rb'([^\x00-\x20\x7f-\xff(){%*"\\+]+) +(?:OK|NO|BAD)[ \r]', re.IGNORECASE)

# Commands that go on after their line only by a literal. Of others nothing is known.
# fmt: off
_LINE_ONLY = frozenset({
    "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "LOGIN", "SELECT", "EXAMINE", "CREATE",
    "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB", "STATUS", "APPEND",
    "CHECK", "CLOSE", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "UID SEARCH",
    "UID FETCH", "UID STORE", "UID COPY",
})
# fmt: on


def tag_discipline(view: View, arrival: Arrival, report: Report) -> None:
    """Report a tagged response that answers no command in flight (2.2.2)."""
    if arrival.answers is not None or view.muddled:
        return
    answer = _ANSWER.match(arrival.frame.text)
    if answer is None:
        return
    if answer[1] in view.completed:
        fault = Fault(ONCE, "A command is completed a second time.", "one tagged response", "again")
    else:
        fault = Fault(
            TAG,
            "The tag is not that of a command in progress.",
            _in_flight(arrival.in_flight),
            "unknown" if arrival.in_flight else "idle",
        )
    report(fault)


def _in_flight(commands: tuple[Command, ...]) -> str:
    if not commands:
        return "no tagged response: no command is in progress"
    return "a tag of " + ", ".join(sorted({command.name or "?" for command in commands}))


def left_by_logout(view: View, arrival: Arrival, _report: Report) -> None:
    """Note the commands that LOGOUT's completion leaves without one.

    One that is completed behind it breaks another rule, for nothing more is sent then (6.1.3); the
    others are reported when the connection has ended.
    """
    logout = arrival.answers
    if logout is None or logout.name != "LOGOUT" or arrival.status != "OK" or view.muddled:
        return
    view.left_by_logout = tuple(
        command
        for command in arrival.in_flight
        if command.number < logout.number
        and command.name in _LINE_ONLY
        and not command.sending
        and command.number in view.begun
    )


def never_completed(view: View, report: Report) -> None:
    """Report a command that LOGOUT has left without a completion for good (2.2.2)."""
    left = [command for command in view.left_by_logout if command.tag not in view.completed]
    if left:
        message = f"The session ends, and {left[0].name} was never completed."
        expected = "a tagged response to each command before the one to LOGOUT"
        report(Fault(ONCE, message, expected, "never"))


def continuation_awaited(view: View, arrival: Arrival, report: Report) -> None:
    """Report a `+` while every command in flight is complete (7.5)."""
    if view.muddled or any(_may_go_on(command) for command in arrival.in_flight):
        return
    report(
        Fault(
            AWAITED,
            "A continuation request comes although no command waits for one.",
            "an untagged or a tagged response",
            "in progress" if arrival.in_flight else "idle",
        )
    )


def _may_go_on(command: Command) -> bool:
    return command.name in PROMPTED or command.name not in _LINE_ONLY or b"{" in command.text


CHECKS = (
    Check("tag", (TAGGED,), tag_discipline, (TAG, ONCE)),
    Check("completion", (TAGGED,), left_by_logout, (ONCE,)),
    Check("continuation", ("+",), continuation_awaited, (AWAITED,)),
)
