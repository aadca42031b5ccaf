"""Rows of `checks_rows` for MOVE (RFC 6851)."""

from __future__ import annotations

from checks_talk import logged_in, select

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 MOVE UIDPLUS", "S: c1 OK done"]
NO_UIDPLUS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 MOVE", "S: c1 OK done"]
UIDS = ["C: a1 FETCH 1:2 UID", "S: * 1 FETCH (UID 20)", "S: * 2 FETCH (UID 21)", "S: a1 OK done"]
MOVED = [
    *("C: a2 UID MOVE 21 other", "S: * OK [COPYUID 9 21 1] moved"),
    *("S: * 2 EXPUNGE", "S: a2 OK done"),
]
AGAIN = [*logged_in("two"), *select(4, 100, name="two")]
SHOWN = ["two C: b1 FETCH 2 UID", "two S: * 2 FETCH (UID 21)", "two S: b1 OK done"]
OTHER = ["two C: b1 FETCH 2 UID", "two S: * 2 FETCH (UID 22)", "two S: b1 OK done"]

BROKEN = [
    (
        "a UID MOVE without COPYUID",
        ["6851-4.3-copyuid"],
        [*CAPS, *UIDS, "C: a2 UID MOVE 20:21 other", "S: * 2 EXPUNGE", "S: a2 OK done"],
    ),
    (
        "COPYUID with fewer new UIDs than old ones",
        ["6851-4.3-copyuid-true"],
        [
            *(*CAPS, "C: a2 MOVE 1:2 other", "S: * OK [COPYUID 9 20:21 1] moved"),
            *("S: * 1 EXPUNGE", "S: * 1 EXPUNGE", "S: a2 OK done"),
        ],
    ),
    (
        "two messages are moved and one is told gone",
        ["6851-3.3-expunged-first"],
        [*CAPS, "C: a2 MOVE 1:2 other", "S: * 1 EXPUNGE", "S: a2 OK [COPYUID 9 20:21 1:2] done"],
    ),
    (
        "a message that was moved is shown to who selects the mailbox afterwards",
        ["6851-3.3-source"],
        [*CAPS, *UIDS, *MOVED, *AGAIN, *SHOWN],
    ),
]

KEPT = [
    ("a UID MOVE with COPYUID before EXPUNGE", [*CAPS, *UIDS, *MOVED, *AGAIN, *OTHER]),
    (
        "a UID MOVE with COPYUID behind EXPUNGE",
        [
            *(*CAPS, *UIDS, "C: a2 UID MOVE 21 other", "S: * 2 EXPUNGE"),
            "S: a2 OK [COPYUID 9 21 1] done",
        ],
    ),
    (
        "a UID MOVE of nothing while another message goes",
        [*CAPS, *UIDS, "C: a2 UID MOVE 50 other", "S: * 2 EXPUNGE", "S: a2 OK done"],
    ),
    (
        "a UID MOVE without COPYUID where UIDPLUS is not announced",
        [*NO_UIDPLUS, *UIDS, "C: a2 UID MOVE 21 other", "S: * 2 EXPUNGE", "S: a2 OK done"],
    ),
    (
        "a UID MOVE of a message that another session has moved, which is told now",
        [
            *(*CAPS, *logged_in("two"), *select(name="two"), *UIDS, *SHOWN, *MOVED),
            *("two C: b2 UID MOVE 21 other", "two S: * 2 EXPUNGE", "two S: b2 OK done"),
        ],
    ),
    (
        "COPYUID with the ranges the other way round",
        [
            *(*CAPS, "C: a2 MOVE 1:2 other", "S: * OK [COPYUID 9 21:20 2,1] moved"),
            *("S: * 1 EXPUNGE", "S: * 1 EXPUNGE", "S: a2 OK done"),
        ],
    ),
    (
        "a session that is not told yet shows the message that another has moved",
        [
            *(*CAPS, *logged_in("two"), *select(name="two"), *UIDS, *MOVED),
            *SHOWN,
        ],
    ),
    (
        "flags stay as they were shown while others are moved",
        [
            *(*CAPS, "C: a1 FETCH 1 FLAGS", r"S: * 1 FETCH (FLAGS (\Seen))", "S: a1 OK done"),
            *("C: a2 MOVE 2 other", "S: * OK [COPYUID 9 21 1] moved", "S: * 2 EXPUNGE"),
            *("S: a2 OK done", "C: a3 FETCH 1 FLAGS", r"S: * 1 FETCH (FLAGS (\Seen))"),
            "S: a3 OK done",
        ],
    ),
]
