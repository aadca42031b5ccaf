"""The answer to a SORT (RFC 5256 section 3): which messages, and in what order.

What a message sorts by may have several readings (`sort_keys`), so that the order of two messages
may be left open: any order in which no two messages stand against the RFC is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from conformance.message.criteria import Criteria, criteria_of
from conformance.message.expected import Numbers
from conformance.message.search import KeptMessage, found
from conformance.message.sort_keys import Readings, values
from conformance.syntax.arguments import read_command
from conformance.syntax.grammar import Grammar
from conformance.syntax.values import Group, Leaf, Value


class Criterion(NamedTuple):
    """A sort-criterion: a key in capitals, and whether it is reversed."""

    key: str
    reverse: bool


@dataclass(frozen=True, slots=True)
class Order:
    """Numbers in an order: all of `numbers.must`, any of `numbers.may`, each once.

    `decided` holds pairs: where both are there the first has to stand before the second, and why.
    """

    numbers: Numbers
    decided: dict[tuple[int, int], str]

    @property
    def open(self) -> bool:
        """Whether no order of what has to be found would be wrong."""
        must = self.numbers.must
        return len(must) > 1 and not any(must.issuperset(pair) for pair in self.decided)

    def differs(self, got: Value, where: str) -> str | None:
        """Compare as a set, then each two of what came."""
        leaves = got.items if isinstance(got, Group) else (got,)
        if difference := self.numbers.differs(got, where):
            return difference
        came = [leaf.number or 0 for leaf in leaves if isinstance(leaf, Leaf)]
        if twice := [number for number in came if came.count(number) > 1]:
            return f"{where}: {twice[0]} stands twice"
        for first, second in combinations(came, 2):
            if why := self.decided.get((second, first)):
                return f"{where}: {second} comes before {first} by {why}"
        return None

    def __str__(self) -> str:
        return str(self.numbers)


def sort_criteria(command: bytes, grammar: Grammar) -> tuple[list[Criterion], Criteria]:
    """Read a SORT or UID SORT: what it sorts by and what it finds.

    Raises:
        ValueError: it is none, or says how to return what it finds (RFC 5267).
    """
    read = read_command(grammar, command)
    sorts = []
    for criterion in read.named("sort").parts("sort-criterion"):
        [key] = criterion.parts("sort-key")
        sorts.append(Criterion(key.octets.decode("ascii").upper(), b"REVERSE" in criterion.words))
    [program] = read.parts("search-criteria")
    return sorts, criteria_of(read, program)


def sorted_by(command: bytes, grammar: Grammar, mailbox: Sequence[KeptMessage]) -> Order:
    """Return what a SORT has to answer.

    Raises:
        ValueError: the command is none, or asks for what is not known.
    """
    sorts, criteria = sort_criteria(command, grammar)
    numbers = found(criteria, mailbox)
    shown = {(kept.uid if criteria.uids else kept.number) or 0: kept for kept in mailbox}
    keys = {
        number: [values(sort.key, shown[number]) for sort in sorts]
        for number in sorted(numbers.must | numbers.may)
    }
    decided = {}
    for one, other in combinations(keys, 2):
        for sort, first, second in zip(sorts, keys[one], keys[other], strict=True):
            signs = _signs(first, second)
            if signs == {0}:
                continue
            if len(signs) == 1:
                before = (signs == {-1}) != sort.reverse
                pair = (one, other) if before else (other, one)
                decided[pair] = ("REVERSE " if sort.reverse else "") + sort.key
            break
        else:
            decided[one, other] = "sequence number"
    return Order(numbers, decided)


def _signs(first: Readings, second: Readings) -> set[int]:
    """Compare each reading of one value with each of the other; none where nothing is known."""
    pairs = [(one, other) for one in first for other in second]
    return {(one > other) - (one < other) for one, other in pairs}  # type: ignore[operator]  # of one key, so of one type
