"""The flaws, by id."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.flaws.flaw import Change, Flaw
from conformance.wire.dialogue import Arrival


def _replacing(pattern: bytes, replacement: bytes, *, only: str = "") -> Change:
    """Change what matches, in responses of one name or in all."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def change(arrival: Arrival, octets: bytes) -> bytes:
        if only and arrival.response.name != only:
            return octets
        return compiled.sub(replacement, octets, count=1)

    return change


def _bare_line_ends(_: Arrival, octets: bytes) -> bytes:
    return octets.removesuffix(b"\r\n") + b"\n"


def _without_permanent_flags(_: Arrival, octets: bytes) -> bytes:
    return b"" if octets.upper().startswith(b"* OK [PERMANENTFLAGS") else octets


def _swapped_subject(arrival: Arrival, octets: bytes) -> bytes:
    """Swap the letter case of the second string of an ENVELOPE."""

    def swap(found: re.Match[bytes]) -> bytes:
        return found[1] + found[2].swapcase()

    if arrival.response.name != "FETCH":
        return octets
    return re.sub(rb'(ENVELOPE \("[^"]*" )("(?:[^"\\]|\\.)*")', swap, octets, count=1)


def _later_year(arrival: Arrival, octets: bytes) -> bytes:
    def later(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%04d" % (int(found[2]) + 1)

    if arrival.response.name != "FETCH":
        return octets
    return re.sub(rb'(INTERNALDATE "[ 0-9]\d-\w{3}-)(\d{4})', later, octets, count=1)


def _larger(arrival: Arrival, octets: bytes) -> bytes:
    def larger(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%d" % (int(found[2]) + 1)

    if arrival.response.name != "FETCH":
        return octets
    return re.sub(rb"(RFC822\.SIZE )(\d+)", larger, octets, count=1)


def _non_synchronising(arrival: Arrival, octets: bytes) -> bytes:
    if not arrival.frame.literals:
        return octets
    return re.sub(rb"\{(\d+)\}\r\n", rb"{\1+}\r\n", octets, count=1)


_FLAWS = (
    Flaw(
        "bare-line-feed",
        "Lines end in LF alone",
        ("3501-2.2-crlf",),
        _bare_line_ends,
    ),
    Flaw(
        "double-space-after-star",
        "Two spaces stand after the `*` of an untagged response",
        ("3501-9-response-data", "3501-9-greeting"),
        _replacing(rb"\A\* ", b"*  "),
    ),
    Flaw(
        "trailing-space-in-fetch",
        "A space stands before the last parenthesis of FETCH data",
        ("3501-9-msg-att",),
        _replacing(rb"\)\r\n\Z", b" )\r\n", only="FETCH"),
    ),
    Flaw(
        "trailing-space-in-search",
        "A space stands after the last number of SEARCH data",
        ("3501-9-mailbox-data",),
        _replacing(rb"\r\n\Z", b" \r\n", only="SEARCH"),
    ),
    Flaw(
        "server-sends-literal-plus",
        "A server literal is announced as a non-synchronising one",
        ("3501-9-literal",),
        _non_synchronising,
    ),
    Flaw(
        "no-permanentflags",
        "SELECT and EXAMINE send no PERMANENTFLAGS",
        ("3501-6.3.1-permanentflags",),
        _without_permanent_flags,
    ),
    Flaw(
        "no-imap4rev1",
        "CAPABILITY does not list IMAP4rev1",
        ("3501-9-capability-data",),
        _replacing(rb" IMAP4rev1", b"", only="CAPABILITY"),
    ),
    Flaw(
        "envelope-subject-case",
        "The subject in an ENVELOPE has its letter case swapped",
        ("3501-7.4.2-envelope-subject",),
        _swapped_subject,
    ),
    Flaw(
        "quoted-octet-count",
        "The octet count in a BODYSTRUCTURE is a quoted string",
        ("3501-9-body-fld-octets", "3501-9-body-fields"),
        _replacing(rb'(BODYSTRUCTURE \(.*?"(?:7BIT|8BIT)") (\d+)', rb'\1 "\2"', only="FETCH"),
    ),
    Flaw(
        "internaldate-year",
        "INTERNALDATE is a year late",
        ("3501-2.3.3-append", "3501-6.4.5-internaldate"),
        _later_year,
    ),
    Flaw(
        "size-off-by-one",
        "RFC822.SIZE is one octet too large",
        ("3501-2.3.4-size",),
        _larger,
    ),
)

FLAWS: Mapping[str, Flaw] = {flaw.id: flaw for flaw in _FLAWS}
