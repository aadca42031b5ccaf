"""Rows of `checks_rows` for STATUS=SIZE (RFC 8438)."""

from __future__ import annotations

from checks_talk import logged_in, select

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 STATUS=SIZE", "S: c1 OK done"]
RULE = "8438-3-at-least"
FETCHED = [
    "C: f1 FETCH 1:2 RFC822.SIZE",
    "S: * 1 FETCH (RFC822.SIZE 400)",
    "S: * 2 FETCH (RFC822.SIZE 44)",
    "S: f1 OK done",
]


def status(size: int, *before: str, mailbox: str = "box") -> list[str]:
    """Return what was said before, and a STATUS that tells a size."""
    told = f"S: * STATUS {mailbox} (SIZE {size})"
    return [*CAPS, *before, f"C: a1 STATUS {mailbox} (SIZE)", told, "S: a1 OK done"]


BROKEN = [
    ("SIZE below the sum of two sizes", [RULE], status(443, *FETCHED)),
    ("SIZE 0 of a mailbox with a message", [RULE], status(0, *FETCHED)),
    (
        "a size that was told twice",
        [RULE],
        status(443, *FETCHED, "C: f2 FETCH 2 RFC822.SIZE", *FETCHED[2:3], "S: f2 OK done"),
    ),
]

KEPT = [
    ("the sum", status(444, *FETCHED)),
    ("more than the sum", status(1024, *FETCHED)),
    (
        "one size told twice counts once",
        status(444, *FETCHED, "C: f2 FETCH 1 RFC822.SIZE", *FETCHED[1:2], "S: f2 OK done"),
    ),
    ("another mailbox", status(0, *FETCHED, mailbox="other")),
    (
        "a message was removed",
        status(44, *FETCHED, "C: e1 EXPUNGE", "S: * 1 EXPUNGE", "S: e1 OK done"),
    ),
    (
        "another session has removed one",
        status(
            *(44, *FETCHED, *logged_in("two"), *select(name="two")),
            "two C: e1 EXPUNGE",
            "two S: * 1 EXPUNGE",
            "two S: e1 OK done",
        ),
    ),
]
