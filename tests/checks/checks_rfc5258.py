"""Rows of `checks_rows` for LIST-EXTENDED (RFC 5258)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 LIST-EXTENDED", "S: c1 OK done"]
CHILDINFO = '() "/" x ("CHILDINFO" ("SUBSCRIBED"))'


def listed(arguments: str, *said: str, before: str = "") -> list[str]:
    """Return a LIST, its responses, and its OK; another one before it that says nothing."""
    first = [f"C: b1 {before}", "S: b1 OK done"] if before else []
    lines = [f"S: * LIST {line}" for line in said]
    return [*CAPS, *first, f"C: a1 LIST {arguments}", *lines, "S: a1 OK done"]


BROKEN = [
    (
        "both attributes, and CHILDREN is not announced",
        ["5258-4-not-both"],
        listed('() "" "%"', '(\\HasChildren \\HasNoChildren) "/" x'),
    ),
    (
        "an item in the answer to the LIST of RFC 3501",
        ["5258-3-extended-item"],
        listed('"" "%"', '() "/" x ("X-NOTE" ("a"))'),
    ),
    ("CHILDINFO in the same", ["5258-3-extended-item"], listed('"" x', CHILDINFO)),
    (
        "CHILDINFO without RECURSIVEMATCH",
        ["5258-3.5-asked"],
        listed('(SUBSCRIBED) "" "%"', CHILDINFO),
    ),
    (
        "a name twice for two patterns",
        ["5258-3-patterns-once"],
        listed('"" (x "x*")', '() "/" x', '() "/" xy', '() "/" x'),
    ),
    (
        "a tag with a space",
        ["5258-6-tag"],
        listed('() "" "%"', '() "/" x ("X NOTE" ("a"))'),
    ),
]

KEPT = [
    ("CHILDINFO", listed('(SUBSCRIBED RECURSIVEMATCH) "" "%"', CHILDINFO)),
    ("an item that comes to a pattern in parentheses", listed('"" (x)', '() "/" x (X-A (b))')),
    ("an item that comes to RETURN", listed('"" "%" RETURN ()', '() "/" x ("X-A" ("b"))')),
    (
        "a session that has shown that it reads items",
        listed('"" "%"', '() "/" x ("X-A" ("b"))', before='LIST () "" y'),
    ),
    (
        "a session that has asked for CHILDINFO before",
        listed('"" "%"', CHILDINFO, before='LIST (SUBSCRIBED RECURSIVEMATCH) "" y'),
    ),
    ("each name once for two patterns", listed('"" (x "x*")', '() "/" x', '() "/" xy')),
    ("a name twice for one pattern", listed('"" "x*"', '() "/" x', '() "/" x')),
    ("no items", listed('"" "%"', '() "/" x')),
    ("an empty list of items", listed('"" "%"', '() "/" x ()')),
]
