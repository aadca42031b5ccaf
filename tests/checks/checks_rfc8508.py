"""Rows of `checks_rows` for REPLACE (RFC 8508)."""

from __future__ import annotations

from checks_talk import logged_in, select

CAPS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 REPLACE UIDPLUS", "S: c1 OK done"]
NO_UIDPLUS = ["C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 REPLACE", "S: c1 OK done"]
UIDS = ["C: a1 FETCH 1:2 UID", "S: * 1 FETCH (UID 20)", "S: * 2 FETCH (UID 21)", "S: a1 OK done"]
TEXT = ["S: + go on", "C~ abc", "C: "]


def replaced(command: str, *answer: str) -> list[str]:
    """Return a REPLACE with its message, and what it is answered."""
    return [f"C: a2 {command} box {{3}}", *TEXT, *answer]


CODED = "S: * OK [APPENDUID 7 100] saved"
DONE = replaced("UID REPLACE 21", CODED, "S: * 2 EXPUNGE", "S: * 5 EXISTS", "S: a2 OK done")
AGAIN = [*logged_in("two"), *select(5, 101, name="two")]
SHOWN = ["two C: b1 FETCH 2 UID", "two S: * 2 FETCH (UID 21)", "two S: b1 OK done"]
OTHER = ["two C: b1 FETCH 2 UID", "two S: * 2 FETCH (UID 22)", "two S: b1 OK done"]

BROKEN = [
    (
        "a UID REPLACE without APPENDUID",
        ["8508-4.3-appenduid"],
        [*CAPS, *UIDS, *replaced("UID REPLACE 21", "S: * 2 EXPUNGE", "S: a2 OK done")],
    ),
    (
        "a message is replaced and not told gone",
        ["8508-3.4-expunged-first"],
        [*CAPS, *UIDS, *replaced("REPLACE 2", CODED, "S: a2 OK done")],
    ),
    (
        "a REPLACE is refused, and its message is told gone",
        ["8508-3.4-expunge-late"],
        [*CAPS, *UIDS, *replaced("REPLACE 2", "S: * 2 EXPUNGE", "S: a2 NO full")],
    ),
    (
        "a message that was replaced is shown to who selects the mailbox afterwards",
        ["8508-3.4-removed"],
        [*CAPS, *UIDS, *DONE, *AGAIN, *SHOWN],
    ),
]

KEPT = [
    ("a UID REPLACE with APPENDUID before EXPUNGE", [*CAPS, *UIDS, *DONE, *AGAIN, *OTHER]),
    (
        "a UID REPLACE with APPENDUID in the tagged OK",
        [
            *(*CAPS, *UIDS),
            *replaced("UID REPLACE 21", "S: * 2 EXPUNGE", "S: a2 OK [APPENDUID 7 100] done"),
        ],
    ),
    (
        "a UID REPLACE without APPENDUID where UIDPLUS is not announced",
        [*NO_UIDPLUS, *UIDS, *replaced("UID REPLACE 21", "S: * 2 EXPUNGE", "S: a2 OK done")],
    ),
    (
        "a REPLACE of the star, of which the number is not known here",
        [*CAPS, *UIDS, *replaced("REPLACE *", CODED, "S: a2 OK done")],
    ),
    (
        "a REPLACE of a message whose UID is not known, told with VANISHED",
        [
            *("C: c1 CAPABILITY", "S: * CAPABILITY IMAP4rev1 ENABLE REPLACE UIDPLUS UIDONLY"),
            *("S: c1 OK done", "C: c2 ENABLE UIDONLY", "S: * ENABLED UIDONLY", "S: c2 OK done"),
            *replaced("REPLACE 2", CODED, "S: * VANISHED 21", "S: a2 OK done"),
        ],
    ),
    (
        "a REPLACE is refused as another session has removed the message",
        [
            *(*CAPS, *logged_in("two"), *select(name="two")),
            *("two C: b1 EXPUNGE", "two S: * 2 EXPUNGE", "two S: b1 OK done"),
            *replaced("REPLACE 2", "S: * 2 EXPUNGE", "S: a2 NO gone"),
        ],
    ),
    (
        "a session that is not told yet shows the message that another has replaced",
        [*CAPS, *logged_in("two"), *select(name="two"), *UIDS, *DONE, *SHOWN],
    ),
]
