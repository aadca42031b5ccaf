"""Rows of `checks_rows` for MULTISEARCH (RFC 7377)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ESEARCH MULTISEARCH", "S: c1 OK done"]


def found(*responses: str, returning: str = "COUNT") -> list[str]:
    """Search two mailboxes, and have these responses behind the word ESEARCH."""
    return [
        *(*CAPS, f"C: a1 ESEARCH IN (mailboxes (a b)) RETURN ({returning}) ALL"),
        *(f"S: * {response}" for response in responses),
        "S: a1 OK done",
    ]


def of(mailbox: str, rest: str = "UID COUNT 1") -> str:
    """Say what was found in a mailbox."""
    return f'ESEARCH (TAG "a1" MAILBOX {mailbox} UIDVALIDITY 1) {rest}'


BROKEN = [
    (
        "ESEARCH without MAILBOX",
        ["7377-2.1-correlators"],
        found('ESEARCH (TAG "a1" UIDVALIDITY 1) UID COUNT 1'),
    ),
    ("ESEARCH without UID", ["7377-2.1-uid"], found(of("a", "COUNT 1"))),
    ("ESEARCH with COUNT 0", ["7377-2.1-nothing"], found(of("a", "UID COUNT 0"))),
    ("one mailbox twice", ["7377-2.1-each"], found(of("a"), of("b"), of("a"))),
    ("SEARCH for ESEARCH", ["7377-2.1-esearch"], found("SEARCH 1", of("a"))),
]

KEPT = [
    ("two mailboxes, each once", found(of("a"), of("b"))),
    ("no response at all", found()),
    (
        "one mailbox in two commands",
        [
            *(*CAPS, "C: a1 ESEARCH IN (mailboxes a) RETURN (COUNT) ALL", f"S: * {of('a')}"),
            *("S: a1 OK done", "C: a2 ESEARCH IN (mailboxes a) RETURN (COUNT) ALL"),
            *('S: * ESEARCH (TAG "a2" MAILBOX a UIDVALIDITY 1) UID COUNT 1', "S: a2 OK done"),
        ],
    ),
]
