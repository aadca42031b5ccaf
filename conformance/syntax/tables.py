"""The parser's tables: LALR(1) as Lark makes them, and reading token by token with them.

Lark reads the grammar, makes the tables and builds trees. Its own parser spends its time on
tokens and trees, so the tables are copied out of it, with the item sets that say which
rules a state stands in. `Tables.trace` walks them and finds where and in which state a text
fails; what that means is in `diagnose`. The fast walk that only says yes or no is in
`accept`.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import lark
from lark.grammar import Rule
from lark.lexer import ContextualLexer, PatternStr, TerminalDef
from lark.parsers.lalr_analysis import IntParseTable

from conformance import cache

END = "$END"

Stack: TypeAlias = Sequence[int]


class _LateLexer(ContextualLexer):
    """Lark's contextual lexer, built when it is first asked: only trees need it."""

    def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
        self._late: Any = (conf, states, always_accept)

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        if self._late is not None:
            conf, states, always_accept = self._late
            conf.skip_validation = True
            super().__init__(conf, states, always_accept)
            self._late = None
        return super().lex(lexer_state, parser_state)


class _Loaded(lark.Lark):
    """A parser as Lark has saved it, with a lexer that is built when it is first asked."""

    def __init__(self, saved: bytes) -> None:
        self._load(io.BytesIO(saved), _plugins={"ContextualLexer": _LateLexer})


class Reduce(NamedTuple):
    """Take `length` states off the stack and go where `rule` leads from there.

    `symbols` are those of the rule's alternative that was read.
    """

    length: int
    rule: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DottedRule:
    """A rule with a dot in it: `index` symbols of `symbols` have been read."""

    rule: str
    symbols: tuple[str, ...]
    index: int

    @property
    def next(self) -> str | None:
        """The symbol behind the dot."""
        return self.symbols[self.index] if self.index < len(self.symbols) else None


class Token(NamedTuple):
    """One terminal as it was read, with its place in the text."""

    terminal: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """Where a text stops conforming: the parser's stack, the place, the tokens before.

    `base` is the stack that the tokens were read onto.
    """

    stack: Stack
    offset: int
    tokens: Sequence[Token]
    base: Stack


@dataclass(frozen=True, slots=True)
class _Built:
    """What building costs, as it is kept on disk."""

    terminals: dict[str, TerminalDef]
    entered_by: list[str | None]
    start_states: dict[str, int]
    end_states: dict[str, int]
    actions: list[dict[str, int | Reduce]]
    gotos: list[dict[str, int]]
    parser: bytes
    """Lark's own, as Lark saves it: only trees need it."""
    rules: bytes
    """The rules, pickled: only derivations need them."""
    items: bytes
    """The item sets, pickled: only what says what is wrong needs them."""


class Tables:
    """The tables of one grammar text for a set of start symbols."""

    def __init__(self, text: str, starts: Iterable[str]) -> None:
        begun = tuple(starts)
        here = Path(__file__).read_text(encoding="utf-8")
        key = cache.digest((lark.__version__, here, text, *begun))
        built = cache.kept("tables", key, _Built, lambda: _build(text, begun))
        self.terminals = built.terminals
        self.entered_by = built.entered_by
        """The symbol by which each state is entered, its only one; None for the first states."""
        self.start_states = built.start_states
        self.end_states = built.end_states
        self.actions = built.actions
        self.gotos = built.gotos
        self._built = built
        self._patterns: dict[str, re.Pattern[bytes]] = {}
        self._keywords: dict[str, dict[bytes, str]] = {}
        self._lexed: list[list[str] | None] = [None] * len(self.actions)
        self.defaults = [_default(own) for own in self.actions]
        for state in self.end_states.values():
            self.defaults[state] = None

    @cached_property
    def lark(self) -> lark.Lark:
        """Lark's own parser, which makes trees."""
        return _Loaded(self._built.parser)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules with their alternatives."""
        rules: tuple[Rule, ...] = pickle.loads(self._built.rules)  # noqa: S301  # ours, as `cache` has seen
        return rules

    @cached_property
    def items(self) -> list[frozenset[DottedRule]]:
        """For each state the rules that it stands in."""
        items: list[frozenset[DottedRule]] = pickle.loads(self._built.items)  # noqa: S301  # as above
        return items

    @cached_property
    def regexps(self) -> dict[str, bytes]:
        """The regular expression of each terminal, as text."""
        return {
            name: terminal.pattern.to_regexp().encode("latin-1")
            for name, terminal in self.terminals.items()
        }

    # ------------------------------------------------------------------ lexing

    def lexed(self, state: int) -> list[str]:
        """List the terminals that the lexer tries in a state, in Lark's order of trying."""
        names = self._lexed[state]
        if names is None:
            terminals = [self.terminals[name] for name in self.actions[state] if name != END]
            terminals.sort(
                key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name)
            )
            names = self._lexed[state] = [terminal.name for terminal in terminals]
        return names

    def keywords(self, name: str) -> Mapping[bytes, str]:
        """Find the keywords, in upper case, that the terminal `name` matches in full.

        Where both can stand the keyword is meant. Those of another priority do not count.
        """
        known = self._keywords.get(name)
        if known is None:
            known = self._keywords[name] = {}
            own = self.terminals[name]
            if not isinstance(own.pattern, PatternStr):
                for other in self.terminals.values():
                    if isinstance(other.pattern, PatternStr) and other.priority == own.priority:
                        value = other.pattern.value.encode("latin-1")
                        if self.pattern(name).fullmatch(value):
                            known[value.upper()] = other.name
        return known

    def pattern(self, terminal: str) -> re.Pattern[bytes]:
        """Give the regular expression of a terminal."""
        compiled = self._patterns.get(terminal)
        if compiled is None:
            compiled = self._patterns[terminal] = re.compile(self.regexps[terminal])
        return compiled

    def _token(self, state: int, text: bytes, position: int) -> Token | None:
        for terminal in self.lexed(state):
            found = self.pattern(terminal).match(text, position)
            if found:
                keywords = self.keywords(terminal)
                keyword = keywords.get(found.group().upper()) if keywords else None
                if keyword in self.actions[state]:
                    return Token(keyword, position, found.end())
                return Token(terminal, position, found.end())
        return None

    # ------------------------------------------------------------------ token by token

    def _settle(self, stack: list[int]) -> None:
        """Do the reductions that wait at the top of the stack whatever comes."""
        while (default := self.defaults[stack[-1]]) is not None:
            self._reduce(stack, default)

    def _reduce(self, stack: list[int], action: Reduce) -> None:
        if action.length:
            del stack[-action.length :]
        stack.append(self.gotos[stack[-1]][action.rule])

    def _shift(self, stack: list[int], terminal: str) -> bool:
        """Read one terminal; False, with the stack in disorder, when it cannot stand there."""
        while True:
            self._settle(stack)
            action = self.actions[stack[-1]].get(terminal)
            if action is None:
                return False
            if isinstance(action, int):
                stack.append(action)
                return True
            self._reduce(stack, action)

    def ends(self, stack: Stack, start: str) -> bool:
        """Say whether a `start` may end at `stack`."""
        states = list(stack)
        while True:
            self._settle(states)
            if states[-1] == self.end_states[start]:
                return True
            action = self.actions[states[-1]].get(END)
            if not isinstance(action, Reduce):
                return False
            self._reduce(states, action)

    def expected(self, stack: Stack) -> list[str]:
        """List the terminals that can stand next, in the lexer's order."""
        return [t for t in self.lexed(stack[-1]) if self._shift(list(stack), t)]

    def stack_after(self, start: str, tokens: Iterable[Token]) -> Stack:
        """Give the stack behind `tokens`, which begin a `start`."""
        return self._replay((self.start_states[start],), tokens)

    def stack_before(self, failure: ParseFailure, index: int) -> Stack:
        """Give the stack before the token `index` of those that were read before a failure."""
        return self._replay(failure.base, failure.tokens[:index])

    def stack_on(self, stack: Stack, symbol: str) -> tuple[int, ...]:
        """Give the stack behind a terminal that may come next, or a rule that may begin here."""
        states = list(stack)
        if symbol in self.terminals:
            self._shift(states, symbol)
        else:
            states.append(self.gotos[states[-1]][symbol])
        self._settle(states)
        return tuple(states)

    def _replay(self, base: Stack, tokens: Iterable[Token]) -> Stack:
        stack = list(base)
        for token in tokens:
            self._shift(stack, token.terminal)
        self._settle(stack)
        return stack

    def stacks(self, start: str, tokens: Iterable[Token]) -> Iterator[Stack]:
        """Give the stack behind each of `tokens`, which begin a `start`, before it is reduced."""
        stack = [self.start_states[start]]
        for token in tokens:
            self._shift(stack, token.terminal)
            yield list(stack)

    def trace(self, start: str, text: bytes) -> ParseFailure | list[Token]:
        """Read `text` token by token: its tokens, or the failure."""
        return self.resume(start, (self.start_states[start],), text, 0)

    def all_of(self, start: str, text: bytes) -> ParseFailure:
        """Give the tokens of a text as far as it conforms, and the stack behind them."""
        traced = self.trace(start, text)
        if isinstance(traced, ParseFailure):
            return traced
        base = (self.start_states[start],)
        return ParseFailure(self._replay(base, traced), len(text), traced, base)

    def resume(
        self, start: str, base: Stack, text: bytes, position: int
    ) -> ParseFailure | list[Token]:
        """Read the rest of `text`, of which `base` holds what stands before `position`."""
        return self._read(start, base, text, position, len(text) + 1)

    def resume_some(
        self, start: str, base: Stack, text: bytes, position: int, enough: int
    ) -> ParseFailure | None:
        """Read as `resume` does, but only until so many tokens beside spaces have come."""
        outcome = self._read(start, base, text, position, enough)
        return outcome if isinstance(outcome, ParseFailure) else None

    def _read(
        self, start: str, base: Stack, text: bytes, position: int, enough: int
    ) -> ParseFailure | list[Token]:
        stack = list(base)
        tokens: list[Token] = []
        while enough:
            self._settle(stack)
            if position == len(text) and self.ends(stack, start):
                return tokens
            token = self._token(stack[-1], text, position)
            if token is None or not self._shift(stack, token.terminal):
                # What the last token has begun to reduce is undone.
                return ParseFailure(self._replay(base, tokens), position, tokens, base)
            tokens.append(token)
            position = token.end
            enough -= token.terminal != "_SP"
        return tokens

    def is_fixed(self, terminal: str) -> bool:
        """Say whether a terminal reads only one word."""
        return isinstance(self.terminals[terminal].pattern, PatternStr)

    def reductions(self, start: str, tokens: Sequence[Token]) -> Iterator[Token | Reduce]:
        """Give the tokens of a text that conforms, each rule's alternative behind its symbols."""
        stack = [self.start_states[start]]
        for token in tokens:
            while not isinstance(action := self._next(stack[-1], token.terminal), int):
                yield action
                self._reduce(stack, action)
            stack.append(action)
            yield token
        while stack[-1] != self.end_states[start]:
            action = self._next(stack[-1], END)
            if isinstance(action, int):
                return
            yield action
            self._reduce(stack, action)

    def _next(self, state: int, terminal: str) -> int | Reduce:
        return self.defaults[state] or self.actions[state][terminal]


def _build(text: str, starts: tuple[str, ...]) -> _Built:
    parser = lark.Lark(
        text,
        start=list(starts),
        parser="lalr",
        lexer="contextual",
        maybe_placeholders=False,
        keep_all_tokens=True,
        debug=True,  # keeps the item sets
        # A conflict is an error, not a choice that nobody is told of. Whether regular expressions
        # overlap takes long to find out, and hangs on the shipped files alone: tests see to it.
        strict=True,
        _plugins={"ContextualLexer": _LateLexer},
    )
    inner: Any = parser.parser.parser
    table: Any = inner._parse_table
    number = {items: index for index, items in enumerate(table.states)}
    items = [
        frozenset(
            DottedRule(
                str(pointer.rule.origin.name),
                tuple(str(symbol.name) for symbol in pointer.rule.expansion),
                pointer.index,
            )
            for pointer in pointers
        )
        for pointers in table.states
    ]
    terminals = {t.name: t for t in parser.terminals}
    # Names as plain str: Lark's are tokens, whose comparison is slow.
    actions: list[dict[str, int | Reduce]] = []
    gotos: list[dict[str, int]] = []
    for of_state in table.states.values():
        own: dict[str, int | Reduce] = {}
        goto: dict[str, int] = {}
        for symbol, (action, argument) in of_state.items():
            name = str(symbol)
            if action.name == "Reduce":
                symbols = tuple(str(s.name) for s in argument.expansion)
                own[name] = Reduce(len(symbols), str(argument.origin.name), symbols)
            elif name in terminals:
                own[name] = number[argument]
            else:
                goto[name] = number[argument]
        actions.append(own)
        gotos.append(goto)
    inner._parse_table = IntParseTable.from_ParseTable(table)  # numbers for item sets: smaller
    saved = io.BytesIO()
    parser.save(saved, ("_plugins", "debug"))
    return _Built(
        terminals=terminals,
        entered_by=[next((i.symbols[i.index - 1] for i in own if i.index), None) for own in items],
        start_states={str(k): number[v] for k, v in table.start_states.items()},
        end_states={str(k): number[v] for k, v in table.end_states.items()},
        actions=actions,
        gotos=gotos,
        parser=saved.getvalue(),
        rules=pickle.dumps(tuple(parser.rules)),
        items=pickle.dumps(items),
    )


def _default(actions: Mapping[str, int | Reduce]) -> Reduce | None:
    """Find the one rule that a state reduces whatever comes."""
    choices = set(actions.values())
    only = choices.pop() if len(choices) == 1 else None
    return only if isinstance(only, Reduce) else None
