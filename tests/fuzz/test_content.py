"""A message held by a server: what it says wrong, what it says right, and what it may say."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.fuzz.content import check_message
from conformance.fuzz.questions import ContentQuestion, questions
from conformance.message.criteria import read_criteria
from conformance.message.fetching import expected, read_items
from conformance.message.parts import read_message
from conformance.message.strategies import messages
from conformance.syntax import grammar
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Endpoint, Literal, Reply, Session

bounded = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # of the machine, not of the strategies
)
MESSAGE = b"Subject: one\r\nDate: 1 Jan 2020 00:00 +0000\r\n\r\nbody"
SUBJECT = ContentQuestion(
    "FETCH", (b"BODY.PEEK[HEADER.FIELDS (SUBJECT)]",), "3501-6.4.5-header-fields"
)
SIZE = ContentQuestion("FETCH", (b"RFC822.SIZE",), "3501-2.3.4-size")
TEXT = ContentQuestion("FETCH", (b"BODY.PEEK[TEXT]",), "3501-6.4.5-halves")
DATE = ContentQuestion("FETCH", (b"INTERNALDATE",), "3501-6.3.11-date")
FOUND = ContentQuestion("SEARCH", (b"SUBJECT one",), "3501-6.4.4-subject")
UNICODE = ContentQuestion(
    "SEARCH", (b"SUBJECT ", Literal("ж".encode())), "3501-6.4.4-subject", b"UTF-8"
)
FIELD = b"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: one\r\n\r\n)\r\n"


class Scripted(Session):
    """A session whose server answers with what it is told to, one text for each command."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__(Endpoint("127.0.0.1", 1))
        self._left = list(answers)

    def command(self, *parts: bytes | Literal, timeout: float | None = None) -> Reply:
        del parts, timeout
        self.dialogue.sent(b"c1 NOOP\r\n", time.monotonic())
        self.dialogue.received(self._left.pop(0))
        reply = Reply(b"c1")
        while isinstance(arrival := self.dialogue.next_arrival(time.monotonic()), Arrival):
            if arrival.response.kind == "tagged":
                reply.tagged = arrival
            else:
                reply.untagged.append(arrival)
        if reply.tagged is None:
            reply.ended = "closed"
        return reply


def broken(session: Session, *asked: ContentQuestion, date: bytes | None = None) -> list[str]:
    return [d.requirement for d in check_message(session, 7, MESSAGE, asked, date=date)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (SUBJECT, FIELD + b"c1 OK\r\n"),
        (SUBJECT, b"* 2 FETCH (FLAGS ())\r\n" + FIELD + b"* 3 EXISTS\r\nc1 OK\r\n"),
        (SIZE, b"* 1 FETCH (UID 7 FLAGS ())\r\n* 1 FETCH (RFC822.SIZE 50 UID 7)\r\nc1 OK\r\n"),
        (FOUND, b"* SEARCH 7\r\nc1 OK\r\n"),
        (UNICODE, b"c1 NO [BADCHARSET (US-ASCII)] no\r\n"),
        (DATE, b'* 1 FETCH (UID 7 INTERNALDATE "01-Jan-2020 01:00:00 +0100")\r\nc1 OK\r\n'),
    ],
)
def test_what_is_right_or_allowed_is_no_disagreement(
    question: ContentQuestion, answer: bytes
) -> None:
    assert not broken(Scripted(answer), question, date=b" 1-Jan-2020 00:00:00 +0000")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (SUBJECT, FIELD.replace(b"one", b"two") + b"c1 OK\r\n"),
        (SUBJECT, FIELD.replace(b"UID 7", b"UID 8") + b"c1 OK\r\n"),
        (SUBJECT, b"c1 OK\r\n"),
        (SUBJECT, b"c1 NO\r\n"),
        (SUBJECT, b""),
        (SIZE, b"* 1 FETCH (UID 7 RFC822.SIZE 49)\r\nc1 OK\r\n"),
        (FOUND, b"* SEARCH\r\nc1 OK\r\n"),
        (FOUND, b"* SEARCH 7 8\r\nc1 OK\r\n"),
        (FOUND, b"c1 OK\r\n"),
        (FOUND, b"c1 NO\r\n"),
        (UNICODE, b"* SEARCH 7\r\nc1 OK\r\n"),
        (UNICODE, b"c1 BAD\r\n"),
        (DATE, b'* 1 FETCH (UID 7 INTERNALDATE "01-Jan-2020 00:00:00 +0100")\r\nc1 OK\r\n'),
    ],
)
def test_what_is_wrong_is_told_with_its_requirement(
    question: ContentQuestion, answer: bytes
) -> None:
    found = broken(Scripted(answer), question, date=b" 1-Jan-2020 00:00:00 +0000")
    assert found == [question.requirement]


def test_the_rule_is_that_of_the_place_in_the_envelope() -> None:
    nothing = b" ".join([b"NIL"] * 8)
    answer = (
        b'* 1 FETCH (UID 7 ENVELOPE ("1 Jan 2020 00:00 +0000" "two" %b))\r\nc1 OK\r\n' % nothing
    )
    whole = ContentQuestion("FETCH", (b"ENVELOPE",), "3501-7.4.2-envelope-order")
    assert broken(Scripted(answer), whole) == ["3501-7.4.2-envelope-subject"]


def test_items_are_asked_one_by_one_where_all_at_once_fail() -> None:
    size = b"* 1 FETCH (UID 7 RFC822.SIZE 50)\r\nc1 OK\r\n"
    assert broken(Scripted(b"c1 BAD\r\n", b"c1 NO\r\n", size), SUBJECT, SIZE) == [
        SUBJECT.requirement
    ]


def test_nothing_is_asked_once_the_connection_has_ended() -> None:
    assert broken(Scripted(b""), SUBJECT, SIZE, FOUND) == [SUBJECT.requirement]


def test_a_line_end_that_a_store_adds_is_told_once() -> None:
    answer = (
        b"* 1 FETCH (UID 7 RFC822.SIZE 52 BODY[TEXT] {6}\r\nbody\r\n"
        b" BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: two\r\n\r\n)\r\nc1 OK\r\n"
    )
    assert broken(Scripted(answer), SIZE, TEXT, SUBJECT) == [
        "3501-6.3.11-no-line-end",
        SUBJECT.requirement,
    ]


def test_what_a_server_says_is_escaped() -> None:
    answer = FIELD.replace(b"one", b"\x1b[1") + b"c1 OK\r\n"
    (only,) = check_message(Scripted(answer), 7, MESSAGE, [SUBJECT])
    assert "\x1b" not in only.difference
    assert b"\x1b" in only.received


@bounded
@given(messages().flatmap(lambda octets: st.tuples(st.just(octets), questions(octets))))
def test_every_question_has_an_answer(generated: tuple[bytes, tuple[ContentQuestion, ...]]) -> None:
    octets, asked = generated
    message = read_message(octets)
    assert asked[0].verb == "FETCH"
    for question in asked:
        parts = [
            p if isinstance(p, bytes) else b"{%d}\r\n" % len(p.data) + p.data
            for p in question.parts
        ]
        if question.verb == "FETCH":
            for item in read_items(b"c1 FETCH 1 (" + b"".join(parts) + b")\r\n", grammar.load()):
                assert expected(message, item)
        else:
            assert read_criteria(b"c1 SEARCH " + b"".join(parts) + b"\r\n", grammar.load())
