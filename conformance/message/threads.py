"""Threads as trees, and as a THREAD response has them (RFC 5256 section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from conformance.syntax.values import Group, Leaf, Value

_DEEPEST = 200


class Thread(NamedTuple):
    """A message by its number, and its children; None is a message that is not there."""

    number: int | None
    children: tuple[Thread, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadedMessage:
    """What a message is threaded by.

    `number` is what it is called in the answer, `place` its message number. `identity` is its
    Message ID, `references` are those that it refers to, the oldest first.
    """

    number: int
    place: int
    date: datetime
    subject: bytes
    """The base subject, as it is compared."""
    answers: bool
    """Whether the subject is that of a reply or forward."""
    identity: bytes | None = None
    references: tuple[bytes, ...] = ()
    arrived: datetime | None = None
    """The internal date; None is not known."""

    @property
    def age(self) -> tuple[datetime, int]:
        """What siblings are sorted by (section 2.2)."""
        return self.date, self.place


def read_threads(values: Sequence[Value]) -> tuple[Thread, ...] | None:
    """Read the lists of a THREAD response; None where they are none."""
    try:
        return tuple(_read(value, 0) for value in values)
    except ValueError:
        return None


def _read(value: Value, depth: int) -> Thread:
    if not isinstance(value, Group) or not value.items or depth > _DEEPEST:
        raise ValueError("no thread-list")
    numbers = []
    rest = list(value.items)
    while rest and isinstance(rest[0], Leaf):
        number = rest.pop(0)
        if not isinstance(number, Leaf) or number.number is None:
            raise ValueError("no number")
        numbers.append(number.number)
    children = tuple(_read(item, depth + 1) for item in rest)
    if not numbers:
        return Thread(None, children)
    for each in reversed(numbers):
        children = (Thread(each, children),)
    return children[0]


def written(threads: Sequence[Thread]) -> str:
    """Write threads as a response has them."""
    return "".join(f"({_members(thread)})" for thread in threads)


def _members(thread: Thread) -> str:
    numbers = []
    while thread.number is not None:
        numbers.append(str(thread.number))
        if len(thread.children) != 1:
            break
        [thread] = thread.children
    branches = written(thread.children)
    return " ".join([*numbers, branches] if branches else numbers)
