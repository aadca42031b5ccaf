"""Rows of `checks_rows` for EXISTS, EXPUNGE and sequence numbers (RFC 3501 section 7.4.1)."""

from __future__ import annotations

from checks_talk import select

BROKEN: list[tuple[str, list[str], list[str]]] = [
    (
        "EXISTS falls",
        ["3501-5.2-exists-shrinks"],
        ["C: a1 NOOP", "S: * 4 EXISTS", "S: a1 OK done"],
    ),
    (
        "EXISTS falls by more than was expunged",
        ["3501-5.2-exists-shrinks"],
        ["C: a1 NOOP", "S: * 2 EXPUNGE", "S: * 3 EXISTS", "S: a1 OK done"],
    ),
    (
        "more recent messages than messages",
        ["3501-7.3.2-count"],
        ["C: a1 NOOP", "S: * 6 RECENT", "S: a1 OK done", "C: a2 NOOP", "S: a2 OK done"],
    ),
    (
        "FETCH of a message that is not there",
        ["3501-2.3.1.2-range"],
        ["C: a1 FETCH 1:* FLAGS", "S: * 6 FETCH (FLAGS ())", "S: a1 OK done"],
    ),
    (
        "EXPUNGE of a message that is not there",
        ["3501-2.3.1.2-range"],
        ["C: a1 NOOP", "S: * 6 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "SEARCH finds a message that is not there",
        ["3501-2.3.1.2-range"],
        ["C: a1 SEARCH ALL", "S: * SEARCH 1 2 3 4 5 6", "S: a1 OK done"],
    ),
    (
        "UNSEEN behind the last message",
        ["3501-2.3.1.2-range"],
        [*select(tag="s1")[:-1], "S: * OK [UNSEEN 6] first", "S: s1 OK [READ-WRITE] done"],
    ),
    ("EXPUNGE between commands", ["3501-7.4.1-no-command"], ["S: * 1 EXPUNGE"]),
    (
        "EXPUNGE while a literal is awaited",
        ["3501-7.4.1-no-command"],
        [r"C: a1 APPEND box {5}", "S: * 1 EXPUNGE", "S: + go", "C: hello", "S: a1 OK done"],
    ),
    (
        "EXPUNGE during FETCH",
        ["3501-7.4.1-during"],
        ["C: a1 FETCH 1 FLAGS", "S: * 2 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "EXPUNGE during STORE and SEARCH",
        ["3501-7.4.1-during"],
        [
            "C: a1 STORE 1 +FLAGS (x)",
            "C: a2 SEARCH ALL",
            "S: * 2 EXPUNGE",
            "S: a1 OK done",
            "S: * SEARCH",
            "S: a2 OK done",
        ],
    ),
    (
        "EXPUNGE during CLOSE",
        ["3501-6.4.2-silent"],
        ["C: a1 CLOSE", "S: * 2 EXPUNGE", "S: a1 OK done"],
    ),
    (
        "a number that counts a removal before it is told",
        ["3501-7.4.1-in-step"],
        [
            "C: a1 FETCH 1:5 UID",
            "S: * 1 FETCH (UID 20)",
            "S: * 4 FETCH (UID 23)",
            "S: * 5 FETCH (UID 24)",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 1 EXPUNGE",
            "S: a2 OK done",
            "C: a3 UID FETCH 23 UID",
            "S: * 2 FETCH (UID 23)",
            "S: a3 OK done",
        ],
    ),
    (
        "where the numbers are not those of the session the UIDs say nothing",
        ["3501-5.2-exists-shrinks"],
        [
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            "C: a2 EXPUNGE",
            "S: * 4 EXISTS",
            "S: a2 OK done",
            "C: a3 FETCH 1 UID",
            "S: * 1 FETCH (UID 21)",
            "S: a3 OK done",
        ],
    ),
]

KEPT: list[tuple[str, list[str]]] = [
    (
        "EXISTS after EXPUNGE, and then new messages",
        ["C: a1 NOOP", "S: * 5 EXPUNGE", "S: * 4 EXISTS", "S: * 9 EXISTS", "S: a1 OK done"],
    ),
    ("a smaller mailbox is selected", select(exists=2, mailbox="other", tag="s1")),
    (
        "old RECENT after EXPUNGE",
        [
            *select(exists=2, mailbox="b2", tag="s1")[:-1],
            "S: * 2 RECENT",
            "S: s1 OK [READ-WRITE] done",
            "C: a1 NOOP",
            "S: * 1 EXPUNGE",
            "S: a1 OK done",
        ],
    ),
    (
        "RECENT before EXISTS",
        ["C: a1 NOOP", "S: * 6 RECENT", "S: * 6 EXISTS", "S: a1 OK done"],
    ),
    (
        "FETCH before the EXISTS that announces the message",
        ["C: a1 NOOP", "S: * 6 FETCH (FLAGS ())", "S: * 6 EXISTS", "S: a1 OK done"],
    ),
    (
        "UID SEARCH finds high numbers",
        ["C: a1 UID SEARCH ALL", "S: * SEARCH 77 99", "S: a1 OK done"],
    ),
    (
        "SEARCH and UID SEARCH at once: whose numbers?",
        [
            "C: a1 SEARCH ALL",
            "C: a2 UID SEARCH ALL",
            "S: * SEARCH 77",
            "S: * SEARCH 1",
            "S: a1 OK done",
            "S: a2 OK done",
        ],
    ),
    (
        "EXPUNGE while FETCH and NOOP are in flight",
        ["C: a1 FETCH 1 FLAGS", "C: a2 NOOP", "S: * 2 EXPUNGE", "S: a1 OK done", "S: a2 OK done"],
    ),
    (
        "EXPUNGE during a FETCH that was not understood",
        ["C: a1 FETCH 1", "S: * 2 EXPUNGE", "S: a1 BAD arguments"],
    ),
    ("EXPUNGE during EXPUNGE", ["C: a1 EXPUNGE", "S: * 2 EXPUNGE", "S: a1 OK done"]),
    (
        "EXPUNGE after NOTIFY",
        [
            "C: a1 NOTIFY SET (SELECTED (MessageExpunge))",
            "S: a1 OK done",
            "S: * 2 EXPUNGE",
        ],
    ),
    (
        "EXISTS after VANISHED",
        [
            "S: * OK [CAPABILITY IMAP4rev1 QRESYNC ENABLE] caps",
            *("C: e1 ENABLE QRESYNC", "S: * ENABLED QRESYNC", "S: e1 OK on"),
            "C: a1 NOOP",
            "S: * VANISHED 20:22",
            "S: * 2 EXISTS",
            "S: a1 OK done",
        ],
    ),
]
