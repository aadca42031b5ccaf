"""Rows of `checks_rows` for QUOTA (RFC 9208)."""

from __future__ import annotations

from checks_talk import logged_in

CAPS = [
    "C: c1 CAPABILITY",
    "S: * CAPABILITY IMAP4rev1 QUOTA QUOTASET QUOTA=RES-STORAGE QUOTA=RES-MESSAGE",
    "S: c1 OK done",
]
OLD = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 QUOTA", "S: c1 OK done"]
NOT_SET = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 QUOTA QUOTA=RES-STORAGE", "S: c1 OK done"]
ROOT = "S: * QUOTAROOT INBOX user"
QUOTA = "S: * QUOTA user (STORAGE 10 512 MESSAGE 3 1000)"
CAPS_TWO = [
    *logged_in("two"),
    "two C: c1 CAPABILITY",
    "two S: * CAPABILITY IMAP4rev1 QUOTA QUOTA=RES-STORAGE",
    "two S: c1 OK done",
]

BROKEN = [
    (
        "QUOTASET without a resource",
        ["9208-1-resources"],
        ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 QUOTA QUOTASET", "S: c1 OK done"],
    ),
    (
        "SETQUOTA is carried out, and QUOTASET is not announced",
        ["9208-1-quotaset"],
        [*NOT_SET, "C: a1 SETQUOTA user (STORAGE 512)", "S: a1 OK done"],
    ),
    (
        "a resource that is not announced",
        ["9208-3.1.1-advertised"],
        [*CAPS, "C: a1 GETQUOTA user", "S: * QUOTA user (MAILBOX 10 512)", "S: a1 OK done"],
    ),
    (
        "GETQUOTA without QUOTA",
        ["9208-4.1.1-quota"],
        [*CAPS, "C: a1 GETQUOTA user", "S: a1 OK done"],
    ),
    (
        "GETQUOTAROOT without QUOTAROOT",
        ["9208-4.1.2-quotaroot"],
        [*CAPS, "C: a1 GETQUOTAROOT INBOX", QUOTA, "S: a1 OK done"],
    ),
    (
        "GETQUOTAROOT with two QUOTAROOT",
        ["9208-4.1.2-quotaroot"],
        [*CAPS, "C: a1 GETQUOTAROOT INBOX", ROOT, ROOT, QUOTA, "S: a1 OK done"],
    ),
    (
        "a root of which nothing is told",
        ["9208-4.1.2-quotaroot"],
        [
            *(*CAPS, "C: a1 GETQUOTAROOT INBOX", "S: * QUOTAROOT INBOX user disk"),
            *(QUOTA, "S: a1 OK done"),
        ],
    ),
    (
        "OVERQUOTA while nothing is selected and nothing added",
        ["9208-4.3.1-not-idle"],
        [
            *(*CAPS_TWO, "two C: a1 NOOP", "two S: * NO [OVERQUOTA] full"),
            "two S: a1 OK done",
        ],
    ),
]

KEPT = [
    ("a mailbox without roots", [*CAPS, "C: a1 GETQUOTAROOT INBOX", "S: * QUOTAROOT INBOX"]),
    (
        "QUOTA before QUOTAROOT, the root in quotes",
        [*CAPS, "C: a1 GETQUOTAROOT INBOX", QUOTA, 'S: * QUOTAROOT INBOX "user"', "S: a1 OK done"],
    ),
    (
        "two that ask at once",
        [
            *(*CAPS, "C: a1 GETQUOTAROOT INBOX", "C: a2 GETQUOTAROOT box", ROOT),
            *("S: * QUOTAROOT box user", QUOTA, "S: a1 OK done", "S: a2 OK done"),
        ],
    ),
    (
        "a resource of RFC 2087",
        [*OLD, "C: a1 GETQUOTA user", "S: * QUOTA user (X-FILES 10 512)", "S: a1 OK done"],
    ),
    ("SETQUOTA as RFC 2087 has it", [*OLD, "C: a1 SETQUOTA user ()", "S: a1 OK done"]),
    ("SETQUOTA that is announced", [*CAPS, "C: a1 SETQUOTA user ()", "S: a1 OK done"]),
    ("GETQUOTA that is refused", [*CAPS, "C: a1 GETQUOTA user", "S: a1 NO denied"]),
    (
        "OVERQUOTA while a mailbox is selected",
        [*CAPS, "C: a1 NOOP", "S: * NO [OVERQUOTA] full", "S: a1 OK done"],
    ),
    (
        "OVERQUOTA while a message is added",
        [
            *(*CAPS_TWO, "two C: a1 APPEND box {3}", "two S: + go on", "two C: abc"),
            *("two S: * NO [OVERQUOTA] full", "two S: a1 OK done"),
        ],
    ),
]
