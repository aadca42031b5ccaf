"""Rows of `checks_rows` for PARTIAL (RFC 9394)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ESEARCH PARTIAL", "S: c1 OK done"]


def search(options: str, items: str) -> list[str]:
    """Return a search under the tag a1 and its result."""
    result = f'S: * ESEARCH (TAG "a1") {items}'
    return [*CAPS, f"C: a1 SEARCH RETURN ({options}) SEEN", result, "S: a1 OK done"]


BROKEN = [
    (
        "PARTIAL has another range",
        ["9394-3.1-requested"],
        search("PARTIAL 1:500", "PARTIAL (1:3 2:4)"),
    ),
    (
        "PARTIAL is counted from the other end",
        ["9394-3.1-requested"],
        search("PARTIAL -1:-2", "PARTIAL (1:2 2:3)"),
    ),
    (
        "PARTIAL has more messages than its range",
        ["9394-3.1-first"],
        search("PARTIAL 1:2", "PARTIAL (1:2 2:4)"),
    ),
    (
        "PARTIAL has fewer messages than there are in its range",
        ["9394-3.1-beyond"],
        search("COUNT PARTIAL 2:500", "COUNT 3 PARTIAL (2:500 5)"),
    ),
    (
        "PARTIAL has a message behind all that match",
        ["9394-3.1-nil"],
        search("PARTIAL 4:5 COUNT", "PARTIAL (4:5 5) COUNT 3"),
    ),
]

KEPT = [
    ("a part", search("PARTIAL 1:2", "PARTIAL (1:2 2:3)")),
    ("the ends the other way round", search("PARTIAL -1:-2", "PARTIAL (-2:-1 3,5)")),
    ("a part, and all are counted", search("COUNT PARTIAL 2:500", "PARTIAL (2:500 3,5) COUNT 3")),
    ("nothing is in the part", search("COUNT PARTIAL 4:5", "COUNT 3 PARTIAL (4:5 NIL)")),
    ("fewer than the range has", search("PARTIAL 1:500", "PARTIAL (1:500 NIL)")),
]
