"""Rows of `checks_rows` for MESSAGELIMIT (RFC 9738)."""

from __future__ import annotations

BROKEN = [
    (
        "a limit of 999",
        ["9738-3-thousand"],
        ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 MESSAGELIMIT=999", "S: c1 OK done"],
    ),
    (
        "a part is copied",
        ["9738-3.1-copy"],
        ["C: a1 COPY 1:* x", "S: a1 OK [MESSAGELIMIT 1000 7] a part"],
    ),
    (
        "a part is expunged",
        ["9738-3.1-expunge"],
        ["C: a1 EXPUNGE", "S: a1 OK [MESSAGELIMIT 1000 7] a part"],
    ),
    (
        "a part is counted",
        ["9738-3.1-close"],
        [
            "C: a1 STATUS x (UNSEEN)",
            "S: * STATUS x (UNSEEN 5)",
            "S: a1 OK [MESSAGELIMIT 1000 7] a part",
        ],
    ),
    (
        "both codes in each other's place",
        ["9738-3.1-both"],
        [
            "C: a1 FETCH 1:* (FLAGS)",
            "S: * NO [EXPUNGEISSUED] some are gone",
            "S: a1 OK [MESSAGELIMIT 1000 7] a part",
        ],
    ),
]

KEPT = [
    (
        "a limit of 1000",
        ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 MESSAGELIMIT=1000", "S: c1 OK done"],
    ),
    ("a COPY is refused", ["C: a1 COPY 1:* x", "S: a1 NO [MESSAGELIMIT 1000 7] too many"]),
    (
        "both codes in their places",
        [
            "C: a1 FETCH 1:* (FLAGS)",
            "S: * NO [MESSAGELIMIT 1000 7] a part",
            "S: a1 OK [EXPUNGEISSUED] some are gone",
            "C: a2 FETCH 1:* (FLAGS)",
            "S: a2 OK [MESSAGELIMIT 1000 7] a part",
        ],
    ),
]
