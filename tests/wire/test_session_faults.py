"""Sessions with servers that break off, are slow, are wrong or never stop."""

from __future__ import annotations

import threading
import time
import tracemalloc

import pytest
from wire_fake_server import GREETING, SHORT, WAIT, Diary, Peer, serve, shown, text_of

from conformance.wire.dialogue import Arrival
from conformance.wire.limits import Limits
from conformance.wire.session import CLOSED, TIMED_OUT, Ending, Endpoint, Session

# -- servers that break off ------------------------------------------------------------------


def test_close_in_the_middle_of_a_literal():
    def script(peer: Peer) -> None:
        peer.say(GREETING + b"* 1 FETCH (BODY[] {100}\r\nhello")

    diary = Diary()
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, observers=[diary]) as session:
        session.open()
        cut = session.receive()
        assert isinstance(cut, Arrival)
        assert not cut.frame.complete
        assert session.receive() is CLOSED
        assert session.receive() is CLOSED
        session.send(b"a NOOP\r\n")
    assert diary.faults == ["truncated"]
    assert diary.endings == [Ending("closed", after_bye=False)]
    assert diary.commands == []


def test_close_after_bye():
    def script(peer: Peer) -> None:
        peer.say(GREETING + b"* BYE going down\r\n")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        reply = session.command(b"NOOP", timeout=WAIT)
        assert (reply.tagged, reply.ended, reply.ok) == (None, "closed", False)
        assert [text_of(each) for each in reply.untagged] == [b"* BYE going down\r\n"]
        assert session.ending is not None
        assert session.ending.after_bye
        assert str(reply) == "the connection was closed"


def test_reset():
    ready = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert ready.wait(WAIT)
        peer.reset()

    diary = Diary()
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, observers=[diary]) as session:
        session.open()
        ready.set()
        assert session.receive() is CLOSED
        session.send(b"a NOOP\r\n")
    assert diary.endings == [Ending("reset", after_bye=False)]


def test_writing_to_a_server_that_has_gone():
    opened = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(GREETING + b"* BYE\r\n")
        assert opened.wait(WAIT)
        peer.reset()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        opened.set()
        for _ in range(50):
            session.send(b"a NOOP\r\n" * 1000)
        while isinstance(session.receive(), Arrival):
            pass
        assert session.ending is not None
        assert session.ending.reason in ("closed", "reset")


# -- servers that are slow, wrong or without end ---------------------------------------------


def test_a_deadline_does_not_end_the_session():
    ready = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(GREETING + b"* 1 EXI")
        assert ready.wait(WAIT)
        peer.say(b"STS\r\n")
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.receive(SHORT) is TIMED_OUT
        assert session.receive(0.0) is TIMED_OUT
        ready.set()
        assert text_of(session.receive()) == b"* 1 EXISTS\r\n"


def test_a_deadline_in_the_middle_of_a_literal():
    def script(peer: Peer) -> None:
        peer.say(GREETING + b"* 1 FETCH (BODY[] {50}\r\nhello)\r\na1 OK done\r\n")
        peer.gone()

    diary = Diary()
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, observers=[diary]) as session:
        session.open()
        cut = session.receive(SHORT)
        assert isinstance(cut, Arrival)
        assert [fault.kind for fault in cut.frame.faults] == ["literal-count"]
        assert text_of(session.receive(SHORT)) == b"a1 OK done\r\n"
        assert session.receive(SHORT) is TIMED_OUT
    assert len(diary.arrivals) == 3


def test_receive_without_waiting_takes_what_is_there():
    sent = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b"go\r\n"
        peer.say(b"* 1 EXISTS\r\n")
        sent.set()
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        session.send(b"go\r\n")
        assert sent.wait(WAIT)
        assert text_of(session.receive(0.0)) == b"* 1 EXISTS\r\n"


def test_a_server_that_drips_can_not_move_the_deadline():
    stop = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        while not stop.wait(0.01):
            peer.say(b"x")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.receive(SHORT) is TIMED_OUT
        assert session.receive(0.0) is TIMED_OUT
        stop.set()


class Gusher:
    """A transport that never lets anybody wait, and gives up when nobody stops it."""

    def __init__(self) -> None:
        self._end = time.monotonic() + WAIT

    def receive(self, timeout: float, into: memoryview | None) -> memoryview:
        assert timeout >= 0
        assert into is None
        assert time.monotonic() < self._end, "the deadline was passed over"
        return memoryview(b"x" * 16)  # so few that the deadline is before the bound of a line

    def close(self) -> None:
        self._end = 0.0


def test_an_endless_line_ends_with_the_deadline():
    with Session(Endpoint("127.0.0.1", 1), timeout=WAIT) as session:
        session._transport = Gusher()  # type: ignore[assignment]
        assert session.receive(SHORT) is TIMED_OUT


def test_no_answer_in_time():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.gone()

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        reply = session.command(b"NOOP", timeout=SHORT)
        assert (reply.ended, reply.tagged, str(reply)) == ("timeout", None, "no answer in time")
        assert [command.name for command in session.dialogue.in_flight] == ["NOOP"]
        session.logout(timeout=SHORT)
        assert session.ending == Ending("local", after_bye=False)


def test_a_flood():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        try:
            while True:
                peer.say(b"* 1 EXISTS\r\n" * 1000)
        except OSError:
            pass

    limits = Limits(reply=100_000)
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, limits=limits) as session:
        session.open()
        reply = session.command(b"NOOP")
        assert reply.ended == "flood"
        assert len(reply.untagged) < 10_000
        assert session.ending == Ending("flood", after_bye=False)
        assert str(reply) == "an endless answer"


def test_a_reply_keeps_so_many_responses_and_observers_see_all():
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        tag = peer.line().split()[0]
        peer.say(b"* 1 EXISTS\r\n+ go on\r\n" * 30 + tag + b" OK done\r\n")

    diary, limits = Diary(), Limits(answer=10)
    with (
        serve(script) as endpoint,
        Session(endpoint, timeout=WAIT, limits=limits, observers=[diary]) as session,
    ):
        session.open()
        reply = session.command(b"NOOP")
        assert (reply.ok, len(reply.untagged), len(reply.continuations)) == (True, 10, 10)
        assert len(diary.arrivals) == 62


def test_a_flood_of_lines_ends_while_it_lasts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("conformance.wire.window.WORK", (0.1, 0.1, 0.1))

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        try:
            while True:
                peer.say(b"* 1 EXISTS\r\n" * 100)
        except OSError:
            pass

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        assert session.command(b"NOOP", timeout=0.1).ended == "flood"


def test_garbage():
    data = b"\r\n".join([bytes(range(256)), b"* {5}", b"(" * 500, b"* 1 FETCH (X {3}", b"abc!"])

    def script(peer: Peer) -> None:
        peer.say(GREETING + data + b"\r\na1 OK done\r\n")

    with serve(script) as endpoint, Session(endpoint, timeout=WAIT) as session:
        session.open()
        last = b""
        while isinstance(arrival := session.receive(), Arrival):
            last = arrival.frame.text
        assert last == b"a1 OK done\r\n"
    assert all(line.text.isascii() for line in session.transcript.lines())


def test_both_sides_write_before_they_read():
    amount = 30_000_000

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.say(b"* OK " + b"x" * amount + b"\r\n")
        peer.octets(amount)
        peer.say(b"* 1 EXISTS\r\n")

    limits = Limits(line=2 * amount)
    with serve(script) as endpoint, Session(endpoint, timeout=WAIT, limits=limits) as session:
        session.open()
        session.send(b"a {%d+}\r\n" % amount + b"y" * amount)
        assert len(text_of(session.receive())) == amount + 7
        assert text_of(session.receive()) == b"* 1 EXISTS\r\n"


def test_a_server_that_does_not_read():
    stop = threading.Event()

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert stop.wait(WAIT)

    with serve(script) as endpoint, Session(endpoint, timeout=SHORT) as session:
        session.open()
        session.send(b"x" * 30_000_000)
        assert session.ending == Ending("timeout", after_bye=False)
        assert session.receive() is CLOSED
        stop.set()


def test_a_large_literal_is_in_memory_once():
    size = 40 * 1024 * 1024
    chunk = b"x" * 1024 * 1024

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        peer.say(b"* 1 FETCH (BODY[] {%d}\r\n" % size)
        for _ in range(size // len(chunk)):
            peer.say(chunk)
        peer.say(b")\r\nc1 OK done\r\n")

    limits = Limits(literal=size, frame=size)
    with serve(script) as endpoint, Session(endpoint, timeout=3 * WAIT, limits=limits) as session:
        session.open()
        tracemalloc.start()
        try:
            reply = session.command(b"FETCH 1 BODY[]")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert len(reply.untagged[0].frame.literals[0]) == size
    assert peak < 1.5 * size
    assert "octets not kept" in "\n".join(shown(session))
