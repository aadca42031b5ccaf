"""Logins that cost time, connections that are not let in, and servers that are for nobody here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from play_cases import GREETING, Answer, server, usual, write

from conformance.casefile.suite import Suite
from conformance.play import admission
from conformance.play.connections import Connections, Way
from conformance.play.patience import Patience
from conformance.play.player import Outcome, Player
from conformance.play.refusals import refuses_logins
from conformance.play.workspace import Workspace
from conformance.wire.account import Account
from conformance.wire.errors import TargetError

LOGIN = b'LOGIN "USER1" "PASS1"'
WRONG = "C: a1 LOGIN user1 wrong\nS: a1 NO"
GREETED = "`state=greeted`"
QUICK = Way(timeout=0.5)
FULL = b"TAG NO [UNAVAILABLE] Maximum number of connections exceeded\r\n"

Play = Callable[..., Outcome]


@contextmanager
def playing(
    root: Path, answer: Answer, greet: Callable[[int], bytes] = lambda _: GREETING
) -> Iterator[tuple[Connections, Play]]:
    """Connections, over which several blocks are played one after the other."""
    with server(answer, greet) as endpoint:
        connections = Connections(endpoint, [Account("user1", "pass1")], way=QUICK)
        admin = connections.survey()
        workspace = Workspace(admin, tidy=False)
        number = 0

        def play(block: str, labels: str = "") -> Outcome:
            nonlocal admin, number
            number += 1
            folder = root / str(number)
            folder.mkdir()
            suite = Suite(folder)
            ((case, steps),) = suite.load(write(folder, block, labels, "MUST"))
            if admin.ending:
                admin = connections.survey()
                workspace.attach(admin)
            return Player(connections, workspace, suite.fixtures).play(case, steps)

        yield connections, play
        admin.close()


def facts(connections: Connections) -> dict[str, str]:
    return {fact.name: fact.sentence for fact in connections.facts()}


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many tries as ever, and short pauses between them."""
    monkeypatch.setattr(admission, "_PENANCE", tuple(0.01 for _ in admission._PENANCE))
    monkeypatch.setattr(admission, "_LINGERING", tuple(0.01 for _ in admission._LINGERING))


def refusing(command: bytes) -> bytes:
    """Refuse every login that is not the right one."""
    wrong = command.startswith(b"LOGIN") and command != LOGIN
    return b"TAG NO wrong\r\n" if wrong else usual(command)


def test_a_refused_login_may_take_longer_than_other_answers(tmp_path: Path) -> None:
    def slow(command: bytes) -> bytes:
        said = refusing(command)
        if said.startswith(b"TAG NO"):
            time.sleep(1.2)
        return said

    with playing(tmp_path, slow) as (connections, play):
        assert play(WRONG, GREETED).verdict == "pass"
        assert play("C: a1 NOOP\nS: a1 OK").verdict == "pass"
    assert facts(connections) == {"logins.refused": "A refused login took up to 1 s."}


def test_a_right_login_may_take_longer_after_refused_ones(tmp_path: Path) -> None:
    failures = 0

    def penalty(command: bytes) -> bytes:
        nonlocal failures
        said = refusing(command)
        if said.startswith(b"TAG NO"):
            failures += 1
            time.sleep(0.4)
        elif command == LOGIN:
            time.sleep(min(failures, 4) * 0.3)
        return said

    with playing(tmp_path, penalty) as (connections, play):
        for _ in range(3):
            assert play(WRONG, GREETED).verdict == "pass"
        assert play("C: a1 NOOP\nS: a1 OK").verdict == "pass"
    assert connections.patience.refused.count == 3


def test_what_is_not_answered_at_all_is_awaited_generously_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.play.patience.BOUND", 1.5)

    def silent(command: bytes) -> bytes:
        return b"* OK wait\r\n" if b"WRONG" in command else usual(command)

    with playing(tmp_path, silent) as (connections, play):
        first = connections.patience._for(0.5, measured=False)
        outcomes = [play(WRONG, GREETED) for _ in range(2)]
        assert [(outcome.verdict, outcome.cause) for outcome in outcomes] == [
            ("fail", "timeout")
        ] * 2
        assert connections.patience._for(0.5, measured=False) < first
    assert facts(connections)["logins.unanswered"].startswith("2 of the logins were not answered")


def test_a_right_login_stands_between_two_wrong_ones(tmp_path: Path) -> None:
    logins = []

    def answer(command: bytes) -> bytes:
        if command.startswith(b"LOGIN"):
            logins.append(command == LOGIN)
        return refusing(command)

    with playing(tmp_path, answer) as (_, play):
        assert [play(WRONG, GREETED).verdict for _ in range(3)] == ["pass"] * 3
    assert logins == [True, False, True, False, True, False]


def test_where_it_is_our_turn_nothing_is_owed(tmp_path: Path) -> None:
    def prompting(command: bytes) -> bytes:
        return b"+\r\n" if command.startswith(b"AUTHENTICATE") else usual(command)

    with playing(tmp_path, prompting) as (connections, play):
        outcome = play("C: a1 AUTHENTICATE PLAIN\nS= +{0x20}\nC: *\nS: a1 BAD", GREETED)
        assert outcome.cause == "timeout"
        assert connections.facts() == ()


@pytest.mark.usefixtures("hurried")
def test_who_was_turned_away_for_wrong_logins_waits(tmp_path: Path) -> None:
    wrong = tries = 0

    def answer(command: bytes) -> bytes:
        nonlocal wrong
        wrong += b"WRONG" in command
        return refusing(command)

    def jail(_: int) -> bytes:
        nonlocal wrong, tries
        if wrong < 3:
            return GREETING
        tries += 1
        if tries == 5:
            wrong = tries = 0
            return GREETING
        return b"* BYE come back later\r\n" if tries % 2 else b""

    with playing(tmp_path, answer, jail) as (connections, play):
        assert [play(WRONG, GREETED).verdict for _ in range(8)] == ["pass"] * 8
        assert play("C: a1 NOOP\nS: a1 OK").verdict == "pass"
    assert "After refused logins" in facts(connections)["logins.turned-away"]


@pytest.mark.usefixtures("hurried")
def test_a_server_that_lets_nobody_in_again_is_waited_for_once(tmp_path: Path) -> None:
    wrong = tries = 0

    def answer(command: bytes) -> bytes:
        nonlocal wrong
        wrong += b"WRONG" in command
        return refusing(command)

    def jail(_: int) -> bytes:
        nonlocal tries
        tries += wrong > 0
        return b"* BYE never again\r\n" if wrong else GREETING

    with playing(tmp_path, answer, jail) as (_, play):
        assert play(WRONG, GREETED).verdict == "pass"
        outcomes = [play("C: a1 NOOP\nS: a1 OK") for _ in range(3)]
    assert {outcome.verdict for outcome in outcomes} == {"blocked"}
    assert "never again" in outcomes[0].reason
    assert tries == len(admission._PENANCE) + 1 + 2


@pytest.mark.usefixtures("hurried")
def test_who_hangs_up_after_many_refused_logins_gets_another_chance(tmp_path: Path) -> None:
    wrong = 0

    def answer(command: bytes) -> bytes:
        nonlocal wrong
        wrong += b"WRONG" in command
        if b"WRONG" in command and wrong == 5:
            return b""
        return refusing(command)

    with playing(tmp_path, answer) as (_, play):
        assert [play(WRONG, GREETED).verdict for _ in range(6)] == ["pass"] * 6


def test_who_hangs_up_on_the_first_wrong_login_is_accused(tmp_path: Path) -> None:
    def answer(command: bytes) -> bytes:
        return b"" if b"WRONG" in command else usual(command)

    with playing(tmp_path, answer) as (_, play):
        outcomes = [play(WRONG, GREETED) for _ in range(2)]
    assert [(outcome.verdict, outcome.cause) for outcome in outcomes] == [("fail", "closed")] * 2


ODD = 'C: a1 LOGIN {user} "{0xe9}"\nS: a1 NO|BAD'


@pytest.mark.usefixtures("hurried")
def test_who_hangs_up_on_what_a_login_sends_is_accused_after_many_refused_ones(
    tmp_path: Path,
) -> None:
    def answer(command: bytes) -> bytes:
        return b"" if b"\xe9" in command else refusing(command)

    with playing(tmp_path, answer) as (_, play):
        assert [play(WRONG, GREETED).verdict for _ in range(6)] == ["pass"] * 6
        outcome = play(ODD, GREETED)
    assert (outcome.verdict, outcome.cause) == ("fail", "closed")


@pytest.mark.usefixtures("hurried")
def test_who_hangs_up_on_every_login_that_is_wrong_by_now_is_not_accused(tmp_path: Path) -> None:
    wrong = 0

    def answer(command: bytes) -> bytes:
        nonlocal wrong
        wrong += b"WRONG" in command
        right = command.startswith(LOGIN) or not command.startswith(b"LOGIN")
        return b"" if wrong >= 4 and not right else refusing(command)

    with playing(tmp_path, answer) as (_, play):
        assert [play(WRONG, GREETED).verdict for _ in range(3)] == ["pass"] * 3
        outcome = play(WRONG, GREETED)
    assert outcome.verdict == "blocked"
    assert "refused logins" in outcome.reason


TWO = "C: a1 NOOP\nS: a1 OK\ntwo C: b1 NOOP\ntwo S: b1 OK"
THREE = f"{TWO}\nthree C: c1 NOOP\nthree S: c1 OK"


def bye(room: int) -> tuple[Answer, Callable[[int], bytes]]:
    """Who is one too many is told at the greeting."""
    return usual, lambda standing: GREETING if standing <= room else b"* BYE too many\r\n"


def closed(room: int) -> tuple[Answer, Callable[[int], bytes]]:
    return usual, lambda standing: GREETING if standing <= room else b""


def at_login(room: int) -> tuple[Answer, Callable[[int], bytes]]:
    """Who is one too many is told when logging in."""
    crowd = 0

    def greet(standing: int) -> bytes:
        nonlocal crowd
        crowd = standing
        return GREETING

    return lambda command: FULL if command == LOGIN and crowd > room else usual(command), greet


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("way", [bye, closed, at_login])
def test_an_idle_connection_of_ours_makes_room(
    tmp_path: Path, way: Callable[[int], tuple[Answer, Callable[[int], bytes]]]
) -> None:
    with playing(tmp_path, *way(2)) as (connections, play):
        for _ in range(2):
            assert play(TWO).verdict == "pass"
            assert play("C: a1 NOOP\nS: a1 OK").verdict == "pass"
            outcome = play(THREE)
            assert outcome.verdict == "skip"
            assert "more connections at once than are let in (2)" in outcome.reason
    assert "At most 2 connections at once" in facts(connections)["connections.limit"]


@pytest.mark.usefixtures("hurried")
def test_connections_that_are_still_counted_are_waited_for(tmp_path: Path) -> None:
    tries = 0

    def greet(_: int) -> bytes:
        nonlocal tries
        tries += 1
        return b"* BYE too many\r\n" if tries in (3, 4) else GREETING

    with playing(tmp_path, usual, greet) as (connections, play):
        assert play(TWO).verdict == "pass"
        assert not connections.admission.limit
    assert "after a while" in facts(connections)["connections.crowded"]


@pytest.mark.parametrize(
    ("announced", "said"),
    [
        (b"IMAP4 IDLE", "does not announce IMAP4rev1 or IMAP4rev2, but IDLE IMAP4"),
    ],
)
def test_a_server_of_no_known_revision_is_refused(announced: bytes, said: str) -> None:
    def answer(command: bytes) -> bytes:
        listing = b"* CAPABILITY %s\r\nTAG OK done\r\n" % announced
        return listing if command == b"CAPABILITY" else usual(command)

    with server(answer, lambda _: b"* OK hello\r\n") as endpoint:
        connections = Connections(endpoint, [Account("user1", "pass1")], way=QUICK)
        with pytest.raises(TargetError, match=said):
            connections.survey()


@pytest.mark.parametrize(
    ("announced", "enables"), [(b"IMAP4rev2", 0), (b"IMAP4rev1 IMAP4rev2 ENABLE", 2)]
)
def test_sessions_go_over_to_imap4rev2_where_there_is_another(
    announced: bytes, enables: int
) -> None:
    sent: list[bytes] = []

    def answer(command: bytes) -> bytes:
        sent.append(command)
        listing = b"* CAPABILITY %s\r\nTAG OK done\r\n" % announced
        return listing if command == b"CAPABILITY" else usual(command)

    with server(answer, lambda _: b"* OK hello\r\n") as endpoint:
        way = replace(QUICK, protocol="rev2")
        connections = Connections(endpoint, [Account("user1", "pass1")], way=way)
        connections.survey().close()
        connections.connect("a", "auth").close()
        connections.connect("b", "auth", enabled=False).close()
        connections.connect("c", "greeted").close()
    assert sent.count(b"ENABLE IMAP4REV2") == enables


def test_a_list_that_forgets_the_revision_is_left_to_the_cases() -> None:
    def answer(command: bytes) -> bytes:
        listing = b"* CAPABILITY IDLE\r\nTAG OK done\r\n"
        return listing if command == b"CAPABILITY" else usual(command)

    with server(answer) as endpoint:  # the greeting knows
        Connections(endpoint, [Account("user1", "pass1")], way=QUICK).survey().close()


@pytest.mark.parametrize(
    ("block", "labels", "refuses"),
    [
        (WRONG, GREETED, True),
        ("C: a1 LOGIN {user} {password}x\nS: a1 NO|BAD\nS/ {close}", GREETED, True),
        ("C: a1 AUTHENTICATE PLAIN\nS: +\nC: {sasl.plain.wrong}\nS: a1 NO", GREETED, True),
        ("C: a1 login {#user}\nS: +\nC: {user} wrong\nS: a1 NO", GREETED, True),
        ("C: a1 LOGIN {user} {password}\nS: a1 OK", GREETED, False),
        ("C: a1 LOGIN {user}\nS: a1 BAD", GREETED, False),
        (WRONG, "", False),  # logged in already: it is the wrong state
        ("C: a1 NOOP\nS: a1 OK", "", False),
    ],
)
def test_cases_that_have_logins_refused_are_known(
    tmp_path: Path, block: str, labels: str, refuses: bool
) -> None:
    ((case, steps),) = Suite(tmp_path).load(write(tmp_path, block, labels, "MUST"))
    assert refuses_logins(case, steps) is refuses


def test_patience_grows_with_what_was_seen_and_has_an_end() -> None:
    patience = Patience()
    assert patience.for_login(10.0) == 60.0
    patience.good.add(0.1)
    assert patience.for_login(10.0) == 10.0
    patience.refused.add(4.0)
    assert patience.for_login(10.0) == 16.0
    patience.refused.add(30.0)
    assert patience.for_login(10.0) == 60.0
    assert patience.for_login(90.0) == 90.0
