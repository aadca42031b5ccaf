"""Values that a session takes and gives: literals to send, replies, outcomes, endings."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

from conformance.wire.dialogue import Arrival
from conformance.wire.transcript import escape

_QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]*")
_SHOWN: Final = 100  # octets of a line in a message

Reason = OneOf["closed", "reset", "tls", "deflate", "timeout", "flood", "local"]


class NoArrival(enum.Enum):
    """What `Session.receive` says when it has no arrival to give."""

    TIMED_OUT = "timed out"
    CLOSED = "closed"
    FLOODED = "flooded"


TIMED_OUT: Final = NoArrival.TIMED_OUT
"""The deadline passed; the connection stands and may be used on."""
CLOSED: Final = NoArrival.CLOSED
"""The connection has ended and everything that came was handed out."""
FLOODED: Final = NoArrival.FLOODED
"""More came than is looked at in one window; the connection stands, and more may be to come."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended."""

    reason: Reason
    """By the server: `closed`, `reset`, `tls` (the layer broke); by us: `timeout` (it took no
    more octets), `flood` (it sent more than a window takes), `local` (we were done)."""
    after_bye: bool
    """Whether the server had announced it with an untagged BYE."""


@dataclass(frozen=True, slots=True)
class Literal:
    """An argument of `Session.command` to be sent as a literal."""

    data: bytes
    sync: bool = True
    """Wait for the server's `+` (RFC 3501 section 4.3); False needs LITERAL+ (RFC 7888)."""


@dataclass(slots=True)
class Reply:
    """Everything that came from the sending of a command to its tagged response."""

    command: bytes
    """Its tag."""
    tagged: Arrival | None = None
    """None when the wait ended otherwise: see `ended`."""
    untagged: list[Arrival] = field(default_factory=list)
    """In order; continuation requests are not among them."""
    continuations: list[Arrival] = field(default_factory=list)
    ended: OneOf["", "timeout", "closed", "flood"] = ""

    @property
    def status(self) -> str:
        """`OK`, `NO` or `BAD`; empty when no such tagged response came."""
        return "" if self.tagged is None else self.tagged.status

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.status == "OK"

    def __str__(self) -> str:
        """What came of the command, in one escaped line."""
        if self.tagged is None:
            return {"timeout": "no answer in time", "flood": "an endless answer"}.get(
                self.ended, "the connection was closed"
            )
        return shown(self.tagged.frame.text)


def shown(text: bytes) -> str:
    """Return the beginning of a line from a server for a message to a person."""
    line = text.removesuffix(b"\r\n")
    return escape(line[:_SHOWN]) + ("..." if len(line) > _SHOWN else "")


def astring(octets: bytes) -> bytes | Literal:
    """Write octets as a quoted string, or as a literal where they do not fit in one."""
    if _QUOTABLE.fullmatch(octets) is None:
        return Literal(octets)
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
