"""Behaviour that looks wrong and is allowed: no check may report it."""

from __future__ import annotations

import pytest
from checks_talk import converse, greeted, logged_in, select, selected

NIL9 = " ".join(["NIL"] * 9)

ALLOWED: list[tuple[str, list[str]]] = [
    *(
        (
            f"EXPUNGE during UID {name}",
            [f"C: a1 UID {name} {arguments}", "S: * 2 EXPUNGE", *data, "S: a1 OK done"],
        )
        for name, arguments, data in (
            ("FETCH", "20 FLAGS", []),
            ("STORE", r"20 +FLAGS (\Seen)", []),
            ("SEARCH", "ALL", ["S: * SEARCH 20"]),
        )
    ),
    (
        "COPYUID in an untagged OK before EXPUNGE on MOVE",
        [
            "C: a1 MOVE 1:2 x",
            "S: * OK [COPYUID 432 1:2 1202:1203]",
            "S: * 1 EXPUNGE",
            "S: * 1 EXPUNGE",
            "S: a1 OK done",
        ],
    ),
    (
        "flags nobody asked for, and one FETCH answered in several responses",
        [
            "C: a1 FETCH 1 (UID RFC822.SIZE)",
            r"S: * 4 FETCH (FLAGS (\Seen))",
            "S: * 1 FETCH (UID 20)",
            "S: * 1 FETCH (RFC822.SIZE 10)",
            "S: a1 OK done",
        ],
    ),
    (
        "no EXISTS after EXPUNGE",
        [
            "C: a1 EXPUNGE",
            "S: * 5 EXPUNGE",
            "S: a1 OK done",
            "C: a2 SEARCH ALL",
            "S: * SEARCH 4",
            "S: a2 OK done",
            "C: a3 NOOP",
            "S: * 4 EXISTS",
            "S: a3 OK done",
        ],
    ),
    ("UNSEEN missing on SELECT", select(tag="s1")),
    (
        "leading zeros in a literal",
        ["C: a1 FETCH 1 BODY[]", "S: * 1 FETCH (BODY[] {012}\r\nhello world!)", "S: a1 OK done"],
    ),
    (
        "odd atoms as mailbox names",
        [
            'C: a1 LIST "" *',
            'S: * LIST () "/" 107',
            'S: * LIST () "/" a&b#!$\'^]',
            'S: * LIST () "/" "quoted"',
            'S: * LIST () "/" {3}\r\nlit',
            "S: * LIST () NIL flat",
            "S: a1 OK done",
        ],
    ),
    (
        "ID answered NIL",
        ["S: * OK [CAPABILITY IMAP4rev1 ID] c", "C: a1 ID NIL", "S: * ID NIL", "S: a1 OK done"],
    ),
    (
        "the tag in ESEARCH as a quoted string",
        [
            "S: * OK [CAPABILITY IMAP4rev1 ESEARCH] c",
            "C: a1 SEARCH RETURN (ALL) ALL",
            'S: * ESEARCH (TAG "a1") ALL 1:3',
            "S: a1 OK done",
        ],
    ),
    (
        "MISSING_DOMAIN in an envelope",
        [
            "C: a1 FETCH 1 ENVELOPE",
            (
                'S: * 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL "fred" "MISSING_DOMAIN")) NIL NIL NIL'
                " NIL NIL NIL NIL))"
            ),
            "S: a1 OK done",
        ],
    ),
    ("LIST of a missing mailbox", ['C: a1 LIST "" none', "S: a1 OK done"]),
    (
        "untagged data at any time, in any order",
        [
            "S: * 6 EXISTS",
            "S: * 1 RECENT",
            'S: * LIST () "/" x',
            "S: * CAPABILITY IMAP4rev1",
            "S: * STATUS x (UNSEEN 1 MESSAGES 2)",
            "S: * SEARCH 1 2",
            r"S: * FLAGS (\Seen \Deleted \Answered \Flagged \Draft)",
            "S: * NO disk nearly full",
            "S: * BAD internal trouble",
            "S: * OK still here",
            r"S: * 1 FETCH (FLAGS (\Seen) UID 3)",
        ],
    ),
    (
        "messages and flags that the suite did not make",
        [
            "C: a1 NOOP",
            r"S: * FLAGS (\Seen Work)",
            "S: * 8 EXISTS",
            "S: a1 OK done",
            "C: a2 FETCH 1:* (FLAGS UID)",
            "S: * 1 FETCH (UID 3 FLAGS (Work))",
            "S: * 8 FETCH (FLAGS (work) UID 300)",
            "S: a2 OK done",
        ],
    ),
    (
        "the mailbox of one session is removed and made again by another",
        [
            *logged_in("two"),
            "two C: a1 DELETE box",
            "two S: a1 OK done",
            "two C: a2 CREATE box",
            "two S: a2 OK done",
            *select(uidvalidity=8, uidnext=1, exists=0, name="two"),
            "C: a1 FETCH 1 UID",
            "S: * 1 FETCH (UID 20)",
            "S: a1 OK done",
            "C: a2 NOOP",
            "S: a2 OK done",
        ],
    ),
    (
        "two sessions, one expunges, the other learns of it later",
        [
            *logged_in("two"),
            *select(name="two"),
            "two C: a1 EXPUNGE",
            "two S: * 2 EXPUNGE",
            "two S: a1 OK done",
            "C: a1 FETCH 2 (UID FLAGS)",
            "S: * 2 FETCH (UID 21 FLAGS ())",
            "S: a1 OK done",
            "C: a2 NOOP",
            "S: * 2 EXPUNGE",
            "S: a2 OK done",
        ],
    ),
    # What ENABLE brings (RFC 5161): the session is no longer of IMAP4rev1 in every point.
    (
        "IMAP4rev2: no RECENT, no SEARCH, UTF-8 in strings, texts and names",
        [
            "S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE] c",
            "C: a1 ENABLE IMAP4rev2",
            "S: * ENABLED IMAP4rev2",
            "S: a1 OK done",
            *(line for line in select(tag="s1") if "RECENT" not in line),
            "C: a2 SEARCH SUBJECT x",
            'S: * ESEARCH (TAG "a2")',
            "S: a2 OK done",
            'C: a3 LIST "" *',
            'S: * LIST () "/" "Entw\xc3\xbcrfe"',
            "S: a3 OK f\xc3\xbcnf",
        ],
    ),
    (
        "UIDONLY: UIDFETCH and VANISHED in place of FETCH and EXPUNGE",
        [
            "S: * OK [CAPABILITY IMAP4rev1 ENABLE UIDONLY] c",
            "C: a1 ENABLE UIDONLY",
            "S: * ENABLED UIDONLY",
            "S: a1 OK done",
            "C: a2 UID FETCH 25900:26000 FLAGS",
            r"S: * 25996 UIDFETCH (FLAGS (\Seen))",
            "S: a2 OK done",
            "C: a3 UID EXPUNGE 25996",
            "S: * VANISHED 25996",
            "S: a3 OK done",
        ],
    ),
    # What one session has removed and another still sees (RFC 2180 section 4).
    (
        "a message that another session has expunged, as values that say nothing",
        [
            "C: a1 FETCH 1:2 (UID INTERNALDATE RFC822.SIZE ENVELOPE)",
            *(
                f'S: * {n} FETCH (UID 2{n} INTERNALDATE "17-Jul-1996 02:44:25 -0700"'
                f' RFC822.SIZE 30 ENVELOPE ("x" "y" {" ".join(["NIL"] * 8)}))'
                for n in (1, 2)
            ),
            "S: a1 OK done",
            *logged_in("two"),
            *select(name="two"),
            "two C: a1 EXPUNGE",
            "two S: * 2 EXPUNGE",
            "two S: a1 OK done",
            "C: a2 FETCH 1:2 (INTERNALDATE RFC822.SIZE ENVELOPE)",
            'S: * 1 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 30)',
            (
                'S: * 2 FETCH (INTERNALDATE "01-Jan-1970 00:00:00 +0000" RFC822.SIZE 0'
                f" ENVELOPE (NIL {NIL9}))"
            ),
            "S: a2 OK done",
        ],
    ),
    (
        "NO to STORE while an EXPUNGE is pending",
        [
            *logged_in("two"),
            *select(name="two"),
            "two C: a1 EXPUNGE",
            "two S: * 2 EXPUNGE",
            "two S: a1 OK done",
            r"C: a1 STORE 2 +FLAGS (\Seen)",
            "S: a1 NO Pending EXPUNGE",
            "C: a2 NOOP",
            "S: * 2 EXPUNGE",
            "S: a2 OK done",
        ],
    ),
    # Flags: what nobody has to have seen, and what is not the client's.
    (
        "flags that a command has changed without a word",
        [
            "C: a1 FETCH 1:2 FLAGS",
            "S: * 1 FETCH (FLAGS ())",
            r"S: * 2 FETCH (FLAGS (\Recent))",
            "S: a1 OK done",
            r"C: a2 STORE 1 +FLAGS.SILENT (\Flagged)",
            "S: a2 OK done",
            "C: a3 FETCH 1 RFC822",
            'S: * 1 FETCH (RFC822 "hi")',
            "S: a3 OK done",
            "C: a4 FETCH 1:2 FLAGS",
            r"S: * 1 FETCH (FLAGS (\Flagged \Seen))",
            "S: * 2 FETCH (FLAGS ())",
            "S: a4 OK done",
        ],
    ),
    (
        "keywords that the server sets and takes away",
        [
            "C: a1 NOOP",
            r"S: * FLAGS (\Seen \Flagged $Checked $New)",
            "S: a1 OK done",
            r"C: a2 STORE 1 +FLAGS (\Flagged)",
            r"S: * 1 FETCH (FLAGS (\Flagged $New))",
            "S: a2 OK done",
            "C: a3 FETCH 1 FLAGS",
            r"S: * 1 FETCH (FLAGS (\Flagged $Checked))",
            "S: a3 OK done",
        ],
    ),
    (
        "flags that another session changes, told at once to one and later to the other",
        [
            *logged_in("two"),
            *select(name="two"),
            r"two C: a1 STORE 1 +FLAGS (\Flagged)",
            r"two S: * 1 FETCH (FLAGS (\Flagged))",
            "two S: a1 OK done",
            "C: a1 FETCH 1 FLAGS",
            "S: * 1 FETCH (FLAGS ())",
            "S: a1 OK done",
            "C: a2 NOOP",
            r"S: * 1 FETCH (FLAGS (\Flagged))",
            "S: a2 OK done",
        ],
    ),
    (
        "flags of a STORE that failed, and of messages in another mailbox",
        [
            r"C: a1 STORE 1:2 +FLAGS (\Flagged)",
            r"S: * 1 FETCH (FLAGS (\Flagged))",
            "S: a1 NO disk is full",
            "C: a2 FETCH 1 FLAGS",
            "S: * 1 FETCH (FLAGS ())",
            "S: a2 OK done",
            *select(mailbox="other", tag="s1"),
            "C: a3 FETCH 1 FLAGS",
            r"S: * 1 FETCH (FLAGS (\Draft))",
            "S: a3 OK done",
        ],
    ),
    (
        "attributes of extensions, one of which is called as a flag is",
        [r'S: * LIST (\HasNoChildren \Flagged \Drafts \Subscribed) "/" Starred'],
    ),
    (
        "EXISTS as the answer to SELECT, and before the OK to CLOSE",
        [
            "C: a1 CLOSE",
            "S: * 6 EXISTS",
            "S: a1 OK done",
            *select(mailbox="other", tag="s1"),
            "C: a2 SELECT none",
            "S: * 2 EXISTS",
            "S: a2 NO none",
        ],
    ),
    (
        "INBOX in the letters of the pattern, and again to another command",
        [
            'C: a1 LIST "" inbox',
            'S: * LIST () "/" inbox',
            "S: a1 OK done",
            'C: a2 LSUB "" *',
            'S: * LSUB () "/" INBOX',
            'S: * LSUB () "/" inbox/child',
            "S: a2 OK done",
        ],
    ),
    # Refusals.
    (
        "BAD where an argument may be the reason, or the state",
        [
            "C: a1 CREATE x",
            "S: a1 BAD no",
            "C: a2 FETCH 6 FLAGS",
            "S: a2 BAD no such message",
            "C: a3 FETCH 1 BODY[3.2]",
            "S: a3 BAD no such part",
            "C: a4 STORE 1 +FLAGS (New)",
            "S: a4 BAD no keywords",
            "C: a5 SEARCH 1:6",
            "S: a5 BAD no such message",
            "C: a6 SEARCH SINCE 31-Feb-2020",
            "S: a6 BAD no such day",
            "C: a7 SEARCH CHARSET X-NONE ALL",
            "S: a7 BAD no such charset",
            "C: a8 UID EXPUNGE 4",
            "S: a8 BAD not announced",
            "C: a9 CLOSE",
            "S: a9 OK done",
            "C: b1 CHECK",
            "S: b1 BAD nothing is selected",
            "C: b2 STATUS x (MESSAGES)",
            "S: b2 BAD no such mailbox",
        ],
    ),
    (
        "BAD to malformed commands",
        ["C: a1 FETCH 1  FLAGS", "S: a1 BAD no", "C: a2 NOOP 1", "S: a2 BAD no"],
    ),
    (
        "an unknown command, refused and followed by BYE",
        ["C: a1 XYZZY", "S: a1 BAD unknown", "S: * BYE unknown command", "S/ closed"],
    ),
    (
        "text that begins with a bracket, where no code can be read",
        ["C: a1 FETCH 1 BODY[", "S: a1 BAD [Error offset=25]: expected ] for body section end"],
    ),
    (
        "the UIDs of several messages that one APPEND has brought",
        [
            "S: * OK [CAPABILITY IMAP4rev1 UIDPLUS LITERAL+ MULTIAPPEND] c",
            "C: a1 APPEND {3+}\r\nbox (\\Seen) {2+}\r\nhi {2+}\r\nho",
            "S: a1 OK [APPENDUID 7 102:103] done",
        ],
    ),
]

# What a client sends on purpose, and answers that a right server may give to it.
MALFORMED: list[tuple[str, list[str]]] = [
    ("an empty line", ["C: ", "S: * BAD empty"]),
    ("an empty line, answered with news of an EXPUNGE", ["C: ", "S: * 1 EXPUNGE", "S: * BAD no"]),
    ("an empty line, answered before news of an EXPUNGE", ["C: ", "S: * BAD no", "S: * 1 EXPUNGE"]),
    ("no tag", ["C:  NOOP", "S: NOOP BAD no command"]),
    ("a tag that can not be repeated", ["C: a+1 NOOP", "S: * BAD no"]),
    ("a tag alone", ["C: a1", "S: a1 BAD no command"]),
    ("a star for a tag", ["C: * NOOP", "S: * BAD no", "C: a1 NOOP", "S: a1 OK done"]),
    ("a control character in a command", ["C: a1 LOGIN a\x0bb c", "S: a1 BAD no", "S: b BAD no"]),
    (
        "a literal of a form that the server does not know",
        ["C: a1 APPEND box {5+}\r\nhello", "S: a1 BAD no", "S: hello BAD no such command"],
    ),
    (
        "a literal sent without waiting",
        ["C: a1 APPEND none {8}\r\na2 NOOP\r\n", "S: a1 NO none", "S: a2 OK done", "S: * BAD no"],
    ),
    (
        "a refused IDLE whose end was sent at once",
        ["C: a1 IDLE\r\nDONE", "S: a1 BAD no", "S: DONE BAD no", "C: a2 NOOP", "S: a2 OK done"],
    ),
    (
        "a refused AUTHENTICATE whose answer was sent at once",
        ["C: a1 AUTHENTICATE PLAIN\r\nAGEAYg==", "S: a1 NO no", "S: AGEAYg== BAD no"],
    ),
    (
        "a command as if another were over",
        ["C: a1 IDLE", "S: + idling", "C: a2 NOOP", "S: a1 BAD no", "S: a2 BAD no"],
    ),
]


@pytest.mark.parametrize("lines", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(lines: list[str]) -> None:
    assert selected(*lines, alone=True) == []


@pytest.mark.parametrize("lines", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_answers_to_malformed_commands(lines: list[str]) -> None:
    assert [found for found in selected(*lines) if "-9-" not in found] == []


def test_bookkeeping_is_sure_again_after_an_answered_command() -> None:
    lines = ["C: ", "S: * BAD empty", "C: a1 NOOP", "S: a1 OK done", "S: zz OK done"]
    assert selected(*lines) == ["3501-2.2.2-tag"]


def test_a_selection_that_was_missing_data_is_no_trap() -> None:
    lines = [line for line in select(tag="s1") if "[" not in line or "READ" in line]
    assert sorted(selected(*lines)) == [
        "3501-6.3.1-permanentflags",
        "3501-6.3.1-uidnext",
        "3501-6.3.1-uidvalidity",
    ]


def test_a_rejected_connection() -> None:
    assert converse("S: * BYE too many", "S/ closed") == []


def test_no_greeting_at_all() -> None:
    assert converse("C: a1 NOOP", "S/ closed") == []


def test_starttls_that_goes_wrong() -> None:
    lines = ["C: a1 STARTTLS", "S: a1 OK begin"]
    assert converse(*greeted(), *lines, "S/ tls") == []
    assert converse(*greeted(), *lines, "S/ closed") == []


def test_a_continuation_request_for_the_empty_literal() -> None:
    lines = ['C: a1 LIST "" {0}', "S: + go", "C: ", "S: a1 OK done"]
    assert selected(*lines) == []
