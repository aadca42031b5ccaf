"""Rows of `checks_rows` for UNAUTHENTICATE (RFC 8437)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 UNAUTHENTICATE ENABLE", "S: c1 OK done"]

BROKEN = [
    (
        "UNAUTHENTICATE is answered NO",
        ["8437-3-no-no"],
        [*CAPS, "C: a1 UNAUTHENTICATE", "S: a1 NO not now"],
    ),
    (
        "UNAUTHENTICATE of a user is answered BAD",
        ["8437-3-bad"],
        [*CAPS, "C: a1 UNAUTHENTICATE", "S: a1 BAD no such command"],
    ),
    (
        "a message goes with its user",
        ["8437-3-unselected"],
        [*CAPS, "C: a1 UNAUTHENTICATE", "S: * 2 EXPUNGE", "S: a1 OK out"],
    ),
]

KEPT = [
    (
        "the next user begins anew",
        [
            *CAPS,
            "C: a1 ENABLE QRESYNC",
            "S: * ENABLED QRESYNC",
            "S: a1 OK on",
            "C: a2 UNAUTHENTICATE",
            "S: a2 OK out",
            "C: a3 UNAUTHENTICATE",
            "S: a3 BAD nobody is there",
            "C: a4 LOGIN barney secret",
            "S: a4 OK in",
            "C: a5 SELECT box",
            "S: * FLAGS (\\Seen)",
            "S: * OK [PERMANENTFLAGS (\\Seen)] limited",
            "S: * 2 EXISTS",
            "S: * 0 RECENT",
            "S: * OK [UIDVALIDITY 3] valid",
            "S: * OK [UIDNEXT 4] next",
            "S: a5 OK [READ-WRITE] selected",
            "C: a6 EXPUNGE",
            "S: * 2 EXPUNGE",
            "S: a6 OK done",
        ],
    ),
    ("it has no arguments", [*CAPS, "C: a1 UNAUTHENTICATE now", "S: a1 BAD no arguments"]),
    (
        "a server that can not forget",
        [*CAPS, "C: a1 UNAUTHENTICATE", "S: * BYE sorry", "S/ closed"],
    ),
]
