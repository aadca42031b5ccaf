"""Two sockets and the octets between them: the I/O under whoever says what they mean.

Nothing here blocks but for a bounded time, and nothing is read while it is being written what
the other side may answer with TLS.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from conformance.wire.deflate import Deflation, NotDeflated

_CHUNK = 64 * 1024
POLL = 0.1
"""Seconds after which words from elsewhere go out at the latest."""
PATIENCE = 20.0
"""Seconds that one side is waited for in the middle of something."""
_HELD = 4 * 1024 * 1024  # octets kept for a side that does not read; its peer has to wait
_LINGER = 5.0  # seconds a client has to go away once the server has closed


class Over(Exception):
    """The connection is at its end."""


class Pipes(ABC):
    """A client's socket and a server's; `ended` is set when all has to end.

    `chunk` and `pause`: the client is sent so many octets at a time, with so many seconds between.
    """

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        ended: threading.Event,
        *,
        chunk: int,
        pause: float,
    ) -> None:
        self._client, self._server = client, server
        self._ended = ended
        self._chunk, self._pause = chunk, pause
        self._inbox = bytearray()  # from the client, not looked at
        self._to_client = bytearray()
        self._to_server = bytearray()
        self._client_gone = self._server_gone = False
        self._client_layer: Deflation | None = None
        self._server_layer: Deflation | None = None
        self._client_wire = bytearray()  # compressed, or written before that began
        self._server_wire = bytearray()

    def _compress_client(self) -> None:
        """Speak compressed with the client from here on (RFC 4978)."""
        self._client_wire += self._to_client
        self._to_client.clear()
        self._client_layer = Deflation()
        early = bytes(self._inbox)
        self._inbox[:] = _inflated(self._client_layer, early)

    def _compress_server(self, early: bytes) -> bytes:
        """Speak compressed with the server from here on; return what `early` says."""
        self._server_wire += self._to_server
        self._to_server.clear()
        self._server_layer = Deflation()
        return _inflated(self._server_layer, early)

    def run(self, life: float = 3600.0) -> None:
        """Lead the connection to its end, which comes after `life` seconds at the latest."""
        for each in (self._client, self._server):
            each.setblocking(False)
        deadline = time.monotonic() + life
        lasts = True
        with contextlib.suppress(Over, OSError, ValueError):
            while time.monotonic() < deadline:
                self._pump(POLL)
                self._digest()
                if self._server_gone:
                    self._part()
                    break
                if self._client_gone and lasts:  # whatever the server still has to say
                    deadline = min(deadline, time.monotonic() + PATIENCE)
                    lasts = False
        for each in (self._client, self._server):
            each.close()

    @abstractmethod
    def _digest(self) -> None:
        """Take what is in `_inbox`: what the client has sent."""

    @abstractmethod
    def _came(self, data: bytes) -> None:
        """Take what the server has sent; empty is the end."""

    def _pass_end(self) -> None:
        """Tell the server that the client has closed, when everything else has gone to it."""
        if self._client_gone and not self._to_server and not self._server_wire:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._server, socket.SHUT_WR)

    def _part(self) -> None:
        """The server has closed: so do we, but not before the client has read everything."""
        self._flush()
        socket.socket.shutdown(self._client, socket.SHUT_WR)
        deadline = time.monotonic() + _LINGER
        while not self._client_gone and time.monotonic() < deadline:
            self._pump(POLL)
            self._inbox.clear()

    def _wait(self, until: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + PATIENCE
        while not until():
            if self._server_gone or time.monotonic() >= deadline:
                return False
            self._pump(POLL)
        return True

    def _flush(self) -> None:
        """Write to the client without reading from it: what comes next may be TLS."""
        deadline = time.monotonic() + PATIENCE
        while (
            (self._to_client or self._client_wire)
            and time.monotonic() < deadline
            and not self._ended.is_set()
        ):
            select.select([], [self._client], [], POLL)
            self._write()

    def _pump(self, timeout: float) -> None:
        """Move octets, once, and take in what the server has said."""
        readers = [s for s, gone, held in self._sides() if not gone and held < _HELD]
        writers = [
            s
            for s, octets in (
                (self._client, self._to_client or self._client_wire),
                (self._server, self._to_server or self._server_wire),
            )
            if octets
        ]
        if any(isinstance(s, ssl.SSLSocket) and s.pending() for s in readers):
            timeout = 0.0
        if (self._client_gone and self._server_gone) or self._ended.is_set():
            raise Over
        ready, _, _ = select.select(readers, [], [], 0.0 if writers else timeout)
        if writers and not ready:
            select.select(readers, writers, [], timeout)
        self._write()
        if self._server in readers and (data := _receive(self._server)) is not None:
            self._server_gone = not data
            said = _inflated(self._server_layer, data)
            if said or not data:
                self._came(said)
        if self._client in readers and (data := _receive(self._client)) is not None:
            self._client_gone = not data
            self._inbox += _inflated(self._client_layer, data)
        self._write()

    def _sides(self) -> Iterable[tuple[socket.socket, bool, int]]:
        """Return each side, whether it has gone, and how much of it the other was not told yet."""
        return (
            (self._client, self._client_gone, len(self._to_server) + len(self._server_wire)),
            (self._server, self._server_gone, len(self._to_client) + len(self._client_wire)),
        )

    def _write(self) -> None:
        to_client = _outgoing(self._client_layer, self._to_client, self._client_wire)
        while to_client:
            sent = _send(self._client, to_client[: self._chunk or _CHUNK])
            del to_client[:sent]
            if not sent:
                break
            if self._chunk and self._pause:
                time.sleep(self._pause)
        to_server = _outgoing(self._server_layer, self._to_server, self._server_wire)
        while to_server and not self._server_gone:
            sent = _send(self._server, to_server[:_CHUNK])
            del to_server[:sent]
            if not sent:
                break


def _outgoing(layer: Deflation | None, text: bytearray, wire: bytearray) -> bytearray:
    """Return the buffer that is written from, with all in it that is to go out."""
    if layer is None:
        return text
    if text:
        wire += layer.deflate(text)
        text.clear()
    return wire


def _inflated(layer: Deflation | None, octets: bytes) -> bytes:
    """Return what octets say.

    Raises:
        Over: They are not compressed as they should be.
    """
    if layer is None or not octets:
        return octets
    try:
        return layer.inflate(octets)
    except NotDeflated as error:
        raise Over from error


def _receive(side: socket.socket) -> bytes | None:
    """Return what has come; None: nothing, empty: the end."""
    try:
        return side.recv(_CHUNK)
    except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None
    except OSError:
        return b""


def _send(side: socket.socket, octets: bytearray) -> int:
    try:
        return side.send(octets)
    except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return 0
