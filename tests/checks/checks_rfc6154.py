"""Rows of `checks_rows` for SPECIAL-USE (RFC 6154)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 SPECIAL-USE", "S: c1 OK done"]


def listed(arguments: str, *said: str) -> list[str]:
    """Return a LIST, its responses, and its OK."""
    lines = [f"S: * LIST {line}" for line in said]
    return [*CAPS, f"C: a1 LIST {arguments}", *lines, "S: a1 OK done"]


BROKEN = [
    (
        "a mailbox without a special use",
        ["6154-2-selection"],
        listed('(SPECIAL-USE) "" "*"', '(\\HasNoChildren) "/" x'),
    ),
    (
        "a special use that is not shown",
        ["6154-2-selection"],
        listed('(SUBSCRIBED SPECIAL-USE) "" "*"', '(\\Subscribed) "/" Sent'),
    ),
    (
        "an attribute that is spelt wrong",
        ["6154-6-attributes"],
        listed('"" "*"', '(\\HasNoChildren \\Archives) "/" y'),
    ),
]

KEPT = [
    (
        "an attribute that NOTIFY has (RFC 5465 section 5.9)",
        listed('"" "*"', '(\\NoAccess) "/" x'),
    ),
    (
        "mailboxes with a special use",
        listed('(SPECIAL-USE) "" "*"', '(\\sent) "/" x', '(\\Important \\Marked) "/" y'),
    ),
    (
        "a parent for what is below it",
        listed(
            '(SUBSCRIBED SPECIAL-USE RECURSIVEMATCH) "" "%"',
            '(\\HasChildren) "/" x ("CHILDINFO" ("SUBSCRIBED"))',
        ),
    ),
    ("other mailboxes where RETURN asks", listed('"" "*" RETURN (SPECIAL-USE)', '() "/" x')),
    (
        "another LIST in flight",
        [
            *(*CAPS, 'C: a1 LIST (SPECIAL-USE) "" "*"', 'C: a2 LIST "" "*"', 'S: * LIST () "/" x'),
            *("S: a1 OK done", "S: a2 OK done"),
        ],
    ),
]
