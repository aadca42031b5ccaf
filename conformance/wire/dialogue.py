"""Both directions of one connection put together: which response came in which context.

Sans-IO. `sent` and `received` take octets, `next_arrival` gives one response with the state,
the selected mailbox and the commands in flight around it. The bookkeeping reads the little
that it needs (tags, OK/NO/BAD, response codes) from the skeletons itself, so that a response
with a syntax fault does not stop it. Nothing here judges a response.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.wire import states
from conformance.wire.announced import announced, enabled
from conformance.wire.commands import PROMPTED, SELECTING, Command, begin, continues
from conformance.wire.frames import REQUIREMENTS
from conformance.wire.framing import ENDED, NEED_DATA, Frame, Framer, FramingFault, Signal
from conformance.wire.limits import DEFAULT_LIMITS, KIB, Limits
from conformance.wire.states import State

if TYPE_CHECKING:
    from conformance.syntax.responses import Response

__all__ = ["ENDED", "NEED_DATA", "Arrival", "Command", "Dialogue", "Signal", "State"]

# Of what the client sends only mailbox names are read again: its literals need not be kept.
_CLIENT_LITERAL = 64 * KIB

_STATUS = re.compile(rb"(\S+) +(OK|NO|BAD|BYE|PREAUTH)(?![^ \r])", re.IGNORECASE)
_CODE = re.compile(rb" *\[([^\]\r]*)\]")
_COUNT = re.compile(rb"\* *(\d{1,19}) ")
_NUMBERED = re.compile(rb"\* \d+ [A-Z]+[ \r]")
_NOT_LOOKED = -1


@dataclass(slots=True)
class Arrival:
    """One response from the server in its context."""

    frame: Frame
    start: str
    """Start symbol of the grammar for this response."""
    in_flight: tuple[Command, ...]
    """Commands not answered before it came, the one that it answers included."""
    answers: Command | None
    """The command that it completes, for a tagged response."""
    state: State
    """Before this response."""
    state_after: State
    mailbox: bytes | None
    """The mailbox that is selected, or being selected by the oldest command in flight."""
    when: float
    number: int
    """Running count of the responses of this connection, from 1."""
    _response: Response | None = field(default=None, repr=False, compare=False)
    _count: int | None = field(default=_NOT_LOOKED, repr=False, compare=False)

    @property
    def count(self) -> int | None:
        """The number before EXISTS, RECENT, EXPUNGE or FETCH; read from the octets, never fails."""
        if self._count == _NOT_LOOKED:  # several ask
            found = _COUNT.match(self.frame.text)
            self._count = int(found[1]) if found else None
        return self._count

    @property
    def response(self) -> Response:
        """The typed response, read when first asked for."""
        if self._response is None:
            from conformance.syntax.responses import read_response  # noqa: PLC0415 - on demand

            self._response = read_response(self.frame.text, self.frame.literals)
        return self._response

    @property
    def status(self) -> str:
        """`OK`, `NO`, `BAD`, `BYE` or `PREAUTH` of a status response, otherwise empty."""
        status = _STATUS.match(self.frame.text)
        return "" if status is None else status[2].decode("ascii").upper()


def _exchanges(command: Command) -> bool:
    """Whether a continuation request for it is a challenge, and not for what may be a literal."""
    return command.name == "AUTHENTICATE" and b"{" not in command.text


class Dialogue:
    """What both sides of one connection have said so far.

    Literals that the client sends are kept up to 64 KiB each.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.state = State.GREETING
        self.read_only = False
        self.capabilities: frozenset[str] | None = None
        """In upper case; None while none are known, and again after STARTTLS and UNAUTHENTICATE."""
        self.enabled: frozenset[str] = frozenset()
        """What ENABLED said is on now, in upper case (RFC 5161 section 3.2)."""
        self.bye = False
        """An untagged BYE has come."""
        self._server = Framer("server", limits)
        self._of_client = replace(limits, literal=min(limits.literal, _CLIENT_LITERAL))
        self._client = Framer("client", self._of_client)
        self._flight: list[Command] = []
        self._orphans: list[Command] = []  # done, but their tags may still come
        self._current: Command | None = None  # begun, its literals not sent yet
        self._selected: bytes | None = None
        self._owed = 0  # prompts of the server less the lines that IDLE or AUTHENTICATE sent
        self._commands = 0
        self._arrivals = 0

    @property
    def in_flight(self) -> tuple[Command, ...]:
        """Commands that the server has not answered, oldest first."""
        return tuple(self._flight)

    @property
    def prompted(self) -> bool:
        """Whether the server waits for a line of an AUTHENTICATE or IDLE in flight."""
        return self._owed > 0

    @property
    def mailbox(self) -> bytes | None:
        """Name of the mailbox selected, or being selected by the oldest command in flight."""
        if self._flight and self.state in (State.AUTHENTICATED, State.SELECTED):
            oldest = self._flight[0]
            if oldest.name in SELECTING:
                return oldest.mailbox
        return self._selected

    def join(self, state: State) -> None:
        """Begin in the middle of a connection, which is in `state`: no greeting is to come."""
        self.state = state
        self._arrivals = max(1, self._arrivals)

    def miss(self) -> None:
        """Know that lines of either side were not seen: what is in flight may be answered."""
        self._retire(tuple(self._flight))
        self._owed = 0

    # -- the client's side -------------------------------------------------------------

    def sent(self, data: bytes, when: float) -> list[Command]:
        """Take octets that the client sends; return the commands that begin in them."""
        if not data:
            return []
        begun: list[Command] = []
        self._client.feed(data)
        while isinstance(frame := self._client.next_frame(), Frame):
            command, self._current = self._current, None
            if command is not None:
                command.text, command.literals = frame.text, frame.literals
                command.sending = False
            elif not self._goes_on(frame.text):
                begun.append(self._begin(frame.text, when))
                begun[-1].literals = frame.literals
        if self._client.goes_on:
            text = self._client.unfinished
            if self._current is None:
                self._current = self._begin(text, when)
                self._current.sending = True
                begun.append(self._current)
            self._current.text = text
        return begun

    def _begin(self, text: bytes, when: float) -> Command:
        self._commands += 1
        command = begin(text, when, self._commands)
        command.stray = self._owed > 0
        self._flight.append(command)
        return command

    def give_up(self) -> None:
        """The client sends no more of the command that it has announced a literal of.

        Its tag may still come; a server that can not read the tag has refused it without one.
        """
        if self._current is not None:
            command = self._current
            self._give_up_literal(command)
            if command in self._flight:
                self._retire((command,))

    def _goes_on(self, line: bytes) -> bool:
        """Give the line to the IDLE or AUTHENTICATE that it belongs to, if any."""
        for command in reversed(self._flight):
            if command.name in PROMPTED and continues(command, line):
                command.text += line
                self._owed -= 1
                return True
        return False

    # -- the server's side -------------------------------------------------------------

    def received(self, data: bytes | bytearray | memoryview) -> None:
        """Store octets that the server sent; empty `data` is the end of the stream."""
        self._server.feed(data)

    @property
    def unread(self) -> bytes:
        """What the server sent of a response that is not complete: its skeleton so far."""
        return self._server.unfinished

    @property
    def buffered(self) -> int:
        """How many octets from the server were not looked at yet."""
        return self._server.buffered

    def literal_buffer(self) -> memoryview | None:
        """See `Framer.literal_buffer`."""
        return self._server.literal_buffer()

    def literal_received(self, count: int) -> None:
        """See `Framer.literal_received`."""
        self._server.literal_received(count)

    def abandon_literal(self) -> None:
        """See `Framer.abandon_literal`: a deadline has passed."""
        self._server.abandon_literal()

    def next_arrival(self, when: float) -> Arrival | Signal:
        """Return the next response in its context, or NEED_DATA, or ENDED."""
        frame = self._server.next_frame()
        if isinstance(frame, Signal):
            return frame
        arrival = self._place(frame, when)
        if not any(fault.kind == "truncated" for fault in frame.faults):
            self._account(arrival)
            arrival.state_after = self.state
        return arrival

    def take_unread(self) -> bytes:
        """Take out every octet from the server that is in no response handed out yet."""
        return self._server.take_buffered()

    def secured(self) -> None:
        """Know that TLS begins: half a command that the client has sent before it does not go on.

        The commands that it had completed stay in flight, for a server may answer them all the
        same (RFC 3501 section 6.2.1).
        """
        self._client = Framer("client", self._of_client)
        self._current, self._owed = None, 0

    def plaintext_after_ok(self, octets: bytes, when: float) -> Arrival | None:
        """Place what the server sent in the clear behind the OK to STARTTLS.

        None when there were no octets at all; otherwise an arrival that says so and whose
        content is not to be believed (RFC 3501 section 6.2.1).
        """
        if not octets:
            return None
        fault = FramingFault(
            kind="plaintext-after-ok",
            requirement=REQUIREMENTS["plaintext-after-ok"],
            message=f"{len(octets)} octets in the clear follow the tagged OK to STARTTLS",
            offset=0,
        )
        return self._place(Frame(octets, (), (fault,), len(octets), complete=False), when)

    def _place(self, frame: Frame, when: float) -> Arrival:
        self._arrivals += 1
        return Arrival(
            frame=frame,
            start=self._start(frame.text),
            in_flight=tuple(self._flight),
            answers=None,
            state=self.state,
            state_after=self.state,
            mailbox=self.mailbox,
            when=when,
            number=self._arrivals,
        )

    def _start(self, text: bytes) -> str:
        if self._arrivals == 1:
            return "greeting"
        if text.startswith(b"*"):
            return "response_data"
        if text.startswith(b"+"):
            authenticating = any(map(_exchanges, self._flight))
            return "continue_req_base64" if authenticating else "continue_req"
        return "response_tagged"

    def _account(self, arrival: Arrival) -> None:
        """Draw the consequences of a response for everything kept here."""
        text = arrival.frame.text
        if _NUMBERED.match(text) and arrival.start != "greeting":
            return  # EXISTS, FETCH and the like, which are most
        if text.startswith(b"+"):
            self._owed += any(command.name in PROMPTED for command in self._flight)
            return
        status = _STATUS.match(text)
        word = "" if status is None else status[2].decode("ascii").upper()
        code = None if status is None else _CODE.match(text, status.end())
        words = b"" if code is None else code[1]
        if text.startswith(b"*"):
            if arrival.start == "greeting":
                self._move("greeting", word)
            elif word:
                self._move("untagged", word)
            self.bye = self.bye or word == "BYE"
            if word == "BAD":
                self._retire_unanswerable()
            self._note_access(words)
        else:
            arrival.answers = self._answered(text, arrival.when)
            if arrival.answers is not None:
                self._complete(arrival.answers, word, words)
        names = announced(text)
        if names is not None:
            self.capabilities = names
        self.enabled = enabled(text, self.enabled)

    def _note_access(self, words: bytes) -> None:
        name = words.split(b" ", 1)[0].upper()
        if name in (b"READ-ONLY", b"READ-WRITE"):
            self.read_only = name == b"READ-ONLY"

    def _move(self, event: str, word: str) -> None:
        self.state = states.after(self.state, event, word)
        if self.state is not State.SELECTED:
            self._selected = None
            self.read_only = False

    # -- completion --------------------------------------------------------------------

    def _answered(self, text: bytes, when: float) -> Command | None:
        """Find the command whose tag the line begins with."""
        tag = text.split(b" ", 1)[0].removesuffix(b"\r\n")
        for command in (*self._flight, *self._orphans):
            if command.tag == tag:
                return command
        # A server may refuse a line, for its length say, before it has ended.
        opened = self._client.unfinished
        if tag and self._current is None and opened.startswith(tag + b" "):
            self._current = self._begin(opened + b"\r\n", when)
            return self._current
        return None

    def _complete(self, command: Command, word: str, words: bytes) -> None:
        """Take the command out of flight and follow it to the next state."""
        if command in self._orphans:
            self._orphans.remove(command)
        else:
            self._flight.remove(command)
        command.done = True
        if command is self._current:
            self._give_up_literal(command)
        if command.name in PROMPTED:
            self._owed = 0
            self._retire(other for other in self._flight if other.stray)
        self._retire(
            other
            for other in self._flight
            if other.number < command.number and not other.answerable
        )
        self._move(command.name, word)
        if word == "OK":
            if command.name in SELECTING and self.state is State.SELECTED:
                self._selected = command.mailbox
                self.read_only = command.name == "EXAMINE"
            if command.name in ("STARTTLS", "UNAUTHENTICATE"):
                self.capabilities = None
            if command.name == "UNAUTHENTICATE":
                self.enabled = frozenset()
            if command.name != "EXAMINE":
                self._note_access(words)

    def _give_up_literal(self, command: Command) -> None:
        """The server has answered before the last literal was sent.

        A synchronising one of which nothing was sent never will be; any other is under way
        and the server reads it, whatever it thinks of the command.
        """
        if self._client.awaits_prompt:
            self._client.drop_frame()
            self._current = None
            command.sending = False

    def _retire_unanswerable(self) -> None:
        """An untagged BAD answers the oldest command whose tag can not be repeated."""
        oldest = next((other for other in self._flight if not other.answerable), None)
        if oldest is not None:
            self._retire((oldest,))

    def _retire(self, commands: Iterable[Command]) -> None:
        for command in tuple(commands):
            self._flight.remove(command)
            self._orphans.append(command)
            command.done = True
