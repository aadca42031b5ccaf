"""Serves a behaviour: a listener on loopback, a thread for each connection.

Whatever a behaviour sends ends when the client goes, or when the server is left.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import select
import shutil
import socket
import ssl
import struct
import tempfile
import threading
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from conformance.hostile.behaviour import Behaviour, Deed, Deeds, Link, Moment, Pause, Raw
from conformance.hostile.decent import Decent, DecentStore
from conformance.targets.loopback import HOST, Certificate, issue_certificate
from conformance.wire.transport import Endpoint

_LONGEST = 1 << 27  # octets of a command, its literals within
_CHUNK = 1 << 16
_PATIENCE = 600.0  # seconds without a word from the client
_JOIN = 5.0


class _Over(Exception):
    """The connection is at its end."""


@functools.cache
def _certificate() -> Certificate:
    """Issue what all servers of this process show."""
    folder = Path(tempfile.mkdtemp(prefix="imapc-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return issue_certificate(folder)


@functools.cache
def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate().chain, _certificate().key)
    return context


class HostileServer:
    """Serves `behaviour` on `port` of this machine (0: a free one), for any user and password."""

    def __init__(self, behaviour: Behaviour, port: int = 0) -> None:
        self.behaviour = behaviour
        self.store = DecentStore()
        self.ended = threading.Event()
        self.open = 0
        self._listener = socket.create_server((HOST, port), backlog=64)
        self._connections = 0
        self._sockets: set[_HostileConversation] = set()
        self._threads: list[threading.Thread] = []

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens, and how it is meant to be spoken to."""
        port = int(self._listener.getsockname()[1])
        return Endpoint(
            HOST, port, self.behaviour.way, _certificate().authority, server_name="localhost"
        )

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for conversation in list(self._sockets):
            conversation.end()
        for thread in self._threads:
            thread.join(_JOIN)

    def _start(self, target: object, *arguments: object) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            self._start(self._serve, client, self._connections)

    def _serve(self, client: socket.socket, number: int) -> None:
        self.open += 1
        conversation = _HostileConversation(self, client, number)
        self._sockets.add(conversation)
        try:
            conversation.lead()
        finally:
            self._sockets.discard(conversation)
            self.open -= 1


class _HostileConversation:
    """One connection."""

    def __init__(self, server: HostileServer, client: socket.socket, number: int) -> None:
        self._server, self._number = server, number
        self._socket: socket.socket | ssl.SSLSocket = client
        self._buffer = bytearray()
        self._turns: Counter[str] = Counter()
        self._decent = Decent(server.store, server.behaviour.capabilities)
        self._owed: list[Deed] = []  # the completion of the IDLE or AUTHENTICATE that goes on

    def lead(self) -> None:
        """Talk until either side has enough."""
        with contextlib.suppress(_Over, OSError, ValueError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.settimeout(_PATIENCE)
            if self._server.behaviour.way == "implicit":
                self._turn("HANDSHAKE", [Link.SECURE])
            announced = b"* OK [CAPABILITY " + self._decent.capabilities + b"] ready\r\n"
            self._turn("GREETING", [announced])
            while True:
                self._hear(self._line())
        self.end()

    def end(self) -> None:
        """Let the connection go; may be called from another thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    # -- what the client says --------------------------------------------------------------

    def _line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._read()
        end = self._buffer.index(b"\n") + 1
        line = bytes(self._buffer[:end])
        del self._buffer[:end]
        return line

    def _read(self) -> None:
        data = self._socket.recv(_CHUNK)
        if not data or len(self._buffer) > _LONGEST:
            raise _Over
        self._buffer += data

    def _hear(self, line: bytes) -> None:
        """Take a command with its literals, and answer."""
        while line.endswith(b"}\r\n") and (size := _literal(line)) is not None:
            if not line.endswith(b"+}\r\n"):
                self._turn("PROMPT", [b"+ go on\r\n"], *_head(line))
            while len(self._buffer) < size:
                self._read()
            line += bytes(self._buffer[:size])
            del self._buffer[:size]
            line += self._line()
        tag, name, arguments = _parts(line)
        if name == "IDLE":
            self._turn(name, [b"+ idling\r\n"], tag, arguments)
            self._line()
            self._turn("DONE", [tag + b" OK done\r\n"], tag)
        elif name == "AUTHENTICATE":
            if b" " not in arguments.strip():
                self._turn(name, [b"+ \r\n"], tag, arguments)
                self._line()
            self._turn("SASL", [tag + b" OK done\r\n"], tag, arguments)
        elif name == "STARTTLS":
            self._turn(name, [tag + b" OK begin\r\n", Link.SECURE], tag)
        else:
            self._take(Moment(name, lambda: self._answer(tag, name, arguments), tag, arguments))

    def _answer(self, tag: bytes, name: str, arguments: bytes) -> list[Deed]:
        said = self._decent.answer(tag, name, arguments)
        return [*said, Link.CLOSE] if said[0].startswith(b"* BYE") else [*said]

    # -- what the server does --------------------------------------------------------------

    def _turn(self, name: str, usual: list[Deed], tag: bytes = b"*", rest: bytes = b"") -> None:
        self._take(Moment(name, lambda: usual, tag, rest))

    def _take(self, moment: Moment) -> None:
        self._turns[moment.name] += 1
        moment.connection, moment.open = self._number, self._server.open
        moment.turn = self._turns[moment.name]
        deeds = self._server.behaviour.answer(moment)
        self._do(moment.usual if deeds is None else deeds)

    def _do(self, deeds: Deeds) -> None:
        for deed in deeds:
            if self._server.ended.is_set():
                raise _Over
            if isinstance(deed, bytes):
                self._socket.sendall(deed)
            elif isinstance(deed, Pause):
                self._rest(deed.seconds)
            elif isinstance(deed, Raw):
                with socket.socket(fileno=socket.dup(self._socket.fileno())) as below:
                    below.sendall(deed.octets)
            elif deed is Link.SECURE:
                self._socket = _tls().wrap_socket(self._socket, server_side=True)
            elif deed is Link.END_TLS and isinstance(self._socket, ssl.SSLSocket):
                self._socket = self._socket.unwrap()
            elif deed is Link.HANG:
                self._rest(_PATIENCE)
            else:
                self._leave(reset=deed is Link.RESET)

    def _rest(self, seconds: float) -> None:
        """Wait, but not for a client that has gone."""
        while seconds > 0 and not self._server.ended.wait(min(seconds, 0.5)):
            seconds -= 0.5
            readable, _, _ = select.select([self._socket], [], [], 0)
            in_clear = not isinstance(self._socket, ssl.SSLSocket)
            if readable and in_clear and not self._socket.recv(1, socket.MSG_PEEK):
                raise _Over

    def _leave(self, *, reset: bool) -> None:
        if reset:
            linger = struct.pack("ii", 1, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._socket.close()
        raise _Over


def _parts(line: bytes) -> tuple[bytes, str, bytes]:
    tag, _, rest = line.removesuffix(b"\n").removesuffix(b"\r").partition(b" ")
    name, _, arguments = rest.partition(b" ")
    return tag, name.decode("latin-1").upper(), arguments


def _head(line: bytes) -> tuple[bytes, bytes]:
    tag, _, rest = line.partition(b" ")
    return tag, rest


def _literal(line: bytes) -> int | None:
    """Return the size that the end of a line announces."""
    count = line[line.rfind(b"{") + 1 : -3].removesuffix(b"+")
    return int(count) if count.isdigit() and len(count) < 10 else None
