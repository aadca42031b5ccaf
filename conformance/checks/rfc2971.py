"""ID (RFC 2971): how much a server may say of itself, and that nothing changes by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Group, Leaf, instant
from conformance.wire.dialogue import Arrival

MUST_NOT_CHANGE = Rule(
    "2971-3-unchanged",
    "MUST",
    "3",
    "ID neither brings nor takes away a capability.",
)
RESPONSE = Rule("2971-3.2-response", "SHOULD", "3.2", "An ID response comes before the OK to ID.")
FIELD_LENGTH = Rule("2971-3.3-field-length", "MUST", "3.3", "A field has 30 octets at most.")
VALUE_LENGTH = Rule("2971-3.3-value-length", "MUST", "3.3", "A value has 1024 octets at most.")
PAIRS = Rule("2971-3.3-pairs", "MUST", "3.3", "An ID response has 30 fields at most.")
TWICE = Rule("2971-3.3-twice", "MUST", "3.3", "No field stands twice in an ID response.")
DATE = Rule("2971-3.3-date", "SHOULD", "3.3", "The value of the field date is a date-time.")

LONGEST_FIELD = 30
LONGEST_VALUE = 1024
MOST_PAIRS = 30

_QUIET = frozenset({"CAPABILITY", "ID", "NOOP"})
"""Commands that bring no other reason for capabilities to change."""


class Excess(NamedTuple):
    """One limit of section 3.3 that a list does not keep; `limit` is one of the four below."""

    limit: str
    message: str
    expected: str


def excesses(fields: Sequence[bytes], values: Sequence[bytes]) -> Iterator[Excess]:
    """Yield what a list of fields and values has too much of; values that are NIL are left out."""
    longest = max(map(len, fields), default=0)
    if longest > LONGEST_FIELD:
        message = f"A field of ID has {longest} octets."
        yield Excess("field", message, f"at most {LONGEST_FIELD}")
    longest = max(map(len, values), default=0)
    if longest > LONGEST_VALUE:
        message = f"A value of ID has {longest} octets."
        yield Excess("value", message, f"at most {LONGEST_VALUE}")
    if len(fields) > MOST_PAIRS:
        yield Excess("pairs", f"ID has {len(fields)} fields.", f"at most {MOST_PAIRS}")
    if len({field.upper() for field in fields}) < len(fields):
        yield Excess("twice", "A field of ID stands twice.", "each field once")


_RULES = {"field": FIELD_LENGTH, "value": VALUE_LENGTH, "pairs": PAIRS, "twice": TWICE}


class ToldCapabilities:
    """The capabilities that were told last, while nothing but ID could have changed them."""

    def __init__(self) -> None:
        self.names: frozenset[bytes] | None = None
        self.identified = False


def modest(_view: View, arrival: Arrival, report: Report) -> None:
    """Report an ID response that says too much, or the same twice."""
    listed = arrival.response.values[0] if arrival.response.values else None
    if not isinstance(listed, Group):
        return
    leaves = [item for item in listed.items if isinstance(item, Leaf)]
    if len(leaves) != len(listed.items):
        return  # no list of pairs: the formal syntax has it
    fields = [bytes(leaf.octets) for leaf in leaves[::2]]
    values = [bytes(leaf.octets) for leaf in leaves[1::2] if not leaf.is_nil]
    for excess in excesses(fields, values):
        report(Fault(_RULES[excess.limit], excess.message, excess.expected))
    for field, value in zip(leaves[::2], leaves[1::2], strict=False):
        dated = bytes(field.octets).upper() == b"DATE" and not value.is_nil
        if dated and instant(value.octets) is None:
            report(Fault(DATE, "The date of ID is no date-time.", "a date-time"))


def answered(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to ID without an ID response; forget capabilities that may be others now."""
    command = arrival.answers
    told = view.attached.of(ToldCapabilities)
    if command is None or command.name not in _QUIET:
        told.names = None
        return
    if command.name != "ID" or arrival.status != "OK":
        return
    told.identified = True
    alone = [other.name for other in arrival.in_flight if other is not command] == []
    if alone and not view.muddled and "ID" not in view.last:
        report(Fault(RESPONSE, "The OK to ID comes without an ID response.", "* ID"))


def unchanged(view: View, arrival: Arrival, report: Report) -> None:
    """Report capabilities that are others than before an ID."""
    told = view.attached.of(ToldCapabilities)
    asked = [other.name for other in arrival.in_flight] == ["CAPABILITY"]
    if not asked or view.muddled:
        told.names = None
        return
    leaves = arrival.response.values
    names = frozenset(
        bytes(leaf.octets).upper()
        for value in leaves
        for leaf in (value.items if isinstance(value, Group) else (value,))
        if isinstance(leaf, Leaf)
    )
    if told.identified and told.names is not None and names != told.names:
        other = sorted(names ^ told.names)[0].decode("latin-1")
        change = "is new" if other.encode("latin-1") in names else "is gone"
        message = f"{other} {change} in CAPABILITY behind an ID."
        report(Fault(MUST_NOT_CHANGE, message, "the same capabilities as before"))
    told.names, told.identified = names, False


CHECKS = (
    Check(
        "id-modest", ("ID",), modest, (FIELD_LENGTH, VALUE_LENGTH, PAIRS, TWICE, DATE), needs="ID"
    ),
    Check("id-answered", (TAGGED,), answered, (RESPONSE,), needs="ID"),
    Check("id-unchanged", ("CAPABILITY",), unchanged, (MUST_NOT_CHANGE,), needs="ID"),
)

EFFECTS = (Effect(("ID",), keeps_flags=True),)
