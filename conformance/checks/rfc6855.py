"""UTF8=ACCEPT (RFC 6855): UTF8=ACCEPT and UTF8=ONLY exclude one another."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.announced import announced
from conformance.wire.dialogue import Arrival

ONE = Rule(
    "6855-6-one",
    "MUST",
    "6",
    "UTF8=ACCEPT and UTF8=ONLY are not announced together.",
)

_BOTH = frozenset({"UTF8=ACCEPT", "UTF8=ONLY"})


def one(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a list of capabilities that has both."""
    names = announced(arrival.frame.text)
    if names is not None and names >= _BOTH:
        report(Fault(ONE, "UTF8=ACCEPT and UTF8=ONLY are announced.", "one of the two"))


CHECKS = (Check("utf8-one", ("CAPABILITY", "OK", "PREAUTH", TAGGED), one, (ONE,)),)
