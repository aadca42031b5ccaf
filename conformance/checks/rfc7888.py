"""LITERAL+ and LITERAL- (RFC 7888): only one of them is announced."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Group, Leaf, Value
from conformance.wire.dialogue import Arrival

NOT_BOTH = Rule(
    "7888-5-not-both", "MUST", "5", "LITERAL+ and LITERAL- are not announced at the same time."
)

_BOTH = frozenset({b"LITERAL+", b"LITERAL-"})


def only_one(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a list of capabilities, in a response or a code, that has both."""
    response = arrival.response
    values: tuple[Value, ...] = ()
    if response.kind == "data":
        values = response.values
    elif response.code is not None and response.code.name == "CAPABILITY":
        values = response.code.values
    items = (i for v in values for i in (v.items if isinstance(v, Group) else (v,)))
    names = {bytes(item.octets).upper() for item in items if isinstance(item, Leaf)}
    if names >= _BOTH:
        report(Fault(NOT_BOTH, "Both LITERAL+ and LITERAL- are announced.", "one of them"))


CHECKS = (
    Check("literal-plus-minus", (TAGGED, "OK", "PREAUTH", "CAPABILITY"), only_one, (NOT_BOTH,)),
)
