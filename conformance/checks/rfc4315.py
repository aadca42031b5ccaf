"""UIDPLUS (RFC 4315): the unique identifiers that APPEND and COPY answer with."""

from __future__ import annotations

import re

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival

APPENDED = Rule(
    "4315-4-append-uid",
    "MUST",
    "4",
    "APPENDUID has one unique identifier for each message that the command appends.",
)

_APPENDUID = re.compile(
    rb"\S+ +OK +\[APPENDUID +\d+ +(\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*)\]",
    re.IGNORECASE,
)
_LITERAL = re.compile(rb"\{\d+\+?\}\r\n")


def uids_of_append(view: View, arrival: Arrival, report: Report) -> None:
    """Report an APPENDUID of another number of messages than were appended (RFC 3502)."""
    command, code = arrival.answers, _APPENDUID.match(arrival.frame.text)
    if command is None or code is None or command.name != "APPEND" or view.muddled:
        return
    if b"CATENATE" in command.text.upper():
        return  # a message of several literals (RFC 4469)
    if not command.text.endswith(b"}\r\n\r\n"):
        return  # what stands behind the message may have been read as another one
    first = command.arguments.startswith(b"{")  # the name of the mailbox
    sent = len(_LITERAL.findall(command.text)) - first
    told = sum(_length(part) for part in code[1].split(b","))
    if sent > 0 and told != sent:
        message = f"APPENDUID has {told} unique identifiers for {sent} messages."
        report(Fault(APPENDED, message, f"{sent} unique identifiers"))


def _length(part: bytes) -> int:
    first, _, last = part.partition(b":")
    return abs(int(last or first) - int(first)) + 1


CHECKS = (Check("append-uid", (TAGGED,), uids_of_append, (APPENDED,)),)

EFFECTS = (Effect(("UID EXPUNGE",), keeps_flags=True, removes=True),)
