"""FILTERS (RFC 5466): a filter that is not there is told in a tagged NO."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival

UNDEFINED = Rule(
    "5466-3.1-undefined",
    "MUST",
    "3.1",
    "A search by a filter that is not there is answered NO with the code UNDEFINED-FILTER.",
)

_BY_FILTER = re.compile(rb"(?:^|[ (])FILTER ", re.IGNORECASE)


def undefined(view: View, arrival: Arrival, report: Report) -> None:
    """Report UNDEFINED-FILTER in an OK or a BAD that answers a search by a filter."""
    command, code = arrival.answers, arrival.response.code
    if command is None or code is None or code.name != "UNDEFINED-FILTER" or view.muddled:
        return
    if arrival.status != "NO" and _BY_FILTER.search(command.arguments):
        message = f"{command.name} is answered {arrival.status} with UNDEFINED-FILTER."
        report(Fault(UNDEFINED, message, "NO [UNDEFINED-FILTER ...]"))


CHECKS = (Check("undefined-filter", (TAGGED,), undefined, (UNDEFINED,), needs="FILTERS"),)
