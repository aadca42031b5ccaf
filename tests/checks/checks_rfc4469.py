"""Rows of `checks_rows` for CATENATE (RFC 4469)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 CATENATE", "S: c1 OK done"]


def refused(code: str, parts: str = 'URL "/box/;UID=1" URL "/box/;UID=2"') -> list[str]:
    """Append these parts, and have it fail with this code."""
    return [*CAPS, f"C: a1 APPEND box CATENATE ({parts})", f"S: a1 NO [{code}] failed"]


BROKEN = [
    ("BADURL with another URL", ["4469-4.1-first"], refused("BADURL /box/;UID=3")),
    (
        "BADURL with an absolute URL",
        ["4469-4.1-first"],
        refused('BADURL "imap://user@localhost/box/;UID=1"'),
    ),
]

KEPT = [
    ("BADURL with the second URL", refused("BADURL /box/;UID=2")),
    ("BADURL in quotes, of an atom", refused('BADURL "/box/;UID=1"', "URL /box/;UID=1")),
    (
        "BADURL of a URL that was a literal",
        [
            *(*CAPS, "C: a1 APPEND box CATENATE (URL {11}", "S: + go ahead", "C~ /box/;UID=1"),
            *("C: )", "S: a1 NO [BADURL /box/;UID=1] failed"),
        ],
    ),
]
