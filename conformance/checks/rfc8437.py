"""UNAUTHENTICATE (RFC 8437): how it is answered, and that it leaves messages as they are."""

from __future__ import annotations

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival
from conformance.wire.states import State


def _rule(slug: str, sentence: str) -> Rule:
    return Rule(f"8437-3-{slug}", "MUST", "3", sentence)


NO_NO = _rule("no-no", "UNAUTHENTICATE is never answered NO.")
BAD = _rule("bad", "UNAUTHENTICATE of who is logged in is not answered BAD.")
SILENT = _rule("unselected", "No EXPUNGE comes while UNAUTHENTICATE is in progress.")

_NAME = "UNAUTHENTICATE"
_LOGGED_IN = frozenset({State.AUTHENTICATED, State.SELECTED})


def answered(view: View, arrival: Arrival, report: Report) -> None:
    """Report NO, and a BAD for which there is no reason."""
    command = arrival.answers
    if command is None or command.name != _NAME or command.stray or view.muddled:
        return
    if arrival.status == "NO":
        report(Fault(NO_NO, "UNAUTHENTICATE is answered NO.", "OK, BAD, or BYE"))
    elif arrival.status == "BAD" and arrival.state in _LOGGED_IN:
        written = command.text.partition(b" ")[2].upper()
        if written == b"UNAUTHENTICATE\r\n" and arrival.in_flight == (command,):
            report(Fault(BAD, "UNAUTHENTICATE of a user is answered BAD.", "OK"))


def expunged(view: View, arrival: Arrival, report: Report) -> None:
    """Report a message that goes because its user does."""
    if not view.muddled and [command.name for command in arrival.in_flight] == [_NAME]:
        report(Fault(SILENT, "EXPUNGE comes during UNAUTHENTICATE.", "no EXPUNGE"))


CHECKS = (
    Check("unauthenticate-answer", (TAGGED,), answered, (NO_NO, BAD), needs=_NAME),
    Check("unauthenticate-silent", ("EXPUNGE", "VANISHED"), expunged, (SILENT,), needs=_NAME),
)

EFFECTS = (Effect((_NAME,), keeps_flags=True),)
