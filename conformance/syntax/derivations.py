"""Derivations: which alternatives of which rules a text is made of, by the parser's own tables.

An alternative is one `Production` of the compiled grammar: what the ABNF writes as options and
repetitions has become alternatives there, so they are more than the ABNF shows. `derive` finds
the derivation of a text that conforms; `Productions` finds, without any chance in it, shortest
derivations through each alternative (`cover`) and each pair of one alternative directly below
another (`pair_cover`: k-paths with k = 2). What the words in them say is up to a `Fill`.

Generation derivations at random is in `strategies`, counting what a run has used in `exercised`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple, TypeAlias

from conformance.syntax.tables import ParseFailure, Tables, Token

_MARKER = re.compile(rb"\{[0-9]{1,9}\}\r\n")


class Production(NamedTuple):
    """One alternative of a rule: its symbols, terminals in capitals."""

    rule: str
    symbols: tuple[str, ...]


class ProductionPair(NamedTuple):
    """An alternative, and the one that stands for its symbol at `place`."""

    above: Production
    place: int
    below: Production


class Spoken(NamedTuple):
    """A line as the grammar sees it: the skeleton with its CRLF, and the payloads cut out of it."""

    text: bytes
    literals: tuple[bytes, ...] = ()

    @property
    def octets(self) -> bytes:
        """The line as it goes over the wire, payloads in their places."""
        return b"".join(self.segments)

    @property
    def segments(self) -> tuple[bytes, ...]:
        """The octets in pieces; each but the last ends where a server is waited for."""
        cuts = [found.end() for found in _MARKER.finditer(self.text)][: len(self.literals)]
        starts = [0, *cuts]
        before = (b"", *self.literals)
        return tuple(
            payload + self.text[start:end]
            for payload, start, end in zip(before, starts, [*cuts, len(self.text)], strict=True)
        )


class Written(NamedTuple):
    """One terminal as it is written; a LITERAL has its payload beside its marker."""

    terminal: str
    octets: bytes
    payload: bytes | None = None


class Derivation(NamedTuple):
    """An alternative and what stands for each of its symbols."""

    production: Production
    children: tuple[Derivation | Written, ...]

    def spoken(self) -> Spoken:
        """Give the text that is derived."""
        words = list(self.words())
        return Spoken(
            b"".join(word.octets for word in words),
            tuple(word.payload for word in words if word.payload is not None),
        )

    def words(self) -> Iterator[Written]:
        """Give the terminals from left to right."""
        for child in self.children:
            if isinstance(child, Derivation):
                yield from child.words()
            else:
                yield child

    def productions(self) -> Iterator[Production]:
        """Give every alternative in it, from the top."""
        yield self.production
        for child in self.children:
            if isinstance(child, Derivation):
                yield from child.productions()

    def pairs(self) -> Iterator[ProductionPair]:
        """Give every pair of an alternative and one directly below it."""
        for index, child in enumerate(self.children):
            if isinstance(child, Derivation):
                yield ProductionPair(self.production, index, child.production)
                yield from child.pairs()


Path: TypeAlias = tuple[str, ...]
Fill: TypeAlias = Callable[[Path, str], Written]
"""Says what a terminal reads, by the rules that it stands in, outermost first."""


def derive(tables: Tables, start: str, text: bytes) -> Derivation | None:
    """Find the derivation of a text, without payloads; None when it does not conform."""
    tokens = tables.trace(start, text)
    if isinstance(tokens, ParseFailure):
        return None
    stack: list[Derivation | Written] = []
    for step in tables.reductions(start, tokens):
        if isinstance(step, Token):
            stack.append(Written(step.terminal, text[step.start : step.end]))
            continue
        at = len(stack) - step.length
        children = tuple(stack[at:])
        del stack[at:]
        stack.append(Derivation(Production(step.rule, step.symbols), children))
    top = stack[-1]
    return top if isinstance(top, Derivation) else None


class Productions:
    """The alternatives that a start symbol reaches."""

    def __init__(self, tables: Tables, start: str) -> None:
        self.start = start
        of_rule: dict[str, list[Production]] = {}
        for rule in tables.rules:
            symbols = tuple(str(symbol.name) for symbol in rule.expansion)
            name = str(rule.origin.name)
            of_rule.setdefault(name, []).append(Production(name, symbols))
        self.of_rule: dict[str, tuple[Production, ...]] = {}
        todo = [start]
        while todo:
            name = todo.pop()
            if name not in self.of_rule:
                self.of_rule[name] = tuple(dict.fromkeys(of_rule[name]))
                todo += [s for p in self.of_rule[name] for s in p.symbols if s in of_rule]
        self.depth = self._depths()
        for name, productions in self.of_rule.items():
            # Simplest first: what shrinks goes there, and covers are shortest.
            self.of_rule[name] = tuple(sorted(productions, key=self._simplicity))

    def __iter__(self) -> Iterator[Production]:
        for productions in self.of_rule.values():
            yield from productions

    def pairs(self) -> Iterator[ProductionPair]:
        """Give every pair that the rules allow."""
        for production in self:
            for index, symbol in enumerate(production.symbols):
                for below in self.of_rule.get(symbol, ()):
                    yield ProductionPair(production, index, below)

    def height(self, production: Production) -> int:
        """How many levels of rules the shortest derivation from an alternative has."""
        return 1 + max((self.depth.get(symbol, 0) for symbol in production.symbols), default=0)

    def _simplicity(self, production: Production) -> tuple[int, int]:
        return self.height(production), len(production.symbols)

    def _depths(self) -> dict[str, int]:
        depth: dict[str, int] = {}
        while len(depth) < len(self.of_rule):
            for name, productions in self.of_rule.items():
                known = [
                    1 + max((depth[s] for s in p.symbols if s in self.of_rule), default=0)
                    for p in productions
                    if all(s in depth for s in p.symbols if s in self.of_rule)
                ]
                if known:
                    depth[name] = min(depth.get(name, min(known)), *known)
        return depth

    # -- covers ------------------------------------------------------------------------

    @cached_property
    def _ways(self) -> dict[str, tuple[tuple[Production, int], ...]]:
        """For each rule the alternatives to take from the start, and at which symbol to go on."""
        ways: dict[str, tuple[tuple[Production, int], ...]] = {self.start: ()}
        todo = [self.start]
        for name in todo:
            for production in self.of_rule[name]:
                for index, symbol in enumerate(production.symbols):
                    if symbol in self.of_rule and symbol not in ways:
                        ways[symbol] = (*ways[name], (production, index))
                        todo.append(symbol)
        return ways

    def cover(self, fill: Fill) -> Iterator[tuple[Production, Derivation]]:
        """Give a shortest derivation through every alternative."""
        for production in self:
            yield production, self._build(self._ways[production.rule], production, fill)

    def pair_cover(self, fill: Fill) -> Iterator[tuple[ProductionPair, Derivation]]:
        """Give a shortest derivation through every pair of alternatives."""
        for pair in self.pairs():
            way = (*self._ways[pair.above.rule], (pair.above, pair.place))
            yield pair, self._build(way, pair.below, fill)

    def _build(
        self, way: tuple[tuple[Production, int], ...], last: Production, fill: Fill
    ) -> Derivation:
        taken = [*way, (last, -1)]

        def build(level: int, path: Path) -> Derivation:
            production, index = taken[level]
            return self.shortest(
                production,
                fill,
                path,
                {} if index < 0 else {index: lambda below: build(level + 1, below)},
            )

        return build(0, ())

    def shortest(
        self,
        production: Production,
        fill: Fill,
        path: Path,
        given: dict[int, Callable[[Path], Derivation]],
    ) -> Derivation:
        """Give the shortest derivation from an alternative, but for what is `given` of it."""
        below = (*path, production.rule)
        children: list[Derivation | Written] = []
        for index, symbol in enumerate(production.symbols):
            if index in given:
                children.append(given[index](below))
            elif symbol in self.of_rule:
                simplest = self.of_rule[symbol][0]
                children.append(self.shortest(simplest, fill, below, {}))
            else:
                children.append(fill(below, symbol))
        return Derivation(production, tuple(children))
