"""Rows of `checks_rows` for FILTERS (RFC 5466)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 FILTERS", "S: c1 OK done"]

BROKEN = [
    (
        "a filter that is not there finds nothing",
        ["5466-3.1-undefined"],
        [*CAPS, "C: a1 SEARCH FILTER x", "S: * SEARCH", "S: a1 OK [UNDEFINED-FILTER x] none"],
    ),
    (
        "a filter that is not there is an error of syntax",
        ["5466-3.1-undefined"],
        [*CAPS, "C: a1 UID SEARCH NOT FILTER x", "S: a1 BAD [UNDEFINED-FILTER x] none"],
    ),
]

KEPT = [
    (
        "a filter that is not there is named",
        [*CAPS, "C: a1 SEARCH FILTER x", "S: a1 NO [UNDEFINED-FILTER x] none"],
    ),
    (
        "a filter of which no search was told",
        [*CAPS, "C: a1 NOOP", "S: a1 OK [UNDEFINED-FILTER x] strange"],
    ),
    (
        "another charset beside a filter is BAD",
        [*CAPS, "C: a1 SEARCH CHARSET KOI8-R FILTER x", "S: a1 BAD [BADCHARSET (UTF-8)] no"],
    ),
    (
        "a filter whose criteria are not complete is BAD",
        [*CAPS, "C: a1 SEARCH FILTER half", "S: a1 BAD Missing argument"],
    ),
]
