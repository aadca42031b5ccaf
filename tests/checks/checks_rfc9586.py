"""Rows of `checks_rows` for UIDONLY (RFC 9586)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ENABLE UIDONLY", "S: c1 OK done"]
ON = [*CAPS, "C: c2 ENABLE UIDONLY", "S: * ENABLED UIDONLY", "S: c2 OK done"]

BROKEN = [
    (
        "FETCH with UIDONLY",
        ["9586-3-no-numbers"],
        [*ON, "C: a1 NOOP", "S: * 2 FETCH (FLAGS () UID 12)", "S: a1 OK done"],
    ),
    (
        "EXPUNGE with UIDONLY",
        ["9586-3-no-numbers"],
        [*ON, "C: a1 NOOP", "S: * 2 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "COPY with UIDONLY",
        ["9586-3.2-prohibited"],
        [*ON, "C: a1 COPY 1 other", "S: a1 OK done"],
    ),
]

KEPT = [
    (
        "UIDFETCH and VANISHED with UIDONLY",
        [
            *(*ON, "C: a1 NOOP", "S: * 12 UIDFETCH (FLAGS ())", "S: * VANISHED 13"),
            *("S: * 5 EXISTS", "S: a1 OK done"),
        ],
    ),
    ("COPY refused with UIDONLY", [*ON, "C: a1 COPY 1 other", "S: a1 BAD [UIDREQUIRED] no"]),
    (
        "FETCH with UIDONLY announced",
        [*CAPS, "C: a1 NOOP", "S: * 2 FETCH (FLAGS () UID 12)", "S: a1 OK done"],
    ),
]
