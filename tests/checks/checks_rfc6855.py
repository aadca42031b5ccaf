"""Rows of `checks_rows` for UTF8=ACCEPT (RFC 6855)."""

from __future__ import annotations

BROKEN = [
    (
        "UTF8=ACCEPT and UTF8=ONLY",
        ["6855-6-one"],
        ["C: a1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 UTF8=ACCEPT utf8=only", "S: a1 OK done"],
    ),
    (
        "both in a code",
        ["6855-6-one"],
        ["C: a1 NOOP", "S: a1 OK [CAPABILITY IMAP4rev1 UTF8=ONLY ENABLE UTF8=ACCEPT] done"],
    ),
]

KEPT = [
    (
        "one of them, and a name in UTF-8 once it is enabled",
        [
            "C: c1 CAPABILITY",
            "S: * CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT",
            "S: c1 OK done",
            "C: a0 ENABLE UTF8=ACCEPT",
            "S: * ENABLED UTF8=ACCEPT",
            "S: a0 OK done",
            'C: a1 LIST "" "*"',
            'S: * LIST () "/" "caf\xc3\xa9"',
            "S: a1 OK done",
        ],
    ),
    (
        "BAD for a charset once UTF-8 is all there is",
        [
            "C: a0 ENABLE UTF8=ACCEPT",
            "S: * ENABLED UTF8=ACCEPT",
            "S: a0 OK done",
            "C: a1 SEARCH CHARSET US-ASCII ALL",
            "S: a1 BAD [BADCHARSET] there is no other one",
        ],
    ),
]
