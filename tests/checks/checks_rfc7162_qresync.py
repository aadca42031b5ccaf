"""Rows of `checks_rows` for QRESYNC (RFC 7162 section 3.2)."""

from __future__ import annotations

from checks_talk import logged_in, select

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 CONDSTORE QRESYNC ENABLE", "S: c1 OK done"]
ENABLED = [*CAPS, "C: e1 ENABLE QRESYNC", "S: * ENABLED QRESYNC", "S: e1 OK on"]


def opened(tag: str = "o1", mailbox: str = "box", *, closes: bool = False) -> list[str]:
    """A selection that tells a mod-sequence."""
    first, *data, last = select(tag=tag, mailbox=mailbox)
    line = ["main S: * OK [CLOSED] the other one"] if closes else []
    return [first, *line, *data, "main S: * OK [HIGHESTMODSEQ 90] highest", last]


HERE = [*ENABLED, *opened()]
UIDS = [
    *("C: u1 FETCH 1:5 UID", "S: * 1 FETCH (UID 20)", "S: * 2 FETCH (UID 21)"),
    *("S: * 3 FETCH (UID 22)", "S: * 4 FETCH (UID 23)", "S: * 5 FETCH (UID 24)", "S: u1 OK done"),
]
EXPUNGED = ["C: x1 EXPUNGE", "S: * VANISHED 21", "S: x1 OK [HIGHESTMODSEQ 91] done"]
ASKED = "C: a1 UID FETCH 1:30 (RFC822.SIZE) (CHANGEDSINCE 5 VANISHED)"
SIZE = "S: * 1 FETCH (UID 20 RFC822.SIZE 9 MODSEQ (8))"

BROKEN = [
    (
        "VANISHED before QRESYNC is enabled",
        ["7162-3.2.3-not-before"],
        [*CAPS, *opened(), "C: a1 NOOP", "S: * VANISHED 21", "S: a1 OK done"],
    ),
    (
        "EXPUNGE once QRESYNC is enabled",
        ["7162-3.2.10-instead"],
        [*HERE, "C: a1 NOOP", "S: * 2 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "EARLIER in answer to NOOP",
        ["7162-3.2.10-earlier"],
        [*HERE, "C: a1 NOOP", "S: * VANISHED (EARLIER) 3", "S: a1 OK done"],
    ),
    (
        "EARLIER behind FETCH",
        ["7162-3.2.6-first"],
        [*HERE, ASKED, SIZE, "S: * VANISHED (EARLIER) 3", "S: a1 OK done"],
    ),
    (
        "EARLIER of a message that was not named",
        ["7162-3.2.6-set"],
        [*HERE, ASKED, "S: * VANISHED (EARLIER) 3,31", "S: a1 OK done"],
    ),
    (
        "EARLIER of a message that is there",
        ["7162-3.2.6-set"],
        [*HERE, *UIDS, ASKED, "S: * VANISHED (EARLIER) 3,21", "S: a1 OK done"],
    ),
    (
        "EARLIER of a mailbox without mod-sequences",
        ["7162-3.2.5.1-nomodseq"],
        [
            *(*ENABLED, "C: o1 SELECT box (QRESYNC (7 80))", *select(tag="o1")[1:-1]),
            *("S: * OK [NOMODSEQ] none", "S: * VANISHED (EARLIER) 3", "S: o1 OK [READ-WRITE] done"),
        ],
    ),
    ("VANISHED between commands", ["7162-3.2.10.2-no-command"], [*HERE, "S: * VANISHED 21"]),
    (
        "VANISHED during STORE",
        ["7162-3.2.10.2-during"],
        [*HERE, "C: a1 STORE 1 +FLAGS.SILENT (x)", "S: * VANISHED 21", "S: a1 OK done"],
    ),
    (
        "VANISHED during a UID SEARCH by numbers",
        ["7162-3.2.10.2-uid-search"],
        [
            *(*HERE, "C: a1 UID SEARCH UNSEEN 2:4", "S: * VANISHED 21"),
            *("S: * SEARCH", "S: a1 OK done"),
        ],
    ),
    (
        "VANISHED of a message that never was",
        ["7162-3.2.10.2-visible"],
        [*HERE, *UIDS, "C: a1 NOOP", "S: * VANISHED 30", "S: a1 OK done"],
    ),
    (
        "VANISHED of a message that is gone",
        ["7162-3.2.10.2-visible"],
        [*HERE, *UIDS, *EXPUNGED, "C: a1 NOOP", "S: * VANISHED 21", "S: a1 OK done"],
    ),
    (
        "VANISHED of more messages than there are",
        ["7162-3.2.10.2-visible"],
        [*HERE, "C: a1 NOOP", "S: * VANISHED 1:6", "S: a1 OK done"],
    ),
    (
        "EXPUNGE without HIGHESTMODSEQ",
        ["7162-3.2.7-highestmodseq"],
        [*HERE, "C: a1 EXPUNGE", "S: * VANISHED 21", "S: a1 OK done"],
    ),
    (
        "CLOSE with HIGHESTMODSEQ",
        ["7162-3.2.8-no-code"],
        [*HERE, "C: a1 CLOSE", "S: a1 OK [HIGHESTMODSEQ 91] done"],
    ),
    (
        "SELECT of another mailbox without CLOSED",
        ["7162-3.2.11-closed"],
        [*HERE, *opened("o2", "two")],
    ),
    (
        "a message count that does not follow VANISHED",
        ["3501-5.2-exists-shrinks"],
        [*HERE, *UIDS, "C: a1 NOOP", "S: * VANISHED 21", "S: * 3 EXISTS", "S: a1 OK done"],
    ),
]

KEPT = [
    (
        "VANISHED during UID STORE and UID SEARCH by identifiers",
        [
            *(*HERE, *UIDS, "C: a1 UID STORE 20 +FLAGS.SILENT (x)", "S: * VANISHED 21"),
            *("S: a1 OK done", "C: a2 UID SEARCH UID 1:30 LARGER 5 SUBJECT 7"),
            *("S: * VANISHED 22", "S: * SEARCH", "S: a2 OK done"),
        ],
    ),
    (
        "EARLIER before FETCH, of what was not known",
        [*HERE, *UIDS, ASKED, "S: * VANISHED (EARLIER) 1:19", SIZE, "S: a1 OK done"],
    ),
    (
        "EARLIER of SELECT with QRESYNC",
        [
            *(*ENABLED, "C: o1 SELECT box (QRESYNC (7 80))", *select(tag="o1")[1:-1]),
            *("S: * OK [HIGHESTMODSEQ 90] highest", "S: * VANISHED (EARLIER) 3"),
            *("S: * 1 FETCH (UID 20 FLAGS () MODSEQ (85))", "S: o1 OK [READ-WRITE] done"),
        ],
    ),
    (
        "EXPUNGE in a mailbox without mod-sequences",
        [
            *(*ENABLED, *[x.replace("HIGHESTMODSEQ 90", "NOMODSEQ") for x in opened()]),
            *("C: a1 NOOP", "S: * 2 EXPUNGE", "S: a1 OK done"),
        ],
    ),
    (
        "an EXPUNGE that removes nothing, and what another session removes",
        [
            *(*HERE, "C: a1 EXPUNGE", "S: a1 OK done", "C: a2 NOOP", "S: * VANISHED 21"),
            "S: a2 OK done",
        ],
    ),
    ("SELECT of another mailbox with CLOSED", [*HERE, *opened("o2", "two", closes=True)]),
    (
        "numbers behind VANISHED",
        [
            *(*HERE, *UIDS, *EXPUNGED, "C: a1 FETCH 2:4 UID", "S: * 2 FETCH (UID 22)"),
            *("S: * 4 FETCH (UID 24)", "S: a1 OK done", "C: a2 NOOP", "S: * 5 EXISTS"),
            "S: a2 OK done",
        ],
    ),
    ("a session that knows nothing of it", [*logged_in("two"), *CAPS, *opened()]),
]
