"""Rows of `checks_rows` for OBJECTID (RFC 8474)."""

from __future__ import annotations

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 OBJECTID MOVE", "S: c1 OK done"]


def select(tag: str, mailbox: str, validity: int, name: str) -> list[str]:
    """Select a mailbox that has this UIDVALIDITY and MAILBOXID."""
    return [
        f"C: {tag} SELECT {mailbox}",
        "S: * FLAGS (\\Seen)",
        "S: * OK [PERMANENTFLAGS (\\Seen)] limited",
        "S: * 2 EXISTS",
        "S: * 0 RECENT",
        f"S: * OK [UIDVALIDITY {validity}] valid",
        "S: * OK [UIDNEXT 100] next",
        f"S: * OK [MAILBOXID ({name})] id",
        f"S: {tag} OK [READ-WRITE] selected",
    ]


def status(tag: str, mailbox: str, validity: int, name: str) -> list[str]:
    """Ask for both of a mailbox."""
    return [
        f"C: {tag} STATUS {mailbox} (UIDVALIDITY MAILBOXID)",
        f"S: * STATUS {mailbox} (UIDVALIDITY {validity} MAILBOXID ({name}))",
        f"S: {tag} OK done",
    ]


def fetch(tag: str, *items: str) -> list[str]:
    """Fetch the ids of messages."""
    return [
        f"C: {tag} FETCH 1:2 (UID EMAILID THREADID)",
        *(f"S: * {number} FETCH ({each})" for number, each in enumerate(items, 1)),
        f"S: {tag} OK done",
    ]


BROKEN = [
    (
        "OK to CREATE without MAILBOXID",
        ["8474-4.1-create"],
        [*CAPS, "C: a1 CREATE other", "S: a1 OK done"],
    ),
    (
        "OK to EXAMINE without MAILBOXID",
        ["8474-4.2-select"],
        [
            *CAPS,
            *(line for line in select("a1", "other", 9, "F9") if "MAILBOXID" not in line),
        ],
    ),
    (
        "MAILBOXID that is another the next time",
        ["8474-4-same"],
        [*CAPS, *select("a1", "other", 9, "F9"), *select("a2", "other", 9, "F10")],
    ),
    (
        "MAILBOXID that STATUS tells otherwise than SELECT",
        ["8474-4-same"],
        [*CAPS, *select("a1", "other", 9, "F9"), *status("a2", "other", 9, "F10")],
    ),
    (
        "MAILBOXID of a mailbox of before",
        ["8474-4-no-reuse"],
        [*CAPS, *select("a1", "other", 9, "F9"), *status("a2", "other", 11, "F9")],
    ),
    (
        "EMAILID that changes",
        ["8474-5.1-same"],
        [
            *(*CAPS, *fetch("a1", "UID 20 EMAILID (M1) THREADID (T1)")),
            *fetch("a2", "UID 20 EMAILID (M2) THREADID (T1)"),
        ],
    ),
    (
        "THREADID that changes",
        ["8474-5.2-stays", "8474-5.2-same-thread"],
        [
            *(*CAPS, *fetch("a1", "UID 20 EMAILID (M1) THREADID (T1)")),
            *fetch("a2", "UID 20 EMAILID (M1) THREADID (T2)"),
        ],
    ),
    (
        "two THREADIDs of one EMAILID",
        ["8474-5.2-same-thread"],
        [
            *CAPS,
            *fetch("a1", "UID 20 EMAILID (M1) THREADID (T1)", "UID 21 EMAILID (M1) THREADID (T2)"),
        ],
    ),
    (
        "NIL in parentheses",
        ["8474-5.2-none"],
        [*CAPS, *fetch("a1", "UID 20 EMAILID (M1) THREADID (NIL)")],
    ),
    (
        "one id for a message and its thread",
        ["8474-5.2-distinct"],
        [*CAPS, *fetch("a1", "UID 20 EMAILID (A1) THREADID (A1)")],
    ),
]

KEPT = [
    (
        "CREATE that is refused, or has MAILBOXID",
        [
            *(*CAPS, "C: a1 CREATE other", "S: a1 NO it is there"),
            *("C: a2 CREATE third", "S: a2 OK [MAILBOXID (F3)] done"),
        ],
    ),
    (
        "one MAILBOXID, and two mailboxes",
        [
            *(*CAPS, *select("a1", "other", 9, "F9"), *status("a2", "third", 9, "F10")),
            *(*status("a3", "other", 9, "F9"), *select("a4", "third", 9, "F10")),
        ],
    ),
    (
        "a mailbox that comes back by RENAME with another UIDVALIDITY",
        [
            *(*CAPS, *select("a1", "other", 9, "F9"), "C: a2 RENAME other third"),
            *("S: a2 OK done", "C: a3 RENAME third other", "S: a3 OK done"),
            *status("a4", "other", 11, "F9"),
        ],
    ),
    (
        "a mailbox made anew within the second",
        [
            *(*CAPS, *select("a1", "other", 9, "F9"), "C: a2 DELETE third", "S: a2 OK done"),
            *status("a3", "other", 9, "F10"),
        ],
    ),
    (
        "ids of messages that stay, and of a copy",
        [
            *CAPS,
            *fetch("a1", "UID 20 EMAILID (M1) THREADID (T1)", "UID 21 EMAILID (M2) THREADID (T1)"),
            *fetch("a2", "UID 20 EMAILID (M1) THREADID (T1)", "UID 21 EMAILID (M2) THREADID (T1)"),
        ],
    ),
    (
        "THREADID NIL of all messages",
        [
            *CAPS,
            *fetch("a1", "UID 20 EMAILID (M1) THREADID NIL", "UID 21 EMAILID (M2) THREADID NIL"),
        ],
    ),
]
