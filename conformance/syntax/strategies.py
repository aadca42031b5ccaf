"""Hypothesis strategies from the grammar: text of any rule, with the derivation beside it.

A rule is drawn from the top: one alternative, then what stands for each of its symbols, simplest
alternatives first, so that what shrinks ends at the shortest command. Depth is bounded. What a
terminal reads is drawn by `WORDS` or by what the caller gives for a terminal, for one within a
rule, or for a whole rule (`Values`: a mailbox name that exists, spelt in every way that can spell
it). Which values make sense on a server is not known here.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st
from lark.lexer import PatternStr

from conformance.syntax.derivations import Derivation, Path, Production, Written
from conformance.syntax.grammar import Grammar

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
Words: TypeAlias = Mapping[str, st.SearchStrategy[bytes]]
"""What terminals read, by terminal (`ATOM`) or by rule and terminal (`seq_number NZ_NUMBER`)."""
Values: TypeAlias = Mapping[str, st.SearchStrategy[bytes]]
"""What rules mean, by rule or by rule above and rule (`create mailbox`), spelling left open."""

LITERAL = "LITERAL"
_LITERALS = {LITERAL: b"{%d}\r\n", "LITERAL8": b"~{%d}\r\n"}
"""Terminals that announce a payload, as they are written."""
DEPTH = 6
"""Levels of rules beyond those that a rule needs at least."""

_ATOM_OCTETS = (
    string.ascii_lowercase + string.ascii_uppercase + string.digits + "!#$&'+,-./:;<=>?@[^_`|}~"
)
_CHARS = st.characters(min_codepoint=1, max_codepoint=127, exclude_characters="\r\n")


def _octets(alphabet: str, *, least: int = 1, most: int = 8) -> st.SearchStrategy[bytes]:
    return st.text(st.sampled_from(alphabet), min_size=least, max_size=most).map(str.encode)


def _numbers(least: int) -> st.SearchStrategy[bytes]:
    small, all_ = st.integers(least, 3), st.integers(least, 2**32 - 1)
    return st.one_of(small, st.just(2**32 - 1), all_).map(lambda n: b"%d" % n)


def _pieces(form: str, *pieces: st.SearchStrategy[int]) -> st.SearchStrategy[bytes]:
    return st.tuples(*pieces).map(lambda numbers: (form % numbers).encode())


_QUOTED = st.text(_CHARS, max_size=8).map(lambda text: write_quoted(text.encode()))
_PAYLOADS = st.one_of(
    st.text(_CHARS, max_size=8).map(str.encode),
    st.binary(max_size=12).map(lambda octets: octets.replace(b"\0", b"\1")),
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

WORDS: Words = {
    "ATOM": _octets(_ATOM_OCTETS.replace("[", "").replace("]", "")),
    "ASTRING_ATOM": _octets(_ATOM_OCTETS.replace("[", "") + "]"),
    "LIST_CHARS": _octets(_ATOM_OCTETS.replace("[", "") + "%*]"),
    "TAG": _octets(string.ascii_lowercase + string.digits, most=4),
    "QUOTED": _QUOTED,
    "NUMBER": _numbers(0),
    "NZ_NUMBER": _numbers(1),
    "SECTION_PART": st.lists(st.integers(1, 3), min_size=1, max_size=3).map(
        lambda numbers: ".".join(map(str, numbers)).encode()
    ),
    "FLAG_OTHER": _octets(string.ascii_letters, most=6).map(lambda name: b"\\X" + name),
    "X_NAME": _octets(string.ascii_uppercase, most=6).map(lambda name: b"X" + name),
    "X_ARGUMENT": _octets(string.ascii_letters + string.digits + ' ()"'),
    "DATE_DAY": _pieces("%d", st.integers(1, 28)),
    "DATE_DAY_FIXED": _pieces("%2d", st.integers(1, 28)),
    "DATE_MONTH": st.sampled_from([month.encode() for month in _MONTHS]),
    "DATE_YEAR": _pieces("%04d", st.integers(1970, 2037)),
    "TIME": _pieces("%02d:%02d:%02d", st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
}
"""What lexical rules read unless something else is given; of others the grammar has examples."""

_CASES: tuple[Callable[[str], str], ...] = (str, str.lower, str.swapcase, str.title)


def write_quoted(octets: bytes) -> bytes:
    """Write octets that have no CR, LF, NUL or 8-bit octet among them as `quoted`."""
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def write_literal(payload: bytes, terminal: str = LITERAL) -> Written:
    """Write octets as a `literal`, or a `LITERAL8`, with a count that is true."""
    return Written(terminal, _LITERALS[terminal] % len(payload), payload)


class Strategies:
    """Strategies for the rules below a start symbol."""

    def __init__(
        self,
        grammar: Grammar,
        start: str,
        *,
        words: Words | None = None,
        values: Values | None = None,
        payloads: st.SearchStrategy[bytes] = _PAYLOADS,
    ) -> None:
        tables = grammar.tables(start)
        self._tables = tables
        self._productions = grammar.productions(start)
        shown = {terminal: st.sampled_from(given) for terminal, given in grammar.examples.items()}
        self._words = {**shown, **WORDS, **(words or {})}
        self._values = dict(values or {})
        self._payloads = payloads
        self._choices: dict[tuple[str, int], st.SearchStrategy[Production]] = {}
        self._fixed = {
            name: (terminal.pattern.value, bool(terminal.pattern.flags))
            for name, terminal in tables.terminals.items()
            if isinstance(terminal.pattern, PatternStr)
        }
        self.spellings = cache(self._spellings)

    def rule(self, name: str, *, depth: int = DEPTH) -> st.SearchStrategy[Derivation]:
        """Draw derivations of a rule, `depth` levels deeper than need be at most."""
        left = self._productions.depth[name] + depth

        @st.composite
        def derivations(draw: Draw) -> Derivation:
            case = draw(st.sampled_from(_CASES))
            return self._rule(draw, name, (), left, case)

        return derivations()

    def _rule(
        self, draw: Draw, name: str, path: Path, left: int, case: Callable[[str], str]
    ) -> Derivation:
        values = self._values.get(f"{path[-1]} {name}" if path else name, self._values.get(name))
        if values is not None:
            return self._spelt(draw, name, draw(values))
        production = draw(self._choice(name, left))
        below = (*path, name)
        children = tuple(
            self._rule(draw, symbol, below, left - 1, case)
            if symbol in self._productions.of_rule
            else self._word(draw, below, symbol, case)
            for symbol in production.symbols
        )
        return Derivation(production, children)

    def _choice(self, name: str, left: int) -> st.SearchStrategy[Production]:
        choice = self._choices.get((name, left))
        if choice is None:
            fitting = [
                production
                for production in self._productions.of_rule[name]
                if self._productions.height(production) <= left
            ]
            choice = st.sampled_from(fitting or [self._productions.of_rule[name][0]])
            self._choices[name, left] = choice
        return choice

    def _word(self, draw: Draw, path: Path, terminal: str, case: Callable[[str], str]) -> Written:
        fixed = self._fixed.get(terminal)
        if fixed is not None:
            text, insensitive = fixed
            return Written(terminal, (case(text) if insensitive else text).encode())
        given = self._words.get(f"{path[-1]} {terminal}")
        if terminal in _LITERALS:
            return write_literal(draw(self._payloads if given is None else given), terminal)
        return Written(terminal, draw(self._words[terminal] if given is None else given))

    # -- spelling a value --------------------------------------------------------------

    def _spelt(self, draw: Draw, name: str, value: bytes) -> Derivation:
        return draw(st.sampled_from(self.spellings(name, value)))  # type: ignore[no-any-return]  # Draw is untyped

    def _spellings(self, name: str, value: bytes) -> tuple[Derivation, ...]:
        """List the derivations of a string-like rule that mean `value`, shortest first.

        Raises ValueError when there is none.
        """
        found = tuple(self._spelling(name, value))
        if not found:
            raise ValueError(f"no {name} means {value!r}")
        return found

    def _spelling(self, name: str, value: bytes) -> list[Derivation]:
        found: list[Derivation] = []
        for production in self._productions.of_rule[name]:
            if len(production.symbols) != 1:
                continue
            symbol = production.symbols[0]
            if symbol in self._productions.of_rule:
                found += [Derivation(production, (d,)) for d in self._spelling(symbol, value)]
            elif (word := self._write(symbol, value)) is not None:
                found.append(Derivation(production, (word,)))
        return found

    def _write(self, terminal: str, value: bytes) -> Written | None:
        """Write a value as a terminal, None when it can not be written so."""
        if terminal == LITERAL:
            return write_literal(value) if b"\0" not in value else None
        fixed = self._fixed.get(terminal)
        if fixed is not None:
            same = value.upper() == fixed[0].upper().encode()
            return Written(terminal, value) if same else None
        octets = write_quoted(value) if terminal == "QUOTED" else value
        fits = re.fullmatch(self._tables.regexps[terminal], octets)
        return Written(terminal, octets) if fits else None
