"""Cuts what a POP3 server sends into replies (RFC 1939 section 3).

Sans-IO: `feed` stores octets, `next_reply` hands out one reply or says that it needs more. Only who
has sent the command knows whether a positive reply goes on over several lines, so `next_reply` is
told (see `is_multiline`). A line that begins with a termination octet is handed out without it.
What is wrong with line ends becomes a fault of the reply, and the stream goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.wire.frames import ENDED, NEED_DATA, Signal
from conformance.wire.limits import DEFAULT_LIMITS, Limits

CRLF = b"\r\n"
POSITIVE, NEGATIVE = b"+OK", b"-ERR"
"""The status indicators, in upper case (RFC 1939 section 3)."""

_END = b".\r\n"
_ALWAYS = frozenset({b"RETR", b"TOP", b"CAPA"})
_WITHOUT_ARGUMENT = frozenset({b"LIST", b"UIDL"})


class ReplyTooLong(Exception):
    """More octets came than are kept of one reply."""


@dataclass(frozen=True, slots=True)
class Pop3Reply:
    """One response: its status line without the line end, and what follows it.

    `body` has the further lines with their line ends, without the octets that byte-stuffing has
    added and without the line that ends them; None for a reply of one line.
    """

    status: bytes
    body: bytes | None = None
    faults: tuple[str, ...] = ()

    @property
    def positive(self) -> bool:
        """Whether it begins with `+OK`, in capitals and as a word."""
        return self.status.split(b" ", 1)[0] == POSITIVE

    @property
    def lines(self) -> tuple[bytes, ...]:
        """The lines behind the status line, without their line ends."""
        return tuple((self.body or b"").split(CRLF)[:-1])

    def octets(self) -> bytes:
        """Return the reply as it stands on the wire."""
        status = self.status + CRLF
        return status if self.body is None else status + stuffed(self.body) + _END


def is_multiline(command: bytes) -> bool:
    """Whether a positive reply to a command has several lines (RFC 1939 section 9, RFC 2449)."""
    words = command.upper().split()
    if not words:
        return False
    return words[0] in _ALWAYS or (words[0] in _WITHOUT_ARGUMENT and len(words) == 1)


def stuffed(body: bytes) -> bytes:
    """Write lines as they go over the wire: a termination octet before each that begins with one.

    What does not end in CRLF gets one, for the line that ends it all has to stand by itself.
    """
    if body and not body.endswith(CRLF):
        body += CRLF
    lines = body.split(CRLF)
    return CRLF.join(b"." + line if line.startswith(b".") else line for line in lines)


class ReplyReader:
    """Reads the server's side of one connection."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._ended = False
        self._status: bytes | None = None  # of a reply whose lines are still to come
        self._faults: tuple[str, ...] = ()
        self._body: list[bytes] = []
        self._size = 0
        self._scanned = 0  # no line end stands before here

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Store octets as they came; an empty `data` says that the stream has ended."""
        if not data:
            self._ended = True
        self._buffer += data

    @property
    def rest(self) -> bytes:
        """Octets that no reply was made of yet."""
        return bytes(self._buffer)

    def next_reply(self, *, multiline: bool = False) -> Pop3Reply | Signal:
        """Return the next reply, `NEED_DATA`, or `ENDED` where the stream ended before its end.

        `multiline` says of the command that it asks for several lines; only a positive reply has
        them. It has to be the same until the reply is complete.

        Raises:
            ReplyTooLong: the limit of one line, or of one reply, is passed.
        """
        if self._status is None:
            line = self._line(b"\n", self._limits.line)
            if line is None:
                return ENDED if self._ended else NEED_DATA
            faults = () if line.endswith(CRLF) else ("a line ends in LF without CR",)
            status = line.removesuffix(b"\n").removesuffix(b"\r")
            if not (multiline and Pop3Reply(status).positive):
                return Pop3Reply(status, faults=faults)
            self._status, self._faults = status, faults
        while (line := self._line(CRLF, self._limits.literal)) is not None:
            if line == _END:
                return self._complete()
            self._body.append(line[1:] if line.startswith(b".") else line)
            self._size += len(line)
            if self._size > self._limits.literal:
                raise ReplyTooLong
        return ENDED if self._ended else NEED_DATA

    def _complete(self) -> Pop3Reply:
        reply = Pop3Reply(self._status or b"", b"".join(self._body), self._faults)
        self._status, self._body, self._size = None, [], 0
        return reply

    def _line(self, end: bytes, most: int) -> bytes | None:
        """Take a line out of the buffer, None while it has no end."""
        at = self._buffer.find(end, max(0, self._scanned - 1))
        if at < 0:
            self._scanned = len(self._buffer)
            if self._scanned > most:
                raise ReplyTooLong
            return None
        line = bytes(self._buffer[: at + len(end)])
        del self._buffer[: at + len(end)]
        self._scanned = 0
        return line
