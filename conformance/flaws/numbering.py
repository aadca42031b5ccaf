"""Flaws of numbers and unique identifiers over time (RFC 3501 sections 2.3.1, 6.3.11, 6.4.4)."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, command, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.following import COUNTING, messages
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_HEADERS = re.compile(rb"ENVELOPE|HEADER\.FIELDS", re.IGNORECASE)


def _uid_is_the_number(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    number = arrival.response.count or 0
    return re.sub(rb"(?<=[( ])UID \d+", b"UID %d" % number, octets, count=1)


def _uidnext_behind_the_last(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(rb"UIDNEXT \d+", b"UIDNEXT %d" % (messages(talk) + 1), octets)


def _by_number(_talk: Talk, request: Request) -> bytes | None:
    """Take the UIDs of a command for the numbers that they are here."""
    plain = request.sub(rb" UID (?=FETCH|STORE|COPY|SEARCH|EXPUNGE)", b" ")
    if request.name != "UID FETCH":
        return plain
    return re.sub(
        rb"(?i)( FETCH \S+) (?:\(([^\r]*)\)|([^\r]*))\r\n\Z", rb"\1 (UID \2\3)\r\n", plain
    )


def _last_two_exchanged(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Show the headers of the last message as those of the one before it, and these as its own."""
    asked = any(_HEADERS.search(each.text) for each in arrival.in_flight if each.name == "FETCH")
    last, number = messages(talk), arrival.response.count or 0
    if not asked or last < 2 or number not in (last - 1, last):
        return octets
    return octets.replace(b"* %d " % number, b"* %d " % (2 * last - 1 - number), 1)


def _note_count(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.memory["indexed"] = messages(talk)
    return octets


def _indexed_only(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Leave out messages that came after the mailbox was selected."""
    numbers = [number for number in octets.split()[2:] if int(number) <= talk.memory["indexed"]]
    return b" ".join((b"* SEARCH", *numbers)) + b"\r\n"


FLAWS = (
    flaw(
        "uids-are-numbers",
        "The UID of a message is its number, and changes with it",
        "",
        "3501-2.3.1.1-never-reused 3501-2.3.1.1-uid-stays",
        *COUNTING,
        alter(_uid_is_the_number, only="FETCH"),
        alter(_uidnext_behind_the_last, code="UIDNEXT"),
        send_as(rb"\A(\S+) UID EXPUNGE [^\r]*", rb"\1 EXPUNGE", name="UID EXPUNGE"),
        command(_by_number, name="UID FETCH, UID STORE, UID COPY, UID SEARCH"),
    ),
    flaw(
        "last-two-exchanged",
        "The last two messages show each other's headers",
        "",
        "3501-6.3.11-end 3501-2.3.1.2-new-last",
        *COUNTING,
        alter(_last_two_exchanged, only="FETCH"),
    ),
    flaw(
        "search-by-an-old-index",
        "SEARCH finds no message that came after the mailbox was selected",
        "",
        "3501-6.4.4-other-session",
        *COUNTING,
        alter(_note_count, kind="tagged", to="SELECT, EXAMINE"),
        alter(_indexed_only, only="SEARCH", to="SEARCH"),
    ),
)
