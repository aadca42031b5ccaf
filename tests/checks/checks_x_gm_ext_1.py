"""Rows of `checks_rows` for X-GM-EXT-1: what it adds is judged, and so is what stands beside it."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 X-GM-EXT-1", "S: c1 OK done"]
HERE = [*CAPS, "C: s1 SELECT INBOX", "S: * 3 EXISTS", "S: s1 OK [READ-WRITE] done"]
FETCH = [*HERE, "C: a1 FETCH 1 (X-GM-LABELS RFC822.SIZE)"]

BROKEN = [
    (
        "the size beside the labels is negative",
        ["3501-9-number"],
        [*FETCH, "S: * 1 FETCH (X-GM-LABELS (foo) RFC822.SIZE -1)", "S: a1 OK done"],
    ),
]

KEPT = [
    (
        "labels of each kind",
        [
            *FETCH,
            'S: * 1 FETCH (X-GM-LABELS (\\Inbox foo "Muy Importante" "\\\\Sent") RFC822.SIZE 1)',
            "S: a1 OK done",
        ],
    ),
]
