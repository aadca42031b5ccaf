"""PARTIAL (RFC 9394): the part that was asked for, and how much of it there is."""

from __future__ import annotations

import re
from typing import NamedTuple

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4731 import SEARCHES, read
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.syntax.values import Group, Leaf, members
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str) -> Rule:
    return Rule(f"9394-3.1-{slug}", "MUST", "3.1", sentence)


REQUESTED = _rule("requested", "The item PARTIAL says which range was asked for.")
FIRST = _rule("first", "PARTIAL returns no more messages than its range has.")
BEYOND = _rule("beyond", "PARTIAL returns all messages that match and are in its range.")
NIL = _rule("nil", "Where no message is in the range there is NIL.")

_RANGE = re.compile(rb"(-?)([1-9]\d{0,9}):\1([1-9]\d{0,9})")
_ASKED = re.compile(rb"RETURN \([^()]*?\bPARTIAL (-?\d+:-?\d+)[^()]*\)", re.IGNORECASE)


class PartialRange(NamedTuple):
    """A range: its sign, and its ends in ascending order."""

    sign: bytes
    low: int
    high: int


def part_of(text: bytes) -> PartialRange | None:
    """Read a partial-range."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    low, high = sorted((int(found[2]), int(found[3])))
    return PartialRange(found[1], low, high)


def part(view: View, arrival: Arrival, report: Report) -> None:
    """Report another range than was asked for, and more or fewer messages than it has."""
    result = read(arrival.response)
    item = result.items.get(b"PARTIAL")
    if not isinstance(item, Group) or len(item.items) != 2 or view.muddled:
        return
    told, set_ = item.items
    searches = [each for each in arrival.in_flight if each.name in SEARCHES]
    command = next((each for each in searches if each.tag == result.tag), None)
    asked = _ASKED.match(command.arguments) if command is not None else None
    if asked is None or not isinstance(told, Leaf) or not isinstance(set_, Leaf):
        return
    wanted, given = part_of(asked[1]), part_of(bytes(told.octets))
    if wanted is None:
        return
    if given != wanted:
        message = f"PARTIAL has another range than {asked[1].decode('ascii')}."
        report(Fault(REQUESTED, message, asked[1].decode("ascii")))
        return
    found = frozenset() if set_.name == b"NIL" else members(set_.octets)
    if found is None:
        return
    extent = wanted.high - wanted.low + 1
    count = result.numbers.get(b"COUNT")
    there = max(0, min(wanted.high, count) - wanted.low + 1) if count is not None else None
    if len(found) > extent:
        message = f"PARTIAL returns {len(found)} messages for a range of {extent}."
        report(Fault(FIRST, message, f"at most {extent}"))
    elif there == 0 and found:
        message = f"PARTIAL returns messages in a range behind all {count}."
        report(Fault(NIL, message, "NIL"))
    elif there is not None and len(found) != there:
        message = f"PARTIAL returns {len(found)} of {there} messages that are in its range."
        report(Fault(BEYOND, message, f"{there} messages"))


CHECKS = (
    Check("partial", ("ESEARCH",), part, (REQUESTED, FIRST, BEYOND, NIL), needs="PARTIAL&ESEARCH"),
)
