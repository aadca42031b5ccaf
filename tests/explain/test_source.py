"""Input is cut into what either side says: guessed, marked, escaped, with literals."""

from __future__ import annotations

import pytest

from conformance.explain.explained import explain
from conformance.explain.source import Side, SourceLine, read, unescape
from conformance.syntax.grammar import load


def kinds(octets: bytes, **settings: bool) -> list[tuple[str, str]]:
    return [(spoken.side, spoken.start) for spoken in read(octets, **settings)]


@pytest.mark.parametrize(
    ("line", "side", "start"),
    [
        (b"* 3 EXISTS", "server", "response_data"),
        (b"* OK [UIDVALIDITY 3] fine", "server", "response_data"),
        (b"* PREAUTH hello", "server", "greeting"),
        (b"+ go on", "server", "continue_req"),
        (b"+", "server", "continue_req"),
        (b"a1 OK done", "server", "response_tagged"),
        (b"a1 bad", "server", "response_tagged"),
        (b"a1 OKAY", "client", "command"),
        (b"a1 NOOP", "client", "command"),
        (b"DONE", "client", "idle_done"),
        (b"nonsense", "client", "command"),
        (b"", "client", "command"),
    ],
)
def test_the_side_is_guessed(line: bytes, side: Side, start: str) -> None:
    assert kinds(line + b"\n") == [(side, start)]


def test_a_side_that_is_given_is_believed() -> None:
    assert [s.start for s in read(b"a1 NOOP", side="server")] == ["response_tagged"]
    assert [s.start for s in read(b"* 1 EXISTS", side="client")] == ["command"]
    assert [s.start for s in read(b"S: 1", side="client")] == ["command"]


def test_lf_counts_as_crlf_and_the_last_line_needs_none() -> None:
    expected = [b"a1 NOOP\r\n", b"a2 NOOP\r\n"]
    for octets in (b"a1 NOOP\na2 NOOP", b"a1 NOOP\r\na2 NOOP\r\n", b"a1 NOOP\r\na2 NOOP\n"):
        assert [spoken.frame.text for spoken in read(octets)] == expected


def test_literals_go_on_with_their_line() -> None:
    client, server = read(b"a1 LOGIN {4}\nfred {3}\nabc\n* 1 FETCH (BODY[] {4}\nhi\n)\n")
    assert client.frame.literals == (b"fred", b"abc")
    assert server.frame.literals == (b"hi\r\n",)
    assert server.frame.text == b"* 1 FETCH (BODY[] {4}\r\n)\r\n"


def test_a_literal_that_looks_like_the_other_side_is_no_line() -> None:
    (only,) = read(b"a1 APPEND x {12}\n* 3 EXISTS\n\n")
    assert (only.side, only.frame.literals) == ("client", (b"* 3 EXISTS\r\n",))


def test_a_literal_that_is_cut_short_is_not_complete() -> None:
    (only,) = read(b"* 1 FETCH (BODY[] {400}\nhi\n")
    assert not only.frame.complete


def test_escapes_are_undone_in_arguments_and_other_backslashes_stay() -> None:
    assert unescape(rb"\r\n\x00\xfF \Seen \recent \x0 \"") == b'\r\n\0\xff \\Seen \\recent \\x0 \\"'
    (only,) = read(rb"a1 LOGIN {4}\r\nfr\x00d {3}\r\nabc", escaped=True)
    assert only.frame.literals == (b"fr\0d", b"abc")
    assert read(rb"a1 NOOP\r\n", escaped=True)[0].frame.text == b"a1 NOOP\r\n"
    assert read(rb"a1 X\x41")[0].frame.text == b"a1 X\\x41\r\n"


TRANSCRIPT = rb"""
### What a report prints

```text
 S: * OK ready
 C: a1 AUTHENTICATE PLAIN
 S: +
two C: b1 IDLE
 C: AGZyZWQAYWJj
 two S: + idling
!S: a1 OK \x5bdone
two C: DONE
   1.234 C: a2 FETCH 1 BODY[]
   1.235 S: * 1 FETCH (BODY[] {4}
   1.235 S: hi
   1.235 S: )
S:
```
"""


def test_a_transcript_keeps_connections_and_literals_apart() -> None:
    found = read(TRANSCRIPT)
    assert [(s.who, s.side, s.start) for s in found] == [
        ("", "server", "greeting"),
        ("", "client", "command"),
        ("", "server", "continue_req_base64"),
        ("two", "client", "command"),
        ("", "client", "authenticate_line"),
        ("two", "server", "continue_req"),
        ("", "server", "response_tagged"),
        ("two", "client", "idle_done"),
        ("", "client", "command"),
        ("", "server", "response_data"),
        ("", "server", "response_tagged"),
    ]
    assert found[6].frame.text == b"a1 OK [done\r\n"
    assert found[9].frame.literals == (b"hi\r\n",)


def test_the_first_line_of_an_excerpt_is_not_always_a_greeting() -> None:
    def first(octets: bytes) -> str:
        spoken: SourceLine = read(octets)[0]
        return spoken.start

    assert first(b"S: * OK [UNSEEN 3] first") == "response_data"
    assert first(b"S: * OK [CAPABILITY IMAP4rev1] hi") == "greeting"
    assert first(b"S: * BYE no") == "response_data"
    assert read(b"C: a1 NOOP\nS: * OK still here\n")[1].start == "response_data"


def test_a_cancelled_authentication_is_the_clients() -> None:
    assert kinds(b"a1 AUTHENTICATE PLAIN\n+ \n*\na1 BAD no\n") == [
        ("client", "command"),
        ("server", "continue_req_base64"),
        ("client", "authenticate_line"),
        ("server", "response_tagged"),
    ]


def test_framing_faults_are_kept() -> None:
    (only,) = read(b"* OK a\rb\0c")
    assert {fault.kind for fault in only.frame.faults} == {"bare-cr", "nul"}


def test_what_a_report_has_left_out_of_a_literal_is_counted() -> None:
    lines = rb"""S: * 1 FETCH (BODY[] {1000}
S: begin[... 990 octets ...]
S: end)
S: a1 OK done
"""
    fetch, ok = read(lines)
    assert len(fetch.frame.literals[0]) == 1000
    assert fetch.frame.text == b"* 1 FETCH (BODY[] {1000}\r\n)\r\n"
    assert ok.frame.complete


def test_a_line_that_a_report_has_shortened_is_not_judged() -> None:
    cut, whole = read(b"S: * LIST () NIL abc [12 more]\nS: * LIST () NIL abc\n")
    assert cut.cut
    assert not whole.cut
    explained = explain(load(), cut)
    assert explained.conforms
    assert "shortened" in explained.untold


def test_an_excerpt_may_begin_within_a_literal() -> None:
    found = read(b"S: the end of a text\nS: )\nS: a1 OK done\nC: a2 NOOP\nS: nonsense\n")
    assert [spoken.frame.text for spoken in found] == [
        b"a1 OK done\r\n",
        b"a2 NOOP\r\n",
        b"nonsense\r\n",
    ]


def test_prose_ends_an_excerpt_and_a_blank_line_does_not() -> None:
    (_, one), (_, other) = (
        read(b"C: a1 AUTHENTICATE PLAIN\n%s\nS: +\n" % between) for between in (b"", b"then")
    )
    assert one.start == "continue_req_base64"
    assert other.start == "continue_req"
    assert one.frame.text == other.frame.text == b"+ \r\n"
