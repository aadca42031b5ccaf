"""Rows of `checks_rows` for IMAP4rev2 (RFC 9051)."""

from __future__ import annotations

REV2 = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev2", "S: c1 OK done"]
ENABLED = ["C: e1 ENABLE IMAP4rev2", "S: * ENABLED IMAP4rev2", "S: e1 OK done"]

BROKEN = [
    (
        "a text in UTF-8 before ENABLE",
        ["9051-9-text-ascii"],
        [*REV2, "C: a1 NOOP", "S: * OK d\xc3\xa9j\xc3\xa0 vu", "S: a1 OK done"],
    ),
    (
        "a tagged text in UTF-8 before ENABLE",
        ["9051-9-text-ascii"],
        [*REV2, "C: a1 NOOP", "S: a1 OK d\xc3\xa9j\xc3\xa0 vu"],
    ),
    (
        "a code in IMAP4rev2 with no space behind it",
        ["3501-7.1-code-with-text"],
        [*REV2, *ENABLED, "C: a1 NOOP", "S: * OK [ALERT]", "S: a1 OK done"],
    ),
]

KEPT = [
    (
        "texts in UTF-8 behind ENABLE",
        [*REV2, *ENABLED, "C: a1 NOOP", "S: * OK d\xc3\xa9j\xc3\xa0 vu", "S: a1 OK \xc3\xa7a va"],
    ),
    (
        "a code in IMAP4rev2 with a space and no text behind it",
        [*REV2, *ENABLED, "C: a1 NOOP", "S: * OK [ALERT] ", "S: a1 OK done"],
    ),
]
