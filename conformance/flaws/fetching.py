"""Flaws of FETCH but for body structures and texts (RFC 3501 sections 6.4.5, 7.4.2)."""

from __future__ import annotations

from conformance.flaws.acts import number, payload, replace, send_as
from conformance.flaws.flaw import flaw


def _doubled(header: bytes) -> bytes:
    """Repeat every field."""
    return header.removesuffix(b"\r\n") * 2 + b"\r\n"


FLAWS = (
    flaw(
        "trailing-space-in-fetch",
        "A space stands before the last parenthesis of FETCH data",
        "A13",
        "3501-9-msg-att",
        replace(rb"\)\r\n\Z", b" )\r\n", only="FETCH"),
    ),
    flaw(
        "envelope-subject-case",
        "The subject in an ENVELOPE has its letter case swapped",
        "",
        "3501-7.4.2-envelope-subject",
        replace(
            rb'(ENVELOPE \("[^"]*" )("(?:[^"\\]|\\.)*")',
            lambda found: found[1] + found[2].swapcase(),
            only="FETCH",
        ),
    ),
    flaw(
        "internaldate-year",
        "INTERNALDATE is a year late",
        "",
        "3501-2.3.3-append 3501-6.4.5-internaldate",
        number(rb'INTERNALDATE "[ 0-9]\d-\w{3}-(\d{4})', lambda year: year + 1, only="FETCH"),
    ),
    flaw(
        "size-off-by-one",
        "RFC822.SIZE is one octet too large",
        "D48",
        "3501-2.3.4-size",
        number(rb"RFC822\.SIZE (\d+)", lambda size: size + 1, only="FETCH"),
    ),
    flaw(
        "header-asked-twice-sent-twice",
        "A header field that is asked for twice is sent twice",
        "D56",
        "3501-6.4.5-header-fields",
        payload(
            _doubled,
            item=rb"BODY\[HEADER\.FIELDS \([^)]*\)\]",
            only="FETCH",
            where=rb"HEADER\.FIELDS \((\S+) (\S+ )*\1[ )]",
        ),
    ),
    flaw(
        "uid-range-beyond-star",
        "`n:*` finds nothing when n is above the highest UID",
        "E28",
        "3501-6.4.8-star",
        send_as(rb"FETCH (\d+):\*", rb"FETCH \1:4294967295", name="UID FETCH"),
    ),
)
