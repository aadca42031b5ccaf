"""MESSAGELIMIT (RFC 9738): which limit is announced, and which commands have none."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.announced import announced
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str, level: str = "MUST") -> Rule:
    return Rule(f"9738-{section}-{slug}", level, section, sentence)


THOUSAND = _rule("3", "thousand", "The limit is not below 1000.", "SHOULD")
COPY = _rule("3.1", "copy", "A COPY of more messages than the limit is answered NO.")
EXPUNGE = _rule("3.1", "expunge", "EXPUNGE has no limit.")
CLOSE = _rule("3.1", "close", "CLOSE and STATUS have no limit.")
BOTH = _rule("3.1", "both", "MESSAGELIMIT is in an untagged NO where EXPUNGEISSUED is to be told.")

_LIMIT = re.compile(r"(?:MESSAGE|SAVE)LIMIT=([1-9]\d{0,2})")
_UNLIMITED = {"EXPUNGE": EXPUNGE, "CLOSE": CLOSE, "STATUS": CLOSE}
_CODE = "MESSAGELIMIT"


def high_enough(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a limit that is lower than it should be."""
    for name in announced(arrival.frame.text) or ():
        found = _LIMIT.fullmatch(name)
        if found is not None:
            report(Fault(THOUSAND, f"The limit is {found[1]} messages.", "1000 at least"))


def completed(view: View, arrival: Arrival, report: Report) -> None:
    """Report the code where there is no limit, where it should be NO, and where another is."""
    command, code = arrival.answers, arrival.response.code
    if command is None or code is None or code.name != _CODE or view.muddled:
        return
    rule = _UNLIMITED.get(command.name)
    if rule is not None:
        report(Fault(rule, f"{command.name} is answered with MESSAGELIMIT.", "no limit"))
    elif command.name in ("COPY", "UID COPY") and arrival.status == "OK":
        report(Fault(COPY, f"{command.name} is answered OK with MESSAGELIMIT.", "NO"))
    elif view.last.get("[EXPUNGEISSUED]", 0) > view.begun.get(command.number, arrival.number):
        message = "EXPUNGEISSUED is in an untagged response, and MESSAGELIMIT in the tagged one."
        report(Fault(BOTH, message, "the other way round"))


CHECKS = (
    Check("limit-announced", ("CAPABILITY", "OK", "PREAUTH", TAGGED), high_enough, (THOUSAND,)),
    Check("limit-code", (TAGGED,), completed, (COPY, EXPUNGE, CLOSE, BOTH)),
)
