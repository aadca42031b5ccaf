"""UIDPLUS (RFC 4315): the unique identifiers that APPEND and COPY answer with."""

from __future__ import annotations

import re
from typing import NamedTuple

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import SELECTING
from conformance.wire.dialogue import Arrival

APPENDED = Rule(
    "4315-4-append-uid",
    "MUST",
    "4",
    "APPENDUID has one unique identifier for each message that the command appends.",
)
SINGLE = Rule(
    "4315-3-appenduid-single",
    "MUST",
    "3",
    "For one message APPENDUID has one number, and no set.",
)
PAIRS = Rule(
    "4315-3-copyuid",
    "MUST",
    "3",
    "COPYUID has as many new unique identifiers as old ones.",
)
NAMED = Rule(
    "4315-3-copyuid-sets",
    "MUST",
    "3",
    "COPYUID of a UID COPY has unique identifiers of its set, and no others.",
)
IN_TAGGED = Rule(
    "4315-3-copyuid-tagged",
    "MUST",
    "3",
    "COPYUID of COPY and APPENDUID of APPEND come in the tagged OK.",
)
STICKY = Rule("4315-3-uidnotsticky", "SHOULD", "3", "No mailbox has UIDNOTSTICKY.")
STICKY_PLACE = Rule(
    "4315-3-uidnotsticky-untagged",
    "MUST",
    "3",
    "UIDNOTSTICKY comes in an untagged NO of SELECT or EXAMINE.",
)

LONGEST = 10_000
"""How many numbers of a set are looked at."""

_APPENDUID = re.compile(
    rb"\S+ +OK +\[APPENDUID +\d+ +(\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*)\]",
    re.IGNORECASE,
)
_COPYUID = re.compile(
    rb"\S+ +OK +\[COPYUID +\d{1,10} +([\d:,]{1,2000}) +([\d:,]{1,2000})\]", re.IGNORECASE
)
_UNTAGGED = re.compile(rb"\* +OK +\[(COPYUID|APPENDUID) ", re.IGNORECASE)
_STICKY = re.compile(rb"\S+ +(?:OK|NO|BAD) +\[UIDNOTSTICKY\]", re.IGNORECASE)
_LITERAL = re.compile(rb"\{\d+\+?\}\r\n")
_COPIES = frozenset({"COPY", "UID COPY"})
_CODED = _COPIES | {"APPEND"}


def numbers_of(text: bytes) -> list[int]:
    """Return the numbers of a uid-set in its order, as far as that is no absurd length."""
    found: list[int] = []
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        ends = [int(end[:10]) for end in (first, last or first) if end]
        if len(ends) == 2 and max(ends) - min(ends) < LONGEST:
            found += range(min(ends), max(ends) + 1)
    return found[:LONGEST]


class Copied(NamedTuple):
    """What COPYUID tells: the old unique identifiers, and how many there are of both kinds."""

    old: list[int]
    old_count: int
    new_count: int


def copied(text: bytes) -> Copied | None:
    """Return what a response with COPYUID tells."""
    code = _COPYUID.match(text)
    if code is None:
        return None
    return Copied(numbers_of(code[1]), _count(code[1]), _count(code[2]))


def unequal(told: Copied, rule: Rule, report: Report) -> None:
    """Report a COPYUID with more unique identifiers of one kind than of the other."""
    if told.old_count != told.new_count:
        message = (
            f"COPYUID has {told.old_count} old unique identifiers and {told.new_count} new ones."
        )
        report(Fault(rule, message, f"{told.old_count} new ones"))


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
    told = _count(code[1])
    if sent > 0 and told != sent:
        message = f"APPENDUID has {told} unique identifiers for {sent} messages."
        report(Fault(APPENDED, message, f"{sent} unique identifiers"))
    elif sent == 1 and not code[1].isdigit():
        report(Fault(SINGLE, "APPENDUID of one message has a range.", "one number"))


def uids_of_copy(view: View, arrival: Arrival, report: Report) -> None:
    """Report a COPYUID whose sets can not be those of the COPY that it answers."""
    command, told = arrival.answers, copied(arrival.frame.text)
    if command is None or told is None or command.name not in _COPIES or view.muddled:
        return
    unequal(told, PAIRS, report)
    named = command.arguments.partition(b" ")[0]
    if command.name == "COPY" or not re.fullmatch(rb"[\d:,]{1,2000}", named):
        return
    ends = [sorted(int(end[:10]) for end in part.split(b":")) for part in named.split(b",") if part]
    others = [uid for uid in told.old if not any(end[0] <= uid <= end[-1] for end in ends)]
    if others:
        message = f"COPYUID has the old unique identifier {others[0]}, which UID COPY did not name."
        report(Fault(NAMED, message, "unique identifiers of the set"))


def untagged_code(_view: View, arrival: Arrival, report: Report) -> None:
    """Report COPYUID or APPENDUID beside the tagged OK; of MOVE and REPLACE it may come so."""
    code = _UNTAGGED.match(arrival.frame.text)
    names = {command.name for command in arrival.in_flight}
    if code and names and names <= _CODED:
        name = code[1].decode("latin-1").upper()
        report(Fault(IN_TAGGED, f"{name} comes in an untagged OK.", f"{name} in the tagged OK"))


def not_sticky(_view: View, arrival: Arrival, report: Report) -> None:
    """Report UIDNOTSTICKY, and one that comes in another response than its own."""
    text = arrival.frame.text
    if not _STICKY.match(text):
        return
    report(Fault(STICKY, "A mailbox has UIDNOTSTICKY.", "unique identifiers that last"))
    selecting = any(command.name in SELECTING for command in arrival.in_flight)
    if not (selecting and text.startswith(b"*") and arrival.status == "NO"):
        message = "UIDNOTSTICKY comes in another response than an untagged NO of SELECT."
        report(Fault(STICKY_PLACE, message, "* NO [UIDNOTSTICKY]"))


def _count(text: bytes) -> int:
    """Return how many numbers a uid-set has."""
    parts = (part.partition(b":") for part in text.split(b",") if part.strip(b":"))
    return sum(abs(int(last or first) - int(first or last)) + 1 for first, _, last in parts)


CHECKS = (
    Check("append-uid", (TAGGED,), uids_of_append, (APPENDED, SINGLE)),
    Check("copy-uid", (TAGGED,), uids_of_copy, (PAIRS, NAMED), needs="UIDPLUS|IMAP4REV2"),
    Check("uid-code", ("OK",), untagged_code, (IN_TAGGED,), needs="UIDPLUS|IMAP4REV2"),
    Check("uid-sticky", ("OK", "NO", "BAD", TAGGED), not_sticky, (STICKY, STICKY_PLACE)),
)

EFFECTS = (Effect(("UID EXPUNGE",), keeps_flags=True, removes=True),)
