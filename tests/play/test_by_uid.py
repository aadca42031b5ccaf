"""A command by UID means what it means by number, and what it brings is read accordingly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from play_cases import server, usual

from conformance.play.by_uid import ByUid, by_uid
from conformance.play.received import Received
from conformance.syntax.grammar import load
from conformance.syntax.responses import read_response
from conformance.wire.session import Session

GRAMMAR = load()
UIDS = (101, 104, 109)


def answer(command: bytes) -> bytes:
    if command != b"FETCH 1:* (UID)":
        return usual(command)
    said = [b"* %d FETCH (UID %d)\r\n" % each for each in enumerate(UIDS, 1)]
    return b"".join([*said, b"* 2 FETCH (UID 104 FLAGS ())\r\n* 4 EXISTS\r\nTAG OK done\r\n"])


@pytest.fixture
def session() -> Iterator[Session]:
    with server(answer) as endpoint, Session(endpoint) as opened:
        opened.open()
        opened.login("user1", "pass1")
        opened.command(b"SELECT box")
        yield opened


def said_by_uid(session: Session, command: bytes) -> ByUid | None:
    return by_uid(session, b"a1 " + command + b"\r\n", GRAMMAR)


@pytest.mark.parametrize(
    ("number", "uid"),
    [
        (b"FETCH 2 FLAGS", b"UID FETCH 104 FLAGS"),
        (b"fetch 3:1,2,* (FLAGS BODY[1])", b"UID fetch 109:101,104,* (FLAGS BODY[1])"),
        (b"STORE 1:* +FLAGS (\\Seen)", b"UID STORE 101:* +FLAGS (\\Seen)"),
        (b'COPY 1,3 "other box"', b'UID COPY 101,109 "other box"'),
        (b"SEARCH UNSEEN", b"UID SEARCH UNSEEN"),
        (b"SEARCH 2:3", b"UID SEARCH UID 104:109"),
        (b"SEARCH OR 1 (NOT * 2)", b"UID SEARCH OR UID 101 (NOT UID * UID 104)"),
        (b"SEARCH CHARSET UTF-8 TEXT 3 1", b"UID SEARCH CHARSET UTF-8 TEXT 3 UID 101"),
        (b"SEARCH header X-N 3 larger 2", b"UID SEARCH header X-N 3 larger 2"),
        (b'SEARCH SUBJECT "a \\" 2" UID 1', b'UID SEARCH SUBJECT "a \\" 2" UID 1'),
    ],
)
def test_messages_are_named_by_uid(session: Session, number: bytes, uid: bytes) -> None:
    said = said_by_uid(session, number)
    assert said is not None
    assert said.octets == b"a1 " + uid + b"\r\n"


@pytest.mark.parametrize(
    "command",
    [
        b"NOOP",
        b"UID FETCH 101 FLAGS",
        b"FETCH 01 FLAGS",
        b"FETCH 1,,2 FLAGS",
        b"FETCH 0 FLAGS",
        b"SEARCH SUBJECT {5}",
        b"SEARCH RETURN (COUNT) 1",
        b"SEARCH SUBJECT {5+}\r\nhello 2",
        b"FETCH 1 FLAGS\r\na2 FETCH 2 FLAGS",
    ],
)
def test_what_has_no_translation_is_left_alone(session: Session, command: bytes) -> None:
    assert said_by_uid(session, command) is None


@pytest.mark.parametrize("command", [b"FETCH 4 FLAGS", b"SEARCH 2:7"])
def test_a_message_that_is_not_there_has_no_uid(session: Session, command: bytes) -> None:
    said = said_by_uid(session, command)
    assert said is not None
    assert said.octets == b"a1 " + command + b"\r\n"


def test_without_a_mailbox_there_are_no_uids(session: Session) -> None:
    session.command(b"CLOSE")
    assert said_by_uid(session, b"FETCH 1 FLAGS") is None


def test_news_that_came_with_the_uids_are_kept(session: Session) -> None:
    said = said_by_uid(session, b"FETCH 2 FLAGS")
    assert said is not None
    assert [each.text for each in said.seen] == [
        b"* 2 FETCH (UID 104 FLAGS ())\r\n",
        b"* 4 EXISTS\r\n",
    ]


@pytest.mark.parametrize(
    ("by_uid_came", "by_number"),
    [
        (b"* SEARCH 109 101\r\n", b"* SEARCH 3 1\r\n"),
        (b"* SEARCH\r\n", b"* SEARCH\r\n"),
        (b"* SEARCH 3\r\n", b"* SEARCH 3\r\n"),  # what names no message stays wrong
        (b"* 101 EXISTS\r\n", b"* 101 EXISTS\r\n"),
    ],
)
def test_found_uids_are_read_as_numbers(
    session: Session, by_uid_came: bytes, by_number: bytes
) -> None:
    said = said_by_uid(session, b"SEARCH ALL")
    assert said is not None
    assert said.read(Received(read_response(by_uid_came), by_uid_came)).text == by_number
