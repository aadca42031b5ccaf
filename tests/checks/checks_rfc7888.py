"""Rows of `checks_rows` for LITERAL+ and LITERAL- (RFC 7888)."""

from __future__ import annotations

BROKEN = [
    (
        "LITERAL+ and LITERAL- in a CAPABILITY response",
        ["7888-5-not-both"],
        [
            "C: a1 CAPABILITY",
            "S: * CAPABILITY IMAP4rev1 LITERAL+ ID literal-",
            "S: a1 OK done",
        ],
    ),
    (
        "LITERAL+ and LITERAL- in a code",
        ["7888-5-not-both"],
        ["C: a1 NOOP", "S: * OK [CAPABILITY IMAP4rev1 LITERAL- LITERAL+] new", "S: a1 OK done"],
    ),
]

KEPT = [
    (
        "LITERAL- in the place of LITERAL+",
        [
            *("C: a1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 LITERAL+", "S: a1 OK done"),
            *("C: a2 CAPABILITY", "S: * CAPABILITY IMAP4rev1 LITERAL-", "S: a2 OK done"),
        ],
    ),
]
