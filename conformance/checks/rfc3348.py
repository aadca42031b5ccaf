"""CHILDREN (RFC 3348): attributes that contradict each other, or the names beside them.

Names are compared within the answer to one LIST only: between two commands somebody may have made
a mailbox. LIST-EXTENDED (RFC 5258) has the same attributes, and rules of its own for them.
"""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Doubt, Report
from conformance.checks.view import View
from conformance.syntax.values import Leaf
from conformance.wire.dialogue import Arrival

NOT_BOTH = Rule(
    "3348-3-not-both",
    "MUST",
    "3",
    "No LIST response has both HasChildren and HasNoChildren.",
)
NOINFERIORS = Rule(
    "3348-3-noinferiors",
    "MUST",
    "3",
    "No LIST response has both HasChildren and Noinferiors.",
)
REDUNDANT = Rule(
    "3348-3-redundant",
    "SHOULD",
    "3",
    "A name with Noinferiors does not have HasNoChildren as well.",
)
NO_CHILDREN = Rule(
    "3348-3-has-no-children",
    "MUST",
    "3",
    "HasNoChildren says that the user can get at no mailbox below the name.",
)

HAS, HAS_NO, NONE_EVER = b"\\HASCHILDREN", b"\\HASNOCHILDREN", b"\\NOINFERIORS"
NO_MAILBOX = frozenset({b"\\NOSELECT", b"\\NONEXISTENT"})
_INBOX = b"INBOX"
"""What is listed below it may be in a namespace with the prefix `INBOX.`, and no child of it."""
_KEPT = 10_000
"""Names of one answer that are remembered."""


class Childless:
    """Names that one LIST, by its number, called without children; and all of its mailboxes."""

    def __init__(self) -> None:
        self.command = 0
        self.names: dict[bytes, bytes] = {}
        """The name with the delimiter behind it -> the name."""
        self.mailboxes: dict[bytes, None] = {}


def attributes(arrival: Arrival) -> frozenset[bytes]:
    """Return the attributes of a LIST response in capitals."""
    return frozenset(bytes(leaf.octets).upper() for leaf in arrival.response.leaves)


def agree(_view: View, arrival: Arrival, report: Report) -> None:
    """Report attributes of one LIST response that contradict each other."""
    told = attributes(arrival)
    if HAS in told and HAS_NO in told:
        report(Fault(NOT_BOTH, "LIST has both HasChildren and HasNoChildren.", "one of them"))
    if HAS in told and NONE_EVER in told:
        report(Fault(NOINFERIORS, "LIST has both HasChildren and Noinferiors.", "one of them"))
    if HAS_NO in told and NONE_EVER in told:
        message = "LIST has both HasNoChildren and Noinferiors."
        report(Fault(REDUNDANT, message, "Noinferiors alone"))


def childless(view: View, arrival: Arrival, report: Report) -> None:
    """Report a name without children that is listed together with a mailbox below it."""
    name, values = arrival.response.mailbox, arrival.response.values
    if len(arrival.in_flight) != 1 or view.muddled or not name or len(values) < 3:
        return
    (command,) = arrival.in_flight
    delimiter = values[1]
    if command.name != "LIST" or not isinstance(delimiter, Leaf) or delimiter.is_nil:
        return
    kept = view.attached.of(Childless)
    if kept.command != command.number or len(kept.mailboxes) > _KEPT:
        kept.command, kept.names, kept.mailboxes = command.number, {}, {}
    told, separator = attributes(arrival), bytes(delimiter.octets)
    below = name + separator
    if HAS_NO in told and name.upper() != _INBOX:
        kept.names[below] = name
        child = next((other for other in kept.mailboxes if other.startswith(below)), None)
        if child is not None:
            _report(name, child, report)
    if view.revised and told.isdisjoint({HAS, HAS_NO}):
        return  # it may be news of what another session did (RFC 9051 section 6.3.4)
    if told.isdisjoint(NO_MAILBOX) and not name.endswith(separator):
        kept.mailboxes[name] = None
        for parent in _above(name, separator):
            if parent in kept.names:
                _report(kept.names[parent], name, report)


def _above(name: bytes, separator: bytes) -> list[bytes]:
    """Return the names above, each with the delimiter behind it."""
    parts = name.split(separator)
    return [separator.join(parts[:count]) + separator for count in range(1, len(parts))]


def _report(name: bytes, child: bytes, report: Report) -> None:
    message = f"{show(name)} is listed with HasNoChildren, and {show(child)} is listed as well."
    report(Fault(NO_CHILDREN, message, "HasChildren, or neither"), Doubt(refused=True))


CHECKS = (
    Check("children-agree", ("LIST",), agree, (NOT_BOTH, NOINFERIORS, REDUNDANT), needs="CHILDREN"),
    Check("children-listed", ("LIST",), childless, (NO_CHILDREN,), needs="CHILDREN"),
)
