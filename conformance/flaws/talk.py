"""What the acts of a flaw know of the connection that they are in, and what they can do there."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from conformance.flaws.request import Request
from conformance.wire.dialogue import Command, Dialogue
from conformance.wire.pipes import PATIENCE, Over, Pipes
from conformance.wire.states import State


class Surroundings(TypedDict):
    """What a connection has from the server that it is one of; see `Talk`."""

    number: int
    shared: dict[Any, Any]
    inward: ssl.SSLContext
    outward: ssl.SSLContext
    ended: threading.Event
    connect: Callable[[], socket.socket]


@dataclass(slots=True)
class Question:
    """A command whose answer does not go to the client by itself."""

    command: Command
    shown: str
    answer: list[bytes] = field(default_factory=list)


class Talk(Pipes):
    """A connection: what acts know of it, and what they can do; `connection` leads it.

    `number` counts the connections of the flawed server from 1. `memory` is for acts to remember
    things by; `shared` is the same for all connections of the server. The client is sent `chunk`
    octets at a time, with `pause` seconds between; see `Pipes`.
    """

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        *,
        chunk: int,
        pause: float,
        **where: Unpack[Surroundings],
    ) -> None:
        super().__init__(client, server, where["ended"], chunk=chunk, pause=pause)
        self.number = where["number"]
        self.memory: dict[Any, Any] = {}
        self.shared = where["shared"]
        self.dialogue = Dialogue()
        """As the server sees it: commands that were answered here are not in it."""
        self.tls = isinstance(client, ssl.SSLSocket)
        self._inward, self._outward = where["inward"], where["outward"]
        self._connect = where["connect"]
        self._literal = 0  # octets of the client's literal still to go on
        self._question: Question | None = None
        self._prompts = 0  # continuation requests that were kept from the client
        self._swallow = False
        self._asked = 0

    @property
    def state(self) -> State:
        """The state of the server's side."""
        return self.dialogue.state

    @property
    def mailbox(self) -> bytes:
        """The mailbox that is selected, or empty."""
        return self.dialogue.mailbox or b""

    @property
    def over(self) -> bool:
        """Whether the connection has come to its end."""
        return self._server_gone or self._client.fileno() < 0

    @property
    def kept(self) -> int:
        """How many octets of the client have gone nowhere yet."""
        return len(self._inbox)

    @property
    def more_is_there(self) -> bool:
        """Whether the client has sent something behind what is looked at."""
        return bool(self._inbox)

    def say(self, octets: bytes) -> None:
        """Send octets to the client, behind everything that was sent before."""
        self._to_client += octets

    def ask(self, command: bytes, shown: str = "news") -> list[bytes]:
        """Put a command of our own (no tag, no CRLF) to the server; return its answer.

        The last response is the tagged one. `shown` says what the client gets to see of the
        others: `all`, `none`, or `news` (EXISTS, RECENT, EXPUNGE and what is told unasked of
        flags, without which it would be out of step).
        """
        self._asked += 1
        request = Request(b"flaw%d %s\r\n" % (self._asked, command))
        return self.exchange(request, shown=shown)

    def exchange(self, request: Request, shown: str = "none") -> list[bytes]:
        """Put a client's command to the server and return the answer, which nobody has seen yet."""
        begun = self.dialogue.sent(request.octets, time.monotonic())
        if not begun:
            return []
        self._question = question = Question(begun[0], shown)
        try:
            self._put(request, begun[0])
            self._wait(lambda: begun[0].done)
        finally:
            self._question = None
        return question.answer

    def read_line(self) -> bytes:
        """Wait for a line of the client, for instance after a continuation request of our own."""
        self._wait(lambda: b"\n" in self._inbox or self._client_gone)
        end = self._inbox.find(b"\n") + 1
        if not end:
            raise Over
        return self._take(end)

    def read(self, count: int) -> bytes:
        """Wait for so many octets of the client."""
        self._wait(lambda: len(self._inbox) >= count or self._client_gone)
        if len(self._inbox) < count:
            raise Over
        return self._take(count)

    def rest(self, seconds: float) -> None:
        """Do nothing for so many seconds, with neither side."""
        time.sleep(seconds)

    def secure(self, said: bytes, *, keep: bytes = b"") -> None:
        """Say `said` and negotiate TLS with the client alone; `keep` is read under TLS."""
        self._inbox.clear()
        self.say(said)
        self._flush()
        self._client.settimeout(PATIENCE)
        self._client = self._inward.wrap_socket(self._client, server_side=True)
        self._client.setblocking(False)
        self.tls = True
        self._inbox += keep

    def renew(self) -> None:
        """Go on with a new connection to the server, which knows nothing of what was before.

        The client is not told; the greeting is kept from it.

        Raises:
            Over: the server does not let us in again.
        """
        try:
            server = self._connect()
            server.settimeout(PATIENCE)
            greeting = b""
            while not greeting.endswith(b"\r\n"):
                octets = server.recv(1)
                if not octets:
                    raise Over
                greeting += octets
        except OSError as error:
            raise Over from error
        server.setblocking(False)
        self._server.close()
        self._server = server
        self._to_server.clear()
        self.dialogue = Dialogue()
        self.dialogue.received(greeting)
        self.dialogue.next_arrival(time.monotonic())

    def compress(self) -> None:
        """Speak compressed with the client alone, behind what was said (RFC 4978)."""
        self._compress_client()

    @property
    def compressed(self) -> bool:
        """Whether the client is spoken to compressed."""
        return self._client_layer is not None

    def close(self) -> None:
        """Close the connection as soon as everything said has gone out."""
        self._flush()
        raise Over

    def _take(self, count: int, *, literal: bool = False) -> bytes:
        octets = bytes(self._inbox[:count])
        del self._inbox[:count]
        if literal:
            self._literal -= count
        return octets

    def _put(self, request: Request, command: Command) -> None:
        """Send a command to the server, which may want to be asked before each literal."""
        *waiting, last = request.pieces()
        self._swallow = True
        try:
            for piece in waiting:
                self._prompts = 0
                self._to_server += piece
                self._wait(lambda: self._prompts > 0 or command.done)
                if not self._prompts:
                    return
        finally:
            self._swallow = False
        self._to_server += last
