"""APPENDLIMIT (RFC 7889): one limit for all mailboxes is the limit of each."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.wire.dialogue import Arrival

SAME = Rule(
    "7889-2-same",
    "MUST",
    "2",
    "Where the capability has a number it is the limit of all mailboxes.",
)

_PREFIX = "APPENDLIMIT="


def same_limit(view: View, arrival: Arrival, report: Report) -> None:
    """Report a limit that is not the one which is announced for all mailboxes."""
    told = arrival.response.item(b"APPENDLIMIT")
    announced = {
        name.removeprefix(_PREFIX)
        for name in view.session.dialogue.capabilities or ()
        if name.startswith(_PREFIX)
    }
    if told is None or len(announced) != 1:
        return
    (limit,) = announced
    if limit.isdigit() and told.number != int(limit):
        found = show(bytes(told.octets))
        message = f"STATUS tells the limit {found}, the capability {limit}."
        report(Fault(SAME, message, f"APPENDLIMIT {limit}"))


CHECKS = (Check("appendlimit", ("STATUS",), same_limit, (SAME,)),)
