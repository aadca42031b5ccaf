"""LANGUAGE and COMPARATOR (RFC 5255): what is answered to each of them."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival

CHOSEN = Rule(
    "5255-3.2-response",
    "MUST",
    "3.2",
    "LANGUAGE that succeeds is answered with the one language that is used from then on.",
)
ACTIVE = Rule(
    "5255-4.7-active",
    "MUST",
    "4.7",
    "COMPARATOR without arguments is answered with the comparator that is active.",
)


class Languages:
    """How many languages the last LANGUAGE response has named."""

    def __init__(self) -> None:
        self.named = 0


def named(view: View, arrival: Arrival, _report: Report) -> None:
    """Take how many languages a response names."""
    listed = arrival.frame.text.partition(b"(")[2].partition(b")")[0]
    view.attached.of(Languages).named = len(listed.split())


def answered(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK before which there was no response, or one that names several languages."""
    command = arrival.answers
    if command is None or arrival.status != "OK" or view.muddled or command.stray:
        return
    told = view.last.get(command.name, 0) > view.begun.get(command.number, arrival.number)
    asked = command.arguments.strip()
    if command.name == "LANGUAGE" and asked:
        if not told:
            report(Fault(CHOSEN, "OK to LANGUAGE without a response.", "* LANGUAGE (tag)"))
        elif (languages := view.attached.of(Languages).named) > 1:
            message = f"LANGUAGE has chosen {languages} languages."
            report(Fault(CHOSEN, message, "* LANGUAGE (tag)"))
    elif command.name == "COMPARATOR" and not asked and not told:
        report(Fault(ACTIVE, "OK to COMPARATOR without a response.", "* COMPARATOR name"))


CHECKS = (
    Check("languages-named", ("LANGUAGE",), named, ()),
    Check("language-answered", (TAGGED,), answered, (CHOSEN, ACTIVE)),
)
