"""Rows of `checks_rows` for CHILDREN (RFC 3348)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 CHILDREN", "S: c1 OK done"]
NOT_BOTH = "3348-3-not-both"
NO_CHILDREN = "3348-3-has-no-children"


def listed(*said: str, caps: list[str] | None = None, tag: str = "a1") -> list[str]:
    """Return a LIST of everything, its responses, and its OK."""
    lines = [f"S: * LIST {line}" for line in said]
    return [*(CAPS if caps is None else caps), f'C: {tag} LIST "" "*"', *lines, f"S: {tag} OK done"]


BROKEN = [
    ("both attributes", [NOT_BOTH], listed('(\\HasChildren \\HasNoChildren) "/" x')),
    (
        "both attributes in small letters",
        [NOT_BOTH],
        listed('(\\hasnochildren \\Marked \\haschildren) "/" x'),
    ),
    (
        "children where none can be",
        ["3348-3-noinferiors"],
        listed('(\\Noinferiors \\HasChildren) "/" x'),
    ),
    (
        "no children, now and ever",
        ["3348-3-redundant"],
        listed('(\\Noinferiors \\HasNoChildren) "/" x'),
    ),
    (
        "a child behind its parent",
        [NO_CHILDREN],
        listed('(\\HasNoChildren) "/" x', '(\\HasNoChildren) "/" x/y'),
    ),
    (
        "a child before its parent",
        [NO_CHILDREN],
        listed('() "/" x/y', '(\\HasNoChildren) "/" x'),
    ),
    (
        "a child's child",
        [NO_CHILDREN],
        listed('(\\HasNoChildren) "/" x', '(\\HasNoChildren) "/" x/y/z'),
    ),
]

REV2 = [
    "C: c1 CAPABILITY",
    "S: * CAPABILITY IMAP4rev1 IMAP4rev2 CHILDREN ENABLE",
    "S: c1 OK done",
    *("C: e1 ENABLE IMAP4rev2", "S: * ENABLED IMAP4rev2", "S: e1 OK done"),
]

BROKEN.append(
    (
        "IMAP4rev2: both are answers",
        [NO_CHILDREN],
        listed('(\\HasNoChildren) "/" x', '(\\HasNoChildren) "/" x/y', caps=REV2),
    )
)

KEPT = [
    (
        "IMAP4rev2: news of a mailbox that another session has created",
        listed('() "/" x/y', '(\\HasNoChildren) "/" x', caps=REV2),
    ),
    ("the namespace below INBOX", listed('(\\HasNoChildren) "." INBOX', '() "." INBOX.x')),
    ("a tree", listed('(\\HasChildren) "/" x', '(\\HasNoChildren) "/" x/y')),
    ("neither attribute", listed('() "/" x', '() "/" x/y')),
    ("a longer name is no child", listed('(\\HasNoChildren) "/" x', '() "/" xy', '() "." x.y')),
    ("no delimiter", listed("(\\HasNoChildren) NIL x", "() NIL x/y")),
    (
        "a level that is no mailbox",
        listed('(\\HasNoChildren) "/" x', '(\\Noselect) "/" x/y'),
    ),
    (
        "a child that comes between two commands",
        [
            *listed('(\\HasNoChildren) "/" x'),
            *listed('(\\HasNoChildren) "/" x/y', caps=[], tag="a2"),
        ],
    ),
    (
        "two commands in flight",
        [
            *(*CAPS, 'C: a1 LIST "" x', 'C: a2 LIST "" x/y'),
            *('S: * LIST (\\HasNoChildren) "/" x', "S: a1 OK done"),
            *('S: * LIST () "/" x/y', "S: a2 OK done"),
        ],
    ),
    ("CHILDREN is not announced", listed('(\\HasChildren \\HasNoChildren) "/" x', caps=[])),
]
