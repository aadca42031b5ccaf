"""A proxy that judges: between any client and one server, both sides, as they speak.

Listens in the clear; towards the server TLS is as the endpoint says. Where that is STARTTLS the
proxy negotiates it before the client hears anything, and takes the capabilities out of the
greeting, which were those before TLS. This is for IMAP; `pop3_proxy` is for POP3.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from conformance.passive.pop3 import WatchedPop3
from conformance.passive.tap import ImapTap
from conformance.passive.watch import Seen, SessionsJudge, Watched
from conformance.wire.errors import TLSFailed
from conformance.wire.relay import CONNECT, Relay
from conformance.wire.tls import tls_context
from conformance.wire.transport import Endpoint

_CODE = re.compile(rb"\[CAPABILITY [^\]\r\n]*\] ?", re.IGNORECASE)
_TAG = b"tls1"
_LONGEST = 64 * 1024  # octets that a server may say before TLS


class WatchingProxy(Relay):
    """Serves `server` on `host` and `port`.

    `sink` gets each finding, `say` one line for people, both from the threads of connections.
    With `output` each session leaves a transcript there. `finished` is set when `sessions` of
    them have ended (0: never).

    Raises:
        TLSFailed: The authorities to trust can not be read.
        OSError: The address can not be listened on.
    """

    def __init__(
        self,
        server: Endpoint,
        sink: Callable[[Seen], object],
        say: Callable[[str], None],
        *,
        host: str,
        port: int,
        output: Path | None = None,
        sessions: int = 0,
    ) -> None:
        try:
            outward = tls_context(server.ca_file, server.verify)
        except OSError as error:
            message = f"authorities in {server.ca_file} not readable: {error.strerror}"
            raise TLSFailed(message) from None
        super().__init__(server, outward, host, port)
        self.finished = threading.Event()
        self.ended_sessions = self.commands = self.responses = 0
        self._judge = SessionsJudge(sink)
        self._say = say
        self._output = output
        self._wanted = sessions

    def _unreachable(self, number: int, error: OSError) -> None:
        self._say(f"session {number}: no connection to {self._server}: {error}")
        self._count(None)

    def _lead(self, client: socket.socket, server: socket.socket, number: int) -> None:
        greeting = b""
        try:
            if self._server.security == "starttls":
                server, greeting = self._start_tls(server)
        except (OSError, ValueError) as error:
            for each in (client, server):
                each.close()
            self._say(f"session {number}: no TLS with {self._server}: {error}")
            self._count(None)
            return
        watched = self._watch(client, server, number, greeting)
        if self._output is not None:
            self._keep(self._output, watched, number)
        self._count(watched)

    def _watch(
        self, client: socket.socket, server: socket.socket, number: int, greeting: bytes
    ) -> Watched | WatchedPop3:
        """Lead a connection to its end, and return it with all that was heard."""
        watched = Watched(self._judge, str(number), started=time.monotonic())
        ImapTap(client, server, self._ended, watched, greeting).watch()
        return watched

    def _start_tls(self, server: socket.socket) -> tuple[socket.socket, bytes]:
        """Negotiate; return the socket and the greeting as the client is to see it.

        Raises:
            OSError: The connection ended, or TLS failed.
            ValueError: The server does not begin TLS.
        """
        greeting = self._ask_for_tls(server, ClearLines(server))
        server.settimeout(CONNECT)
        name = self._server.server_name or self._server.host
        return self._outward.wrap_socket(server, server_hostname=name), greeting

    def _ask_for_tls(self, server: socket.socket, clear: ClearLines) -> bytes:
        """Have the server begin TLS; return the greeting as the client is to see it.

        Raises:
            OSError: The connection ended.
            ValueError: The server does not begin TLS.
        """
        greeting = clear.line()
        if not greeting.upper().startswith(b"* OK"):
            raise ValueError("the server does not greet with OK")
        server.sendall(_TAG + b" STARTTLS\r\n")
        answer = clear.line()
        while answer.startswith(b"* "):
            answer = clear.line()
        if not answer.upper().startswith(_TAG.upper() + b" OK"):
            raise ValueError("the server refuses it")
        return _CODE.sub(b"", greeting)

    def _count(self, watched: Watched | WatchedPop3 | None) -> None:
        with self._judge.lock:
            self.ended_sessions += 1
            if watched is not None:
                self.commands += watched.commands
                self.responses += watched.responses
            if self._wanted and self.ended_sessions >= self._wanted:
                self.finished.set()

    def _keep(self, output: Path, watched: Watched | WatchedPop3, number: int) -> None:
        """Write a transcript that `lint` reads; passwords are hidden in it."""
        path = output / f"session-{number:04d}.txt"
        lines = (
            f"{line.when:.6f} {line.direction}: {line.text}" for line in watched.transcript.lines()
        )
        with contextlib.suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
        try:
            path.write_text("\n".join(lines) + "\n", encoding="ascii")
        except OSError as error:
            self._say(f"session {number}: {path}: {error.strerror}")


class ClearLines:
    """What a server says before TLS, in bounded time and length."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self._deadline = time.monotonic() + CONNECT
        self._left = _LONGEST

    def line(self) -> bytes:
        """Read one line, octet by octet: what is behind it may be TLS.

        Raises:
            OSError: The connection ended, or no line came in time.
        """
        line = bytearray()
        while not line.endswith(b"\n"):
            self._server.settimeout(max(0.001, self._deadline - time.monotonic()))
            octet = self._server.recv(1)
            self._left -= 1
            if not octet or self._left < 0:
                raise ConnectionError("the server ends the connection, or does not come to an end")
            line += octet
        return bytes(line)
