"""The strict grammar: which octets a server or client may send, and what is wrong if others come.

`load` composes the grammar for the capabilities a server announces; `Grammar.check` says
whether one line conforms. Frames, values and meaning are elsewhere: this looks at one
skeleton (a response with the payloads of its literals cut out) at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import lark
from lark.lexer import PatternStr

from conformance.syntax import limits
from conformance.syntax.accept import Acceptor
from conformance.syntax.around import RulesAround
from conformance.syntax.derivations import Derivation, Productions, derive
from conformance.syntax.diagnose import Diagnosis
from conformance.syntax.fault import SyntaxFault
from conformance.syntax.limits import Buffer
from conformance.syntax.modules import (
    BASE,
    Module,
    Origin,
    abnf_name,
    applying,
    available,
    examples,
    joined,
    origins,
    with_needed,
)
from conformance.syntax.recovery import MOST_FAULTS, Recovery
from conformance.syntax.remarks import SyntaxRemark, remarks
from conformance.syntax.tables import ParseFailure, Tables

__all__ = [
    "STARTS",
    "Buffer",
    "Continuations",
    "Grammar",
    "Origin",
    "Placed",
    "SyntaxFault",
    "SyntaxRemark",
    "everything",
    "load",
    "load_modules",
]

STARTS: tuple[str, ...] = tuple(
    start
    for module in available()
    if module.name == BASE
    for start in module.server_starts + module.client_starts
)
"""Start symbols of RFC 3501: one for each role that a line can have."""

_MOST_KINDS = 5
"""Kinds of faults that are told of one line."""

_MEMO_LINES = 4096
_MEMO_OCTETS = 1024


class Placed(NamedTuple):
    """A terminal of a text, with the rules of the ABNF that it is part of."""

    terminal: str
    """As the ABNF writes it: `SP`, `nz-number`, `"FETCH"`."""
    start: int
    end: int
    rules: tuple[str, ...]
    """Outermost first; the last is the innermost that contains the terminal."""


class _StartsReader(NamedTuple):
    """What reads one set of start symbols."""

    tables: Tables
    accepts: Acceptor
    around: RulesAround
    diagnosis: Diagnosis
    recovery: Recovery


class Continuations(NamedTuple):
    """What may stand at a place."""

    keywords: tuple[str, ...]
    """Fixed strings, as the grammar writes them."""
    shown: tuple[str, ...]
    """Everything, as the ABNF would write it."""
    rules: tuple[str, ...]
    """ABNF names of the rules that are being read, outermost first."""


class Grammar:
    """The composed grammar of one set of modules."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        self._modules = modules
        self.modules: tuple[str, ...] = tuple(module.name for module in modules)
        rules = origins(modules)
        self._lexical: frozenset[str] = frozenset()
        self._stands_for: dict[str, str] = {}
        self._server_starts: tuple[str, ...] = ()
        self._client_starts: tuple[str, ...] = ()
        of_client: set[str] = set()
        for module in modules:
            if module.client_only:
                of_client |= rules.keys() & module.rules.keys()
            self._stands_for |= module.stands_for
            self._lexical |= module.lexical
            self._server_starts += module.server_starts
            self._client_starts += module.client_starts
        self.rules: Mapping[str, Origin] = MappingProxyType(rules)
        self._of_client = tuple(
            sorted(of_client.difference(*(m.rules for m in modules if not m.client_only)))
        )
        """Rules that only commands know."""
        self._of_both = tuple(sorted(rules.keys() - set(self._of_client)))
        self._readers: dict[tuple[str, ...], _StartsReader] = {}
        # Servers repeat themselves: the same OK, EXISTS and FLAGS lines, thousands of times.
        self._short = lru_cache(maxsize=_MEMO_LINES)(self._accepts)
        self._productions = lru_cache(lambda start: Productions(self._reader(start).tables, start))

    @property
    def starts(self) -> tuple[str, ...]:
        """The start symbols of all modules."""
        return self._server_starts + self._client_starts

    def check(self, start: str, text: bytes, literals: Sequence[Buffer] = ()) -> SyntaxFault | None:
        """Say what is wrong with `text` as a `start`, None when nothing is.

        `text` is a skeleton that ends in CRLF, `literals` are the payloads cut out of it.
        """
        failure = self._failure(start, text)
        if failure is not None:
            return self._reader(start).diagnosis.explain(start, text, literals, failure)
        return next(self._breached(start, text, literals, None), None)

    def conforms(self, start: str, text: bytes, literals: Sequence[Buffer] = ()) -> bool:
        """Say whether `check` has nothing to say, without the cost of finding out what."""
        if self._stops(start, text) is not None:
            return False
        if not limits.may_be_breached(text, literals):
            return True
        return not any(self._breached(start, text, literals, None))

    def faults(
        self, start: str, text: bytes, literals: Sequence[Buffer] = ()
    ) -> tuple[SyntaxFault, ...]:
        """Say all that is wrong with `text` as a `start`, as far as it can be told, in order.

        The first is what `check` says. What only follows from a fault is none. Of a line with
        very many, those of the first few kinds are given.
        """
        failure = self._failure(start, text)
        if failure is None:
            return _few(self._breached(start, text, literals, None))
        reader = self._reader(start)
        found = reader.recovery.read_on(start, text, failure)
        faults = [reader.diagnosis.explain(start, text, literals, each) for each in found.failures]
        if found.complete and not any(_at_a_count(text, each.offset) for each in found.failures):
            faults += self._breached(start, text, literals, found.pieces)
        return _few(sorted(faults, key=lambda fault: fault.column))

    def _failure(self, start: str, text: bytes) -> ParseFailure | None:
        """Find where the parser stops, blamed on what made it; None where it does not."""
        stopped = self._stops(start, text)
        if stopped is None:
            return None
        return self._reader(start).diagnosis.blamed(start, text, stopped)

    def _stops(self, start: str, text: bytes) -> ParseFailure | None:
        """Find where the parser stops; what the quick reading refuses is read slowly as well."""
        if self._short(start, text) if len(text) <= _MEMO_OCTETS else self._accepts(start, text):
            return None
        traced = self._reader(start).tables.trace(start, text)
        return traced if isinstance(traced, ParseFailure) else None

    def _breached(
        self,
        start: str,
        text: bytes,
        literals: Sequence[Buffer],
        pieces: Sequence[ParseFailure] | None,
    ) -> Iterator[SyntaxFault]:
        """Yield what the grammar cannot see; `pieces` are those of a text that it does not take."""
        reader = self._reader(start)
        conforms = pieces is None
        for breach in limits.breaches(
            text,
            literals,
            lambda: self.tree(start, text) if conforms else None,
            line=start in self.starts,
        ):
            if pieces is None:
                pieces = (reader.tables.all_of(start, text),)
            yield reader.diagnosis.locate(pieces, text, literals, breach)

    def matches(self, rule: str, text: bytes, literals: Sequence[Buffer] = ()) -> bool:
        """Say whether `text` is exactly one `rule`, a rule of the grammar or a lexical one.

        Raises KeyError for a name that is not in `rules`.
        """
        name = rule.lower().replace("-", "_")
        if name not in self.rules:
            raise KeyError(rule)
        return self.conforms(name, text, literals)

    def tokens(self, start: str, text: bytes) -> list[Placed]:
        """List the terminals of `text`, a skeleton that conforms to `start`, with their rules.

        Raises ValueError for a text that does not conform.
        """
        reader = self._reader(start)
        traced = reader.tables.trace(start, text)
        if isinstance(traced, ParseFailure):
            raise ValueError(f"no {start}: {text!r}")
        return [
            Placed(
                reader.around.shown(token.terminal),
                token.start,
                token.end,
                reader.around.rules_read(stack),
            )
            for token, stack in zip(traced, reader.tables.stacks(start, traced), strict=True)
        ]

    def lint(self, text: bytes) -> tuple[SyntaxRemark, ...]:
        """List what is debatable in a response that conforms, by no means a fault."""
        return remarks(text, rev2="rfc9051" in self.modules)

    def tree(self, start: str, text: bytes) -> lark.Tree[lark.Token]:
        """Parse to Lark's tree, slowly; octets are latin-1 characters in it.

        Raises lark.exceptions.UnexpectedInput for what `check` rejects.
        """
        parser = self._reader(start).tables.lark
        tree: lark.Tree[lark.Token] = parser.parse(text.decode("latin-1"), start=start)
        return tree

    def productions(self, start: str) -> Productions:
        """Give the alternatives that `start` reaches."""
        return self._productions(start)

    def tables(self, start: str) -> Tables:
        """Give the parser's tables that hold `start`, for what walks them in a way of its own."""
        return self._reader(start).tables

    def derivation(self, start: str, text: bytes) -> Derivation | None:
        """Find the derivation of `text`, None where it does not conform; payloads are not in it."""
        return derive(self._reader(start).tables, start, text)

    def fixed_terminals(self, start: str) -> dict[str, bytes]:
        """Give the terminals that read only one thing, with what they read."""
        return {
            name: terminal.pattern.value.encode("latin-1")
            for name, terminal in self._reader(start).tables.terminals.items()
            if isinstance(terminal.pattern, PatternStr)
        }

    @cached_property
    def examples(self) -> Mapping[str, tuple[bytes, ...]]:
        """What its terminals may read, the simplest first."""
        return examples(self._modules)

    def name_of(self, symbol: str) -> str | None:
        """Give the ABNF name of a rule or terminal of the grammar text, None for helpers."""
        if symbol.isupper() and symbol not in self._stands_for:
            # Lark names the keyword "LIST" so, too; it is not the rule.
            return abnf_name(symbol) if symbol.lower() in self._lexical else None
        name = self._stands_for.get(symbol, abnf_name(symbol))
        return name if name.lower().replace("-", "_") in self.rules else None

    def stands_for(self, symbol: str) -> str | None:
        """Say what a helper of the grammar text is in the ABNF; None for what is no helper."""
        return self._stands_for.get(symbol)

    def expected(self, start: str, text: bytes) -> Continuations:
        """Say what may follow `text`, the beginning of a `start`; nothing if none begins so.

        Of the last word all has to be there: `a1 FETCH 1 ` can go on, `a1 FETCH 1 (FL` can not.
        """
        reader = self._reader(start)
        traced = reader.tables.trace(start, text)
        if not isinstance(traced, ParseFailure) or traced.offset < len(text):
            return Continuations((), (), ())
        terminals = reader.tables.expected(traced.stack)
        patterns = [reader.tables.terminals[terminal].pattern for terminal in terminals]
        return Continuations(
            tuple(str(pattern.value) for pattern in patterns if isinstance(pattern, PatternStr)),
            tuple(reader.around.shown(terminal) for terminal in terminals),
            reader.around.rules_at(traced.stack),
        )

    def forget(self) -> None:
        """Empty the memo of short lines."""
        self._short.cache_clear()

    def _accepts(self, start: str, text: bytes) -> bool:
        return self._reader(start).accepts(start, text)

    def _reader(self, start: str) -> _StartsReader:
        """Find, or build when first asked, the tables that hold `start`."""
        if start in self._server_starts:
            starts = self._server_starts
        elif start in self._client_starts:
            starts = self._client_starts
        else:
            starts = self._of_client if start in self._of_client else self._of_both
        reader = self._readers.get(starts)
        if reader is None:
            of_client = starts in (self._client_starts, self._of_client)
            text = joined(self._modules, client=of_client)
            # A start has to be a rule, so a lexical rule gets one of its own name.
            lexical = self._lexical.intersection(starts)
            text += "".join(f"\n{name}: {name.upper()}" for name in sorted(lexical)) + "\n"
            tables = Tables(text, starts)
            around = RulesAround(tables, self.rules, self._lexical, self._stands_for)
            reader = self._readers[starts] = _StartsReader(
                tables, Acceptor(tables), around, Diagnosis(around), Recovery(tables)
            )
        return reader


@lru_cache(maxsize=128)
def _load(names: frozenset[str]) -> Grammar:
    return Grammar(tuple(module for module in available() if module.name in names))


def load_modules(names: Iterable[str]) -> Grammar:
    """Load the grammar of modules by their names, with the base and what they need.

    Raises ValueError for one that is not shipped.
    """
    wanted = frozenset(names)
    if unknown := wanted - {module.name for module in available()}:
        raise ValueError(f"no grammar is called {', '.join(sorted(unknown))}")
    return _load(frozenset(module.name for module in with_needed(wanted)))


def everything() -> Grammar:
    """Load the grammar of all extensions at once, of those that say the same only one."""
    return load_modules(module.name for module in available() if not module.dialect)


@lru_cache(maxsize=256)
def _session(capabilities: frozenset[str], enabled: frozenset[str]) -> Grammar:
    return _load(frozenset(module.name for module in applying(capabilities, enabled)))


def load(capabilities: Iterable[str] = (), enabled: Iterable[str] = ()) -> Grammar:
    """Load the grammar of a session, RFC 3501 always included.

    `capabilities` are those that its server announces, `enabled` what was turned on in it.
    """
    return _session(frozenset(capabilities), frozenset(enabled))


def _at_a_count(text: bytes, offset: int) -> bool:
    """Whether a literal begins here."""
    return text.startswith(b"{", offset)


def _few(faults: Iterable[SyntaxFault]) -> tuple[SyntaxFault, ...]:
    kinds: set[str] = set()
    few: list[SyntaxFault] = []
    for fault in itertools.islice(faults, MOST_FAULTS):
        kinds.add(fault.shape)
        if len(kinds) > _MOST_KINDS:
            break
        few.append(fault)
    return tuple(few)
