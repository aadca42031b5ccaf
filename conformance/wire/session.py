"""A session with a server: greeting, TLS, login, one command at a time; observers are told of all.

Where a session can not come about (no connection, no greeting, no TLS, no login) it raises a
`TargetError`; whatever else a server does is an answer.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol
from typing import Literal as OneOf

from conformance.secrecy.secrets import Secrets
from conformance.wire.commands import Command
from conformance.wire.connection import DEFAULT_TIMEOUT, Connection
from conformance.wire.dialogue import Arrival
from conformance.wire.errors import LoginRefused, NoGreeting, NotIMAP, Rejected, TLSFailed
from conformance.wire.exchange import (
    CLOSED,
    FLOODED,
    TIMED_OUT,
    Ending,
    Literal,
    NoArrival,
    Reply,
    astring,
    shown,
)
from conformance.wire.limits import DEFAULT_LIMITS, Limits
from conformance.wire.transcript import escape
from conformance.wire.transport import Endpoint
from conformance.wire.window import WaitWindow

__all__ = [
    "CLOSED",
    "DEFAULT_TIMEOUT",
    "FLOODED",
    "TIMED_OUT",
    "Arrival",
    "Command",
    "Ending",
    "Endpoint",
    "Limits",
    "Literal",
    "NoArrival",
    "Observer",
    "Reply",
    "Session",
    "WaitWindow",
]

_GREETING = re.compile(rb"\* *(OK|PREAUTH|BYE)(?![^ \r])", re.IGNORECASE)


_ENDED: Final[Mapping[NoArrival, OneOf["timeout", "closed", "flood"]]] = {
    TIMED_OUT: "timeout",
    CLOSED: "closed",
    FLOODED: "flood",
}


class Observer(Protocol):
    """Is told of everything that happens in a session, in order."""

    def command(self, session: Session, command: Command) -> None:
        """A command begins; nothing of it was written yet."""

    def arrival(self, session: Session, arrival: Arrival) -> None:
        """A response came."""

    def ended(self, session: Session, ending: Ending) -> None:
        """The connection ended; told once."""


class Session(Connection):
    """A connection to `endpoint` as a client leads it."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        name: str = "main",
        limits: Limits = DEFAULT_LIMITS,
        observers: Iterable[Observer] = (),
        chop: int = 0,
        delay: float = 0.0,
        timeout: float = DEFAULT_TIMEOUT,
        secrets: Secrets | None = None,
    ) -> None:
        """Prepare a session; nothing is sent before `open`. See `Connection` for the rest."""
        super().__init__(
            endpoint, limits=limits, chop=chop, delay=delay, timeout=timeout, secrets=secrets
        )
        self.name = name
        self.user = b""
        """Who has logged in by `login`, empty while nobody has."""
        self._observers = tuple(observers)
        self._tags = 0

    def _begins(self, command: Command) -> None:
        for observer in self._observers:
            observer.command(self, command)

    def _tell(self, arrival: Arrival) -> None:
        for observer in self._observers:
            observer.arrival(self, arrival)

    def _ended(self, ending: Ending) -> None:
        for observer in self._observers:
            observer.ended(self, ending)

    # -- beginning and end -------------------------------------------------------------

    def open(self) -> Arrival:
        """Connect, negotiate TLS if it is implicit, and return the greeting.

        Raises:
            ConnectFailed, TLSFailed, NoGreeting, NotIMAP, Rejected: the session is closed.
        """
        self.connect()
        try:
            return self._greeting()
        except BaseException:
            self.close()
            raise

    def _greeting(self) -> Arrival:
        greeting = self.receive()
        if greeting is TIMED_OUT:
            said = shown(self.dialogue.unread)
            hint = (
                f"only {said} without a line end"
                if said
                else "nothing; a port for TLS from the start stays silent like this"
                if self.endpoint.security != "implicit"
                else "nothing"
            )
            message = f"{self.endpoint}: no greeting within {self.timeout:g} s: {hint}"
            raise NoGreeting(message)
        if greeting is FLOODED:
            raise NotIMAP(f"{self.endpoint}: this is no IMAP server: it says more than can be read")
        if not isinstance(greeting, Arrival):
            message = f"{self.endpoint}: closed the connection without a greeting"
            raise NoGreeting(message, closed=True)
        kind = _GREETING.match(greeting.frame.text)
        said = shown(greeting.frame.text)
        if any(fault.kind == "truncated" for fault in greeting.frame.faults):
            message = (
                f"{self.endpoint}: closed the connection in the middle of its greeting: {said}"
            )
            raise NoGreeting(message, closed=True)
        if kind is None:
            raise NotIMAP(f"{self.endpoint}: this is no IMAP server: it says {said}")
        if kind[1].upper() == b"BYE":
            raise Rejected(f"{self.endpoint}: the server turns us away: {said}")
        return greeting

    @property
    def tls(self) -> tuple[str, str]:
        """The version of TLS and the cipher that are spoken; empty without TLS."""
        return self._transport.tls if self._transport is not None else ("", "")

    @property
    def certificate(self) -> str:
        """The server's certificate (PEM); empty without TLS."""
        return self._transport.certificate if self._transport is not None else ""

    def start_tls(self) -> None:
        """Send STARTTLS and negotiate TLS (RFC 3501 section 6.2.1).

        Raises:
            TLSFailed: the server refused, or the negotiation failed; closed in that case.
        """
        reply = self.command(b"STARTTLS")
        if not reply.ok:
            raise TLSFailed(f"{self.endpoint}: the server does not begin TLS: {reply}")
        self.negotiate_tls()

    def login(
        self, user: str | bytes, password: str | bytes, *, timeout: float | None = None
    ) -> Reply:
        """Authenticate with LOGIN, or with AUTHENTICATE PLAIN where only that is offered.

        The password is hidden in the transcript. `timeout` (seconds) is for all of it.

        Raises:
            LoginRefused: with the server's answer; the connection stays open.
        """
        user = user.encode() if isinstance(user, str) else user
        password = password.encode() if isinstance(password, str) else password
        self.transcript.secrets.add(password, user)
        offered = self.dialogue.capabilities or frozenset()
        if "LOGINDISABLED" in offered and "AUTH=PLAIN" in offered:
            reply = self._authenticate_plain(user, password, timeout)
        else:
            words = (b"LOGIN ", astring(user), b" ", astring(password))
            reply = self.command(*words, timeout=timeout)
        if not reply.ok:
            code = reply.tagged.response.code if reply.tagged else None
            hint = ""
            if "LOGINDISABLED" in offered and self.endpoint.security == "none":
                hint = " (it announces LOGINDISABLED: try imap+starttls:// or imaps://)"
            said = self.transcript.secrets.mask(str(reply))  # a server may echo what it refuses
            raise LoginRefused(
                f"{self.endpoint}: login as {escape(user)} did not succeed: {said}{hint}",
                code=code.name if code else "",
                ended=reply.ended,
            )
        self.user = user
        return reply

    def _authenticate_plain(self, user: bytes, password: bytes, timeout: float | None) -> Reply:
        reply = self._begin(b"AUTHENTICATE PLAIN\r\n")
        window = self.window(timeout)
        if self._collect(reply, window, until_prompt=True):
            self.send(base64.b64encode(b"\0" + user + b"\0" + password) + b"\r\n")
            self._collect(reply, window)
        return reply

    def logout(self, timeout: float = 5.0) -> None:
        """Say LOGOUT, wait `timeout` seconds at most for the answer, and close."""
        if self.ending is None:
            self.command(b"LOGOUT", timeout=timeout)
        self.close()

    # -- one command at a time ---------------------------------------------------------

    def command(
        self, *parts: bytes | Literal, timeout: float | None = None, tag: bytes = b""
    ) -> Reply:
        """Send one command under a tag of our own, or `tag`, and wait for its tagged response.

        The parts are put together without anything between them, a `Literal` is announced
        and sent when the server asks for it. `timeout` (seconds) is for all of it. Not for
        IDLE (see `idle`) and AUTHENTICATE, which go on with lines of their own.
        """
        window = self.window(timeout)
        reply: Reply | None = None
        line = b""
        for part in parts:
            if isinstance(part, bytes):
                line += part
                continue
            line += b"{%d%s}\r\n" % (len(part.data), b"" if part.sync else b"+")
            if not part.sync:
                line += part.data
                continue
            reply = self._continue(reply, line, tag)
            if not self._collect(reply, window, until_prompt=True):
                return reply
            line = part.data
        reply = self._continue(reply, line + b"\r\n", tag)
        self._collect(reply, window)
        return reply

    def idle(self, timeout: float | None = None) -> Reply:
        """Send IDLE, and DONE as soon as the server waits (RFC 2177); `timeout` is for both."""
        window = self.window(timeout)
        reply = self._begin(b"IDLE\r\n")
        if self._collect(reply, window, until_prompt=True):
            self.send(b"DONE\r\n")
            self._collect(reply, window)
        return reply

    def _begin(self, line: bytes, tag: bytes = b"") -> Reply:
        self._tags += 1
        tag = tag or b"%s%d" % (b"c", self._tags)
        self.send(tag + b" " + line)
        return Reply(tag)

    def _continue(self, reply: Reply | None, line: bytes, tag: bytes) -> Reply:
        if reply is None:
            return self._begin(line, tag)
        self.send(line)
        return reply

    def _collect(self, reply: Reply, window: WaitWindow, until_prompt: bool = False) -> bool:
        """Gather responses; True at a `+` when that was waited for, False at any end."""
        while True:
            arrival = self.receive(window)
            if not isinstance(arrival, Arrival):
                reply.ended = _ENDED[arrival]
                if arrival is FLOODED:
                    self._end("flood")
                return False
            if arrival.frame.text.startswith(b"+"):
                if len(reply.continuations) < self.limits.answer:
                    reply.continuations.append(arrival)
                if until_prompt:
                    return True
            elif arrival.answers is not None and arrival.answers.tag == reply.command:
                reply.tagged = arrival
                return False
            elif len(reply.untagged) < self.limits.answer:
                reply.untagged.append(arrival)
