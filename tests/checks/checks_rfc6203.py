"""Rows of `checks_rows` for SEARCH=FUZZY (RFC 6203)."""

from __future__ import annotations

_NAMES = "IMAP4rev1 SEARCH=FUZZY ESEARCH SORT ESORT"
CAPS = ["C: c1 CAPABILITY", f"S: * CAPABILITY {_NAMES}", "S: c1 OK done"]


def asked(command: str, items: str) -> list[str]:
    """Return a command under the tag a1 and its result."""
    result = f'S: * ESEARCH (TAG "a1") {items}'
    return [*CAPS, f"C: a1 {command}", result, "S: a1 OK done"]


SORT = "SORT RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 FUZZY SEEN"
SEARCH = "SEARCH RETURN (RELEVANCY ALL COUNT) FUZZY SEEN"

BROKEN = [
    ("a score is missing", ["6203-4-score"], asked(SEARCH, "ALL 1:3 COUNT 3 RELEVANCY (4 99)")),
    (
        "more scores than are counted",
        ["6203-4-score"],
        asked("SEARCH RETURN (RELEVANCY COUNT) FUZZY SEEN", "COUNT 1 RELEVANCY (4 99)"),
    ),
    ("the worst first", ["6203-6-highest-first"], asked(SORT, "ALL 2,1,3 RELEVANCY (4 42 99)")),
]

KEPT = [
    ("in the order of the mailbox", asked(SEARCH, "ALL 1:3 COUNT 3 RELEVANCY (4 99 42)")),
    ("the best first", asked(SORT, "ALL 2,1,3 RELEVANCY (99 42 42)")),
    (
        "the worst first, as asked for",
        asked(SORT.replace("(REL", "(REVERSE REL"), "ALL 1,2 RELEVANCY (4 99)"),
    ),
    ("by another order", asked(SORT.replace("(RELEVANCY) ", "(DATE) "), "ALL 1,2 RELEVANCY (4 9)")),
    ("no score of nothing", asked(SEARCH, "COUNT 0 RELEVANCY ()")),
]
