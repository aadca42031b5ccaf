"""The rules around a place of a text, by their names in the ABNF, read off the parser's stack.

The stack holds every rule that was begun: from its item sets follow the innermost rule and the
rules around it.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.syntax.modules import Origin, abnf_name
from conformance.syntax.tables import DottedRule, Stack, Tables

_DEEP = 300
_MAX_RULES = 32
# Rules for any text: that one of them fails to begin says less than the rule it stands in.
_GENERAL = frozenset({"string", "nstring", "astring"})
_EXTENSIONS = {"body_plain_1part": "body-ext-1part", "body_plain_mpart": "body-ext-mpart"}


def shortened(stack: Stack) -> Stack:
    """Cut the middle out of a stack that is very deep, where it passes one state twice.

    What is left is a stack that the parser could have, with the same top: nesting without
    end, which nobody sends in good faith, must not cost a walk through all of it.
    """
    if len(stack) <= 2 * _DEEP:
        return stack
    bottom = {state: index for index, state in enumerate(stack[:_DEEP])}
    for index in range(len(stack) - _DEEP, len(stack)):
        if stack[index] in bottom:
            return [*stack[: bottom[stack[index]]], *stack[index:]]
    return stack


class RulesAround:
    """Names what stands in the tables of one grammar, and the rules that a stack is in."""

    def __init__(
        self,
        tables: Tables,
        rules: Mapping[str, Origin],
        lexical: frozenset[str],
        stands_for: Mapping[str, str],
    ) -> None:
        self.tables = tables
        self.rules = rules
        self._lexical = lexical
        self._stands_for = stands_for

    def rule_name(self, rule: str) -> str | None:
        """Give the ABNF name of a rule of the grammar, None for helpers."""
        name = self._stands_for.get(rule, abnf_name(rule))
        return name if name.lower().replace("-", "_") in self.rules else None

    def known(self, name: str) -> str | None:
        """Give `name` back if it is a rule of the grammar."""
        return name if name.lower().replace("-", "_") in self.rules else None

    def forbidden_extension(self, stack: Stack) -> str | None:
        """Name the rule whose data BODY may not carry, when a body without it ends here."""
        before = {i.symbols[i.index - 1] for i in self.tables.items[stack[-1]] if i.index}
        return _EXTENSIONS.get(before.pop()) if len(before) == 1 else None

    def shown(self, terminal: str) -> str:
        """Give a terminal as the ABNF would write it."""
        if terminal in self._stands_for:
            return self._stands_for[terminal]
        if terminal.isupper() and terminal.lower() in self._lexical:
            return abnf_name(terminal)
        if terminal in ("_SP", "_CRLF", "_DQUOTE"):
            return terminal[1:]
        return f'"{self.tables.terminals[terminal].pattern.value}"'

    # ------------------------------------------------------------------ rules around a place

    def _chain(self, stack: Stack, item: DottedRule) -> tuple[str, ...]:
        """Name the rules from the start symbol down to the one of `item`."""
        items = self.tables.items
        begin = (len(stack) - 1 - item.index, item.rule)
        came_from: dict[tuple[int, str], tuple[int, str] | None] = {begin: None}
        queue = [begin]
        for place in queue:
            position, rule = place
            if rule.startswith("$root_"):
                names: list[str] = []
                step: tuple[int, str] | None = place
                while step is not None:
                    name = self.rule_name(step[1])
                    if name is not None:
                        names.append(name)
                    step = came_from[step]
                return tuple(names)
            parents = [i for i in items[stack[position]] if i.next == rule]
            for parent in sorted(parents, key=lambda i: (-i.index, i.rule, i.symbols)):
                above = (position - parent.index, parent.rule)
                if above not in came_from:
                    came_from[above] = place
                    queue.append(above)
        return ()

    def rules_read(self, stack: Stack) -> tuple[str, ...]:
        """Name the rules that the last symbol on `stack` is part of, outermost first."""
        return tuple(self._common(stack, self._kernel(stack)))

    def _kernel(self, stack: Stack) -> set[DottedRule]:
        state = self.tables.items[stack[-1]]
        return {i for i in state if i.index} or {i for i in state if i.rule.startswith("$root_")}

    def _common(self, stack: Stack, kernel: set[DottedRule]) -> list[str]:
        """Name the rules that all items of `kernel` agree upon, outermost first."""
        chains = [self._chain(stack, item) for item in kernel]
        common = list(chains[0])
        for chain in chains[1:]:
            same = [a == b for a, b in zip(common, chain, strict=False)]
            del common[same.index(False) if False in same else len(same) :]
        return common

    def rules_at(self, stack: Stack) -> tuple[str, ...]:
        """Name the rules that are being read at the top of `stack`, outermost first."""
        kernel = self._kernel(stack)
        common = self._common(stack, kernel)
        self._descend(self.tables.items[stack[-1]], kernel, common)
        if len(common) > _MAX_RULES:
            del common[_MAX_RULES // 2 : -_MAX_RULES // 2]
        return tuple(common)

    def _descend(
        self, state: frozenset[DottedRule], kernel: set[DottedRule], names: list[str]
    ) -> None:
        """Go on into the rule that must begin here, if it is only one."""
        seen: set[str] = set()
        while True:
            begins = {i.next for i in kernel} - seen
            only = begins.pop() if len(begins) == 1 else None
            if only is None or only in self.tables.terminals or only in _GENERAL:
                return
            name = self.rule_name(only)
            if name is not None:
                names.append(name)
            seen.add(only)
            kernel = {i for i in state if i.rule == only and i.index == 0}
