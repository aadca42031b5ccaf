"""The table of hostile behaviours, and the decent server that they depart from."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.hostile.behaviour import (
    Behaviour,
    Link,
    Moment,
    after,
    amid,
    before,
    instead,
    late,
)
from conformance.hostile.catalogue import BEHAVIOURS, FAMILIES, NoSuchBehaviourError, look_up
from conformance.hostile.server import HostileServer
from conformance.wire.errors import NoGreeting, TLSFailed
from conformance.wire.session import Literal, Session

WAIT = 10.0
DECENT = Behaviour("decent", "nothing hostile", lambda _: None, "")


@pytest.fixture
def found() -> list[Breach]:
    return []


@pytest.fixture
def session(found: list[Breach]) -> Iterator[Session]:
    monitor = Monitor(found.append)
    with (
        HostileServer(DECENT) as server,
        Session(server.endpoint, timeout=WAIT, observers=[monitor]) as session,
    ):
        session.open()
        session.login("user1", "any")
        yield session


def moment(name: str) -> Moment:
    return Moment(name, lambda: [b"* 1 EXISTS\r\n", b"a OK done\r\n"], b"a")


def test_there_are_many_and_each_is_named_once() -> None:
    assert len(BEHAVIOURS) == sum(map(len, FAMILIES.values())) >= 120
    for name, row in BEHAVIOURS.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert row.says, "what the verdict has to say of it"
        re.compile(row.says)
    assert len({row.title for row in BEHAVIOURS.values()}) == len(BEHAVIOURS)


def test_a_name_that_is_not_there_is_told_with_some_that_are() -> None:
    with pytest.raises(NoSuchBehaviourError, match="flood-fetch"):
        look_up("flood-fetsh")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (instead("NOOP", [b"x"]), [b"x"]),
        (before("NOOP", [b"x"]), [b"x", b"* 1 EXISTS\r\n", b"a OK done\r\n"]),
        (amid("NOOP", [b"x"]), [b"* 1 EXISTS\r\n", b"x", b"a OK done\r\n"]),
        (after("NOOP", [b"x"]), [b"* 1 EXISTS\r\n", b"a OK done\r\n", b"x"]),
    ],
)
def test_where_it_happens(answer, expected: list[bytes]) -> None:
    assert list(answer(moment("NOOP"))) == expected
    assert answer(moment("CHECK")) is None


def test_a_star_stands_for_commands_and_late_for_later_ones() -> None:
    answer = late(instead("*", [Link.CLOSE]))
    assert answer(moment("NOOP")) is None
    again = moment("NOOP")
    again.turn = 2
    assert list(answer(again) or ()) == [Link.CLOSE]
    assert instead("*", [])(moment("GREETING")) is None


def test_the_decent_server_breaks_no_rule(session: Session, found: list[Breach]) -> None:
    message = b"From: a@example.org\r\nDate: Mon, 7 Feb 1994 21:52:25 -0800\r\n\r\nHello.\r\n"
    assert session.command(b"CREATE box").ok
    assert session.command(b"APPEND box (\\Seen) ", Literal(message)).ok
    assert session.command(b'LIST "" *').untagged
    assert session.command(b"STATUS box (MESSAGES UNSEEN)").ok
    assert session.command(b"SELECT box").ok
    fetched = session.command(b"UID FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY[])")
    (response,) = fetched.untagged
    assert response.response.item(b"BODY[]").octets == message
    assert session.command(b"STORE 1 +FLAGS (\\Deleted)").untagged
    assert session.command(b"SEARCH DELETED").untagged[0].frame.text == b"* SEARCH 1\r\n"
    assert session.command(b"EXPUNGE").untagged[0].frame.text == b"* 1 EXPUNGE\r\n"
    assert session.idle().ok
    assert session.command(b"NONSENSE").status == "BAD"
    assert session.command(b"DELETE box").ok
    session.logout()
    assert found == []


def test_starttls_is_served() -> None:
    with HostileServer(DECENT) as server, Session(server.endpoint, timeout=WAIT) as session:
        session.open()
        session.start_tls()
        assert session.login("user1", "any").ok


def test_a_flood_ends_when_its_client_goes() -> None:
    with HostileServer(BEHAVIOURS["flood-before-completion"]) as server:
        with Session(server.endpoint, timeout=WAIT) as session:
            session.open()
            session.send(b"a NOOP\r\n")
            session.receive()
        deadline = time.monotonic() + WAIT
        while server.open and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.open == 0


def test_a_server_can_be_left_while_it_floods_and_while_it_waits() -> None:
    for name in ("flood-greeting", "no-greeting"):
        with (
            HostileServer(BEHAVIOURS[name]) as server,
            Session(server.endpoint, timeout=WAIT) as session,
        ):
            session.connect()
            began = time.monotonic()
            server.__exit__(None, None, None)
            assert time.monotonic() - began < WAIT


def test_what_rows_do_is_seen() -> None:
    with HostileServer(BEHAVIOURS["close-at-once"]) as server, pytest.raises(NoGreeting):
        Session(server.endpoint, timeout=WAIT).open()
    with HostileServer(BEHAVIOURS["tls-http"]) as server, pytest.raises(TLSFailed):
        Session(server.endpoint, timeout=WAIT).open()


def test_what_is_refused_is_not_done() -> None:
    with (
        HostileServer(BEHAVIOURS["refuses-create"]) as server,
        Session(server.endpoint, timeout=WAIT) as session,
    ):
        session.open()
        session.login("user1", "any")
        assert session.command(b"CREATE box").status == "NO"
        assert server.store.find(b"box") is None
