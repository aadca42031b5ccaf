"""`{found}`: what commands that find messages have to answer, by the name of the response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from conformance.message.criteria import read_criteria
from conformance.message.expected import Expected, Numbers
from conformance.message.search import KeptMessage, found
from conformance.message.sorting import Order, sorted_by
from conformance.message.threading import threaded_by
from conformance.syntax.grammar import Grammar

ResultOf: TypeAlias = Callable[[bytes, Grammar, Sequence[KeptMessage]], Expected]


def _searched(command: bytes, grammar: Grammar, mailbox: Sequence[KeptMessage]) -> Numbers:
    return found(read_criteria(command, grammar), mailbox)


RESULTS: dict[str, ResultOf] = {
    "SEARCH": _searched,
    "SORT": sorted_by,
    "THREAD": threaded_by,
}
"""Each takes a command, the grammar to read it by, and the mailbox.

It raises ValueError for a command that is none, or that asks for what is not known.
"""


def left_open(answer: Expected, messages: int) -> bool:
    """Whether nothing could be wrong with an answer about so many messages."""
    numbers = answer.numbers if isinstance(answer, Order) else answer
    if isinstance(numbers, Numbers) and messages and len(numbers.may) == messages:
        return True
    return answer.open
