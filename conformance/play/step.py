"""One window of a case: what the client does in it, and waiting for what has to come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import inf

from conformance.casefile.plan import Step
from conformance.casefile.script import ClientLine
from conformance.play.by_uid import by_uid
from conformance.play.connections import Way
from conformance.play.errors import Blocked, Skip
from conformance.play.received import Received
from conformance.play.tracker import Tracker
from conformance.play.writer import ClientWriter, Prompted
from conformance.wire.errors import TLSFailed, Untrusted
from conformance.wire.session import CLOSED, FLOODED, TIMED_OUT, Session

QUIET = 0.3
"""Seconds of silence after which nothing more is awaited."""

POLLING = 5.0
"""Seconds for which `C*` repeats its command."""

LATE = 2.0
"""Seconds for a completion to come after an untagged BAD, which may be all that comes."""

_FIRST_POLL, _LAST_POLL = 0.02, 0.25  # seconds between two polls: doubling from one to the other


def perform_step(
    session: Session, tracker: Tracker, batches: list[bytes | ClientLine | Prompted], way: Way
) -> Callable[[Received], Received]:
    """Do what the client does in a window; return how to read what comes in it."""
    read: Callable[[Received], Received] = as_it_is
    if way.by_uid and len(batches) == 1 and isinstance(batches[0], bytes):
        respelt = by_uid(session, batches[0], tracker.grammar)
        if respelt is not None:
            for received in respelt.seen:
                tracker.take(received)
            batches, read = [respelt.octets], respelt.read
    for what in batches:
        if isinstance(what, Prompted):
            for part in what.parts:
                if not _await_prompt(session, tracker, way.timeout):
                    break
                session.send(part)
        else:
            _act(session, what)
    return read


def as_it_is(received: Received) -> Received:
    """Read a response as it came."""
    return received


def both(
    first: Callable[[Received], Received], then: Callable[[Received], Received]
) -> Callable[[Received], Received]:
    """Return the way to read that is one way after the other."""
    return lambda received: then(first(received))


def _await_prompt(session: Session, tracker: Tracker, timeout: float) -> bool:
    """Wait until the server asks for a literal; False when it has answered instead."""
    window = session.window(timeout)
    while True:
        arrival = session.receive(window)
        if arrival is TIMED_OUT:
            raise tracker.unmet("timeout")
        if arrival is FLOODED:
            raise tracker.unmet("flood")
        if arrival is CLOSED:
            return False
        if arrival.response.kind == "continuation":
            return True
        tracker.take(Received(arrival.response, arrival.frame.text, arrival.frame.literals))
        if arrival.response.kind == "tagged":
            return False


def _act(session: Session, what: bytes | ClientLine) -> None:
    if isinstance(what, bytes):
        session.send(what)
    elif what.kind == "pause":
        time.sleep(what.pause)
    elif what.kind == "tls":
        if what.offer.impossible:
            raise Skip(what.offer.impossible)
        try:
            session.negotiate_tls(what.offer)
        except Untrusted as error:
            raise Skip(str(error)) from None
        except TLSFailed:
            pass  # the connection is closed, which the next window sees
    else:
        session.close(reset=what.kind == "reset")


def await_step(
    session: Session,
    tracker: Tracker,
    timeout: Callable[[], float],
    *,
    tag: bytes = b"",
    read: Callable[[Received], Received] = as_it_is,
) -> None:
    """Await the end of a window; `tag` is the fresh tag of a repeated command, if any.

    `timeout` says how many seconds it has in all, which may change with what comes.
    """
    if not tracker.step.expects:
        return
    window = session.window(timeout())
    while not (tracker.answered if tracker.waits_for_tag else tracker.complete) or (
        tracker.only_listens
    ):
        window.seconds = timeout()
        quiet = QUIET if tracker.only_listens else LATE if tracker.given_up else inf
        arrival = session.receive(window, quiet=quiet)
        if arrival is TIMED_OUT:
            if tracker.only_listens:
                return
            raise tracker.unmet("timeout")
        if arrival is FLOODED:
            if tracker.only_listens:
                raise Blocked("the server says more than can be looked at")
            raise tracker.unmet("flood")
        if arrival is CLOSED:
            if tracker.closed():
                continue
            if tracker.only_listens:
                return
            unmet = tracker.unmet("closed")
            if session.tls_failure:
                unmet.received, unmet.reason = session.tls_failure, "TLS did not begin"
            raise unmet
        response = arrival.response
        if tag and response.tag == tag:
            first = next(p.tag for e in tracker.step.expects for p in e.patterns if p.tag)
            response = replace(response, tag=first)
        tracker.take(read(Received(response, arrival.frame.text, arrival.frame.literals)))
    if not tracker.step.polls and not tracker.complete:
        raise tracker.unmet("missing")


class Poll:
    """A window whose command is repeated until it is complete."""

    def __init__(
        self,
        session: Session,
        step: Step,
        tracker: Tracker,
        writer: ClientWriter,
        timeout: float,
        read: Callable[[Received], Received],
    ) -> None:
        self._session, self._step, self._tracker = session, step, tracker
        self._writer, self._timeout, self._read = writer, timeout, read

    def run(self) -> None:
        """Poll until the window is complete, or time is up."""
        deadline = time.monotonic() + POLLING
        pause = _FIRST_POLL
        rounds = 0
        while True:
            tag = b""
            for send in self._step.sends:
                if rounds and send.kind != "poll":
                    continue
                data = self._writer.octets(send)
                if rounds:
                    first, space, rest = data.partition(b" ")
                    tag = b"%s.%d" % (first, rounds)
                    data = tag + space + rest
                self._session.send(data)
            await_step(
                self._session, self._tracker, lambda: self._timeout, tag=tag, read=self._read
            )
            if self._tracker.complete:
                return
            if time.monotonic() >= deadline:
                raise self._tracker.unmet("missing")
            self._tracker.again()
            rounds += 1
            time.sleep(pause)
            pause = min(pause * 2, _LAST_POLL)
