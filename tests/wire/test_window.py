"""Windows: they count what the server leaves us waiting, and end whatever comes."""

from __future__ import annotations

import time

import pytest
from wire_fake_server import GREETING, SHORT, WAIT, Diary, Peer, serve

from conformance.wire import window
from conformance.wire.dialogue import Arrival
from conformance.wire.session import FLOODED, TIMED_OUT, Session
from conformance.wire.window import WaitWindow

OK = b"* OK still here\r\n"


def trickle(peer: Peer) -> None:
    """Greet, and say something again and again, for longer than any test lasts."""
    peer.say(GREETING)
    try:
        while True:
            peer.say(OK)
            time.sleep(0.01)
    except OSError:
        pass


def flood(peer: Peer) -> None:
    """Greet, and say something as fast as it goes."""
    peer.say(GREETING)
    try:
        while True:
            peer.say(OK * 1000)
    except OSError:
        pass


class Slow(Diary):
    """Takes its time over each response."""

    def arrival(self, session: Session, arrival: Arrival) -> None:
        super().arrival(session, arrival)
        time.sleep(2 * SHORT)


def test_responses_that_keep_coming_do_not_prolong_a_window():
    with serve(trickle) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        shared = session.window(SHORT)
        while isinstance(session.receive(shared), Arrival):
            pass
        assert session.receive(shared) is TIMED_OUT
        assert shared.responses > 1
        assert shared.left == 0


def test_a_wait_for_silence_ends_with_its_window():
    with serve(trickle) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        shared = session.window(SHORT)
        while isinstance(session.receive(shared, quiet=WAIT), Arrival):
            pass
        assert session.receive(shared, quiet=WAIT) is TIMED_OUT


def test_octets_that_keep_coming_do_not_prolong_a_window():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        try:
            while True:
                peer.say(b"x")
                time.sleep(0.01)
        except OSError:
            pass

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.receive(SHORT) is TIMED_OUT


def test_the_time_that_we_take_ourselves_is_not_the_servers():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        tag = peer.line().split(b" ")[0]
        peer.say(OK * 3 + tag + b" OK done\r\n")

    observers = [Slow()]
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, observers=observers) as session:
        session.open()
        assert session.command(b"NOOP", timeout=SHORT).ok


def test_a_flood_is_given_up_and_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(window, "WORK", (0.05, 0.05, 0.05))
    diary = Diary()
    with serve(flood) as endpoint, Session(endpoint, timeout=WAIT, observers=[diary]) as session:
        session.open()
        shared = session.window(0.01)
        while isinstance(session.receive(shared), Arrival):
            pass
        assert session.receive(shared) is FLOODED
        seen = len(diary.arrivals)
        session.close()
        assert len(diary.arrivals) == seen


def test_few_responses_are_no_flood_however_long_they_take(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(window, "WORK", (0.0, 0.0, 0.0))
    opened = WaitWindow(0.0)
    opened.responses = 1000
    time.sleep(0.01)
    assert not opened.flooded
    opened.responses = 1001
    assert not opened.flooded  # from here on our work counts
    time.thread_time()
    assert opened.flooded


def test_what_others_do_in_this_thread_while_it_waits_is_no_work_of_a_window():
    opened = WaitWindow(0.0)
    opened.responses = 1 << 20
    assert not opened.flooded  # from here on our work counts
    opened.rest()
    work()
    opened.go_on(0.1, 10)
    assert not opened.flooded
    assert (opened.waited, opened.octets) == (0.1, 10)
    work()
    assert opened.flooded


def work() -> None:
    began = time.thread_time()
    while time.thread_time() - began < window.WORK[0]:
        pass


@pytest.mark.parametrize(
    ("seconds", "work"), [(0.0, 0.5), (1.0, 1.0), (3.0, 2.0), (8.0, 4.0), (60.0, 5.0)]
)
def test_how_long_a_window_works(seconds: float, work: float):
    assert WaitWindow(seconds)._work == work


def test_octets_without_an_end_are_a_flood():
    opened = WaitWindow(WAIT)
    opened.octets = 1 << 40
    assert opened.flooded
