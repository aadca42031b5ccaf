"""One connection as it goes by, judged on both sides: what a recording and a relay have in common.

`SessionsJudge` holds what connections to the same server share, `Watched` is one of them. Findings
go to a sink at once, with the place where the offending octets stand.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from conformance.casefile.suite import Suite
from conformance.checks.finding import KEPT, Breach, Fault, Source, received, show
from conformance.checks.monitor import Monitor, excerpt_of
from conformance.extending.offered import speaks_rev2
from conformance.passive.answers import Answers
from conformance.passive.client import ClientSide, HeardCapabilities
from conformance.passive.exchanges import Refused
from conformance.passive.recording import By, Place
from conformance.passive.secrets import Overheard, mask, masked
from conformance.run.revision import RunRevision
from conformance.secrecy.secrets import Secrets
from conformance.wire import deflate
from conformance.wire.deflate import Inflater, NotDeflated
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.exchange import Ending
from conformance.wire.states import State
from conformance.wire.transcript import Direction, Transcript

_REMEMBERED = 64  # responses whose place is known while a check is still in doubt of them
_LINES_SEEN = 10_000
_TLS_RECORD: Final = (b"\x16\x03", b"\x17\x03", b"\x15\x03")


@cache
def _rev2() -> RunRevision:
    """Know what rules are in IMAP4rev2: sessions are judged by what they have enabled."""
    return RunRevision(Suite(), "rev2")


class Seen(NamedTuple):
    """A finding with the side at fault and the place of the offending octets."""

    side: Direction
    finding: Breach
    place: Place


class SessionsJudge:
    """What the connections to one server share; safe to use from several threads."""

    def __init__(
        self,
        sink: Callable[[Seen], object],
        refused: Callable[[Refused], object] = lambda _: None,
        secrets: Secrets | None = None,
    ) -> None:
        self.sink = sink
        self.refused = refused
        """Takes each command that was refused."""
        self.lock = threading.RLock()
        self.announced = HeardCapabilities()
        self.secrets = Secrets() if secrets is None else secrets
        self.monitor = Monitor(self._server_finding)
        self.current: Watched | None = None

    def _server_finding(self, finding: Breach) -> None:
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

    def __init__(
        self, judge: SessionsJudge, name: str, *, exact: bool = True, started: float = 0
    ) -> None:
        self.name = name
        self.dialogue = Dialogue()
        self.transcript = Transcript(started=started, secrets=judge.secrets)
        self._overheard = Overheard(judge.secrets, self.transcript)
        self.encrypted = False
        """What follows is TLS and can not be read."""
        self.compressed = False
        """What follows is DEFLATE (RFC 4978), and read through."""
        self.commands = self.responses = 0
        self._inflaters: dict[Direction, Inflater] = {}
        self._judge = judge
        self._client = ClientSide(self.dialogue, judge.announced, self._client_fault, exact=exact)
        self._answers = Answers(self._answer_fault) if exact else None
        self._command_places: dict[int, Place] = {}
        self._garbled = False  # the response that was read last breaks the formal syntax
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
            self._lose()

    def _lose(self) -> None:
        self._client.exchanges.lose()
        self._command_places.clear()
        if self._answers is not None:
            self._answers.lose()

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
            self._overheard.ended()
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
            data = b"" if self._is_encrypted(data) else self._inflated("C", data)
            if not data:
                return
            self._overheard.client(data)
            self.transcript.add("C", data, when)
            self._doubtful["C"] |= doubtful
            self._judge.current, self._place = self, place
            for piece in self._client.pieces(data):
                for command in self._client.speak(piece, when):
                    self.commands += 1
                    self._asked_tls |= command.name == "STARTTLS"
                    self._judge.monitor.command(self, command)
                    if len(self._command_places) < _REMEMBERED:
                        self._command_places[command.number] = place
                    if self._answers is not None:
                        self._answers.command(command, self.dialogue.in_flight)
                if self._doubtful["C"] and self.dialogue.in_flight:
                    self._client.exchanges.mask(self.dialogue.in_flight[-1].number)
            if data.endswith(b"\n") and not self._client.goes_on:
                self._doubtful["C"] = False

    def server(self, data: bytes, when: float, place: Place, *, doubtful: bool = False) -> None:
        """Take octets of the server."""
        with self._judge.lock:
            data = b"" if self._is_encrypted(data) else self._inflated("S", data)
            if not data:
                return
            self._overheard.interrupted()
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
                self._garbled = False
                self._judge.monitor.arrival(self, arrival)
                if self._answers is not None:
                    if self._garbled:
                        self._answers.lose()
                    self._answers.heard(arrival, self._judge.announced.ever)
            if arrival.answers is not None:
                self._overheard.answered()
            self._refusal(arrival)
            self._doubtful["S"] = False
            if not self.compressed and deflate.begins(arrival.answers, arrival.status):
                self._compress(when)

    def _compress(self, when: float) -> None:
        """Read through the compression that begins here (RFC 4978 section 3)."""
        self.compressed = True
        self._inflaters = {"C": Inflater(), "S": Inflater()}
        early = self.dialogue.take_unread()
        self.transcript.take_back(len(early))
        self._server_track.take(len(early))
        said = self._inflated("S", early)
        self._server_track.feed(len(said), self._place)
        if said:
            self.transcript.add("S", said, when)
            self.dialogue.received(said)

    def _inflated(self, side: Direction, data: bytes) -> bytes:
        """Read octets of a side; what is no stream of RFC 1951 is taken for encrypted."""
        if not self.compressed:
            return data
        try:
            return self._inflaters[side].inflate(data)
        except NotDeflated:
            self.encrypted = True
            return b""

    def _refusal(self, arrival: Arrival) -> None:
        """Say whose fault it is where a command is refused."""
        command = arrival.answers
        if command is None:
            return
        verdict = self._client.refused(arrival)
        place = self._command_places.pop(command.number, self._place)
        if verdict is not None and not self._doubtful["S"]:
            refused = Refused(
                session=self.name,
                place=place,
                tag=show(command.tag),
                command=show(command.name.encode("latin-1", "replace")),
                status=arrival.status,
                fault=verdict.fault,
                why=verdict.why,
            )
            self._judge.refused(masked(self._judge.secrets, refused))

    def _follow(self, arrival: Arrival) -> None:
        """Keep in step with a response that is not as it was, and take it for no proof."""
        if b"CAPABILITY" in arrival.frame.text.upper():
            self.dialogue.capabilities = None
            self._judge.announced.lose()
            self._judge.monitor.lose_capabilities()
        if self._answers is not None:
            self._answers.lose()
        self._client.heard(arrival)
        self._judge.monitor.follow(self, arrival)

    def _is_encrypted(self, data: bytes) -> bool:
        if self._asked_tls and data.startswith(_TLS_RECORD):
            self.encrypted = True
        return self.encrypted

    # -- findings ------------------------------------------------------------------------

    def found(self, side: Direction, finding: Breach, known: Place | None = None) -> None:
        """Hand on a finding, with its place, where that is known."""
        if side == "S" and self._doubtful["S"]:
            return
        if side == "S" and speaks_rev2(self.dialogue.capabilities or (), self.dialogue.enabled):
            revised = _rev2().finding(finding)
            if revised is None:
                return
            finding = revised
        self._garbled |= side == "S" and finding.source in ("syntax", "framing")
        place = known or self._place
        if side == "S":
            texts = (p for text, p in reversed(self._places) if text == finding.offending)
            place = next(texts, place)
        self._judge.sink(Seen(side, mask(self._judge.secrets, finding), place))

    def _answer_fault(self, fault: Fault, text: bytes) -> None:
        self.found("S", self._finding("S", "ambient", fault, text))

    def _client_fault(
        self, source: Source, fault: Fault, text: bytes, number: int, *, sure: bool
    ) -> None:
        if self._doubtful["C"] and not sure:
            return
        place = self._command_places.get(number)
        self.found("C", self._finding("C", source, fault, text), place)

    def _finding(self, side: Direction, source: Source, fault: Fault, text: bytes) -> Breach:
        rule, shape = fault.rule, fault.variant or fault.rule.requirement
        first = (rule.requirement, shape) not in self._shown
        if first and len(self._shown) < _LINES_SEEN:
            self._shown.add((rule.requirement, shape))
        return Breach(
            requirement=rule.requirement,
            level=rule.level,
            section=rule.section,
            message=fault.message,
            expected=fault.expected,
            received=received(text),
            shape=shape,
            source=source,
            excerpt=excerpt_of(self, text, side) if first else (),
            offending=text[:KEPT],
            session=self.name,
        )
