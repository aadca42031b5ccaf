"""A server of POP3 with one flaw: takes connections on a loopback port, each to a good server.

POP3 goes by turns, so a connection is a loop: a command of the client's, the reply of the server's.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Sequence
from typing import Any, Final

from conformance.flaws.pop3.act import GREETING, Pop3Act, Pop3Talk, name_of, number_of
from conformance.targets.loopback import HOST
from conformance.wire.pop3.framing import CRLF, Pop3Reply, ReplyReader, is_multiline
from conformance.wire.relay import Relay
from conformance.wire.transport import CHUNK, Endpoint

_PATIENCE: Final = 10.0  # seconds for one answer of the server
_LOOK: Final = 0.05  # seconds after which the end of the relay is noticed
_LONGEST: Final = 4096  # octets of a line of the client


class SideGone(Exception):
    """A side of the connection has gone."""


class FlawedPop3(Relay):
    """Serves the POP3 `backend` with the acts of one flaw."""

    def __init__(self, backend: Endpoint, acts: Sequence[Pop3Act], *, port: int = 0) -> None:
        super().__init__(backend, ssl.create_default_context(), HOST, port)
        self._acts = tuple(acts)
        self._shared: dict[Any, Any] = {}

    @property
    def endpoint(self) -> Endpoint:
        """Where clients connect."""
        return Endpoint(HOST, self.port)

    def _lead(self, client: socket.socket, server: socket.socket, number: int) -> None:  # noqa: ARG002
        with client, _Server(server) as behind, contextlib.suppress(OSError, SideGone):
            _Pop3Connection(
                client, behind, self._acts, self._shared, self._ended, self._another
            ).run()

    def _another(self) -> _Server:
        return _Server(self._connect())


class _Server:
    """The good server's side of a connection."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._reader = ReplyReader()
        stream.settimeout(_PATIENCE)

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def ask(self, command: bytes) -> Pop3Reply:
        """Send a command and return its reply."""
        self._stream.sendall(command + CRLF)
        return self.reply(multiline=is_multiline(command))

    def reply(self, *, multiline: bool = False) -> Pop3Reply:
        """Return the next reply.

        Raises:
            SideGone: the connection ended before it.
        """
        while not isinstance(reply := self._reader.next_reply(multiline=multiline), Pop3Reply):
            octets = self._stream.recv(CHUNK)
            if not octets:
                raise SideGone
            self._reader.feed(octets)
        return reply


class _Pop3Connection:
    """One client, and the flaw between it and the server."""

    def __init__(
        self,
        client: socket.socket,
        server: _Server,
        acts: tuple[Pop3Act, ...],
        shared: dict[Any, Any],
        ended: threading.Event,
        another: Any,
    ) -> None:
        self._client, self._server, self._acts = client, server, acts
        self._ended, self._another = ended, another
        self._inbox = bytearray()
        self._login: list[bytes] = []
        self._talk = Pop3Talk(server.ask, self._anew, shared)

    def run(self) -> None:
        """Lead the connection to its end."""
        greeting = self._server.reply()
        self._client.sendall(self._replied(GREETING, greeting))
        try:
            while self._turn():
                pass
        except (OSError, SideGone):
            for act in self._acts:
                if act.dropped:
                    self._server.ask(act.dropped)

    def _turn(self) -> bool:
        """Take a command and answer it; say whether the session goes on."""
        command = self._line()
        name = name_of(command)
        for act in self._acts:
            if act.command is not None and act.wants(name):
                octets = act.command(self._talk, command)
                if octets is not None:
                    self._client.sendall(octets)
                    return True
        sent = command
        for act in self._acts:
            if act.rewrite is not None and act.wants(name):
                sent = act.rewrite(self._talk, sent)
        reply = self._server.ask(sent)
        self._note(name, command, reply)
        self._client.sendall(self._replied(command, reply))
        if name != b"QUIT":
            return True
        if any(act.stays for act in self._acts):
            self._ended.wait(_PATIENCE)
        return False

    def _note(self, name: bytes, command: bytes, reply: Pop3Reply) -> None:
        """Remember what the session has come to."""
        if name in (b"USER", b"PASS", b"APOP"):
            self._login.append(command)
        if not reply.positive:
            return
        if name == b"DELE":
            self._talk.marked.add(number_of(command))
        elif name == b"RSET":
            self._talk.marked.clear()
        elif name in (b"PASS", b"APOP"):
            self._talk.logged_in = True

    def _replied(self, command: bytes, reply: Pop3Reply) -> bytes:
        name = name_of(command)
        for act in self._acts:
            if act.reply is not None and act.wants(name):
                return act.reply(self._talk, command, reply)
        return reply.octets()

    def _anew(self, commands: tuple[bytes, ...]) -> None:
        with self._another() as server:
            server.reply()
            for command in (*self._login, *commands):
                server.ask(command)

    def _line(self) -> bytes:
        """Return the next line of the client, without its end."""
        while b"\n" not in self._inbox:
            if self._ended.is_set() or len(self._inbox) > _LONGEST:
                raise SideGone
            ready, _, _ = select.select([self._client], [], [], _LOOK)
            octets = self._client.recv(CHUNK) if ready else None
            if octets == b"":
                raise SideGone
            self._inbox += octets or b""
        line, _, rest = bytes(self._inbox).partition(b"\n")
        self._inbox[:] = rest
        return line.removesuffix(b"\r")
