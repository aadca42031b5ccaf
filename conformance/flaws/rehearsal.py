"""Whether a flaw does anything in a conversation that was had without it.

A server with a flaw is, in every conversation in which the flaw does nothing, the server without
it: there is nothing to be learnt of playing that again. What was said is recorded on the way
through a server without a flaw; the acts of a flaw are then put to it. Where that does not tell
(an act asks the server something itself, takes its time, or sees a command that was sent before
the one in front of it was answered) it is taken that the flaw does something.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack, cast

from conformance.flaws.connection import FlawedConnection
from conformance.flaws.flaw import Act, Flaw
from conformance.flaws.proxy import FlawedServer
from conformance.flaws.request import Request, announced
from conformance.flaws.talk import Surroundings, Talk
from conformance.wire.commands import PROMPTED, Command
from conformance.wire.dialogue import Arrival
from conformance.wire.states import State
from conformance.wire.transport import Endpoint


@dataclass(frozen=True, slots=True)
class RecordedMoment:
    """A command or a response, and how the connection was then, counted from 1 by the server.

    `alone`: no command was in flight when this one came. `octets` are those of the response.
    """

    connection: int
    state: State
    mailbox: bytes
    tls: bool
    read_only: bool
    command: Command | None = None
    alone: bool = True
    arrival: Arrival | None = None
    octets: bytes = b""


class RecordedMoments:
    """What was said through a server, of all its connections, in the order in which it came."""

    def __init__(self) -> None:
        self._moments: list[RecordedMoment] = []

    def take(self) -> tuple[RecordedMoment, ...]:
        """Return what was said since this was last called."""
        moments, self._moments = self._moments, []
        return tuple(moments)

    def keep(self, moment: RecordedMoment) -> None:
        """Keep what was just said."""
        self._moments.append(moment)


class RecordedServer(FlawedServer):
    """Passes everything on as it is, and keeps it in a recording."""

    def __init__(
        self,
        backend: Endpoint,
        recording: RecordedMoments,
        *,
        certificates: Path,
        implicit: Endpoint | None = None,
    ) -> None:
        super().__init__(backend, certificates=certificates, implicit=implicit)
        self._recording = recording

    def _connection(
        self, client: socket.socket, server: socket.socket, number: int
    ) -> FlawedConnection:
        return _RecordedConnection(client, server, self._recording, **self._surroundings(number))


class _RecordedConnection(FlawedConnection):
    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        recording: RecordedMoments,
        **where: Unpack[Surroundings],
    ) -> None:
        super().__init__(client, server, None, **where)
        self._recording = recording

    def _pass(self, octets: bytes) -> Command | None:
        alone, now = not self.dialogue.in_flight, self._now()
        command = super()._pass(octets)
        if command is not None:
            self._recording.keep(RecordedMoment(*now, command=command, alone=alone))
        return command

    def _hear(self, arrival: Arrival, octets: bytes) -> None:
        self._recording.keep(RecordedMoment(*self._now(), arrival=arrival, octets=octets))
        super()._hear(arrival, octets)

    def _now(self) -> tuple[int, State, bytes, bool, bool]:
        return self.number, self.state, self.mailbox, self.tls, self.dialogue.read_only


def does_something(flaw: Flaw, moments: Iterable[RecordedMoment]) -> bool:
    """Whether a flaw changes, adds or leaves out anything of what was said, as far as can be told.

    True where it may.
    """
    if any(
        act.chunk or act.pause or act.secured or act.longest or act.tls or "+" in act.names
        for act in flaw.acts
    ):
        return True
    shared: dict[Any, Any] = {}
    stages: dict[int, _Stage] = {}
    try:
        for moment in moments:
            stage = stages.setdefault(moment.connection, _Stage(moment.connection, shared))
            stage.set(moment)
            if moment.command is not None and _touched(flaw.acts, stage, moment):
                return True
            if moment.arrival is not None and _altered(flaw.acts, stage, moment):
                return True
    except _NotToBeTold:
        return True
    return False


class _NotToBeTold(Exception):
    """An act wants something of the connection that only a real one has."""


class _Stage:
    """Stands for a `Talk` where an act is only rehearsed: it can be looked at, and not used."""

    def __init__(self, number: int, shared: dict[Any, Any]) -> None:
        self.number = number
        self.shared = shared
        self.memory: dict[Any, Any] = {}

    def set(self, moment: RecordedMoment) -> None:
        """Make it look as the connection did then."""
        self.state, self.mailbox, self.tls = moment.state, moment.mailbox, moment.tls
        self.dialogue = _Looks(moment.read_only)

    def __getattr__(self, name: str) -> Any:
        raise _NotToBeTold(name)


class _Looks:
    """What acts look at of a dialogue."""

    def __init__(self, read_only: bool) -> None:
        self.read_only = read_only

    def __getattr__(self, name: str) -> Any:
        raise _NotToBeTold(name)


def _altered(acts: Iterable[Act], stage: _Stage, moment: RecordedMoment) -> bool:
    arrival, octets = cast(Arrival, moment.arrival), moment.octets
    for act in acts:
        if act.response is not None and octets:
            octets = act.response(cast(Talk, stage), arrival, octets)
    return octets != moment.octets


def _touched(acts: Iterable[Act], stage: _Stage, moment: RecordedMoment) -> bool:
    command = cast(Command, moment.command)
    wanting = [act for act in acts if act.wants(command.name)]
    if not wanting:
        return False
    octets = _octets_of(command)
    if not moment.alone or octets is None:
        return True
    first = octets[: octets.find(b"\n") + 1]
    for act in wanting:
        request = Request(first if act.early else octets)
        if act.command is not None:
            instead = act.command(cast(Talk, stage), request)
            if instead is not None and instead != request.octets:
                return True
    return False


def _octets_of(command: Command) -> bytes | None:
    """Return what was sent of a command, None if not all of it was or is known."""
    lines = command.text.split(b"\n")
    if command.sending or lines.pop():
        return None
    if command.name in PROMPTED:  # the other lines are the answers to what it was asked
        return lines[0] + b"\n"
    literals = list(command.literals)
    octets = b""
    for line in lines:
        octets += line + b"\n"
        literal = announced(line + b"\n")
        if literal is not None and literals:
            octets += (payload := bytes(literals.pop(0)))
            if len(payload) != literal[0]:
                return None
    return octets
