"""One connection of the judging proxy: octets go on unchanged and as they come, and are judged.

The one exception is STARTTLS, which would hide everything behind it: it is answered with NO here
and the server never sees it.
"""

from __future__ import annotations

import re
import socket
import threading
import time

from conformance.judge.recording import By, Place
from conformance.judge.watch import Watched
from conformance.wire.commands import PROMPTED
from conformance.wire.pipes import Pipes

REFUSAL = b"%s NO STARTTLS can not be watched through this proxy; connect to it without TLS\r\n"
"""What a client is told instead of the server's answer."""

_STARTTLS = re.compile(rb"([^ \r\n]+) +STARTTLS *\r?\n", re.IGNORECASE)
# The beginning of a line that may become such a command; longer tags are let through.
_MAY_BECOME = re.compile(
    rb"[^ \r\n]{1,64}(?: +(?:S|ST|STA|STAR|START|STARTT|STARTTL|STARTTLS *\r?)?)?", re.IGNORECASE
)
_LIFE = 7 * 24 * 3600.0  # seconds: a client may sit in IDLE for days


class Tap(Pipes):
    """A client, a server, and the judge of both; `greeting` was read from the server before."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        ended: threading.Event,
        watched: Watched,
        greeting: bytes = b"",
    ) -> None:
        super().__init__(client, server, ended, chunk=0, pause=0.0)
        self._watched = watched
        self._held = bytearray()  # from the client, and may become a STARTTLS
        self._refusal = b""
        self._sent = self._received = 0
        self._closed_by: By = ""
        if greeting:
            self._came(greeting)

    def watch(self) -> None:
        """Lead the connection to its end, and have the judge know how it ended."""
        self.run(_LIFE)
        by = "" if self._ended.is_set() else self._closed_by
        count = self._received if by == "server" else self._sent
        self._watched.ended(by, time.monotonic(), Place("", "octet", count))

    def _came(self, data: bytes) -> None:
        if not data:
            self._closed_by = self._closed_by or "server"
            return
        place = Place("", "octet", self._received)
        self._received += len(data)
        self._watched.server(data, time.monotonic(), place)
        self._to_client += data
        self._refuse()

    def _digest(self) -> None:
        self._held += self._inbox
        self._inbox.clear()
        while self._held:
            end = self._held.find(b"\n") + 1
            begins = not self._goes_on()
            if not end and begins and not self._client_gone and _MAY_BECOME.fullmatch(self._held):
                return
            piece = bytes(self._held[: end or len(self._held)])
            del self._held[: len(piece)]
            found = _STARTTLS.fullmatch(piece) if begins else None
            if found is not None:
                self._refusal += REFUSAL % found[1]
                self._refuse()
                continue
            place = Place("", "octet", self._sent)
            self._sent += len(piece)
            self._watched.client(piece, time.monotonic(), place)
            self._to_server += piece
        if self._client_gone:
            self._closed_by = self._closed_by or "client"
        self._pass_end()

    def _goes_on(self) -> bool:
        """Whether the client's next line belongs to a command that has begun."""
        return any(
            command.sending or command.name in PROMPTED
            for command in self._watched.dialogue.in_flight
        )

    def _refuse(self) -> None:
        """Refuse STARTTLS, but not in the middle of what the server says."""
        if self._refusal and not self._watched.dialogue.unread:
            self._to_client += self._refusal
            self._refusal = b""
