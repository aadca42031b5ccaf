"""Rows of `checks_rows` for CONDSTORE (RFC 7162)."""

from __future__ import annotations

from checks_talk import logged_in, select

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 CONDSTORE", "S: c1 OK done"]
WITH_QRESYNC = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 CONDSTORE QRESYNC", "S: c1 OK done"]


def opened(highest: str = "HIGHESTMODSEQ 90", tag: str = "o1", name: str = "main") -> list[str]:
    """A selection of `box` with CONDSTORE."""
    lines = select(tag=tag, name=name)
    codes = [f"{name} S: * OK [{highest}] so it is"] if highest else []
    return [lines[0] + " (CONDSTORE)", *lines[1:-1], *codes, lines[-1]]


STORED = ["C: a1 STORE 2 +FLAGS (\\Seen)"]
FETCHED = ["C: a2 FETCH 2 (UID MODSEQ)", "S: * 2 FETCH (UID 21 MODSEQ (80))", "S: a2 OK done"]
NO = "NOMODSEQ"

BROKEN = [
    ("SELECT with CONDSTORE tells neither", ["7162-3.1.2-told"], [*CAPS, *opened("")]),
    (
        "a later SELECT tells neither",
        ["7162-3.1.2-told"],
        [*CAPS, *opened(), *select(tag="o2")],
    ),
    (
        "both are told",
        ["7162-3.1.2-one"],
        [*CAPS, *opened("NOMODSEQ] no\r\n* OK [HIGHESTMODSEQ 3")],
    ),
    (
        "HIGHESTMODSEQ falls",
        ["7162-3.1.2.1-falls"],
        [*CAPS, *opened(), *opened("HIGHESTMODSEQ 89", "o2")],
    ),
    (
        "HIGHESTMODSEQ is below a message",
        ["7162-3.1.2.1-highest"],
        [
            *(*CAPS, *opened("HIGHESTMODSEQ 70"), *FETCHED),
            *opened("HIGHESTMODSEQ 70", "o2"),
        ],
    ),
    (
        "MODSEQ is asked for where there is none, and fetched",
        ["7162-3.1.2.2-refused"],
        [*CAPS, *opened(NO), "C: a1 FETCH 1 (MODSEQ)", "S: a1 OK done"],
    ),
    (
        "the mod-sequence of a message falls",
        ["7162-3.1-falls"],
        [
            *(*CAPS, *opened(), *FETCHED, "C: a3 FETCH 2 (MODSEQ)"),
            *("S: * 2 FETCH (MODSEQ (79))", "S: a3 OK done"),
        ],
    ),
    (
        "the mod-sequence of a message falls for a session that comes later",
        ["7162-3.1-falls"],
        [
            *(*CAPS, *opened(), *FETCHED, *logged_in("two"), *opened(name="two")),
            *("two C: b1 UID FETCH 21 (MODSEQ)", "two S: * 2 FETCH (UID 21 MODSEQ (79))"),
            "two S: b1 OK done",
        ],
    ),
    (
        "new flags without mod-sequence",
        ["7162-3.1-included"],
        [*CAPS, *opened(), *STORED, "S: * 2 FETCH (UID 21 FLAGS (\\Seen))", "S: a1 OK done"],
    ),
    (
        "new flags without unique identifier",
        ["7162-3.1.4.2-uid"],
        [*CAPS, *opened(), *STORED, "S: * 2 FETCH (FLAGS (\\Seen) MODSEQ (91))", "S: a1 OK done"],
    ),
    (
        "new flags without unique identifier under QRESYNC",
        ["7162-3.2.4-uid"],
        [
            *(*WITH_QRESYNC, *opened(), *STORED),
            *("S: * 2 FETCH (FLAGS (\\Seen) MODSEQ (91))", "S: a1 OK done"),
        ],
    ),
    (
        "a message that has not changed since",
        ["7162-3.1.4.1-changedsince"],
        [
            *(*CAPS, *opened(), "C: a1 FETCH 1:2 (RFC822.SIZE) (CHANGEDSINCE 80)"),
            *("S: * 2 FETCH (RFC822.SIZE 9 MODSEQ (80))", "S: a1 OK done"),
        ],
    ),
    (
        "MODIFIED has message numbers for a UID STORE",
        ["7162-3.1.3-modified-set"],
        [
            *(*CAPS, *opened(), "C: a1 UID STORE 20:21 (UNCHANGEDSINCE 3) +FLAGS (\\Seen)"),
            "S: a1 OK [MODIFIED 1:2] done",
        ],
    ),
    (
        "SEARCH by MODSEQ without a mod-sequence",
        ["7162-3.1.5-highest"],
        [*CAPS, *opened(), "C: a1 SEARCH MODSEQ 80", "S: * SEARCH 2", "S: a1 OK done"],
    ),
    (
        "SEARCH with a mod-sequence that nobody asked for",
        ["7162-3.1.5-unasked"],
        [*CAPS, *opened(), "C: a1 SEARCH SEEN", "S: * SEARCH 2 (MODSEQ 8)", "S: a1 OK done"],
    ),
    (
        "STATUS tells 0 of a mailbox with mod-sequences",
        ["7162-3.1.7-zero"],
        [
            *(*CAPS, *opened(), "C: a1 CLOSE", "S: a1 OK done"),
            *("C: a2 STATUS box (HIGHESTMODSEQ)", "S: * STATUS box (HIGHESTMODSEQ 0)"),
            "S: a2 OK done",
        ],
    ),
    (
        "STATUS tells a number of a mailbox without mod-sequences",
        ["7162-3.1.7-zero"],
        [
            *(*CAPS, *opened(NO), "C: a1 CLOSE", "S: a1 OK done"),
            *("C: a2 STATUS box (HIGHESTMODSEQ)", "S: * STATUS box (HIGHESTMODSEQ 4)"),
            "S: a2 OK done",
        ],
    ),
]

KEPT = [
    ("NOMODSEQ in place of HIGHESTMODSEQ", [*CAPS, *opened(NO)]),
    (
        "MODSEQ is asked for where there is none, and refused",
        [*CAPS, *opened(NO), "C: a1 FETCH 1 (MODSEQ)", "S: a1 BAD none here"],
    ),
    (
        "HIGHESTMODSEQ falls under another UIDVALIDITY",
        [
            *(*CAPS, *opened()),
            *[
                line.replace("UIDVALIDITY 7", "UIDVALIDITY 8")
                for line in opened("HIGHESTMODSEQ 1", "o2")
            ],
        ],
    ),
    (
        "HIGHESTMODSEQ falls with an expunged message, without QRESYNC",
        [
            *(*CAPS, *opened(), "C: a1 EXPUNGE", "S: * 2 EXPUNGE", "S: a1 OK done"),
            *opened("HIGHESTMODSEQ 89", "o2"),
        ],
    ),
    (
        "an older picture of another session",
        [
            *(*CAPS, *opened(), *logged_in("two"), *opened(name="two"), *FETCHED),
            *("two C: b1 UID FETCH 21 (MODSEQ)", "two S: * 2 FETCH (UID 21 MODSEQ (79))"),
            "two S: b1 OK done",
        ],
    ),
    (
        "flags without mod-sequence that were asked for so",
        [
            *(*CAPS, *opened(), "C: a1 FETCH 2 (FLAGS)", "S: * 2 FETCH (FLAGS ())"),
            "S: a1 OK done",
        ],
    ),
    (
        "new flags without mod-sequence for who has not asked",
        [*CAPS, *STORED, "S: * 2 FETCH (FLAGS (\\Seen))", "S: a1 OK done"],
    ),
    (
        "an older change that comes of itself",
        [
            *(*CAPS, *opened(), "C: a1 FETCH 1:2 (RFC822.SIZE) (CHANGEDSINCE 80)"),
            *("S: * 2 FETCH (UID 21 FLAGS (\\Seen) MODSEQ (80))", "S: a1 OK done"),
        ],
    ),
    (
        "MODIFIED of a set that ends in the last message",
        [
            *(*CAPS, *opened(), "C: a1 STORE 2:* (UNCHANGEDSINCE 3) +FLAGS (\\Seen)"),
            "S: a1 OK [MODIFIED 5] done",
        ],
    ),
    (
        "a search for the word modseq",
        [
            *(*CAPS, *opened(), "C: a1 SEARCH SUBJECT modseq 1:3", "S: * SEARCH 2"),
            *("S: a1 OK done", 'C: a2 SEARCH SUBJECT "modseq 1"', "S: * SEARCH 2", "S: a2 OK done"),
        ],
    ),
    (
        "a search by the mod-sequence of a flag",
        [
            *(*CAPS, *opened(), 'C: a1 SEARCH MODSEQ "/flags/\\\\seen" all 3'),
            *("S: * SEARCH 2 (MODSEQ 80)", "S: a1 OK done"),
        ],
    ),
]
