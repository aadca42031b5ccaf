"""What acts do to the things that a server says, and which of them they leave alone."""

from __future__ import annotations

import re

import pytest
from flaws_fake_server import place

from conformance.flaws.acts import (
    after,
    alter,
    before,
    drop,
    hang_up,
    hold,
    instead,
    late,
    number,
    payload,
    pieces,
    replace,
    twice,
)
from conformance.flaws.flaw import Act

FETCHED = b"* 1 FETCH (UID 5 BODY[] {5}\r\nhello FLAGS (\\Seen))\r\n"
STATUS = b"* STATUS box (MESSAGES 3 UIDNEXT 9)\r\n"
ANSWERS = {"FETCH": FETCHED, "STATUS": STATUS, "NOOP": b"* 4 EXISTS\r\n* 1 RECENT\r\n"}
DONE = b"a1 OK done\r\n"


@pytest.mark.parametrize(
    ("act", "command", "expected"),
    [
        (replace(rb"\)\r\n\Z", b") \r\n", only="STATUS"), b"STATUS box (MESSAGES)",
         STATUS[:-2] + b" \r\n" + DONE),
        (replace(rb"3", b"4", only="FETCH"), b"STATUS box (MESSAGES)", STATUS + DONE),
        (number(rb"UIDNEXT (\d+)", lambda n: n - 1), b"STATUS box (UIDNEXT)",
         STATUS.replace(b"9", b"8") + DONE),
        (payload(bytes.upper, item=rb"BODY\[\]"), b"FETCH 1 BODY[]",
         FETCHED.replace(b"hello", b"HELLO") + DONE),
        (payload(lambda octets: octets * 2), b"FETCH 1 BODY[]",
         FETCHED.replace(b"{5}\r\nhello", b"{10}\r\nhellohello") + DONE),
        (payload(lambda octets: octets[1:], recount=False), b"FETCH 1 BODY[]",
         FETCHED.replace(b"hello", b"ello") + DONE),
        (payload(bytes.upper, item=rb"RFC822"), b"FETCH 1 BODY[]", FETCHED + DONE),
        (drop(only="EXISTS RECENT"), b"NOOP", DONE),
        (twice(only="RECENT"), b"NOOP", ANSWERS["NOOP"] + b"* 1 RECENT\r\n" + DONE),
        (before(b"* OK {tag}\r\n", kind="tagged"), b"LIST", b"* OK a1\r\n" + DONE),
        (after(b"* OK {line}\r\n", to="LIST"), b"LIST a b", DONE + b""),
        (instead(b"{tag} NO {first}\r\n", status="OK", to="LIST"), b'LIST "x"', b"a1 NO x\r\n"),
        (instead(b"{tag} NO\r\n", to="UID FETCH"), b"FETCH 1 BODY[]", FETCHED + DONE),
        (hold({"only": "RECENT"}, only="EXISTS"), b"NOOP", b"* 1 RECENT\r\n* 4 EXISTS\r\n" + DONE),
        (late(0.01, only="EXISTS"), b"NOOP", ANSWERS["NOOP"] + DONE),
        (replace(rb"OK", b"NO", where=rb"zebra"), b"LIST zebra", b"a1 NO done\r\n"),
        (replace(rb"OK", b"NO", where=rb"zebra"), b"NOOP", ANSWERS["NOOP"] + DONE),
        (replace(rb"OK", b"NO", kind="tagged", state="selected"), b"LIST", DONE),
        (replace(rb"OK", b"NO", kind="tagged", state="selected, not authenticated"), b"LIST",
         b"a1 NO done\r\n"),
        (replace(rb"OK", b"NO", kind="tagged", tls=True), b"LIST", DONE),
        (pieces(3, 0.001), b"FETCH 1 BODY[]", FETCHED + DONE),
    ],
)  # fmt: skip
def test_an_act_on_a_response(act: Act, command: bytes, expected: bytes) -> None:
    with place(act, answers=ANSWERS) as here:
        assert here.client().ask(command) == expected


def test_what_follows_a_completion_comes_before_the_next() -> None:
    with place(after(b"* OK {line}\r\n", to="LIST"), answers=ANSWERS) as here:
        client = here.client()
        client.ask(b"LIST a b")
        assert client.ask(b"CHECK", b"a2") == b"* OK LIST a b\r\na2 OK done\r\n"


def test_the_greeting() -> None:
    with place(before(b"* OK early\r\n", kind="greeting")) as here:
        client = here.client()
        assert client.ask(b"CHECK") == DONE


def test_the_second_time_only_and_from_the_second_time_on() -> None:
    acts = (drop(only="EXISTS", nth=2), drop(only="RECENT", since=2))
    with place(*acts, answers=ANSWERS) as here:
        client = here.client()
        got = [client.ask(b"NOOP").count(b"\r\n") for _ in range(3)]
        assert got == [3, 1, 2]
        assert here.client().ask(b"NOOP").count(b"\r\n") == 3  # counted on each connection


def test_memory_of_a_connection_and_of_all() -> None:
    def counted(talk, _arrival, _octets):  # type: ignore[no-untyped-def]
        for memory in (talk.memory, talk.shared):
            memory["n"] = memory.get("n", 0) + 1
        return b"* %d RECENT\r\n" % (100 * talk.number + 10 * talk.memory["n"] + talk.shared["n"])

    with place(alter(counted, only="RECENT"), answers=ANSWERS) as here:
        one, two = here.client(), here.client()
        got = [each.ask(b"NOOP") for each in (one, two, one)]
        assert re.findall(rb"(\d+) RECENT", b"".join(got)) == [b"111", b"212", b"123"]


def test_a_connection_is_closed_in_place_of_an_answer() -> None:
    with place(hang_up(b"* BYE {tag}\r\n", to="LIST")) as here:
        client = here.client()
        client.send(b"a1 LIST\r\n")
        assert client.rest() == b"* BYE a1\r\n"


def test_several_acts_are_done_in_turn() -> None:
    acts = (replace(rb"done", b"gone", kind="tagged"), replace(rb"gone", b"over", kind="tagged"))
    with place(*acts) as here:
        assert here.client().ask(b"CHECK") == b"a1 OK over\r\n"
