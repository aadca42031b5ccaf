"""The judging proxy for POP3: what `proxy` and `tap` are for IMAP.

Replies have no tags, so what a client is told by the proxy has to come in its turn: behind the
replies to all that it has asked before, and before it may ask anything else.
"""

from __future__ import annotations

import re
import socket
import time

from conformance.passive.pop3 import WatchedPop3
from conformance.passive.proxy import ClearLines, WatchingProxy
from conformance.passive.tap import Tap
from conformance.wire.pop3.dialogue import is_positive, keyword

REFUSAL = b"-ERR STLS can not be watched through this proxy; connect to it without TLS\r\n"
"""What a client is told instead of the server's answer."""


class Pop3Tap(Tap[WatchedPop3]):
    """A connection of POP3."""

    begins_tls = re.compile(rb"STLS *\r?\n", re.IGNORECASE)
    may_become = re.compile(rb"S|ST|STL|STLS *\r?", re.IGNORECASE)

    def _refused(self, asked: re.Match[bytes]) -> bytes:
        del asked
        return REFUSAL

    def _in_turn(self) -> bool:
        return self._watched.idle

    def _expects_more(self) -> bool:
        return any(keyword(command) == b"AUTH" for command in self._watched.in_flight)


class WatchingPop3Proxy(WatchingProxy):
    """Serves the POP3 `server`; the rest is as with IMAP."""

    def _watch(
        self, client: socket.socket, server: socket.socket, number: int, greeting: bytes
    ) -> WatchedPop3:
        watched = WatchedPop3(self._judge, str(number), started=time.monotonic())
        Pop3Tap(client, server, self._ended, watched, greeting).watch()
        return watched

    def _ask_for_tls(self, server: socket.socket, clear: ClearLines) -> bytes:
        greeting = clear.line()
        if not is_positive(greeting.rstrip()):
            raise ValueError("the server does not greet with +OK")
        server.sendall(b"STLS\r\n")
        if not is_positive(clear.line().rstrip()):
            raise ValueError("the server refuses it")
        return greeting
