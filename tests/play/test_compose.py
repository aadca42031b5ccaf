"""What is composed from a session loads as a case file, and plays as the session was."""

from __future__ import annotations

from pathlib import Path

import pytest
from play_cases import play
from play_heard import hearing

from conformance.casefile.compose import (
    ComposedPiece,
    Exchange,
    Named,
    Payload,
    compose,
    file_name,
    script,
)
from conformance.casefile.suite import Suite

OK = ": TAG OK"
HOME = Named("mailbox", b"any")


def said(*pieces: ComposedPiece, who: str = "main", **more: object) -> Exchange:
    return Exchange(who, pieces, [OK], **more)  # type: ignore[arg-type]  # as the test has them


def sent(tmp_path: Path, *exchanges: Exchange) -> bytes:
    """Play what is composed of a session; return what went over the wire, names cut to X."""
    with hearing() as (endpoint, heard):
        outcome = play(tmp_path, endpoint, "\n".join(script(exchanges)))
        assert outcome.verdict == "pass", outcome
        return heard.octets(b"a1 ").partition(b"\r\n~")[0]


# -- octets --------------------------------------------------------------------------------

TEXTS = [
    b"NOOP",
    b'SEARCH SUBJECT "a b"',
    b'SEARCH SUBJECT "{"',
    b'SEARCH SUBJECT "}{x}{{y}}"',
    b'SEARCH SUBJECT "{0x41}"',
    b'SEARCH SUBJECT "\t\x01\x7f"',
    b"X \x80\xff",
    b"X  two  spaces ",
    b"X `back` | * ~ # <b> \\",
    b"X {5}x",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_command_is_sent_octet_by_octet(text: bytes, tmp_path: Path) -> None:
    assert sent(tmp_path, said(text)).startswith(b"a1 " + text + b"\r\n")


PAYLOADS = [
    b"",
    b"x",
    b"\r\n",
    b"\r\n\r\n",
    b"Subject: x\r\n\r\nText\r\n",
    b"Subject: x\r\n\r\nText",
    b"bare\nfeed\rand return\r\n",
    b"{3}\r\nabc",
    b"{mailbox} {{\r\n",
    b" leading and trailing \r\n \r\n",
    b"\x80\xff\x01\t",
    b"```\r\n",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_literal_is_sent_octet_by_octet(payload: bytes, tmp_path: Path) -> None:
    literal = b"{%d}\r\n" % len(payload) + payload
    command = said(b"APPEND x ", Payload(payload))
    assert sent(tmp_path, command).startswith(b"a1 APPEND x " + literal + b"\r\n")


@pytest.mark.parametrize("first", PAYLOADS[:6])
def test_a_command_goes_on_behind_a_literal(first: bytes, tmp_path: Path) -> None:
    command = said(b"RENAME ", Payload(first), b" ", Payload(b"b"), b" (x)")
    octets = b"a1 RENAME {%d}\r\n%b {1}\r\nb (x)\r\n" % (len(first), first)
    assert sent(tmp_path, command).startswith(octets)


# -- placeholders ---------------------------------------------------------------------------------


def test_a_name_is_written_as_a_hole_and_filled_when_played(tmp_path: Path) -> None:
    lines = script(
        [said(b"SELECT ", HOME), said(b"STATUS ", Named("mailbox.b", b"c"), b" (UNSEEN)")]
    )
    assert lines[0] == "C: a1 SELECT {mailbox}"
    assert lines[2] == "C: a2 STATUS {mailbox.b} (UNSEEN)"
    octets = sent(tmp_path, said(b"SELECT ", HOME))
    assert b"{" not in octets
    assert octets.startswith(b"a1 SELECT ")


def test_a_literal_that_is_a_hole_announces_what_fills_it(tmp_path: Path) -> None:
    command = said(b"CREATE ", Payload(b"any", "name.mailbox.b"))
    line, payload, *_ = sent(tmp_path, command).split(b"\r\n")
    assert line == b"a1 CREATE {%d}" % len(payload)
    assert payload.endswith(b"b")


def fetched(then: bytes | None) -> list[Exchange]:
    kept = Exchange("main", (b"FETCH 1 (UID)",), [": * 1 FETCH (UID {u1:uniqueid})", OK])
    if then is None:
        return [kept]
    return [kept, said(b"UID FETCH ", Named("u1", then), b" FLAGS")]


def test_what_a_response_shows_is_kept_for_who_uses_it(tmp_path: Path) -> None:
    assert script(fetched(b"9"))[1] == "S: * 1 FETCH (UID {u1:uniqueid})"
    assert b"a2 UID FETCH 17 FLAGS\r\n" in sent(tmp_path, *fetched(b"9"))


def test_what_nobody_uses_is_not_kept(tmp_path: Path) -> None:
    assert script(fetched(None))[1] == "S: * 1 FETCH (UID {:uniqueid})"
    assert sent(tmp_path, *fetched(None)).startswith(b"a1 FETCH 1 (UID)\r\n")


# -- more than one command -----------------------------------------------------------------


def test_sessions_have_tags_of_their_own() -> None:
    lines = script([said(b"NOOP", who="one"), said(b"NOOP", who="two"), said(b"CHECK", who="one")])
    assert lines == [
        "one C: a1 NOOP",
        "one S: a1 OK",
        "two C: b1 NOOP",
        "two S: b1 OK",
        "one C: a2 CHECK",
        "one S: a2 OK",
    ]


def test_sessions_are_connections_when_played(tmp_path: Path) -> None:
    lines = script([said(b"NOOP", who="one"), said(b"CHECK", who="two")])
    with hearing() as (endpoint, heard):
        assert play(tmp_path, endpoint, "\n".join(lines)).verdict == "pass"
    assert heard.octets(b"a1 ").startswith(b"a1 NOOP\r\n")
    assert b"b1 " not in heard.octets(b"a1 ")
    assert heard.octets(b"b1 ").startswith(b"b1 CHECK\r\n")


def test_idle_is_ended_when_the_server_has_asked_for_more(tmp_path: Path) -> None:
    assert sent(tmp_path, said(b"IDLE", done=b"DONE")).startswith(b"a1 IDLE\r\nDONE\r\n")


def test_a_command_that_is_repeated_until_all_has_come() -> None:
    assert script([said(b"NOOP", polls=True)]) == ["C* a1 NOOP", "S: a1 OK"]


def test_only_the_tag_of_an_awaited_line_is_put_in() -> None:
    exchange = Exchange("main", (b"NOOP",), [": TAG NO|BAD", "! * {:nz_number} EXPUNGE"])
    assert script([exchange]) == ["C: a1 NOOP", "S: a1 NO|BAD", "S! * {:nz_number} EXPUNGE"]


# -- what is no command --------------------------------------------------------------------

RAW: list[tuple[tuple[tuple[ComposedPiece, ...], ...], bytes]] = [
    (((b"a1 NOOP \r\n",),), b"a1 NOOP \r\n"),
    (((b"a1 NOOP\x00\r\n",),), b"a1 NOOP\x00\r\n"),
    (((b"a1 NOOP\n",),), b"a1 NOOP\n"),
    (((b"a1 CREATE {3}\r\n",), (b"a\0b\r\n",)), b"a1 CREATE {3}\r\na\0b\r\n"),
    (((b"a1 LOGIN {1}\r\n",), (b"x {1}\r\n",), (b"y\r\n",)), b"a1 LOGIN {1}\r\nx {1}\r\ny\r\n"),
]


@pytest.mark.parametrize(("parts", "octets"), RAW)
def test_raw_parts_are_sent_as_they_stand(
    parts: tuple[tuple[ComposedPiece, ...], ...], octets: bytes, tmp_path: Path
) -> None:
    exchange = Exchange("main", (b"for people",), [": a1 OK"], raw=parts)
    assert sent(tmp_path, exchange).startswith(octets)


def test_a_raw_part_may_have_holes() -> None:
    parts: tuple[tuple[ComposedPiece, ...], ...] = ((b"b1 SELECT ", HOME, b"\n"),)
    lines = script([Exchange("main", (b"x",), [": b1 BAD"], raw=parts)])
    assert lines == ["C~ b1 SELECT {mailbox}{0x0a}", "S: b1 BAD"]


# -- the file ------------------------------------------------------------------------------


def test_a_whole_file_is_a_case_of_the_suite(tmp_path: Path) -> None:
    exchanges = [said(b"SELECT ", HOME), said(b"APPEND x ", Payload(b"a\r\nb"))]
    labels = ["MUST", "3501-6.1.2-ok", "state=auth", "mailbox=five"]
    text = compose("A {mailbox} is selected", labels, "Because.\n", exchanges, heading="Found")
    path = tmp_path / file_name("5.2", "A {mailbox} is selected")
    path.write_text(text, encoding="utf-8")
    assert path.name.startswith("5.2-a-")
    ((case, steps),) = Suite().load(path)
    assert case.title == "A {mailbox} is selected"
    assert case.labels.requirements == ("3501-6.1.2-ok",)
    assert (case.labels.state, case.labels.mailbox) == ("auth", "five")
    assert steps


def test_names_of_files_are_short_words() -> None:
    name = file_name("6.4.4", "commands " + "word " * 40)
    assert name.count("-") == 9
    assert name.endswith(".md")


def test_a_command_is_shown_in_one_line() -> None:
    exchange = said(b"APPEND ", HOME, b" ", Payload(b"12345"))
    assert exchange.shown == "APPEND {mailbox} {5}..."
