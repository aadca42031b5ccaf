"""One POP3 connection: sends command lines, hands out replies, keeps the transcript.

As with a session of IMAP, a connection that ends is an answer. Only when it can not come about does
it raise a `TargetError`.
"""

from __future__ import annotations

import time
from collections import deque
from types import TracebackType
from typing import Final, Self, TypeAlias

from conformance.secrecy.secrets import Secrets
from conformance.wire.errors import LoginRefused, NoGreeting, TLSFailed
from conformance.wire.exchange import CLOSED, FLOODED, TIMED_OUT, NoArrival
from conformance.wire.frames import ENDED
from conformance.wire.limits import DEFAULT_LIMITS, Limits
from conformance.wire.pop3.framing import CRLF, Pop3Reply, ReplyReader, ReplyTooLong, is_multiline
from conformance.wire.transcript import Transcript, escape
from conformance.wire.transport import Endpoint, Gone, Transport

Pop3Arrival: TypeAlias = Pop3Reply | NoArrival
"""What a wait ends with: a reply, or one of CLOSED, TIMED_OUT and FLOODED."""

PLAIN_PORT: Final = 110
"""Where POP3 is served (RFC 1939 section 3)."""
TLS_PORT: Final = 995
"""Where it begins with TLS (RFC 8314 section 7.3)."""

_LAST = 2.0  # seconds for a server to end a connection


class Pop3Session:
    """A connection to the POP3 `endpoint`.

    `timeout` is the patience for one reply in seconds, `chop` the size in octets of the pieces that
    every write is cut into (0: whole), `delay` a pause before each write in seconds. Over
    `starttls` the command that begins TLS is STLS (RFC 2595 section 4).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        name: str = "pop",
        limits: Limits = DEFAULT_LIMITS,
        timeout: float = 30.0,
        chop: int = 0,
        delay: float = 0.0,
        secrets: Secrets | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.name = name
        self.timeout = timeout
        self.transcript = Transcript(limits.transcript, secrets=secrets)
        self._limits = limits
        self._chop, self._delay = chop, delay
        self._reader = ReplyReader(limits)
        self._transport: Transport | None = None
        self._asked: deque[bool] = deque()  # whether the replies that are due have several lines
        self._over = False
        self._line = bytearray()  # of the client, not complete yet

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Connect, and negotiate TLS if the endpoint begins with it; the greeting is not read.

        Raises:
            ConnectFailed: nobody listens there.
            TLSFailed: there is no TLS.
        """
        self._transport = Transport(self.endpoint, self.timeout)
        self._over = False
        self._asked.append(False)
        if self.endpoint.security == "implicit":
            self._transport.secure(self.timeout)

    def open(self) -> Pop3Reply:
        """Connect, read the greeting, and begin TLS by STLS where the endpoint wants it.

        Raises:
            TargetError: as for `connect`, no positive greeting, or no TLS.
        """
        self.connect()
        greeting = self.receive()
        if not isinstance(greeting, Pop3Reply) or not greeting.positive:
            raise NoGreeting(f"{self.endpoint}: no greeting of POP3: {shown(greeting)}")
        if self.endpoint.security == "starttls":
            reply = self.command(b"STLS")
            if not isinstance(reply, Pop3Reply) or not reply.positive or self._reader.rest:
                raise TLSFailed(f"{self.endpoint}: STLS was not taken: {shown(reply)}")
            self._wire.secure(self.timeout)
        return greeting

    def again(self) -> None:
        """Connect anew, with the transcript going on.

        Raises:
            TargetError: as for `open`.
        """
        self._reader = ReplyReader(self._limits)
        self._asked.clear()
        self.open()

    def log_in(self, user: str, password: str) -> None:
        """Enter the TRANSACTION state by USER and PASS (RFC 1939 section 7).

        Raises:
            LoginRefused: what was answered; it may be that the maildrop is locked.
        """
        for line in (f"USER {user}", f"PASS {password}"):
            reply = self.command(line.encode())
            if not isinstance(reply, Pop3Reply) or not reply.positive:
                raise LoginRefused(f"{self.endpoint}: {line.split()[0]}: {shown(reply)}")

    def command(self, line: bytes) -> Pop3Arrival:
        """Send one command, given without its line end, and wait for its reply."""
        self.send(line + CRLF)
        return self.receive()

    def send(self, data: bytes) -> None:
        """Write octets; each complete line is a command of which one reply is due."""
        *lines, rest = (bytes(self._line) + data).split(b"\n")
        self._line[:] = rest
        self._asked.extend(is_multiline(line) for line in lines)
        if self._delay:
            time.sleep(self._delay)
        size = self._chop or len(data)
        for start in range(0, len(data), size or 1):
            self._write(memoryview(data)[start : start + size])

    def receive(self, timeout: float | None = None) -> Pop3Arrival:
        """Wait for the next reply, at most `timeout` seconds (None: the session's own)."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        multiline = self._asked[0] if self._asked else False
        try:
            while True:
                reply = self._reader.next_reply(multiline=multiline)
                if isinstance(reply, Pop3Reply):
                    if self._asked:
                        self._asked.popleft()
                    return reply
                if reply is ENDED:
                    return CLOSED
                came = self._wire.receive(max(0.0, deadline - time.monotonic()))
                if came is Gone.TIMED_OUT:
                    return TIMED_OUT
                if isinstance(came, Gone):
                    self._over = True
                    self._reader.feed(b"")
                    continue
                self.transcript.add("S", came, time.monotonic())
                self._reader.feed(came)
        except ReplyTooLong:
            return FLOODED

    def leave(self) -> None:
        """End a session so that its lock is gone and no message with it: by RSET and QUIT.

        Where the connection has ended, or something is still to be answered, it is only closed.
        """
        if self._transport is not None and not self._over and not self._asked:
            self.send(b"RSET\r\nQUIT\r\n")
            deadline = time.monotonic() + min(self.timeout, _LAST)
            while isinstance(self.receive(max(0.0, deadline - time.monotonic())), Pop3Reply):
                pass
        self.close()

    def close(self, *, reset: bool = False) -> None:
        """Let the connection go without QUIT; `reset` by a TCP reset."""
        self._over = True
        if self._transport is not None:
            if reset:
                self._transport.reset_on_close()
            self._transport.close()

    @property
    def _wire(self) -> Transport:
        if self._transport is None:
            raise RuntimeError("the session is not connected")
        return self._transport

    def _write(self, data: memoryview) -> None:
        deadline = time.monotonic() + self.timeout
        self.transcript.add("C", data, time.monotonic())
        while data and time.monotonic() < deadline:
            count = self._wire.send_some(data, deadline)
            if count is Gone.TIMED_OUT:
                continue
            if isinstance(count, Gone):
                return  # what the server says to that, the next wait tells
            data = data[count:]


def shown(came: Pop3Arrival) -> str:
    """Return what came in one line for people."""
    if isinstance(came, Pop3Reply):
        return escape(came.status)
    return {CLOSED: "the connection was closed", FLOODED: "it has no end"}.get(came, "no answer")
