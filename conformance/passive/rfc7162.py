"""CONDSTORE and QRESYNC (RFC 7162): the rules for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc7162 import words
from conformance.passive.client_rules import ClientCheck, Said
from conformance.wire.commands import SELECTING

SINCE = Rule(
    "7162-3.2.6-client-changedsince",
    "MUST",
    "3.2.6",
    "A client gives VANISHED to UID FETCH only, and together with CHANGEDSINCE.",
)
ORDER = Rule(
    "7162-3.2.5.2-client-order",
    "MUST",
    "3.2.5.2",
    "Message sequence match data has its numbers and its UIDs in ascending order.",
)

_VANISHED = re.compile(rb"\([^()]*\bVANISHED\b[^()]*\)$")
_MATCH = re.compile(rb"QRESYNC \(\d+ \d+(?: [\d:,]+)? \(([\d:,]+) ([\d:,]+)\)\)")
_NUMBER = re.compile(rb"\d{1,10}")


def with_changedsince(said: Said) -> Iterator[Fault]:
    """Report VANISHED where it does not belong."""
    command, text = said.command, words(said.command)
    if command.name not in ("FETCH", "UID FETCH") or not _VANISHED.search(text):
        return
    if command.name == "FETCH":
        yield Fault(SINCE, "FETCH has the modifier VANISHED.", "UID FETCH", "by number")
    elif b"CHANGEDSINCE" not in text:
        message = "UID FETCH has the modifier VANISHED without CHANGEDSINCE."
        yield Fault(SINCE, message, "(CHANGEDSINCE n VANISHED)", "alone")


def ascending(said: Said) -> Iterator[Fault]:
    """Report match data whose numbers do not rise."""
    found = _MATCH.search(words(said.command)) if said.command.name in SELECTING else None
    for numbers in found.groups() if found else ():
        order = [int(number) for number in _NUMBER.findall(numbers)]
        if any(first >= second for first, second in pairwise(order)):
            message = "Message sequence match data is not in ascending order."
            yield Fault(ORDER, message, "numbers that rise")
            return


CHECKS = (
    ClientCheck("complete", with_changedsince, (SINCE,)),
    ClientCheck("complete", ascending, (ORDER,)),
)
