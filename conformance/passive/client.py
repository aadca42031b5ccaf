"""Follows what a client says on one connection, and has the checks look at it.

Takes the octets of a client piece by piece: a piece is part of a literal, or of one line. What
the server says is in the dialogue; this is told only when a response has come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from conformance.checks.finding import Fault, Source
from conformance.extending import registry
from conformance.passive.client_rules import ClientCheck, On, Said
from conformance.passive.client_syntax import formal_faults
from conformance.passive.exchanges import Blame, Exchanges
from conformance.wire.announced import announced
from conformance.wire.commands import SELECTING, Command, begin
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.framing import Frame, Framer
from conformance.wire.states import State


class ClientReport(Protocol):
    """Where faults of a client go."""

    def __call__(
        self, source: Source, fault: Fault, text: bytes, number: int, *, sure: bool
    ) -> None:
        """Take where a fault was seen, the fault, and the skeleton of what the client sent.

        `number` is that of the command. `sure`: what may be masked in it has no part in the fault.
        """


CHECKS: tuple[ClientCheck, ...] = registry.rows(__name__, "CHECKS", ClientCheck)
"""Every check of a command, beside its syntax."""

_BY_EVENT = {
    on: tuple(check for check in CHECKS if check.on == on) for on in {c.on for c in CHECKS}
}
_TAGS_KEPT = 10_000
_ON_NAMES: frozenset[On] = frozenset({"begin", "end"})  # what these look at is never masked
_LOGINS = frozenset({"LOGIN", "AUTHENTICATE"})
_LOGGED_IN = frozenset({State.AUTHENTICATED, State.SELECTED})


class HeardCapabilities:
    """What servers were heard to announce: one for all connections to the same server.

    A client may know a list from an earlier connection.
    """

    def __init__(self) -> None:
        self._before: frozenset[str] = frozenset()
        self._after: frozenset[str] = frozenset()
        self._complete = True

    def learn(self, told: frozenset[str], state: State) -> None:
        """Take a list that was told in a state."""
        if state in _LOGGED_IN:
            self._after |= told
        else:
            self._before |= told

    def lose(self) -> None:
        """Know that a list was told of which parts are missing."""
        self._complete = False

    @property
    def before_login(self) -> frozenset[str]:
        """All that was told before a login."""
        return self._before

    @property
    def ever(self) -> frozenset[str]:
        """All that was told in any state."""
        return self._before | self._after

    def known(self, state: State) -> frozenset[str] | None:
        """Return what counts in a state; None while nothing was told that would."""
        if not self._complete:
            return None
        if state in _LOGGED_IN:
            return self._before | self._after if self._after else None
        return self._before or None


class ClientSide:
    """The client's side of one connection.

    `exact`: the order of both sides is known. `announced` is shared by connections to one server.
    """

    def __init__(
        self, dialogue: Dialogue, announced: HeardCapabilities, report: ClientReport, *, exact: bool
    ) -> None:
        self._dialogue = dialogue
        self._announced = announced
        self._report = report
        self._exact = exact
        self.placed = True
        """Whether the state of the connection is known."""
        self.exchanges = Exchanges()
        """The commands that wait for their answers."""
        self._framer = Framer("client")
        self._idle_ended = False  # by the server, though it had not been told to
        self._tags: dict[bytes, None] = {}
        self._open: Said | None = None  # its literals are not sent yet
        self._prompted = False
        self._unicode = False
        self._succeeded: dict[str, None] = {}

    @property
    def goes_on(self) -> bool:
        """Whether a command has begun that is not complete."""
        return self._framer.goes_on

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Cut octets into pieces; each is to be spoken before the next is asked for."""
        at = 0
        while at < len(data):
            left = self._framer.literal_left
            end = at + left if left else data.find(b"\n", at) + 1 or len(data)
            yield data[at:end]
            at = end

    def speak(self, piece: bytes, when: float) -> list[Command]:
        """Take a piece; return the commands that begin in it, for other observers."""
        dialogue = self._dialogue
        if self._open is not None and self._framer.awaits_prompt and not self._prompted:
            self._look("unasked", self._open, self._open.command.text)
        before = (dialogue.in_flight, dialogue.state, dialogue.mailbox)
        begun = dialogue.sent(piece, when)
        said = self._open
        for command in begun:
            said = self._said(command, *before)
            self._begin(said)
        self._framer.feed(piece)
        while isinstance(frame := self._framer.next_frame(), Frame):
            self._complete(said, frame)
            self._open = said = None
        if self._framer.goes_on:
            self._open = said
        if self._framer.awaits_prompt:
            self._prompted = False
        return begun

    def heard(self, arrival: Arrival) -> None:
        """Take a response, after the dialogue has."""
        told = announced(arrival.frame.text)
        if told is not None:
            self._announced.learn(told, arrival.state_after)
        if arrival.frame.text.startswith(b"+"):
            self._prompted = True
        answered = arrival.answers
        if answered is None:
            return
        if answered.name == "IDLE":
            self._idle_ended = b"\r\nDONE" not in answered.text.upper()
        if self._open is not None and answered is self._open.command:
            self._prompted = True
            if self._framer.awaits_prompt:  # it will not send what the server does not want
                self._framer.drop_frame()
                self._open = None
        if answered.name == "ENABLE":
            self._unicode = True
        if arrival.status == "OK":
            self._succeeded.pop(answered.name, None)
            self._succeeded[answered.name] = None
        if not self.placed and arrival.status == "OK":
            self._place(answered)

    def _place(self, answered: Command) -> None:
        """Know the state again from a command that has succeeded."""
        if answered.name in _LOGINS:
            self._dialogue.join(State.AUTHENTICATED)
        self.placed = answered.name in _LOGINS or answered.name in SELECTING

    def closed(self) -> None:
        """Take it that the client has closed the connection."""
        dialogue = self._dialogue
        last = dialogue.in_flight[-1] if dialogue.in_flight else begin(b"", 0.0, 0)
        said = self._said(last, dialogue.in_flight, dialogue.state, dialogue.mailbox)
        self._look("end", said, b"")

    def _said(
        self,
        command: Command,
        flight: tuple[Command, ...],
        state: State,
        mailbox: bytes | None,
    ) -> Said:
        return Said(
            command=command,
            flight=flight,
            tags=self._tags.keys(),
            state=state if self.placed else State.GREETING,
            mailbox=mailbox if state is State.SELECTED else None,
            current=self._dialogue.capabilities,
            announced=self._announced.known(state) if self.placed else None,
            enabled=self._dialogue.enabled,
            unicode=self._unicode,
            succeeded=self._succeeded.keys(),
            before_login=self._announced.before_login,
        )

    def refused(self, arrival: Arrival) -> Blame | None:
        """Say whose fault it is where a response refuses a command; report what that shows."""
        verdict = self.exchanges.answered(arrival)
        command = arrival.answers
        if verdict is not None and command is not None:
            for fault in verdict.found:
                self._report("syntax", fault, command.text, command.number, sure=True)
        return verdict

    def _fault(
        self, source: Source, said: Said, fault: Fault, text: bytes, *, sure: bool = False
    ) -> None:
        self.exchanges.blame(said, fault.message, sure=sure)
        self._report(source, fault, text, said.command.number, sure=sure)

    def _begin(self, said: Said) -> None:
        command = said.command
        self.exchanges.begin(said)
        self._look("line" if command.stray else "begin", said, command.text)
        self._tags[command.tag] = None
        if len(self._tags) > _TAGS_KEPT:
            del self._tags[next(iter(self._tags))]

    def _complete(self, said: Said | None, frame: Frame) -> None:
        if said is None:  # a line of IDLE or AUTHENTICATE, which conforms or is none
            said = self._said(begin(frame.text, 0.0, 0), (), self._dialogue.state, None)
            said.command.stray = True
        self.exchanges.complete(said, frame)
        if frame.text.upper() == b"DONE\r\n" and said.command.tag and not said.command.stray:
            self._done(said, frame.text)
            return
        for formal in formal_faults(said, frame):
            self._fault(formal.source, said, formal.fault, frame.text)
        if not said.command.stray:
            self._look("complete", said, frame.text)

    def _done(self, said: Said, text: bytes) -> None:
        """Take a DONE that ends no IDLE; it may have crossed the server's own end of one."""
        if not self._idle_ended:
            self._look("done", said, text)
        else:
            self.exchanges.mask(said.command.number)
        self._idle_ended = False

    def _look(self, on: On, said: Said, text: bytes) -> None:
        for check in _BY_EVENT[on]:
            if check.exact and not self._exact:
                continue
            for fault in check.judge(said):
                self._fault("ambient", said, fault, text, sure=on in _ON_NAMES)
