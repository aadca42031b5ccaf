"""Rows of `checks_rows` for CONTEXT (RFC 5267)."""

from __future__ import annotations

CAPS = [
    *("C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ESEARCH CONTEXT=SEARCH", "S: c1 OK done"),
    *("C: a1 SEARCH RETURN (UPDATE COUNT) ALL", 'S: * ESEARCH (TAG "a1") COUNT 5', "S: a1 OK done"),
]

BROKEN = [
    (
        "ADDTO of a message before its EXISTS",
        ["5267-4.3.3-exists"],
        [*CAPS, 'S: * ESEARCH (TAG "a1") ADDTO (0 6)', "S: * 6 EXISTS"],
    ),
]

KEPT = [
    (
        "ADDTO of a message behind its EXISTS",
        [*CAPS, "S: * 6 EXISTS", 'S: * ESEARCH (TAG "a1") ADDTO (0 6)'],
    ),
    ("ADDTO of a unique identifier", [*CAPS, 'S: * ESEARCH (TAG "a1") UID ADDTO (0 99)']),
]
