"""Rows of `checks_rows` for JMAPACCESS (RFC 9698)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 JMAPACCESS OBJECTID", "S: c1 OK done"]
ASKED = [*CAPS, "C: a1 GETJMAPACCESS"]
URL = 'S: * JMAPACCESS "https://example.org/jmap"'

BROKEN = [
    (
        "JMAPACCESS without OBJECTID",
        ["9698-3-objectid"],
        ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 JMAPACCESS", "S: c1 OK done"],
    ),
    (
        "what is no URL",
        ["9698-4-url"],
        [*ASKED, 'S: * JMAPACCESS "example.org"', "S: a1 OK done"],
    ),
    ("no JMAPACCESS", ["9698-4-response"], [*ASKED, "S: a1 OK done"]),
    ("JMAPACCESS twice", ["9698-4-response"], [*ASKED, URL, URL, "S: a1 OK done"]),
]

KEPT = [
    ("where JMAP is", [*ASKED, URL, "S: a1 OK done"]),
    ("it is not told now", [*ASKED, "S: a1 NO later"]),
]
