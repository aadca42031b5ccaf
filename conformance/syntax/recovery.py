"""Reading on behind a fault: the next place from which the parser can go on, and its faults.

Where the parser stopped, small repairs are tried: the value there is taken for one of the
expected kind, or skipped; a space is added or dropped; a value that is missing is thought
there. What does not help within the group gives up the group. The cheapest repair counts
behind which the text itself goes on well; of equally cheap ones that with which it goes
furthest. Where no repair leads on, what follows is not judged: its faults would be ours.

Nothing is written into the text: a repair pushes states and skips octets, so that every place
is one in the octets as they were sent.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from conformance.syntax.tables import ParseFailure, Stack, Tables

MOST_FAULTS = 20
"""Faults of one line that are looked for."""

_LONGEST = 1 << 14  # octets of a line that is read on in
_DEEPEST = 1000  # states of a stack that may be copied many times
_GOES_ON = 3  # tokens beside spaces that have to follow a repair
_TRIALS = 400  # repairs that are tried for one fault
_EDITS = 12  # repairs of faults that stand side by side
_BESIDE = 0.5  # what a repair costs more when only a space stands between it and the last one
_NEAR = 0.3  # what a repair may cost more that goes further
_ONLY_A_SPACE = 0.6  # to take back a space before a group, which is no string gone wrong
_UNDONE = 16  # tokens that a repair may go back
_BARE = 5  # symbols before a list that belong to its rule
_VALUES = 8  # in a list without parentheses
_POPPED = 12  # rules that may be given up at once

_QUOTED = re.compile(rb'"(?:[^"\\\r]|\\[^\r]|\r(?!\n))*+"')
_MARKER = re.compile(rb"\{[^{}\r\n\"]*\}(?:\r\n(?!\Z))?")  # right or wrong
_LAST_COUNT = re.compile(rb"\{[^{} \r\n\"]*\}?\r\n\Z")
_PLAIN = re.compile(rb'[^ ()\[\]"\x00-\x1f]+')
_PIECES = {b'"': _QUOTED, b"{": _MARKER}
_PARTNER = {0x28: 0x29, 0x5B: 0x5D}


class _Repair(NamedTuple):
    """One way to go on: the stack then, the place in the text, what it costs."""

    cost: float
    stack: tuple[int, ...]
    position: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """What comes of some repairs, and the failures that they answer but the first."""

    cost: float
    repair: _Repair
    failures: tuple[ParseFailure, ...]
    outcome: ParseFailure | None
    """Where the text stops next; None when it does not within what was read."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """The failures of a text, in order, and whether it could be read to its end."""

    failures: tuple[ParseFailure, ...]
    complete: bool
    pieces: tuple[ParseFailure, ...]
    """All pieces that were read, each with the stack that its tokens were read onto."""


def _octet(text: bytes, position: int) -> bytes:
    return text[position : position + 1]


@lru_cache(maxsize=8)
def _groups(text: bytes) -> dict[int, int]:
    """Return where the groups that begin in a text end, those that do not left out."""
    ends: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        piece = _PIECES.get(_octet(text, at))
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
    octet = _octet(text, start)
    if not octet or octet in b" )]\r":
        return start
    if octet == b"(":
        return _groups(text).get(start, start + 1)
    at = start
    while at < len(text) and text[at] not in b" ()]\r":
        if text[at] == 0x5B:
            end = _groups(text).get(at, 0)
        else:
            found = _PIECES.get(_octet(text, at), _PLAIN).match(text, at)
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


class Recovery:
    """Reads on by one set of tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read_on(self, start: str, text: bytes, failure: ParseFailure) -> Recovered:
        """Find the failures of `text` from `failure`, its first one, on.

        Only that one where parentheses or quotes do not match: what a value has to be cannot be
        told behind it.
        """
        found = self._failures(start, text, failure)
        if len(found.failures) > 1 and not _matches(text, found.pieces):
            return Recovered((failure,), False, (failure,))
        return found

    def _failures(self, start: str, text: bytes, failure: ParseFailure) -> Recovered:
        failures: list[ParseFailure] = [failure]
        pieces: list[ParseFailure] = [failure]
        while len(failures) < MOST_FAULTS:
            found = self._repaired(start, text, failures[-1])
            if found is None:
                return Recovered(tuple(failures), False, tuple(pieces))
            failures += found.failures
            pieces += found.failures
            stack, position = found.repair.stack, found.repair.position
            outcome = self._tables.resume(start, stack, text, position)
            if not isinstance(outcome, ParseFailure):
                pieces.append(ParseFailure(stack, len(text), outcome, stack))
                return Recovered(tuple(failures[:MOST_FAULTS]), True, tuple(pieces))
            failures.append(outcome)
            pieces.append(outcome)
        return Recovered(tuple(failures[:MOST_FAULTS]), False, tuple(pieces))

    # ------------------------------------------------------------------ which repair

    def _repaired(self, start: str, text: bytes, failure: ParseFailure) -> _Trial | None:
        """Choose how to go on at `failure`; None where nothing leads on."""
        if len(text) > _LONGEST or len(failure.stack) > _DEEPEST:
            return None
        if _LAST_COUNT.match(text, failure.offset):
            return None  # what would have followed the octets never came
        good = self._search(start, text, failure)
        if not good:
            good = [
                _Trial(repair.cost, repair, (), None)
                for repair in self._given_up(text, failure)
                if self._outcome(start, text, repair) is None
            ]
        if not good:
            return None
        cheapest = min(runner.cost for runner in good)
        near = [runner for runner in good if runner.cost <= cheapest + _NEAR]
        if len(near) == 1:
            return near[0]
        return max(near, key=lambda t: (*self._reach(start, text, t.repair), -t.cost))

    def _reach(self, start: str, text: bytes, repair: _Repair) -> tuple[int, int]:
        """Say how good a repair is by what follows it, the best being the greatest.

        To take the rest for human text fits anything: another repair is better, unless it ends
        at the end of a group or line, as one does that has taken a wrong word for the right one.
        """
        outcome = self._tables.resume(start, repair.stack, text, repair.position)
        tokens = outcome.tokens if isinstance(outcome, ParseFailure) else outcome
        words = itertools.islice((t.terminal for t in tokens if t.terminal != "_SP"), 1)
        human = any(word.startswith("TEXT") for word in words)
        if not isinstance(outcome, ParseFailure):
            return (1 if human else 3), len(text)
        stop = text[outcome.offset : outcome.offset + 1]
        if human or stop in (b")", b"]", b"\r"):
            return 0, outcome.offset
        return (1 if stop in (b"(", b'"') else 2), outcome.offset

    def _outcome(self, start: str, text: bytes, repair: _Repair) -> ParseFailure | None:
        return self._tables.resume_some(start, repair.stack, text, repair.position, _GOES_ON)

    def _search(self, start: str, text: bytes, failure: ParseFailure) -> list[_Trial]:
        """Find the cheapest small repairs of what stands at `failure`, behind which it goes on."""
        order = itertools.count()
        queue: list[tuple[float, int, tuple[ParseFailure, ...]]] = [(0.0, next(order), (failure,))]
        seen: set[tuple[tuple[int, ...], int]] = set()
        good: list[_Trial] = []
        trials = 0
        while queue:
            cost, _, failures = heapq.heappop(queue)
            if good and cost + 1 > good[0].cost + _NEAR:
                break
            beside = _BESIDE if len(failures) > 1 and not _spoken(failures[-1]) else 0.0
            for repair in sorted(self._small(text, failures[-1])):
                key = (repair.stack, repair.position)
                if key in seen:
                    continue
                seen.add(key)
                trials += 1
                outcome = self._outcome(start, text, repair)
                total = cost + repair.cost + beside
                if outcome is None or _again(text, failures[-1], outcome):
                    good.append(_Trial(total, repair, failures[1:], None))
                elif outcome.tokens and len(failures) < _EDITS:
                    heapq.heappush(queue, (total, next(order), (*failures, outcome)))
            good.sort(key=lambda runner: runner.cost)
            if trials > _TRIALS:
                break
        return good

    # ------------------------------------------------------------------ repairs

    def _pushed(self, stack: Stack) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the stacks behind each symbol, of any kind, that may come next."""
        for terminal in self._tables.expected(stack):
            yield terminal, self._tables.stack_on(stack, terminal)
        for rule in self._tables.gotos[stack[-1]]:
            yield rule, self._tables.stack_on(stack, rule)

    def _small(self, text: bytes, failure: ParseFailure) -> Iterator[_Repair]:
        """Yield what may be wrong with one value or one space at a failure."""
        stack, at = tuple(failure.stack), failure.offset
        end = value_end(text, at)
        quoted = _QUOTED.match(text, at)
        piece = quoted.end() if quoted else end
        nexts = list(self._pushed(stack))
        expected = [symbol for symbol, _ in nexts if symbol in self._tables.terminals]
        spaced = text[end : end + 1] == b" "
        if "LPAR" in expected and text[at:end] == b'""':
            # It stands for a list with nothing in it, however many of them stand side by side.
            yield from (_Repair(0.5, pushed, end) for _, pushed in nexts)
            return
        if "QUOTED" in expected and text[at:end].upper() == b"NIL":
            # So does this for one string, and for nothing that has more than one value in it.
            yield _Repair(0.5, self._tables.stack_on(stack, "QUOTED"), end)
            return
        # The value is one of the expected kind, or what is expected was left out before it.
        for symbol, pushed in nexts:
            if end > at:
                yield _Repair(1.0, pushed, end)
                if symbol == "_SP":
                    yield _Repair(1.0, pushed, at + 1)
                if piece < end:
                    yield _Repair(1.1, pushed, piece)
            yield _Repair(1.1, pushed, at)
            if symbol != "_SP" and "_SP" in self._tables.expected(pushed):
                yield _Repair(1.1, self._tables.stack_on(pushed, "_SP"), at)
        if "_SP" in expected and text[at : at + 1] != b" ":
            # One more value was to come, or this one without its space.
            behind = self._tables.stack_on(stack, "_SP")
            for _, pushed in self._pushed(behind):
                yield _Repair(1.1 if end == at else 1.3, pushed, end)
        # A name and its value, where only fixed names may stand.
        if end > at and spaced and self._names(expected):
            second = value_end(text, end + 1)
            for _, pushed in nexts:
                if second > end + 1:
                    yield _Repair(1.2, pushed, second)
        if "_CRLF" in expected and (line_end := text.find(b"\r\n", at)) >= 0:
            yield _Repair(1.0 if len(expected) == 1 else 1.5, stack, line_end)
        if "LPAR" in expected and text[at : at + 1] != b"(":
            yield from self._bare(text, stack, at)
        elif text[at : at + 1] == b"(" and (close := next(_enclosing(text, end))) > end:
            # A group where none can stand: what follows in this list may be of another kind, too.
            yield from (_Repair(1.2, pushed, close) for symbol, pushed in nexts if symbol != "_SP")
        if text[at : at + 1] == b")" and "RPAR" not in expected:
            yield from self._closed_early(text, failure)
        # Too much: the rest of a word, a space, a closing parenthesis, a value with its space.
        if end > at:
            yield _Repair(1.0, stack, end)
            yield _Repair(1.1, stack, at + 1)
            if spaced:
                yield _Repair(1.1, stack, end + 1)
        elif at < len(text) and text[at] not in b"\r\n":
            yield _Repair(1.0, stack, at + 1)
            if text[at] == 0x20:
                yield from self._superfluous(text, stack, at, expected)
        yield from self._undone(text, failure)

    def _names(self, expected: Sequence[str]) -> bool:
        fixed = [self._tables.is_fixed(terminal) for terminal in expected]
        return bool(fixed) and all(fixed)

    def _bare(self, text: bytes, stack: tuple[int, ...], at: int) -> Iterator[_Repair]:
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
                    yield _Repair(1.35, pushed, end)

    def _closed_early(self, text: bytes, failure: ParseFailure) -> Iterator[_Repair]:
        """Take what a group has for all of it, though more was to come before it is closed."""
        stack, at = tuple(failure.stack), failure.offset
        opened = _opened(text, failure)
        if opened is None or text[at - 1] in b" (":
            return
        before = self._tables.stack_before(failure, opened)
        for rule in self._tables.gotos[before[-1]]:
            yield _Repair(0.95, self._tables.stack_on(before, rule), at + 1)
        for length in range(len(stack), len(before), -1):
            below = stack[:length]
            for rule in self._tables.gotos[below[-1]]:
                pushed = self._tables.stack_on(below, rule)
                if "RPAR" in self._tables.expected(pushed):
                    yield _Repair(0.9 + (len(stack) - length) / 1000, pushed, at)

    def _superfluous(
        self, text: bytes, stack: tuple[int, ...], at: int, expected: Sequence[str]
    ) -> Iterator[_Repair]:
        """Skip values behind spaces: only one, unless the group has to end here."""
        cost = 1.1
        while text[at : at + 1] == b" " and (end := value_end(text, at + 1)) > at + 1:
            yield _Repair(cost, stack, end)
            if "_SP" in expected:
                return
            at, cost = end, cost + 0.1

    def _undone(self, text: bytes, failure: ParseFailure) -> Iterator[_Repair]:
        """Take back the space before, or the value that the failure lies in the midst of."""
        tokens, at = failure.tokens, failure.offset
        if tokens and tokens[-1].end == at and text[at - 1 : at + 1] == b"()":
            # An empty group where it has to have something in it, or where NIL stands for it.
            for _, pushed in self._pushed(self._tables.stack_before(failure, len(tokens) - 1)):
                yield _Repair(1.0, pushed, at + 1)
        if tokens and tokens[-1].terminal == "_SP" and tokens[-1].end == at:
            stack = self._tables.stack_before(failure, len(tokens) - 1)
            yield _Repair(_ONLY_A_SPACE if text[at : at + 1] == b"(" else 1.0, tuple(stack), at)
            if (end := value_end(text, at)) > at:
                yield _Repair(1.1, tuple(stack), end)
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
                yield _Repair(1.2, pushed, end)

    def _given_up(self, text: bytes, failure: ParseFailure) -> Iterator[_Repair]:
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
                        yield _Repair(3.0 + order + popped / 100, pushed, position)


def _again(text: bytes, one: ParseFailure, other: ParseFailure) -> bool:
    """Whether the text goes on from one fault to where the very same comes once more."""
    same = _octet(text, one.offset) == _octet(text, other.offset)
    return same and one.stack[-1] == other.stack[-1] and len(_spoken(other)) > 1


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


def _spoken(failure: ParseFailure) -> list[str]:
    return [token.terminal for token in failure.tokens if token.terminal != "_SP"]


def _matches(text: bytes, pieces: Sequence[ParseFailure]) -> bool:
    """Whether parentheses and quotes match, but for those in human text."""
    human = {t.start: t.end for p in pieces for t in p.tokens if t.terminal.startswith("TEXT")}
    depth = at = 0
    while at < len(text):
        if at in human and human[at] > at:
            at = human[at]
            continue
        if text[at] == 0x22:
            quoted = _QUOTED.match(text, at)
            if quoted is None:
                return False
            at = quoted.end()
            continue
        depth += {0x28: 1, 0x29: -1}.get(text[at], 0)
        if depth < 0:
            return False
        at += 1
    return depth == 0
