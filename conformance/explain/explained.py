"""One line explained: what it is, what is wrong with it, the tree of its rules.

Joins the grammar's verdict with the tree and the meanings; how it looks is the business of `show`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from conformance.explain.source import Spoken
from conformance.syntax.grammar import Grammar, Remark, SyntaxFault, load_modules
from conformance.syntax.meanings import Meaning
from conformance.syntax.modules import Module, available
from conformance.syntax.tree import Node, TooLong, headlines, make_tree
from conformance.wire.frames import FramingFault

_KEYWORD = re.compile(r'"\\*([A-Za-z$][A-Za-z0-9.=-]*)')
_WORD = re.compile(r"[A-Za-z$][A-Za-z0-9.=-]*")


@dataclass(frozen=True, slots=True)
class Explained:
    """What there is to say of one response or command.

    `tree` is None where there are `faults`, where the line is not complete, and where `untold` says
    that it is too long. `allowed_with` names capabilities, one of which would allow it; it does
    where there are no faults.
    """

    spoken: Spoken
    start: str
    faults: Sequence[SyntaxFault] = ()
    tree: Node | None = None
    meanings: Sequence[Meaning] = ()
    remarks: Sequence[Remark] = ()
    allowed_with: Sequence[str] = ()
    untold: str = ""

    @property
    def framing(self) -> Sequence[FramingFault]:
        """What is wrong with the line ends, octets and counts."""
        return self.spoken.frame.faults

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong with the line, as far as it can be told."""
        if self.spoken.cut:
            return True
        return not self.faults and not self.framing and self.spoken.frame.complete


def explain(grammar: Grammar, spoken: Spoken, *, benefit: bool = False) -> Explained:
    """Explain one line by the grammar of RFC 3501 and what `grammar` adds to it.

    `benefit`: what the grammar refuses and an extension allows is explained by that extension,
    named in `allowed_with`, and no fault.
    """
    frame = spoken.frame
    start = spoken.start if spoken.start in grammar.starts else "command"
    if spoken.cut:
        return Explained(spoken, start, untold="shortened by the report: not looked at")
    if not frame.complete:
        return Explained(spoken, start)
    faults = grammar.faults(start, frame.text, frame.literals)
    if not faults:
        return _conforming(grammar, start, spoken)
    extended = _extended(spoken)
    if extended is None:
        return Explained(spoken, start, faults)
    if benefit:
        return _conforming(extended.grammar, spoken.start, spoken, extended.capabilities)
    return Explained(spoken, start, faults, allowed_with=extended.capabilities)


def _conforming(
    grammar: Grammar, start: str, spoken: Spoken, allowed_with: Sequence[str] = ()
) -> Explained:
    text = spoken.frame.text
    remarks = grammar.lint(text) if spoken.side == "server" else ()
    try:
        tree = make_tree(grammar, start, text, spoken.frame.literals)
    except TooLong as error:
        return Explained(
            spoken, start, remarks=remarks, allowed_with=allowed_with, untold=str(error)
        )
    return Explained(spoken, start, (), tree, headlines(tree), remarks, allowed_with)


class _Extended(NamedTuple):
    """A grammar that takes a line, and the capabilities that bring it: each by itself, or all."""

    grammar: Grammar
    capabilities: tuple[str, ...]


def _extended(spoken: Spoken) -> _Extended | None:
    """Find the extensions with whose grammar the line conforms: those that do alone, else several.

    Looked at are the files that know a word of the line, and those that only change how words are
    written; the others can not help.
    """
    frame = spoken.frame
    words = {word.upper() for word in _WORD.findall(frame.text.decode("latin-1"))}
    found: dict[str, Sequence[str]] = {}
    takes: Grammar | None = None
    looked_at: list[Module] = []
    for module in available():
        known = {word.upper() for word in _KEYWORD.findall(module.text)}
        if not module.brought_by or (known and known.isdisjoint(words)):
            continue
        looked_at.append(module)
        grammar = load_modules([module.name])
        if spoken.start not in grammar.starts or not found.keys().isdisjoint(grammar.modules):
            continue
        if grammar.conforms(spoken.start, frame.text, frame.literals):
            found[module.name] = sorted(module.capabilities)
            takes = takes or grammar
    if takes is not None:
        names = dict.fromkeys(name for names in found.values() for name in names)
        return _Extended(takes, tuple(names))
    return _together(spoken, [module for module in looked_at if not module.dialect])


def _together(spoken: Spoken, modules: Sequence[Module]) -> _Extended | None:
    """Find the fewest of some extensions that take a line together; None if all do not."""

    def takes(some: Sequence[Module]) -> Grammar | None:
        grammar = load_modules(module.name for module in some)
        start, text, literals = spoken.start, spoken.frame.text, spoken.frame.literals
        return (
            grammar if start in grammar.starts and grammar.conforms(start, text, literals) else None
        )

    needed = list(modules)
    grammar = takes(needed)
    if grammar is None:
        return None
    # The more capabilities bring one, the less it says which is meant.
    for module in sorted(modules, key=lambda module: -len(module.capabilities)):
        fewer = [each for each in needed if each is not module]
        less = takes(fewer)
        if less is not None:
            needed, grammar = fewer, less
    brought = dict.fromkeys(map(_either, needed))
    return _Extended(grammar, (" and ".join(brought),))


def _either(module: Module) -> str:
    names = sorted(module.capabilities)
    return names[0] if len(names) == 1 else f"({' or '.join(names)})"
