"""A flawed server of POP3: what goes through it, what is changed, and what a lost client leaves."""

from __future__ import annotations

import time

from play_pop3 import pop3_server

from conformance.capabilities.pop3 import ask_pop3
from conformance.flaws.pop3.act import Pop3Act
from conformance.flaws.pop3.acts import answer, on_listings, on_status, send_as, stay, when_dropped
from conformance.flaws.pop3.server import FlawedPop3
from conformance.play.connections import Connections
from conformance.wire.account import Account
from conformance.wire.exchange import CLOSED, TIMED_OUT
from conformance.wire.pop3.framing import Pop3Reply
from conformance.wire.pop3.session import Pop3Arrival, Pop3Session
from conformance.wire.transport import Endpoint

LIST = b"+OK\r\n1 120\r\n2 200\r\n.\r\n"


def said(replies: list[bytes], commands: list[bytes], *acts: Pop3Act) -> list[Pop3Arrival]:
    with (
        pop3_server(replies) as behind,
        FlawedPop3(behind, acts) as served,
        Pop3Session(served.endpoint, timeout=5) as session,
    ):
        session.open()
        return [session.command(command) for command in commands]


def test_without_a_flaw_all_goes_through() -> None:
    assert said([LIST, b"-ERR no\r\n"], [b"LIST", b"RETR 3"]) == [
        Pop3Reply(b"+OK", b"1 120\r\n2 200\r\n"),
        Pop3Reply(b"-ERR no"),
    ]


def test_replies_are_changed_in_both_forms() -> None:
    act = on_listings(lambda listing: listing + b"0", "LIST")
    assert said([LIST, b"+OK 1 120\r\n"], [b"LIST", b"LIST 1"], act) == [
        Pop3Reply(b"+OK", b"1 1200\r\n2 2000\r\n"),
        Pop3Reply(b"+OK 1 1200"),
    ]


def test_commands_are_answered_and_rewritten() -> None:
    acts = answer(b"-ERR\r\n", "NOOP"), send_as(lambda _talk, _sent: b"LIST 9", "LIST")
    assert said([b"+OK 9 1\r\n"], [b"noop", b"LIST 1"], *acts) == [
        Pop3Reply(b"-ERR"),
        Pop3Reply(b"+OK 9 1"),
    ]


def test_the_greeting_is_a_reply_as_well() -> None:
    act = on_status(lambda status: status + b" again", "GREETING")
    with (
        pop3_server([b"+OK\r\n"]) as behind,
        FlawedPop3(behind, [act]) as served,
        Pop3Session(served.endpoint, timeout=5) as session,
    ):
        assert session.open() == Pop3Reply(b"+OK ready again")


def test_a_connection_ends_with_quit_unless_it_stays() -> None:
    for acts, outcome in (((), CLOSED), ((stay(),), TIMED_OUT)):
        with (
            pop3_server([b"+OK\r\n", b""]) as behind,
            FlawedPop3(behind, acts) as served,
            Pop3Session(served.endpoint, timeout=5) as session,
        ):
            session.open()
            assert session.command(b"QUIT") == Pop3Reply(b"+OK")
            assert session.receive(0.3 if acts else 5) is outcome


def test_what_is_sent_for_a_client_that_has_gone() -> None:
    heard: list[bytes] = []
    replies = [b"+OK\r\n", b"+OK\r\n"]
    act = when_dropped(b"QUIT")
    with pop3_server(replies, heard=heard) as behind, FlawedPop3(behind, [act]) as served:
        with Pop3Session(served.endpoint, timeout=5) as session:
            session.open()
            session.command(b"DELE 1")
        deadline = time.monotonic() + 20
        while heard[-1:] != [b""] and time.monotonic() < deadline:
            time.sleep(0.01)
    assert heard == [b"DELE 1\r\n", b"QUIT\r\n", b""]


def test_what_capa_says_is_told_with_its_states() -> None:
    before = b"+OK\r\nSTLS\r\nTOP\r\n.\r\n"
    after = b"+OK\r\nTOP\r\nEXPIRE  60\r\n.\r\n"
    left = [b"+OK\r\n", b"+OK\r\n", b""]
    replies = [before, *left, b"+OK\r\n", b"+OK\r\n", after, *left]
    with pop3_server(replies) as endpoint:
        accounts = [Account("mrose", "tanstaaf")]
        connections = Connections(Endpoint("127.0.0.1", 1), accounts, pop3=endpoint)
        found, troubles = ask_pop3(connections)
    assert troubles == []
    assert [(each.name, each.told, bool(each.wrong)) for each in found] == [
        ("EXPIRE", ("after login",), True),
        ("STLS", ("before login",), False),
        ("TOP", ("before login", "after login"), False),
    ]
