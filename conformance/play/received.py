"""A response that came, with the octets it was read from, and the items of a message in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.syntax.responses import Response
from conformance.syntax.values import Octets, Value


@dataclass(frozen=True, slots=True)
class Received:
    """A response and the octets it was read from."""

    response: Response
    text: bytes
    literals: Sequence[Octets] = ()

    def spelling(self, value: Value) -> tuple[bytes, Sequence[Octets]]:
        """Return how a value was spelt: its skeleton and the payloads in it."""
        before = self.text.count(b"}\r\n", 0, value.start)
        inside = self.text[value.start : value.end]
        return inside, self.literals[before : before + inside.count(b"}\r\n")]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The items of one message, gathered over the FETCH responses of a window."""

    items: dict[bytes, tuple[Value, Received]]

    def add(self, received: Received) -> None:
        """Take over the items of a further response; a later value replaces an earlier one."""
        for key, value in received.response.items.entries:
            self.items[key] = (value, received)
