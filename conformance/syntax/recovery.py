"""Reading on behind a fault: the next place from which the parser can go on, and its faults.

Where the parser stopped, small repairs are tried: the value there is taken for one of the
expected kind, or skipped; a space is added or dropped; a value that is missing is thought
there. What does not help within the group gives up the group. The cheapest repair counts
behind which the text itself goes on well; of equally cheap ones that with which it goes
furthest. Where no repair leads on, what follows is not judged: its faults would be ours.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.syntax.repairs import QUOTED, Repair, Repairs, octet_at
from conformance.syntax.tables import ParseFailure, Tables

MOST_FAULTS = 20
"""Faults of one line that are looked for."""

_LONGEST = 1 << 14  # octets of a line that is read on in
_DEEPEST = 1000  # states of a stack that may be copied many times
_GOES_ON = 3  # tokens beside spaces that have to follow a repair
_TRIALS = 400  # repairs that are tried for one fault
_EDITS = 12  # repairs of faults that stand side by side
_BESIDE = 0.5  # what a repair costs more when only a space stands between it and the last one
_NEAR = 0.3  # what a repair may cost more that goes further

_LAST_COUNT = re.compile(rb"\{[^{} \r\n\"]*\}?\r\n\Z")


@dataclass(frozen=True, slots=True)
class _Trial:
    """What comes of some repairs, and the failures that they answer but the first."""

    cost: float
    repair: Repair
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


class Recovery:
    """Reads on by one set of tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._repairs = Repairs(tables)

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
                for repair in self._repairs.given_up(text, failure)
                if self._outcome(start, text, repair) is None
            ]
        if not good:
            return None
        cheapest = min(runner.cost for runner in good)
        near = [runner for runner in good if runner.cost <= cheapest + _NEAR]
        if len(near) == 1:
            return near[0]
        return max(near, key=lambda t: (*self._reach(start, text, t.repair), -t.cost))

    def _reach(self, start: str, text: bytes, repair: Repair) -> tuple[int, int]:
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

    def _outcome(self, start: str, text: bytes, repair: Repair) -> ParseFailure | None:
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
            for repair in sorted(self._repairs.small(text, failures[-1])):
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


def _again(text: bytes, one: ParseFailure, other: ParseFailure) -> bool:
    """Whether the text goes on from one fault to where the very same comes once more."""
    same = octet_at(text, one.offset) == octet_at(text, other.offset)
    return same and one.stack[-1] == other.stack[-1] and len(_spoken(other)) > 1


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
            quoted = QUOTED.match(text, at)
            if quoted is None:
                return False
            at = quoted.end()
            continue
        depth += {0x28: 1, 0x29: -1}.get(text[at], 0)
        if depth < 0:
            return False
        at += 1
    return depth == 0
