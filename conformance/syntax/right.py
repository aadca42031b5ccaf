"""What a rule of the grammar allows, shown by examples: the shortest that the rules derive.

An example is for who reads what a server got wrong. So it is one line, has no `literal` in it, and
conforms; of a rule that stands for a whole line there is none, since it would say too little.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.syntax.derivations import Path, Written
from conformance.syntax.grammar import Grammar

_LONGEST = 100  # octets of an example
_SHOWN = 2
"""Examples of a rule: of many the first is NIL, which alone would show little."""
_STARTS = ("response_data", "response_tagged", "greeting", "continue_req")


def right_examples(grammar: Grammar, rule: str) -> tuple[str, ...]:
    """Return examples of a rule of responses by its ABNF name (`env-to`), simplest first.

    None of a rule that the grammar does not have, or of which all are too long or have several
    lines. The same grammar gives the same examples.
    """
    name = rule.lower().replace("-", "_")
    found = dict.fromkeys(
        text.decode("ascii", "replace")
        for start in _STARTS
        if name in grammar.rules and name not in grammar.starts
        for text in _derived(grammar, start, name)
        if text.strip() and len(text) <= _LONGEST and grammar.matches(name, text)
    )
    return tuple(found)[:_SHOWN]


def _derived(grammar: Grammar, start: str, name: str) -> Iterator[bytes]:
    """Yield what each alternative of a rule derives at its shortest, those with line ends not."""
    fixed, shown = grammar.fixed_terminals(start), grammar.examples

    def fill(_path: Path, terminal: str) -> Written:
        octets = fixed.get(terminal) or next(iter(shown.get(terminal, ())), b"\r\n")
        return Written(terminal, octets)

    productions = grammar.productions(start)
    for production in productions.of_rule.get(name, ()):
        text = productions.shortest(production, fill, (), {}).spoken().text
        if b"\r" not in text and b"\n" not in text:
            yield text
