"""Rows of `checks_rows` for SAVEDATE (RFC 8514)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 SAVEDATE", "S: c1 OK done"]


def fetch(tag: str, date: str) -> list[str]:
    """Fetch the save date of message 1."""
    return [
        f"C: {tag} FETCH 1 (UID SAVEDATE)",
        f"S: * 1 FETCH (UID 20 SAVEDATE {date})",
        f"S: {tag} OK done",
    ]


BROKEN = [
    (
        "SAVEDATE that changes",
        ["8514-3-unchanged"],
        [
            *CAPS,
            *fetch("a1", '"01-Jan-2015 18:50:53 +0100"'),
            *fetch("a2", '"01-Jan-2015 18:50:54 +0100"'),
        ],
    ),
    (
        "SAVEDATESUPPORTED of one message",
        ["8514-4.3-supported"],
        [*CAPS, "C: a1 SEARCH SAVEDATESUPPORTED", "S: * SEARCH 1", "S: a1 OK done"],
    ),
]

KEPT = [
    (
        "SAVEDATE in another zone",
        [
            *CAPS,
            *fetch("a1", '"01-Jan-2015 18:50:53 +0100"'),
            *fetch("a2", '" 1-Jan-2015 17:50:53 +0000"'),
        ],
    ),
    (
        "SAVEDATE that is NIL for once",
        [*CAPS, *fetch("a1", '"01-Jan-2015 18:50:53 +0100"'), *fetch("a2", "NIL")],
    ),
    (
        "SAVEDATESUPPORTED of no message, and with another key",
        [
            *(*CAPS, "C: a1 SEARCH SAVEDATESUPPORTED", "S: * SEARCH", "S: a1 OK done"),
            *("C: a2 SEARCH 1 SAVEDATESUPPORTED", "S: * SEARCH 1", "S: a2 OK done"),
        ],
    ),
]
