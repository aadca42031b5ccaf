"""Rows of `checks_rows` for LIST-MYRIGHTS and LIST-METADATA (RFC 8440, RFC 9590)."""

from __future__ import annotations

CAPS = [
    "C: c1 CAPABILITY",
    "S: * CAPABILITY IMAP4rev1 LIST-EXTENDED ACL LIST-MYRIGHTS LIST-METADATA METADATA",
    "S: c1 OK done",
]
NOTE = 'METADATA x (/shared/comment "hello")'


def listed(option: str, *said: str) -> list[str]:
    """Return a LIST with a return option, what comes, and its OK."""
    lines = [f"S: * {line}" for line in said]
    return [*CAPS, f'C: a1 LIST "" % RETURN ({option})', *lines, "S: a1 OK done"]


BROKEN = [
    (
        "rights before the name",
        ["8440-3-order"],
        listed("MYRIGHTS", "MYRIGHTS x lrs", 'LIST () "/" x'),
    ),
    (
        "rights behind another name",
        ["8440-3-order"],
        listed("MYRIGHTS", 'LIST () "/" y', "MYRIGHTS x lrs", 'LIST () "/" x'),
    ),
    (
        "notes before the name",
        ["9590-3-order"],
        listed("METADATA (/shared/comment)", NOTE, 'LIST () "/" x'),
    ),
]

KEPT = [
    ("rights behind the name", listed("MYRIGHTS", 'LIST () "/" x', "MYRIGHTS x lrs")),
    (
        "all of them at the end",
        listed(
            "MYRIGHTS METADATA (/shared/comment)",
            *('LIST () "/" "x"', 'LIST () "/" y', "MYRIGHTS y lrs", "MYRIGHTS x lrs", NOTE),
        ),
    ),
    (
        "MYRIGHTS was asked for, too",
        [
            *(*CAPS, 'C: a1 LIST "" % RETURN (MYRIGHTS)', "C: a2 MYRIGHTS x"),
            *("S: * MYRIGHTS x lrs", "S: a2 OK done", 'S: * LIST () "/" x', "S: a1 OK done"),
        ],
    ),
]
