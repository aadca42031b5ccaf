"""Rows of `checks_rows` for X-GM-EXT-1: what it adds is judged, and so is what stands beside it."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 X-GM-EXT-1", "S: c1 OK done"]
FETCH = [*CAPS, "C: a1 FETCH 1 (X-GM-LABELS RFC822.SIZE)"]

BROKEN = [
    (
        "the size beside the labels is not that of the text",
        ["3501-2.3.4-size"],
        [
            *FETCH,
            "S: * 1 FETCH (UID 20 X-GM-LABELS (foo) RFC822.SIZE 6)",
            "S: a1 OK done",
            "C: a2 FETCH 1 (UID BODY.PEEK[])",
            'S: * 1 FETCH (UID 20 BODY[] "hello")',
            "S: a2 OK done",
        ],
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
