"""A hostile behaviour: at which moment of a conversation a server does what.

What it does is a sequence of octets to be sent and of acts such as `Pause` and `Link.CLOSE`. It may
be without end: it is made as it is sent, and stops when the client goes.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias


class Pause(NamedTuple):
    """Nothing for so many seconds."""

    seconds: float


class Raw(NamedTuple):
    """Octets that go to the network as they are, though TLS has begun."""

    octets: bytes


class Link(enum.Enum):
    """What a server does to the connection, other than saying something."""

    CLOSE = "close"
    """End the connection in order."""
    RESET = "reset"
    """End it with a TCP reset."""
    HANG = "hang"
    """Neither say nor read anything more, and keep the connection."""
    SECURE = "secure"
    """Begin TLS."""
    END_TLS = "end TLS"
    """Say in TLS that it ends, and keep the connection."""


Deed: TypeAlias = bytes | Pause | Raw | Link
Deeds: TypeAlias = Iterable[Deed]


@dataclass
class Moment:
    """The server's turn: what has just happened, and what a decent server would do now.

    `decent` carries the command out and gives the answer: what nobody asks for is not done.
    `name` is that of a command in capitals, UID without what follows, or one of the others in
    `MOMENTS`. `arguments` is the rest of the command's line, literals within. `connection` counts
    the server's connections from 1, `open` how many there are now, `turn` the moments of this name
    in this connection, from 1.
    """

    name: str
    decent: Callable[[], list[Deed]]
    tag: bytes = b"*"
    arguments: bytes = b""
    connection: int = 1
    open: int = 1
    turn: int = 1

    @cached_property
    def usual(self) -> list[Deed]:
        """What a decent server does now."""
        return self.decent()

    @property
    def untagged(self) -> list[Deed]:
        """What a decent server says before it completes the command."""
        return self.usual[:-1]

    @property
    def tagged(self) -> Deed:
        """The decent completion."""
        return self.usual[-1]


MOMENTS = {
    "HANDSHAKE": "a connection for TLS from the start",
    "GREETING": "a connection that is ready to be greeted",
    "PROMPT": "the client announces a literal and waits",
    "SASL": "the client goes on with AUTHENTICATE",
    "DONE": "the client ends IDLE",
}
"""Moments that are no commands."""

TurnAnswer: TypeAlias = Callable[[Moment], Deeds | None]
"""Says what the server does at a moment; None: what is usual."""
TlsWay: TypeAlias = Literal["none", "starttls", "implicit"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row: `says` is a pattern of what the suite's verdict has to say of it.

    `way` is how clients are to connect, `capabilities` what is announced instead of the usual.
    """

    id: str
    title: str
    answer: TurnAnswer
    says: str
    way: TlsWay = "none"
    capabilities: bytes = b""


def _deeds(what: Deeds | Callable[[Moment], Deeds], moment: Moment) -> Deeds:
    return what(moment) if callable(what) else what


Doing: TypeAlias = Deeds | Callable[[Moment], Deeds]


def instead(names: str, what: Doing) -> TurnAnswer:
    """Do this in the place of what is usual, at each of these moments (words, `*` for all)."""

    def answer(moment: Moment) -> Deeds | None:
        return _deeds(what, moment) if _is_one(moment, names) else None

    return answer


def before(names: str, what: Doing) -> TurnAnswer:
    """Do this and then what is usual."""
    return instead(names, lambda moment: itertools.chain(_deeds(what, moment), moment.usual))


def amid(names: str, what: Doing) -> TurnAnswer:
    """Do this between the usual untagged responses and the completion."""

    def deeds(moment: Moment) -> Iterator[Deed]:
        yield from moment.untagged
        yield from _deeds(what, moment)
        yield moment.tagged

    return instead(names, deeds)


def after(names: str, what: Doing) -> TurnAnswer:
    """Do what is usual and then this."""
    return instead(names, lambda moment: itertools.chain(moment.usual, _deeds(what, moment)))


def late(answer: TurnAnswer, turn: int = 2) -> TurnAnswer:
    """Misbehave only from the so many-th moment of a name in a connection on."""
    return lambda moment: answer(moment) if moment.turn >= turn else None


def _is_one(moment: Moment, names: str) -> bool:
    if names == "*":
        return moment.name not in MOMENTS
    return moment.name in names.split()


# -- what is done often ------------------------------------------------------------------------

_TOGETHER = 1000  # lines that are sent in one piece


def endless(line: bytes) -> Iterator[bytes]:
    """Say a line for ever, as fast as it goes."""
    return itertools.repeat(line * _TOGETHER)


def trickled(line: bytes, seconds: float = 0.1) -> Iterator[Deed]:
    """Say a line for ever, once in so many seconds."""
    while True:
        yield line
        yield Pause(seconds)


def numbered(line: bytes, count: int) -> Iterator[bytes]:
    """Say a line with a number in it for each number from 1 to `count`."""
    for first in range(1, count + 1, _TOGETHER):
        last = min(first + _TOGETHER, count + 1)
        yield b"".join([line % number for number in range(first, last)])


def many(piece: bytes, count: int, begin: bytes = b"", end: bytes = b"") -> Iterator[bytes]:
    """Say one thing that is made of so many pieces."""
    yield begin
    whole, rest = divmod(count, _TOGETHER)
    yield from itertools.repeat(piece * _TOGETHER, whole)
    yield piece * rest
    yield end


def octet_by_octet(deeds: Iterable[Deed], seconds: float) -> Iterator[Deed]:
    """Say things one octet at a time."""
    for deed in deeds:
        if not isinstance(deed, bytes):
            yield deed
            continue
        for at in range(len(deed)):
            yield deed[at : at + 1]
            yield Pause(seconds)
