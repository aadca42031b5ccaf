"""A proxy that passes on everything, but for one flaw in what the server says.

One thread a direction and connection; loopback only. It follows the dialogue so that a flaw knows
the context of each response. STARTTLS is hidden from the client: TLS could not be looked into.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from conformance.flaws.flaw import Flaw
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.framing import Frame
from conformance.wire.transport import Endpoint

_CHUNK = 64 * 1024
_PATIENCE = 30.0  # seconds for a connection without a word, so that no thread lasts for ever
_MARKER = re.compile(rb"\{\d+\+?\}\r\n")
_STARTTLS = re.compile(rb" STARTTLS(?![^ \]\r])", re.IGNORECASE)


class FlawedServer:
    """Serves `backend` with one flaw (None: untouched) on a loopback port of its own."""

    def __init__(self, backend: Endpoint, flaw: Flaw | None = None) -> None:
        self._backend = backend
        self._flaw = flaw
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._ended = False

    @property
    def endpoint(self) -> Endpoint:
        """Where clients connect."""
        return Endpoint("127.0.0.1", self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._ended = True
            sockets = [self._listener, *self._sockets]
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection((self._backend.host, self._backend.port))
            except OSError:
                return
            with self._lock:
                self._sockets |= {client, server}
                ended = self._ended
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                each.settimeout(_PATIENCE)
                if ended:
                    each.close()
            link = _Link(client, server, self._flaw)
            self._start(link.upstream)
            self._start(link.downstream)


class _Link:
    """One connection of a client and its connection to the server."""

    def __init__(self, client: socket.socket, server: socket.socket, flaw: Flaw | None) -> None:
        self._client = client
        self._server = server
        self._flaw = flaw
        self._dialogue = Dialogue()
        self._lock = threading.Lock()

    def upstream(self) -> None:
        """Pass on what the client says."""
        with contextlib.suppress(OSError):
            while data := self._client.recv(_CHUNK):
                with self._lock:
                    self._dialogue.sent(data, time.monotonic())
                self._server.sendall(data)
        self._shut(self._server)

    def downstream(self) -> None:
        """Pass on what the server says, flawed."""
        with contextlib.suppress(OSError):
            while data := self._server.recv(_CHUNK):
                out = bytearray()
                with self._lock:
                    self._dialogue.received(data)
                    while isinstance(arrival := self._next(), Arrival):
                        out += self._changed(arrival)
                self._client.sendall(out)
        self._shut(self._client)

    def _next(self) -> object:
        return self._dialogue.next_arrival(time.monotonic())

    def _changed(self, arrival: Arrival) -> bytes:
        octets = _STARTTLS.sub(b"", octets_of(arrival.frame))
        return self._flaw.change(arrival, octets) if self._flaw else octets

    def _shut(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError):
            peer.shutdown(socket.SHUT_WR)


def octets_of(frame: Frame) -> bytes:
    """Put a frame together again: its skeleton with the payloads in their places."""
    literals = iter(frame.literals)
    return _MARKER.sub(lambda found: found[0] + bytes(next(literals, b"")), frame.text)
