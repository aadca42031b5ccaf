"""One command of a client, complete with its literals, as flaws see and rewrite it.

The flawed servers read commands in a way of their own: they take what a grammar refuses, too, for a
flaw may be just that, and what a suite is tested with must not lean on the suite's own reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from conformance.wire.commands import Command, begin, first_string
from conformance.wire.markers import find_marker


@dataclass(frozen=True)
class Request:
    """`octets` is what the client sent, from the tag to the last CRLF, payloads in their places."""

    octets: bytes

    @cached_property
    def _parts(self) -> list[tuple[bytes, bytes]]:
        """Each line with the payload that follows it."""
        parts: list[tuple[bytes, bytes]] = []
        rest = self.octets
        while rest:
            end = rest.find(b"\n") + 1 or len(rest)
            size = announced(rest[:end])
            count = size[0] if size else 0
            parts.append((rest[:end], rest[end : end + count]))
            rest = rest[end + count :]
        return parts

    @cached_property
    def command(self) -> Command:
        """The command as the dialogue reads it."""
        command = begin(b"".join(line for line, _ in self._parts), 0.0, 0)
        command.literals = tuple(payload for line, payload in self._parts if announced(line))
        return command

    @property
    def tag(self) -> bytes:
        """Its tag as written."""
        return self.command.tag

    @property
    def name(self) -> str:
        """Its name in upper case; `UID FETCH` is one name."""
        return self.command.name

    @property
    def by_uid(self) -> bytes:
        """What its name begins with where its numbers are UIDs: `UID ` or nothing."""
        return b"UID " if self.name.startswith("UID ") else b""

    @property
    def arguments(self) -> bytes:
        """Everything behind the name but the last CRLF, without the payloads of literals."""
        return self.command.arguments

    @property
    def literals(self) -> tuple[bytes, ...]:
        """The payloads in order."""
        return tuple(map(bytes, self.command.literals))

    @property
    def first(self) -> bytes:
        """The first argument, decoded if it is a string."""
        return first_string(self.arguments, self.literals) or b""

    def sub(self, pattern: bytes, replacement: bytes, count: int = 1) -> bytes:
        """Return the octets with `pattern` replaced, whatever the letter case."""
        return re.sub(pattern, replacement, self.octets, count=count, flags=re.IGNORECASE)

    def pieces(self) -> list[bytes]:
        """Return the octets cut where a client has to wait for a continuation request."""
        pieces = [b""]
        for line, payload in self._parts:
            pieces[-1] += line
            size = announced(line)
            if size and size[1]:
                pieces.append(b"")
            pieces[-1] += payload
        return pieces


def announced(line: bytes) -> tuple[int, bool] | None:
    """Return the count of the literal that a client's line announces, and whether it waits."""
    if not line.endswith(b"}\r\n"):
        return None
    marker = find_marker(line[:-2], bytearray(), server=False)
    return None if marker is None else (int(marker[1]), not marker[2])
