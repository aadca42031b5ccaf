"""The fast walk over the parser's tables: yes or no, nothing built on the way.

Each state has one regular expression, compiled when the state is first met. In it stands
not only the next token: as long as the tables leave no choice about where a token leads
(a space after a string, the four strings of an address), the following tokens are fused
behind it, each as an optional group, so that the last group that took part says how far
the text went and which states to push. What leads back to the state it began in, such as
" 1 2 3" in SEARCH, is repeated within the expression. Fusing follows from the tables alone;
a rule added to the grammar needs nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from lark.lexer import PatternStr

from conformance.syntax.tables import Reduce, Tables

_MAX_CHAIN = 24

_Top: TypeAlias = tuple[int, ...]
# What a group stands for: (kind, argument, terminal). A kind of 0 or more reduces so many
# symbols, with the gotos of the rule by state as argument. _SHIFT pushes the states in
# argument, _LOOK_UP finds the entry by the octets, which may be a keyword.
_Entry: TypeAlias = tuple[int, Any, str]
_SHIFT = -1
_LOOK_UP = -2
_Node: TypeAlias = tuple[Callable[..., re.Match[bytes] | None], list[_Entry]]


class Acceptor:
    """Says whether a text conforms, by the tables it is given."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        states = range(len(tables.actions))
        self._nodes: list[_Node | None] = [None for _ in states]
        self._entries: list[dict[str, _Entry]] = [{} for _ in states]
        self._patterns: dict[bytes, re.Pattern[bytes]] = {}
        self._entered_by = tables.entered_by
        self._gotos: dict[str, dict[int, int]] = {}
        for state, gotos in enumerate(tables.gotos):
            for rule in gotos:
                self._gotos.setdefault(rule, {})[state] = self._goto(state, rule)
        self._defaults = [
            None if default is None else (default.length, self._gotos[default.rule])
            for default in tables.defaults
        ]

    def __call__(self, start: str, text: bytes) -> bool:
        """Say whether `text` is exactly one `start`.

        A True is final. A False is not where a text ends inside of what was fused, which no
        complete line does; `Tables.trace` decides then.
        """
        nodes = self._nodes
        defaults = self._defaults
        stack = [self._tables.start_states[start]]
        state = stack[0]
        position = 0
        while True:
            match, entries = nodes[state] or self._node(state)
            found = match(text, position)
            if found is None:
                break
            kind, argument, terminal = entries[found.lastindex or 0]
            if kind == _LOOK_UP:
                keywords, entry = argument
                kind, argument, terminal = keywords.get(found[found.lastindex or 0].upper(), entry)
            while kind >= 0:
                if kind:
                    del stack[-kind:]
                state = argument[stack[-1]]
                stack.append(state)
                default = defaults[state]
                while default is not None:
                    if default[0]:
                        del stack[-default[0] :]
                    state = default[1][stack[-1]]
                    stack.append(state)
                    default = defaults[state]
                if terminal not in self._tables.actions[state]:
                    return False
                kind, argument, _ = self._entry(state, terminal)
            position = found.end()
            stack += argument
            state = stack[-1]
            default = defaults[state]
            while default is not None:
                if default[0]:
                    del stack[-default[0] :]
                state = default[1][stack[-1]]
                stack.append(state)
                default = defaults[state]
        return position == len(text) and self._tables.ends(stack, start)

    # ------------------------------------------------------------------ what the tables force

    def _goto(self, state: int, rule: str) -> int:
        """Go where `rule` leads from `state`, through reductions of a single symbol."""
        target = self._tables.gotos[state][rule]
        while (default := self._tables.defaults[target]) is not None and default.length == 1:
            target = self._tables.gotos[state][default.rule]
        return target

    def _reduced(self, top: _Top, action: Reduce) -> _Top | None:
        """Reduce on a known top of the stack; None when it reaches too far below."""
        if action.length < len(top):
            rest = top[: len(top) - action.length]
            return (*rest, self._goto(rest[-1], action.rule))
        if action.length == len(top) and action.rule == self._entered_by[top[0]]:
            # It takes the first state off too and comes back to it: it was entered so.
            return top[:1]
        return None

    def _settled(self, top: _Top) -> _Top:
        """Do all default reductions that can be done on what is known of the stack."""
        while (default := self._tables.defaults[top[-1]]) is not None:
            reduced = self._reduced(top, default)
            if reduced is None:
                break
            top = reduced
        return top

    def _after(self, top: _Top, terminal: str) -> _Top | None:
        """Give the top of the stack after `terminal`, None when it cannot be told."""
        while self._tables.defaults[top[-1]] is None:
            action = self._tables.actions[top[-1]].get(terminal)
            if action is None:
                return None
            if isinstance(action, int):
                return self._settled((*top, action))
            reduced = self._reduced(top, action)
            if reduced is None:
                return None
            top = self._settled(reduced)
        return None

    def _chain(self, top: _Top) -> list[tuple[bytes, _Top]]:
        """Follow the tokens behind `top` as long as all that may come lead to one place."""
        home = top[:1]
        links: list[tuple[bytes, _Top]] = []
        while len(links) < _MAX_CHAIN and self._tables.defaults[top[-1]] is None:
            lexed = self._tables.lexed(top[-1])
            results = {self._after(top, terminal) for terminal in lexed}
            result = results.pop() if len(results) == 1 else None
            if result is None:
                break
            links.append((b"|".join(self._tables.regexps[t] for t in lexed), result))
            if result == home:
                break
            top = result
        return links

    def _loop(self, state: int) -> bytes:
        """Write what a state repeats without a choice (" 1 2 3") as one regular expression.

        Only where every token that may stand there is a fixed string and no two begin with
        the same octet, unless one goes on where the other ends: what the loop leaves is then
        read as if there had been no loop.
        """
        patterns = {t: self._tables.terminals[t].pattern for t in self._tables.lexed(state)}
        if not all(isinstance(pattern, PatternStr) for pattern in patterns.values()):
            return b""
        words = {terminal: pattern.value.lower() for terminal, pattern in patterns.items()}
        for terminal, word in words.items():
            longer = [w[len(word) :] for w in words.values() if w.startswith(word) and w != word]
            alike = [w for w in words.values() if w[:1] == word[:1]]
            if len(alike) > 1 + len(longer):
                continue
            top = self._after((state,), terminal)
            if top is None or len(top) == 1:
                continue
            body = self._tables.regexps[terminal]
            body += b"".join(b"(?!%s)" % re.escape(rest.encode("latin-1")) for rest in longer)
            for regexp, result in self._chain(top):
                body += b"(?>" + regexp + b")"
                if result == (state,):
                    return b"(?:" + body + b")*+"
        return b""

    # ------------------------------------------------------------------ one state

    def _entry(self, state: int, terminal: str) -> _Entry:
        entry = self._entries[state].get(terminal)
        if entry is None:
            action = self._tables.actions[state][terminal]
            if isinstance(action, int):
                after = self._after((state,), terminal)
                entry = (_SHIFT, (action,) if after is None else after[1:], terminal)
            else:
                entry = (action.length, self._gotos[action.rule], terminal)
            self._entries[state][terminal] = entry
        return entry

    def _by_first_octet(self, state: int) -> Iterator[list[str]]:
        """Give the terminals of a state as they are tried, those that begin alike together.

        That is for fixed strings, whose order among others does not matter: one look at the first
        octet spares trying each of many keywords.
        """
        lexed = self._tables.lexed(state)
        while lexed:
            patterns = [self._tables.terminals[terminal].pattern for terminal in lexed]
            fixed = next(
                (n for n, p in enumerate(patterns) if not isinstance(p, PatternStr)), len(lexed)
            )
            alike: dict[str, list[str]] = {}
            for terminal, pattern in zip(lexed[:fixed], patterns, strict=False):
                alike.setdefault(pattern.value[:1].lower(), []).append(terminal)
            yield from alike.values()
            if fixed < len(lexed):
                yield [lexed[fixed]]
            lexed = lexed[fixed + 1 :]

    def _branch(self, state: int, terminal: str, entries: list[_Entry]) -> bytes:
        """Write what reads a terminal and what the tables force behind it; add its entries."""
        branch = b"(" + self._tables.regexps[terminal] + b")"
        entry = self._entry(state, terminal)
        keywords = {
            octets: self._entry(state, name)
            for octets, name in self._tables.keywords(terminal).items()
            if name in self._tables.actions[state]
        }
        if any(other[:2] != entry[:2] for other in keywords.values()):
            entries.append((_LOOK_UP, (keywords, entry), terminal))
            return branch
        entries.append(entry)
        top = self._after((state,), terminal) if entry[0] == _SHIFT else None
        links = [] if top is None else self._chain(top)
        for regexp, result in links:
            branch += b"(?:(" + regexp + b")"
            entries.append((_SHIFT, result[1:], terminal))
        return branch + b")?" * len(links)

    def _node(self, state: int) -> _Node:
        """Compile the regular expression of a state, with the entry for each of its groups."""
        entries: list[_Entry] = [(_SHIFT, (), "")]
        branches: list[bytes] = []
        for terminals in self._by_first_octet(state):
            group = [self._branch(state, terminal, entries) for terminal in terminals]
            if len(group) == 1:
                branches += group
            else:
                first = re.escape(self._tables.terminals[terminals[0]].pattern.value[:1].encode())
                branches.append(b"(?=(?i:%s))(?:%s)" % (first, b"|".join(group)))
        regexp = self._loop(state) + b"(?:" + b"|".join(branches or [b"(?!)"]) + b")"
        pattern = self._patterns.get(regexp)
        if pattern is None:
            pattern = self._patterns[regexp] = re.compile(regexp)
            if pattern.groups != len(entries) - 1:
                raise ValueError("a terminal of the grammar has a capturing group")
        node = self._nodes[state] = (pattern.match, entries)
        return node
