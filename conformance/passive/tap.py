"""One connection of the judging proxy: octets go on unchanged and as they come, and are judged.

Judging takes time, so octets go on first; the order in which they came is kept for the judge.
The one exception is the command that begins TLS, which would hide everything behind it: it is
refused here and the server never sees it. COMPRESS of IMAP goes on, and is seen through.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from abc import abstractmethod
from typing import ClassVar, Generic, NamedTuple, TypeVar

from conformance.passive.pop3 import WatchedPop3
from conformance.passive.recording import By, Place
from conformance.passive.watch import Watched
from conformance.wire.commands import PROMPTED
from conformance.wire.pipes import Pipes
from conformance.wire.transcript import Direction

REFUSAL = b"%s NO STARTTLS can not be watched through this proxy; connect to it without TLS\r\n"
"""What a client is told instead of the server's answer."""

W = TypeVar("W", Watched, WatchedPop3)
_LIFE = 7 * 24 * 3600.0  # seconds: a client may sit in IDLE for days


class _Passed(NamedTuple):
    """Octets that have gone on and are still to be judged."""

    way: Direction
    octets: bytes
    when: float
    offset: int


class Tap(Pipes, Generic[W]):
    """A client, a server, and the judge of both; `greeting` was read from the server before."""

    begins_tls: ClassVar[re.Pattern[bytes]]
    """A command that asks for TLS."""
    may_become: ClassVar[re.Pattern[bytes]]
    """The beginning of a line that may become such a command."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        ended: threading.Event,
        watched: W,
        greeting: bytes = b"",
    ) -> None:
        super().__init__(client, server, ended, chunk=0, pause=0.0)
        self._watched: W = watched
        self._held = bytearray()  # from the client, and may become a command for TLS
        self._inside = False  # what comes from the client goes on with a line
        self._refusal = b""
        self._offsets: dict[Direction, int] = {"C": 0, "S": 0}
        self._passed: list[_Passed] = []
        self._closed_by: By = ""
        if greeting:
            self._came(greeting)

    @abstractmethod
    def _refused(self, asked: re.Match[bytes]) -> bytes:
        """Return what a client is told that asks for TLS."""

    @abstractmethod
    def _in_turn(self) -> bool:
        """Whether the client may be told now, between what the server says."""

    @abstractmethod
    def _expects_more(self) -> bool:
        """Whether the client's next line goes on with what it said before."""

    def watch(self) -> None:
        """Lead the connection to its end, and have the judge know how it ended."""
        self.run(_LIFE)
        self._judge()
        by = "" if self._ended.is_set() else self._closed_by
        place = Place("", "octet", self._offsets["S" if by == "server" else "C"])
        self._watched.ended(by, time.monotonic(), place)

    def _came(self, data: bytes) -> None:
        if not data:
            self._closed_by = self._closed_by or "server"
            return
        self._to_client += data
        self._pass("S", data)

    def _pass(self, way: Direction, octets: bytes) -> None:
        self._passed.append(_Passed(way, octets, time.monotonic(), self._offsets[way]))
        self._offsets[way] += len(octets)

    def _judge(self) -> None:
        passed, self._passed = self._passed, []
        for way, octets, when, offset in passed:
            take = self._watched.client if way == "C" else self._watched.server
            take(octets, when, Place("", "octet", offset))

    def _digest(self) -> None:
        self._held += self._inbox
        self._inbox.clear()
        while self._held and not self._refusal:  # what is behind it is answered behind it
            end = self._held.find(b"\n") + 1 or len(self._held)
            piece = bytes(self._held[:end])
            open_end = not piece.endswith(b"\n") and not self._client_gone
            if open_end and self.may_become.fullmatch(piece) and self._may_begin():
                break
            del self._held[:end]
            asked = self.begins_tls.fullmatch(piece)
            if asked is not None and self._may_begin():
                self._refusal = self._refused(asked)
                break
            self._inside = not piece.endswith(b"\n")
            self._to_server += piece
            self._pass("C", piece)
        if self._client_gone:
            self._closed_by = self._closed_by or "client"
        if not self._held:
            self._pass_end()
        self._write()
        self._judge()
        if self._refusal and self._in_turn():
            self._to_client += self._refusal
            self._refusal = b""

    def _may_begin(self) -> bool:
        """Whether what the client says next begins a command."""
        if self._inside:
            return False
        self._judge()
        return not self._expects_more()


class ImapTap(Tap[Watched]):
    """A connection of IMAP."""

    begins_tls = re.compile(rb"([^ \r\n]+) +STARTTLS *\r?\n", re.IGNORECASE)
    # Longer tags are let through.
    may_become = re.compile(
        rb"[^ \r\n]{1,64}(?: +(?:S|ST|STA|STAR|START|STARTT|STARTTL|STARTTLS *\r?)?)?",
        re.IGNORECASE,
    )

    def _refused(self, asked: re.Match[bytes]) -> bytes:
        return REFUSAL % asked[1]

    def _in_turn(self) -> bool:
        return not self._watched.dialogue.unread

    def _expects_more(self) -> bool:
        return any(
            command.sending or command.name in PROMPTED
            for command in self._watched.dialogue.in_flight
        )

    def _digest(self) -> None:
        if any(command.name == "COMPRESS" for command in self._watched.dialogue.in_flight):
            self._judge()  # whether what comes now is compressed has to be known
        if self._watched.compressed and (self._held or self._inbox):
            compressed = bytes(self._held + self._inbox)
            self._held.clear()
            self._inbox.clear()
            self._to_server += compressed
            self._pass("C", compressed)
        super()._digest()
