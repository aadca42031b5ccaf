"""Rows of `checks_rows` for SORT and THREAD (RFC 5256)."""

from __future__ import annotations

CAPS = [
    "C: c1 CAPABILITY",
    "S: * CAPABILITY IMAP4rev1 SORT THREAD=REFERENCES ESORT",
    "S: c1 OK done",
]


def sort(*lines: str, name: str = "SORT (DATE)") -> list[str]:
    """Return a SORT, what comes for it, and its OK."""
    said = [f"S: * {line}" for line in lines]
    return [*CAPS, f"C: a1 {name} UTF-8 ALL", *said, "S: a1 OK done"]


def thread(*lines: str, name: str = "THREAD REFERENCES") -> list[str]:
    """Return a THREAD in the same way."""
    return sort(*lines, name=name)


BROKEN = [
    ("no SORT", ["5256-3-sort-response"], sort()),
    ("no SORT for UID SORT", ["5256-3-sort-response"], sort(name="UID SORT (DATE)")),
    ("a number twice in SORT", ["5256-3-sort-found"], sort("SORT 2 1 2")),
    ("a number behind the last message in SORT", ["5256-3-sort-numbers"], sort("SORT 2 6")),
    ("EXPUNGE during SORT", ["5256-3-sort-no-expunge"], sort("SORT 2", "1 EXPUNGE")),
    ("no THREAD", ["5256-3-thread-response"], thread()),
    ("a number twice in THREAD", ["5256-3-thread-found"], thread("THREAD (2 1)((3)(2))")),
    (
        "a number behind the last message in THREAD",
        ["5256-3-thread-numbers"],
        thread("THREAD (2)(3 6)"),
    ),
    ("EXPUNGE during THREAD", ["5256-3-thread-no-expunge"], thread("1 EXPUNGE", "THREAD (2)")),
]

KEPT = [
    ("nothing is sorted", sort("SORT")),
    ("no threads", thread("THREAD")),
    ("unique identifiers are any numbers", sort("SORT 99 7", name="UID SORT (DATE)")),
    ("EXPUNGE during UID SORT", sort("SORT 99", "1 EXPUNGE", name="UID SORT (DATE)")),
    ("threads within threads", thread("THREAD (2)(3 1 (4)(5))")),
    ("a message that has just come, in SORT", sort("SORT 6 1", "6 EXISTS")),
    ("a refused SORT", [*CAPS, "C: a1 SORT (X) UTF-8 ALL", "S: a1 BAD what?"]),
    (
        "two sorts in flight",
        [
            *(*CAPS, "C: a1 SORT (DATE) UTF-8 ALL", "C: a2 UID SORT (SIZE) UTF-8 ALL"),
            *("S: * SORT 1", "S: a1 OK done", "S: * SORT 99", "S: a2 OK done"),
        ],
    ),
    (
        "a SORT that says what to return",
        sort('ESEARCH (TAG "a1") COUNT 2', name="SORT RETURN (COUNT) (DATE)"),
    ),
]
