"""What the server said becomes what a case awaits: nothing that changes from run to run."""

from __future__ import annotations

import pytest

from conformance.casefile.pattern import compile_pattern
from conformance.casefile.script import ServerText
from conformance.shell.record import Sent, SessionRecord, pattern
from conformance.shell.typed import TypedLine
from conformance.syntax.responses import read_response
from conformance.wire.dialogue import Arrival, Dialogue

NAMES = {b"own": "mailbox", b"own/sub": "mailbox/sub"}

PATTERNS = [
    ("NOOP", b"a1 OK fine", "a1 OK"),
    ("SELECT", b"a1 OK [READ-WRITE] fine", "a1 OK [READ-WRITE]"),
    ("COPY", b"a1 NO [TRYCREATE] none", "a1 NO [TRYCREATE]"),
    ("APPEND", b"a1 OK [APPENDUID 1 2] fine", "a1 OK"),
    ("APPEND", b"+ go on", "+"),
    ("LOGOUT", b"* BYE see you", "* BYE"),
    ("NOOP", b"* OK still here", ""),
    ("NOOP", b"* NO disk nearly full", ""),
    ("SELECT", b"* OK [UIDVALIDITY 7] fine", "* OK [UIDVALIDITY {:nz_number}]"),
    ("SELECT", b"* OK [UIDNEXT 7] fine", "* OK [UIDNEXT {:nz_number}]"),
    ("SELECT", b"* OK [UNSEEN 7] fine", "* OK [UNSEEN 7]"),
    ("SELECT", b"* OK [PERMANENTFLAGS (\\Seen \\*)] x", "* OK [PERMANENTFLAGS (...)]"),
    ("SELECT", b"* OK [HIGHESTMODSEQ 7] fine", ""),
    ("SELECT", b"* FLAGS (\\Seen)", "* FLAGS (...)"),
    ("SELECT", b"* 3 EXISTS", "* 3 EXISTS"),
    ("SELECT", b"* 3 RECENT", "* {:number} RECENT"),
    ("EXPUNGE", b"* 3 EXPUNGE", "* 3 EXPUNGE"),
    ("SEARCH", b"* SEARCH 2 3", "* SEARCH 2 3"),
    ("SEARCH", b"* SEARCH", "* SEARCH"),
    ("UID SEARCH", b"* SEARCH 102 103", "* SEARCH ..."),
    ("CAPABILITY", b"* CAPABILITY IDLE IMAP4rev1", "* CAPABILITY IMAP4rev1 ..."),
    ("LIST", b'* LIST (\\Marked) "/" own', "* LIST (...) {delim} {mailbox}"),
    ("LIST", b'* LIST (\\Marked) "/" "own/sub"', "* LIST (...) {delim} {mailbox/sub}"),
    ("LIST", b'* LIST () "/" inbox', "* LIST (...) {delim} INBOX"),
    ("LIST", b'* LIST () "/" Private', ""),
    (
        "STATUS",
        b"* STATUS own (MESSAGES 3 UIDNEXT 4 RECENT 1)",
        "* STATUS {mailbox} (MESSAGES 3 UIDNEXT {:nz_number} RECENT {:number})",
    ),
    ("STATUS", b"* STATUS Private (MESSAGES 3)", ""),
    (
        "FETCH",
        b"* 2 FETCH (UID 7 FLAGS (\\Seen \\Recent $x) RFC822.SIZE 9 MODSEQ (3))",
        "* 2 FETCH (UID {:uniqueid} FLAGS (\\Seen $x) RFC822.SIZE 9 MODSEQ {*})",
    ),
    (
        "FETCH",
        b'* 2 FETCH (INTERNALDATE " 1-Jan-2024 00:00:00 +0000")',
        "* 2 FETCH (INTERNALDATE {*})",
    ),
    (
        "FETCH",
        b'* 2 FETCH (ENVELOPE ("d" NIL (("F {x} \\"q\\"" NIL "f" "x.org"))))',
        '* 2 FETCH (ENVELOPE ("d" NIL (("F {{x} \\"q\\"" NIL "f" "x.org"))))',
    ),
    (
        "FETCH",
        b'* 2 FETCH (BODY ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 9 1))',
        '* 2 FETCH (BODY ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 9 1))',
    ),
    ("FETCH", b'* 2 FETCH (BODY[1]<0> "caf\xe9")', "* 2 FETCH (BODY[1]<0> {*})"),
    ("FETCH", b"* 2 FETCH ()", ""),
    ("NAMESPACE", b"* NAMESPACE NIL NIL NIL", ""),
]


@pytest.mark.parametrize(("command", "said", "expected"), PATTERNS)
def test_what_is_kept_of_a_response(command: str, said: bytes, expected: str) -> None:
    made = pattern(read_response(said + b"\r\n"), command, NAMES)
    assert made == expected
    if made:
        compile_pattern(ServerText(1, made), "must")  # the case file takes it


def test_a_long_literal_is_any_value() -> None:
    response = read_response(b"* 1 FETCH (BODY[] {4}\r\n)\r\n", (b"a\r\nb",))
    assert pattern(response, "FETCH", {}) == "* 1 FETCH (BODY[] {*})"


def test_a_short_literal_is_its_value() -> None:
    response = read_response(b"* 1 FETCH (BODY[TEXT] {2}\r\n)\r\n", (b"ab",))
    assert pattern(response, "FETCH", {}) == '* 1 FETCH (BODY[TEXT] "ab")'


def record(*lines: str, answer: str = "OK") -> SessionRecord:
    """Make the record of commands and of what answered each."""
    dialogue = Dialogue()
    made = SessionRecord()
    dialogue.received(b"* PREAUTH hi\r\n")
    dialogue.next_arrival(0.0)
    for line in lines:
        octets = line.encode() + b"\r\n"
        made.events.append(Sent(line.split()[1].upper(), (TypedLine(line, octets),)))
        dialogue.sent(octets, 0.0)
        dialogue.received(f"{line.split()[0]} {answer} done\r\n".encode())
        arrival = dialogue.next_arrival(0.0)
        assert isinstance(arrival, Arrival)
        made.events.append(arrival)
    return made


def sent(made: SessionRecord) -> list[str]:
    return [line for line in made.script({}) if line.startswith("C")]


def test_mailboxes_that_the_session_made_become_the_cases_own() -> None:
    made = record(
        "a1 CREATE work",
        'a2 CREATE "my work"',
        "a3 SELECT work",
        'a4 RENAME "my work" other',
        "a5 STATUS workshop (MESSAGES)",
        'a6 LIST "" work',
    )
    assert sent(made) == [
        "C: a1 CREATE {mailbox.work}",
        "C: a2 CREATE {mailbox.my-work}",
        "C: a3 SELECT {mailbox.work}",
        "C: a4 RENAME {mailbox.my-work} {mailbox.other}",
        "C: a5 STATUS workshop (MESSAGES)",
        'C: a6 LIST "" {mailbox.work}',
    ]
    assert made.uses_others({})  # workshop


def test_a_mailbox_that_was_not_made_is_not_the_cases_own() -> None:
    refused = record("a1 CREATE work", answer="NO")
    assert refused.script({}) == ["C: a1 CREATE work", "S: a1 NO"]
    assert refused.uses_others({})


def test_names_that_differ_only_in_signs_stay_two() -> None:
    made = record("a1 CREATE a_b", "a2 CREATE a-b", "a3 CREATE a_b")
    assert sent(made) == [
        "C: a1 CREATE {mailbox.a-b}",
        "C: a2 CREATE {mailbox.a-b-1}",
        "C: a3 CREATE {mailbox.a-b}",
    ]


def test_mailboxes_of_the_account_are_noticed() -> None:
    assert record("a1 SELECT INBOX").uses_others({})
    assert record("a1 STATUS Private (UNSEEN)").uses_others({})
    assert record("a1 COPY 1:2 Private").uses_others(NAMES)
    assert record("a1 SELECT {{3}").uses_others(NAMES)
    assert not record("a1 COPY 1:2 own").uses_others(NAMES)
    assert not record("a1 NOOP", "a2 FETCH 1 FLAGS").uses_others({})
    assert not record("a1 SELECT own").uses_others(NAMES)


def test_a_blank_at_the_end_of_a_line_is_spelt_out() -> None:
    assert sent(record("a1 NOOP ")) == ["C: a1 NOOP{0x20}"]
