"""Replies of POP3 out of octets: whole, byte by byte, with others behind them."""

from __future__ import annotations

import pytest

from conformance.wire.frames import ENDED, NEED_DATA
from conformance.wire.limits import Limits
from conformance.wire.pop3.framing import (
    Pop3Reply,
    ReplyReader,
    ReplyTooLong,
    is_multiline,
    stuffed,
)

ROWS = [
    (b"+OK\r\n", False, Pop3Reply(b"+OK")),
    (b"+OK 2 320\r\n", False, Pop3Reply(b"+OK 2 320")),
    (b"-ERR no such message\r\n", True, Pop3Reply(b"-ERR no such message")),
    (b"+ok\r\n", True, Pop3Reply(b"+ok")),
    (b"+OK\r\n.\r\n", True, Pop3Reply(b"+OK", b"")),
    (b"+OK\r\n1 120\r\n2 200\r\n.\r\n", True, Pop3Reply(b"+OK", b"1 120\r\n2 200\r\n")),
    (
        b"+OK\r\n..\r\n...\r\n..a\r\na.\r\n.\r\n",
        True,
        Pop3Reply(b"+OK", b".\r\n..\r\n.a\r\na.\r\n"),
    ),
    (b"+OK\r\na\n.\r\n\r\n.\r\n", True, Pop3Reply(b"+OK", b"a\n.\r\n\r\n")),
    (b"+OK\r\n\r\n.\r\n", True, Pop3Reply(b"+OK", b"\r\n")),
    (b"+OK hello\n", False, Pop3Reply(b"+OK hello", faults=("a line ends in LF without CR",))),
]
"""Octets, whether several lines were asked for, and the reply."""

BEHIND = b"+OK next\r\n"


@pytest.mark.parametrize(("octets", "multiline", "reply"), ROWS)
def test_whole(octets: bytes, multiline: bool, reply: Pop3Reply) -> None:
    reader = ReplyReader()
    reader.feed(octets)
    assert reader.next_reply(multiline=multiline) == reply
    assert reader.next_reply() is NEED_DATA
    reader.feed(b"")
    assert reader.next_reply() is ENDED


@pytest.mark.parametrize(("octets", "multiline", "reply"), ROWS)
def test_byte_by_byte(octets: bytes, multiline: bool, reply: Pop3Reply) -> None:
    reader = ReplyReader()
    for octet in octets[:-1]:
        reader.feed(bytes([octet]))
        assert reader.next_reply(multiline=multiline) is NEED_DATA
    reader.feed(octets[-1:])
    assert reader.next_reply(multiline=multiline) == reply


@pytest.mark.parametrize(("octets", "multiline", "reply"), ROWS)
def test_with_more_behind(octets: bytes, multiline: bool, reply: Pop3Reply) -> None:
    reader = ReplyReader()
    reader.feed(octets + BEHIND)
    assert reader.next_reply(multiline=multiline) == reply
    assert reader.rest == BEHIND
    assert reader.next_reply() == Pop3Reply(b"+OK next")


@pytest.mark.parametrize(("octets", "multiline", "reply"), ROWS)
def test_cut_short(octets: bytes, multiline: bool, reply: Pop3Reply) -> None:  # noqa: ARG001
    reader = ReplyReader()
    reader.feed(octets[:-1])
    reader.feed(b"")
    assert reader.next_reply(multiline=multiline) is ENDED


@pytest.mark.parametrize(("octets", "multiline", "reply"), ROWS)
def test_written_as_it_was_read(octets: bytes, multiline: bool, reply: Pop3Reply) -> None:  # noqa: ARG001
    if not reply.faults:
        assert reply.octets() == octets


def test_a_dot_behind_a_bare_lf_ends_nothing() -> None:
    reader = ReplyReader()
    reader.feed(b"+OK\r\na\n.\r\n")
    assert reader.next_reply(multiline=True) is NEED_DATA
    reader.feed(b".\r\n")
    assert reader.next_reply(multiline=True) == Pop3Reply(b"+OK", b"a\n.\r\n")


@pytest.mark.parametrize(
    "octets", [b"x" * 100, b"+OK\r\n" + b"y" * 100, b"+OK\r\n" + b"z\r\n" * 40]
)
def test_no_reply_grows_without_end(octets: bytes) -> None:
    reader = ReplyReader(Limits(line=50, literal=50))
    reader.feed(octets)
    with pytest.raises(ReplyTooLong):
        reader.next_reply(multiline=True)


@pytest.mark.parametrize(
    ("command", "several"),
    [
        (b"RETR 1", True),
        (b"top 1 0\r", True),
        (b"CAPA", True),
        (b"LIST", True),
        (b"list 1", False),
        (b"UIDL", True),
        (b"UIDL 1", False),
        (b"STAT", False),
        (b"", False),
    ],
)
def test_which_commands_ask_for_several_lines(command: bytes, several: bool) -> None:
    assert is_multiline(command) is several


def test_what_does_not_end_in_crlf_gets_one() -> None:
    assert stuffed(b"a\r\n.b") == b"a\r\n..b\r\n"
    assert stuffed(b"") == b""
