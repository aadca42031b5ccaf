"""Repairs of a fault, tried one by one: what a value, a space or a group may have been meant to be.

Nothing is written into the text: a repair pushes states and skips octets, so that every place
is one in the octets as they were sent. Which repair counts is in `recovery`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from conformance.syntax.tables import ParseFailure, Stack, Tables

_ONLY_A_SPACE = 0.6  # to take back a space before a group, which is no string gone wrong
_UNDONE = 16  # tokens that a repair may go back
_BARE = 5  # symbols before a list that belong to its rule
_VALUES = 8  # in a list without parentheses
_POPPED = 12  # rules that may be given up at once

QUOTED = re.compile(rb'"(?:[^"\\\r]|\\[^\r]|\r(?!\n))*+"')
_MARKER = re.compile(rb"\{[^{}\r\n\"]*\}(?:\r\n(?!\Z))?")  # right or wrong
_PLAIN = re.compile(rb'[^ ()\[\]"\x00-\x1f]+')
_PIECES = {b'"': QUOTED, b"{": _MARKER}
_PARTNER = {0x28: 0x29, 0x5B: 0x5D}


class Repair(NamedTuple):
    """One way to go on: the stack then, the place in the text, what it costs."""

    cost: float
    stack: tuple[int, ...]
    position: int


def octet_at(text: bytes, position: int) -> bytes:
    """Return the octet at a place, empty behind the end."""
    return text[position : position + 1]


@lru_cache(maxsize=8)
def _groups(text: bytes) -> dict[int, int]:
    """Return where the groups that begin in a text end, those that do not left out."""
    ends: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        piece = _PIECES.get(octet_at(text, at))
        found = piece.match(text, at) if piece else None
        if found:
            at = found.end()
            continue
        if text[at] in _PARTNER:
            waiting.append((_PARTNER[text[at]], at))
        elif text[at] in b")]":
            if waiting and waiting[-1][0] == text[at]:
                ends[waiting.pop()[1]] = at + 1
            else:
                waiting.clear()
        at += 1
    return ends


def value_end(text: bytes, start: int) -> int:
    """Return where the value ends that begins at `start`, which may be in the midst of one.

    A value is a group, a quoted string, a literal, or a word with its brackets. Before a space, a
    closing parenthesis or bracket and CRLF there is none: it ends where it begins.
    """
    octet = octet_at(text, start)
    if not octet or octet in b" )]\r":
        return start
    if octet == b"(":
        return _groups(text).get(start, start + 1)
    at = start
    while at < len(text) and text[at] not in b" ()]\r":
        if text[at] == 0x5B:
            end = _groups(text).get(at, 0)
        else:
            found = _PIECES.get(octet_at(text, at), _PLAIN).match(text, at)
            end = found.end() if found else 0
        at = end or at + 1
    return at


def _enclosing(text: bytes, start: int) -> Iterator[int]:
    """Yield where the groups around `start` are closed, innermost first, then the line's end."""
    at = start
    while at < len(text) and text[at] != 0x0D:
        if text[at] in b")]":
            yield at
            at += 1
        elif text[at] in b'([{"':
            at = max(value_end(text, at), at + 1)
        else:
            at += 1
    yield at


class Repairs:
    """The repairs that one set of tables allows."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def _pushed(self, stack: Stack) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the stacks behind each symbol, of any kind, that may come next."""
        for terminal in self._tables.expected(stack):
            yield terminal, self._tables.stack_on(stack, terminal)
        for rule in self._tables.gotos[stack[-1]]:
            yield rule, self._tables.stack_on(stack, rule)

    def small(self, text: bytes, failure: ParseFailure) -> Iterator[Repair]:
        """Yield what may be wrong with one value or one space at a failure."""
        stack, at = tuple(failure.stack), failure.offset
        end = value_end(text, at)
        quoted = QUOTED.match(text, at)
        piece = quoted.end() if quoted else end
        nexts = list(self._pushed(stack))
        expected = [symbol for symbol, _ in nexts if symbol in self._tables.terminals]
        spaced = text[end : end + 1] == b" "
        if "LPAR" in expected and text[at:end] == b'""':
            # It stands for a list with nothing in it, however many of them stand side by side.
            yield from (Repair(0.5, pushed, end) for _, pushed in nexts)
            return
        if "QUOTED" in expected and text[at:end].upper() == b"NIL":
            # So does this for one string, and for nothing that has more than one value in it.
            yield Repair(0.5, self._tables.stack_on(stack, "QUOTED"), end)
            return
        # The value is one of the expected kind, or what is expected was left out before it.
        for symbol, pushed in nexts:
            if end > at:
                yield Repair(1.0, pushed, end)
                if symbol == "_SP":
                    yield Repair(1.0, pushed, at + 1)
                if piece < end:
                    yield Repair(1.1, pushed, piece)
            yield Repair(1.1, pushed, at)
            if symbol != "_SP" and "_SP" in self._tables.expected(pushed):
                yield Repair(1.1, self._tables.stack_on(pushed, "_SP"), at)
        if "_SP" in expected and text[at : at + 1] != b" ":
            # One more value was to come, or this one without its space.
            behind = self._tables.stack_on(stack, "_SP")
            for _, pushed in self._pushed(behind):
                yield Repair(1.1 if end == at else 1.3, pushed, end)
        # A name and its value, where only fixed names may stand.
        if end > at and spaced and self._names(expected):
            second = value_end(text, end + 1)
            for _, pushed in nexts:
                if second > end + 1:
                    yield Repair(1.2, pushed, second)
        if "_CRLF" in expected and (line_end := text.find(b"\r\n", at)) >= 0:
            yield Repair(1.0 if len(expected) == 1 else 1.5, stack, line_end)
        if "LPAR" in expected and text[at : at + 1] != b"(":
            yield from self._bare(text, stack, at)
        elif text[at : at + 1] == b"(" and (close := next(_enclosing(text, end))) > end:
            # A group where none can stand: what follows in this list may be of another kind, too.
            yield from (Repair(1.2, pushed, close) for symbol, pushed in nexts if symbol != "_SP")
        if text[at : at + 1] == b")" and "RPAR" not in expected:
            yield from self._closed_early(text, failure)
        # Too much: the rest of a word, a space, a closing parenthesis, a value with its space.
        if end > at:
            yield Repair(1.0, stack, end)
            yield Repair(1.1, stack, at + 1)
            if spaced:
                yield Repair(1.1, stack, end + 1)
        elif at < len(text) and text[at] not in b"\r\n":
            yield Repair(1.0, stack, at + 1)
            if text[at] == 0x20:
                yield from self._superfluous(text, stack, at, expected)
        yield from self._undone(text, failure)

    def _names(self, expected: Sequence[str]) -> bool:
        fixed = [self._tables.is_fixed(terminal) for terminal in expected]
        return bool(fixed) and all(fixed)

    def _bare(self, text: bytes, stack: tuple[int, ...], at: int) -> Iterator[Repair]:
        """Take some words for a list without its parentheses, or with only the closing one."""
        ends: list[int] = []
        while len(ends) < _VALUES and (end := value_end(text, at)) > at:
            ends.append(end)
            at = end + 1 if text[end : end + 1] == b" " else end
        if text[at : at + 1] == b")":
            ends.append(at + 1)
        for popped in range(min(_BARE, len(stack) - 1) + 1):
            below = stack[: len(stack) - popped]
            for rule in self._tables.gotos[below[-1]]:
                pushed = self._tables.stack_on(below, rule)
                for end in ends:
                    yield Repair(1.35, pushed, end)

    def _closed_early(self, text: bytes, failure: ParseFailure) -> Iterator[Repair]:
        """Take what a group has for all of it, though more was to come before it is closed."""
        stack, at = tuple(failure.stack), failure.offset
        opened = _opened(text, failure)
        if opened is None or text[at - 1] in b" (":
            return
        before = self._tables.stack_before(failure, opened)
        for rule in self._tables.gotos[before[-1]]:
            yield Repair(0.95, self._tables.stack_on(before, rule), at + 1)
        for length in range(len(stack), len(before), -1):
            below = stack[:length]
            for rule in self._tables.gotos[below[-1]]:
                pushed = self._tables.stack_on(below, rule)
                if "RPAR" in self._tables.expected(pushed):
                    yield Repair(0.9 + (len(stack) - length) / 1000, pushed, at)

    def _superfluous(
        self, text: bytes, stack: tuple[int, ...], at: int, expected: Sequence[str]
    ) -> Iterator[Repair]:
        """Skip values behind spaces: only one, unless the group has to end here."""
        cost = 1.1
        while text[at : at + 1] == b" " and (end := value_end(text, at + 1)) > at + 1:
            yield Repair(cost, stack, end)
            if "_SP" in expected:
                return
            at, cost = end, cost + 0.1

    def _undone(self, text: bytes, failure: ParseFailure) -> Iterator[Repair]:
        """Take back the space before, or the value that the failure lies in the midst of."""
        tokens, at = failure.tokens, failure.offset
        if tokens and tokens[-1].end == at and text[at - 1 : at + 1] == b"()":
            # An empty group where it has to have something in it, or where NIL stands for it.
            for _, pushed in self._pushed(self._tables.stack_before(failure, len(tokens) - 1)):
                yield Repair(1.0, pushed, at + 1)
        if tokens and tokens[-1].terminal == "_SP" and tokens[-1].end == at:
            stack = self._tables.stack_before(failure, len(tokens) - 1)
            yield Repair(_ONLY_A_SPACE if text[at : at + 1] == b"(" else 1.0, tuple(stack), at)
            if (end := value_end(text, at)) > at:
                yield Repair(1.1, tuple(stack), end)
        for index in range(len(tokens) - 1, max(-1, len(tokens) - 1 - _UNDONE), -1):
            begin = tokens[index].start
            if tokens[index].terminal == "_SP" or text[begin] in b"()":
                if b'"' not in text[begin:at]:
                    return
                continue
            end = value_end(text, begin)
            if end < at or (end == at and text[at : at + 1] in (b" ", b")", b"]", b"\r")):
                continue
            for _, pushed in self._pushed(self._tables.stack_before(failure, index)):
                yield Repair(1.2, pushed, end)

    def given_up(self, text: bytes, failure: ParseFailure) -> Iterator[Repair]:
        """Take what was begun for complete, here or where a group around it ends."""
        stack = tuple(failure.stack)
        closings = list(itertools.islice(_enclosing(text, failure.offset), 4))
        places = dict.fromkeys([failure.offset, *closings, *(at + 1 for at in closings[:-1])])
        seen: set[tuple[tuple[int, ...], int]] = set()
        for order, position in enumerate(places):
            for popped in range(min(_POPPED, len(stack) - 1) + 1):
                below = stack[: len(stack) - popped]
                for rule in self._tables.gotos[below[-1]]:
                    pushed = self._tables.stack_on(below, rule)
                    if (pushed, position) not in seen:
                        seen.add((pushed, position))
                        yield Repair(3.0 + order + popped / 100, pushed, position)


def _opened(text: bytes, failure: ParseFailure) -> int | None:
    """Return which token opened the group that a failure lies in, if it is among those read."""
    depth = 0
    for index in range(len(failure.tokens) - 1, -1, -1):
        token = failure.tokens[index]
        if token.end - token.start == 1:
            depth += {0x28: 1, 0x29: -1}.get(text[token.start], 0)
            if depth > 0:
                return index
    return None
