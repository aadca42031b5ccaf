"""Rows of `checks_rows` for unique identifiers and UIDVALIDITY (RFC 3501 section 2.3.1.1)."""

from __future__ import annotations

from checks_talk import logged_in, select

BROKEN: list[tuple[str, list[str], list[str]]] = [
    (
        "UIDs that do not ascend",
        ["3501-2.3.1.2-ascending"],
        [
            "C: a1 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 2 FETCH (UID 20)",
            "S: a1 OK done",
        ],
    ),
    (
        "UIDs that do not ascend, told backwards and with a gap",
        ["3501-2.3.1.2-ascending"],
        [
            "C: a1 FETCH 5,1 UID",
            "S: * 5 FETCH (UID 20)",
            "S: * 1 FETCH (UID 21)",
            "S: a1 OK done",
        ],
    ),
    (
        "another UID",
        ["3501-2.3.1.1-uid-stays"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            "C: a2 FETCH 1 UID",
            "S: * 1 FETCH (UID 21)",
            "S: a2 OK done",
        ],
    ),
    (
        "a UID does not move with EXPUNGE",
        ["3501-2.3.1.1-uid-stays"],
        [
            "C: a1 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 2 FETCH (UID 21)",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a3 OK done",
        ],
    ),
    (
        "UIDNEXT falls at the next selection",
        ["3501-2.3.1.1-uidnext-falls"],
        select(uidnext=99, tag="s1"),
    ),
    (
        "UIDNEXT falls in STATUS",
        ["3501-2.3.1.1-uidnext-falls"],
        [
            "C: a1 CLOSE",
            "S: a1 OK done",
            "C: a2 STATUS box (UIDNEXT UIDVALIDITY)",
            "S: * STATUS box (UIDVALIDITY 7 UIDNEXT 99)",
            "S: a2 OK done",
        ],
    ),
    (
        "UIDNEXT falls for another session",
        ["3501-2.3.1.1-uidnext-falls"],
        [*logged_in("two"), *select(uidnext=99, name="two")],
    ),
    (
        "UIDNEXT is not above a UID that was given",
        ["3501-2.3.1.1-uidnext-falls"],
        [
            "C: a1 NOOP",
            "S: * 6 EXISTS",
            "S: * 6 FETCH (UID 105)",
            "S: a1 OK done",
            *select(exists=6, uidnext=105, tag="s1"),
        ],
    ),
    (
        "a new message gets a UID below UIDNEXT",
        ["3501-2.3.1.1-new-uid"],
        [
            "C: a1 NOOP",
            "S: * 6 EXISTS",
            "S: a1 OK done",
            "C: a2 FETCH 6 UID",
            "S: * 6 FETCH (UID 99)",
            "S: a2 OK done",
        ],
    ),
    (
        "a new message gets a UID below UIDNEXT, where an expunged one stood",
        ["3501-2.3.1.1-new-uid"],
        [
            "C: a1 NOOP",
            "S: * 1 EXPUNGE",
            "S: * 5 EXISTS",
            "S: * 5 FETCH (UID 99)",
            "S: a1 OK done",
        ],
    ),
    (
        "an envelope changes after it came the same and was spelt otherwise",
        ["3501-2.3.1.1-immutable"],
        [
            "C: a1 FETCH 1 (UID ENVELOPE)",
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "x" {" ".join(["NIL"] * 8)}))',
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "x" {" ".join(["NIL"] * 8)}))',
            f"S: * 1 FETCH (UID 20 ENVELOPE (NIL {{1}}\r\nx {' '.join(['NIL'] * 8)}))",
            f'S: * 1 FETCH (UID 20 ENVELOPE (NIL "X" {" ".join(["NIL"] * 8)}))',
            "S: a1 OK done",
        ],
    ),
    (
        "UIDVALIDITY changes in a selected mailbox",
        ["3501-2.3.1.1-uidvalidity-stays"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * OK [UIDVALIDITY 8] new",
            "S: * 1 FETCH (UID 5)",
            "S: a1 OK done",
        ],
    ),
    (
        "UIDVALIDITY falls",
        ["3501-2.3.1.1-uidvalidity-rises"],
        select(uidvalidity=6, tag="s1"),
    ),
    (
        "UID FETCH without UID",
        ["3501-6.4.8-uid-item"],
        ["C: a1 UID FETCH 20 ENVELOPE", f"S: * 1 FETCH (ENVELOPE ({' '.join(['NIL'] * 10)}))"],
    ),
    (
        "UID FETCH of flags without UID",
        ["3501-6.4.8-uid-item"],
        ["C: a1 UID FETCH 1:* FLAGS", "S: * 1 FETCH (FLAGS ())", "S: a1 OK done"],
    ),
    (
        "UID STORE without UID",
        ["3501-6.4.8-uid-item"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            r"C: a2 UID STORE 20 +FLAGS (\Seen)",
            r"S: * 1 FETCH (FLAGS (\Seen))",
            "S: a2 OK done",
        ],
    ),
    (
        "two UIDs for one message that was appended, one for two",
        ["4315-4-append-uid"] * 2,
        [
            "S: * OK [CAPABILITY IMAP4rev1 UIDPLUS LITERAL+] c",
            "C: a1 APPEND box {2+}\r\nhi",
            "S: a1 OK [APPENDUID 7 100:101] done",
            "C: a2 APPEND box {2+}\r\nhi {2+}\r\nho",
            "S: a2 OK [APPENDUID 7 102] done",
        ],
    ),
]

KEPT: list[tuple[str, list[str]]] = [
    (
        "UIDs move down with EXPUNGE",
        [
            "C: a1 FETCH 1:3 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 3 FETCH (UID 22)",
            "S: * 2 FETCH (UID 21)",
            "S: a1 OK done",
            "C: a2 NOOP",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 21)",
            "S: * 2 FETCH (UID 22)",
            "S: a3 OK done",
        ],
    ),
    (
        "UIDNEXT as reported before another session's newer report",
        [
            "C: s1 SELECT box",
            *logged_in("two"),
            *select(uidnext=101, name="two"),
            *select(uidnext=100, tag="s1")[1:],
        ],
    ),
    (
        "UIDVALIDITY as reported before another session's newer report",
        [
            "C: s1 SELECT box",
            *logged_in("two"),
            *select(uidvalidity=8, name="two"),
            *select(tag="s1")[1:],
        ],
    ),
    (
        "STATUS of the selected mailbox as this session knows it",
        [
            *logged_in("two"),
            *select(uidnext=101, uidvalidity=8, name="two"),
            "C: a1 STATUS box (UIDNEXT UIDVALIDITY)",
            "S: * STATUS box (UIDNEXT 100 UIDVALIDITY 7)",
            "S: a1 OK done",
        ],
    ),
    ("UIDNEXT falls with a new UIDVALIDITY", select(uidnext=1, uidvalidity=8, tag="s1")),
    ("UIDNEXT of another user's mailbox", [*logged_in("two", "eve"), *select(1, 2, name="two")]),
    (
        "UIDVALIDITY falls with another mailbox under the name",
        [
            "C: a1 RENAME box old",
            "S: a1 OK done",
            "C: a2 RENAME older box",
            "S: a2 OK done",
            *select(uidvalidity=6, uidnext=1, tag="s1"),
        ],
    ),
    (
        "UIDVALIDITY told again",
        ["C: a1 NOOP", "S: * OK [UIDVALIDITY 7] same", "S: a1 OK done"],
    ),
    (
        "UID FETCH, with flags of other messages in between",
        [
            "C: a1 FETCH 1:2 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 2 FETCH (UID 21)",
            "S: a1 OK done",
            "C: a2 UID FETCH 20 FLAGS",
            r"S: * 2 FETCH (FLAGS (\Seen))",
            r"S: * 1 FETCH (UID 20 FLAGS (\Seen))",
            "S: a2 OK done",
        ],
    ),
    (
        "UID FETCH, with news of the same message without UID",
        [
            "C: a1 UID FETCH 1:* FLAGS",
            r"S: * 1 FETCH (FLAGS (\Seen))",
            r"S: * 1 FETCH (UID 20 FLAGS (\Seen))",
            "S: a1 OK done",
        ],
    ),
    (
        "UID FETCH, with numbers that move",
        [
            "C: a1 UID FETCH 1:* FLAGS",
            r"S: * 2 FETCH (FLAGS (\Seen))",
            "S: * 1 EXPUNGE",
            r"S: * 1 FETCH (UID 21 FLAGS (\Seen))",
            "S: a1 OK done",
        ],
    ),
    (
        "UID FETCH and FETCH at once",
        [
            "C: a1 UID FETCH 20 RFC822.SIZE",
            "C: a2 FETCH 1 RFC822.SIZE",
            "S: * 1 FETCH (RFC822.SIZE 5)",
            "S: * 1 FETCH (RFC822.SIZE 5 UID 20)",
            "S: a1 OK done",
            "S: a2 OK done",
        ],
    ),
]
