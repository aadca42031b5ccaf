"""UIDONLY (RFC 9586): once it is enabled, no message has a number."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"9586-{section}-{slug}", "MUST", section, sentence)


NUMBERS = _rule("3", "no-numbers", "Once UIDONLY is enabled no response has message numbers.")
PROHIBITED = _rule("3.2", "prohibited", "FETCH, STORE, SEARCH, COPY and MOVE are answered BAD.")

_BY_NUMBER = frozenset({"FETCH", "STORE", "SEARCH", "COPY", "MOVE"})
_ON = "UIDONLY"


def by_number(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a response that is about a message by its number."""
    if not any(each.name == "ENABLE" for each in arrival.in_flight):
        message = f"{arrival.response.name} comes with UIDONLY enabled."
        report(Fault(NUMBERS, message, "UIDFETCH or VANISHED"))


def taken(_view: View, arrival: Arrival, report: Report) -> None:
    """Report that a command with numbers was carried out."""
    command = arrival.answers
    if command is not None and command.name in _BY_NUMBER and arrival.status == "OK":
        message = f"{command.name} is answered OK with UIDONLY enabled."
        report(Fault(PROHIBITED, message, "BAD"))


CHECKS = (
    Check("uidonly-numbers", ("FETCH", "EXPUNGE"), by_number, (NUMBERS,), enabled=_ON),
    Check("uidonly-commands", (TAGGED,), taken, (PROHIBITED,), enabled=_ON),
)
