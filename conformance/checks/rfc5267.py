"""CONTEXT (RFC 5267): updates that come before what they are about."""

from __future__ import annotations

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4731 import read
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.syntax.values import Group, Leaf, members
from conformance.wire.dialogue import Arrival

EXISTS = Rule(
    "5267-4.3.3-exists",
    "MUST",
    "4.3.3",
    "The number of a new message is in ADDTO not before its EXISTS.",
)


def added(view: View, arrival: Arrival, report: Report) -> None:
    """Report message numbers in ADDTO that no EXISTS has told of yet."""
    result = read(arrival.response)
    item = result.items.get(b"ADDTO")
    exists = view.current.exists if view.current is not None else None
    if not isinstance(item, Group) or result.by_uid or exists is None or view.muddled:
        return
    for leaf in item.items[1::2]:  # each behind its position
        numbers = members(leaf.octets) if isinstance(leaf, Leaf) else None
        if numbers and max(numbers) > exists:
            message = f"ADDTO has message {max(numbers)} of {exists}."
            report(Fault(EXISTS, message, f"* {max(numbers)} EXISTS before it"))
            return


CHECKS = (Check("addto", ("ESEARCH",), added, (EXISTS,), needs="CONTEXT=SEARCH|CONTEXT=SORT"),)

EFFECTS = (Effect(("CANCELUPDATE",), keeps_flags=True),)
