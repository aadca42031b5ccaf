"""What a flaw of POP3 does on a connection, and what it knows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.wire.pop3.framing import Pop3Reply


@dataclass(slots=True)
class Pop3Talk:
    """One connection through a flawed server.

    `ask` puts a command to the server that is behind it. `anew` does the same with several, on a
    connection of its own that has logged in as the client has. `memory` is of this connection,
    `shared` of all of them; `marked` are the numbers of the messages that DELE was sent for.
    """

    ask: Callable[[bytes], Pop3Reply]
    anew: Callable[[tuple[bytes, ...]], None]
    shared: dict[Any, Any]
    memory: dict[Any, Any] = field(default_factory=dict)
    marked: set[int] = field(default_factory=set)
    logged_in: bool = False


Replying: TypeAlias = Callable[[Pop3Talk, bytes, Pop3Reply], bytes]
"""Takes a command and the reply of the good server; returns the octets to send in its place."""

Pop3Asking: TypeAlias = Callable[[Pop3Talk, bytes], bytes | None]
"""Takes a command without its line end. None leaves it alone; else the octets are what the client
gets for an answer, and the server is told nothing."""

Rewriting: TypeAlias = Callable[[Pop3Talk, bytes], bytes]
"""Takes a command, returns the one that is sent on in its place."""


@dataclass(frozen=True, slots=True)
class Pop3Act:
    """One thing that a flawed server of POP3 does; what is None is done as the good server does it.

    `names` are the keywords of the commands that it is about, with `GREETING` for the greeting;
    none at all stands for every command. `dropped`: what is sent to the server when the client
    has gone without QUIT. `stays`: the connection is not closed after QUIT.
    """

    reply: Replying | None = None
    command: Pop3Asking | None = None
    rewrite: Rewriting | None = None
    names: frozenset[bytes] = frozenset()
    dropped: bytes = b""
    stays: bool = False

    def wants(self, name: bytes) -> bool:
        """Whether it is about commands of this name."""
        return name in self.names if self.names else name != GREETING


GREETING = b"GREETING"
"""Stands for the greeting among the names of commands."""


def name_of(command: bytes) -> bytes:
    """Return the keyword of a command in capitals."""
    return command.split(b" ", 1)[0].upper()


def number_of(command: bytes) -> int:
    """Return the message-number of a command, 0 where it has none."""
    words = command.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
