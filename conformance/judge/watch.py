"""One connection as it goes by, judged on both sides: what a recording and a relay have in common.

`Judge` holds what connections to the same server share, `Watched` is one of them. Findings go to
a sink at once, with the place where the offending octets stand.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from conformance.checks.finding import KEPT, Fault, Finding, Source, show
from conformance.checks.monitor import Monitor, excerpt_of
from conformance.judge.client import Announced, Client
from conformance.judge.recording import By, Place
from conformance.judge.secrets import Secrets
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.exchange import Ending
from conformance.wire.states import State
from conformance.wire.transcript import Direction, Transcript

_REMEMBERED = 64  # responses whose place is known while a check is still in doubt of them
_LINES_SEEN = 10_000
_TLS_RECORD: Final = (b"\x16\x03", b"\x17\x03", b"\x15\x03")


class Seen(NamedTuple):
    """A finding with the side at fault and the place of the offending octets."""

    side: Direction
    finding: Finding
    place: Place


class Judge:
    """What the connections to one server share; safe to use from several threads."""

    def __init__(self, sink: Callable[[Seen], object]) -> None:
        self.sink = sink
        self.lock = threading.RLock()
        self.announced = Announced()
        self.secrets = Secrets()
        self.monitor = Monitor(self._server_finding)
        self.current: Watched | None = None

    def _server_finding(self, finding: Finding) -> None:
        if self.current is not None:
            self.current.found("S", finding)


class _Track:
    """Where in the recording the octets of one direction stand, by their offset."""

    def __init__(self) -> None:
        self._starts: deque[tuple[int, Place]] = deque()
        self._fed = 0
        self._taken = 0

    def feed(self, count: int, place: Place) -> None:
        self._starts.append((self._fed, place))
        self._fed += count

    def place(self) -> Place | None:
        """Where the next octet that is not taken stands."""
        while len(self._starts) > 1 and self._starts[1][0] <= self._taken:
            self._starts.popleft()
        return self._starts[0][1] if self._starts else None

    def take(self, count: int) -> None:
        self._taken += count


class Watched:
    """A connection that somebody else leads; the `Observed` of monitors."""

    def __init__(self, judge: Judge, name: str, *, exact: bool = True, started: float = 0) -> None:
        self.name = name
        self.dialogue = Dialogue()
        self.transcript = Transcript(started=started)
        self.encrypted = False
        """What follows is TLS and can not be read."""
        self.commands = self.responses = 0
        self._judge = judge
        self._client = Client(self.dialogue, judge.announced, self._client_fault, exact=exact)
        self._server_track = _Track()
        self._places: deque[tuple[bytes, Place]] = deque(maxlen=_REMEMBERED)
        self._place = Place("", "octet", 0)
        self._doubtful = {"C": False, "S": False}
        self._asked_tls = False
        self._shown: set[tuple[str, str]] = set()

    # -- how it begins and ends ----------------------------------------------------------

    def join(self) -> None:
        """Begin in the middle: in which state is not known."""
        with self._judge.lock:
            self.dialogue.join(State.SELECTED)
            self._client.placed = False
            self._judge.monitor.joined(self)

    def skip(self) -> None:
        """Go on behind lines that are missing: what was said in them is not known."""
        with self._judge.lock:
            self.dialogue.miss()
            self.join()

    def join_at_login(self, tag: bytes) -> None:
        """Begin at the answer, with this tag, to a login that was not recorded."""
        with self._judge.lock:
            self.dialogue.join(State.NOT_AUTHENTICATED)
            for command in self.dialogue.sent(tag + b" AUTHENTICATE EXTERNAL\r\n", 0.0):
                self._judge.monitor.command(self, command)

    def ended(self, by: By, when: float, place: Place) -> None:
        """Take the end of the connection, closed by this side first ("": it is not known)."""
        with self._judge.lock:
            self._judge.current, self._place = self, place
            if by == "client" and not self.encrypted:
                self._client.closed()
            if by == "server" and not self.encrypted:
                self.dialogue.received(b"")
                self._listen(when)
                self._judge.monitor.ended(self, Ending("closed", self.dialogue.bye))
            else:
                self._judge.monitor.ended(self, Ending("local", self.dialogue.bye))

    @property
    def unfinished(self) -> bool:
        """Whether it stops in the middle of a response."""
        return not self.encrypted and bool(self.dialogue.unread)

    # -- what goes by --------------------------------------------------------------------

    def client(self, data: bytes, when: float, place: Place, *, doubtful: bool = False) -> None:
        """Take octets of the client."""
        with self._judge.lock:
            if self._is_encrypted(data):
                return
            self.transcript.add("C", data, when)
            self._doubtful["C"] |= doubtful
            self._judge.current, self._place = self, place
            for piece in self._client.pieces(data):
                for command in self._client.speak(piece, when):
                    self.commands += 1
                    self._asked_tls |= command.name == "STARTTLS"
                    self._judge.monitor.command(self, command)
                for secret in self._judge.secrets.learn(self.dialogue, piece):
                    self.transcript.hide(secret)
            if data.endswith(b"\n") and not self._client.goes_on:
                self._doubtful["C"] = False

    def server(self, data: bytes, when: float, place: Place, *, doubtful: bool = False) -> None:
        """Take octets of the server."""
        with self._judge.lock:
            if self._is_encrypted(data):
                return
            self.transcript.add("S", data, when)
            self._doubtful["S"] |= doubtful
            self._judge.current = self
            self._server_track.feed(len(data), place)
            self.dialogue.received(data)
            self._listen(when)

    def _listen(self, when: float) -> None:
        while isinstance(arrival := self.dialogue.next_arrival(when), Arrival):
            self._place = self._server_track.place() or self._place
            self._server_track.take(arrival.frame.size)
            self._places.append((arrival.frame.text[:KEPT], self._place))
            self.responses += 1
            if self._doubtful["S"]:
                self._follow(arrival)
            else:
                self._client.heard(arrival)
                self._judge.monitor.arrival(self, arrival)
            self._doubtful["S"] = False

    def _follow(self, arrival: Arrival) -> None:
        """Keep in step with a response that is not as it was, and take it for no proof."""
        if b"CAPABILITY" in arrival.frame.text.upper():
            self.dialogue.capabilities = None
            self._judge.announced.lose()
            self._judge.monitor.lose_capabilities()
        self._client.heard(arrival)
        self._judge.monitor.follow(self, arrival)

    def _is_encrypted(self, data: bytes) -> bool:
        if self._asked_tls and data.startswith(_TLS_RECORD):
            self.encrypted = True
        return self.encrypted

    # -- findings ------------------------------------------------------------------------

    def found(self, side: Direction, finding: Finding) -> None:
        """Hand on a finding, with its place."""
        if self._doubtful[side]:
            return
        place = self._place
        if side == "S":
            texts = (p for text, p in reversed(self._places) if text == finding.offending)
            place = next(texts, place)
        self._judge.sink(Seen(side, self._judge.secrets.mask(finding), place))

    def _client_fault(self, source: Source, fault: Fault, text: bytes) -> None:
        rule, shape = fault.rule, fault.variant or fault.rule.requirement
        first = (rule.requirement, shape) not in self._shown
        if first and len(self._shown) < _LINES_SEEN:
            self._shown.add((rule.requirement, shape))
        for secret in self._judge.secrets.in_command(text):
            self.transcript.hide(secret)
        self.found(
            "C",
            Finding(
                requirement=rule.requirement,
                level=rule.level,
                section=rule.section,
                message=fault.message,
                expected=fault.expected,
                received=show(text) or ("an empty line" if text else "the end of the connection"),
                shape=shape,
                source=source,
                excerpt=excerpt_of(self, text, "C") if first else (),
                offending=text[:KEPT],
                session=self.name,
            ),
        )
