"""How much of the grammar was exercised: alternatives, and pairs of them, by start symbol.

Lines go in, counts come out, and their JSON form for `grammar coverage`. Lines that differ only in
digits are looked at once: what they say is not of interest, only how it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.syntax.derivations import Derivation, Production, ProductionPair
from conformance.syntax.grammar import Grammar, load_modules

_DIGITS = re.compile(rb"[1-9][0-9]*")
_LONGEST = 2000  # octets: how a longer line is said, shorter ones have shown
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what one start symbol reaches was exercised."""

    start: str
    alternatives: int
    exercised: int
    pairs: int
    exercised_pairs: int
    missing: tuple[Production, ...]


class Exercised:
    """Counts what lines are made of."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._seen: set[tuple[str, bytes]] = set()
        self._used: dict[str, set[Production]] = {}
        self._pairs: dict[str, set[ProductionPair]] = {}

    def note(self, start: str, text: bytes) -> None:
        """Count one line, a skeleton; what does not conform counts for nothing."""
        if len(text) > _LONGEST or len(self._seen) >= _MOST:
            return
        alike = _DIGITS.sub(b"1", text)
        if (start, alike) in self._seen:
            return
        self._seen.add((start, alike))
        derivation = self._grammar.derivation(start, text)
        if derivation is not None:
            self._used.setdefault(start, set()).update(derivation.productions())
            self._pairs.setdefault(start, set()).update(derivation.pairs())

    def add(self, start: str, derivation: Derivation) -> None:
        """Count what was derived and sent, also where a server has not let it be finished."""
        self._used.setdefault(start, set()).update(derivation.productions())
        self._pairs.setdefault(start, set()).update(derivation.pairs())

    def merge(self, data: Mapping[str, Any]) -> None:
        """Add what another process has counted, in its JSON form.

        Raises ValueError when that is something else.
        """
        try:
            for start, used in data["starts"].items():
                productions = dict(enumerate(self._productions(start)))
                alternatives = {productions[number] for number in used["alternatives"]}
                pairs = {
                    ProductionPair(productions[above], place, productions[below])
                    for above, place, below in used["pairs"]
                }
                if not pairs.issubset(self._grammar.productions(start).pairs()):
                    raise ValueError(f"pairs of {start} that there are not")
                self._used.setdefault(start, set()).update(alternatives)
                self._pairs.setdefault(start, set()).update(pairs)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"not a record of grammar coverage: {error!r}") from None

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form: alternatives by their number below the start symbol."""
        starts = {}
        for start in sorted(self._used):
            number = {p: n for n, p in enumerate(self._productions(start))}
            pairs = [[number[p.above], p.place, number[p.below]] for p in self._pairs[start]]
            starts[start] = {
                "alternatives": sorted(number[p] for p in self._used[start]),
                "pairs": sorted(pairs),
            }
        return {"modules": list(self._grammar.modules), "starts": starts}

    @property
    def starts(self) -> tuple[str, ...]:
        """The start symbols of which anything was exercised."""
        return tuple(sorted(self._used))

    def reached(self, start: str) -> str:
        """Say in short how many of its alternatives were exercised: `12/204`."""
        return f"{len(self._used.get(start, ()))}/{len(self._productions(start))}"

    def share(self, start: str) -> Share:
        """Say how much of what a start symbol reaches was exercised."""
        productions = self._productions(start)
        used = self._used.get(start, set())
        all_pairs = set(self._grammar.productions(start).pairs())
        return Share(
            start=start,
            alternatives=len(productions),
            exercised=len(used.intersection(productions)),
            pairs=len(all_pairs),
            exercised_pairs=len(self._pairs.get(start, set()) & all_pairs),
            missing=tuple(p for p in productions if p not in used),
        )

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules of the grammar, by which counts of several grammars are told apart."""
        return self._grammar.modules

    def _productions(self, start: str) -> list[Production]:
        if start not in self._grammar.starts:
            raise ValueError(f"no start symbol {start}")
        return list(self._grammar.productions(start))


class ExercisedGrammars:
    """Counts of a run, for each grammar that its sessions have spoken by itself.

    There are several where a server speaks two revisions, or where sessions have enabled something.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], Exercised] = {}

    def __iter__(self) -> Iterator[Exercised]:
        return iter(self._counts.values())

    def __bool__(self) -> bool:
        return bool(self._counts)

    def merge(self, data: Any) -> None:
        """Add what another process or run has counted, in the JSON form of this class.

        Raises ValueError when that is something else.
        """
        if not isinstance(data, list):
            raise ValueError("not a record of grammar coverage: no list")
        for each in data:
            try:
                modules = tuple(each["modules"])
                count = self._counts.get(modules) or Exercised(load_modules(modules))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"not a record of grammar coverage: {error!r}") from None
            count.merge(each)
            self._counts[modules] = count

    def to_json(self) -> list[dict[str, Any]]:
        """Give the JSON form: a count for each grammar."""
        return [each.to_json() for each in self]


def shown(productions: Iterable[Production]) -> list[str]:
    """Write alternatives for people, those of helper rules without their numbers."""
    return [
        f"{p.rule.strip('_')}: {' '.join(s.strip('_') for s in p.symbols)}" for p in productions
    ]
