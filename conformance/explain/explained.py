"""One line explained: what it is, what is wrong with it, the tree of its rules.

Joins the grammar's verdict with the tree and the meanings; how it looks is the business of `show`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from conformance.explain.source import SourceLine
from conformance.syntax.grammar import (
    Grammar,
    SyntaxFault,
    SyntaxRemark,
    everything,
    load,
    load_modules,
)
from conformance.syntax.meanings import Meaning
from conformance.syntax.modules import BASE, Module, available
from conformance.syntax.tree import Node, TooLong, headlines, make_tree
from conformance.wire.frames import FramingFault

_KEYWORD = re.compile(r'"\\*([A-Za-z$][A-Za-z0-9.=-]*)')
_REV2 = "IMAP4REV2"
_WORD = re.compile(r"[A-Za-z$][A-Za-z0-9.=-]*")


@dataclass(frozen=True, slots=True)
class Explained:
    """What there is to say of one response or command.

    `tree` is None where there are `faults`, where the line is not complete, and where `untold` says
    that it is too long. `allowed_with` names capabilities, one of which would allow it; it does
    where there are no faults.
    """

    spoken: SourceLine
    start: str
    faults: Sequence[SyntaxFault] = ()
    tree: Node | None = None
    meanings: Sequence[Meaning] = ()
    remarks: Sequence[SyntaxRemark] = ()
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


def explain(grammar: Grammar, spoken: SourceLine, *, benefit: bool = False) -> Explained:
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
    grammar: Grammar, start: str, spoken: SourceLine, allowed_with: Sequence[str] = ()
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


def _extended(spoken: SourceLine) -> _Extended | None:
    """Find the extensions with whose grammar the line conforms: those that do alone, else several.

    Looked at are first the files that bring a word of the line, then those that only know one, and
    those that change how words are written; the others can not help.
    """
    # To build the grammar of each extension takes long; most broken lines no extension takes.
    if not _takes(everything(), spoken) and not _takes(load((_REV2,), (_REV2,)), spoken):
        return None
    words = {word.upper() for word in _WORD.findall(spoken.frame.text.decode("latin-1"))}
    base = _keywords(next(module for module in available() if module.name == BASE))
    knowing = [
        module
        for module in available()
        if module.brought_by and not (_keywords(module) or words).isdisjoint(words)
    ]
    bringing = [
        module
        for module in knowing
        if not _keywords(module) or not (_keywords(module) - base).isdisjoint(words)
    ]
    return _alone(spoken, bringing) or _together(spoken, bringing) or _alone(spoken, knowing)


def _keywords(module: Module) -> frozenset[str]:
    return frozenset(word.upper() for word in _KEYWORD.findall(module.text))


def _takes(grammar: Grammar, spoken: SourceLine) -> bool:
    start, frame = spoken.start, spoken.frame
    return start in grammar.starts and grammar.conforms(start, frame.text, frame.literals)


def _alone(spoken: SourceLine, modules: Sequence[Module]) -> _Extended | None:
    """Find the extensions that take a line each by itself; None if none does."""
    found: dict[str, Sequence[str]] = {}
    first: Grammar | None = None
    for module in modules:
        grammar = load_modules([module.name])
        if found.keys().isdisjoint(grammar.modules) and _takes(grammar, spoken):
            found[module.name] = sorted(module.capabilities)
            first = first or grammar
    if first is None:
        return None
    names = dict.fromkeys(name for names in found.values() for name in names)
    return _Extended(first, tuple(names))


def _together(spoken: SourceLine, modules: Sequence[Module]) -> _Extended | None:
    """Find the fewest of some extensions that take a line together; None if all do not."""
    needed = [module for module in modules if not module.dialect]
    grammar = load_modules(module.name for module in needed)
    if not _takes(grammar, spoken):
        return None
    # The more capabilities bring one, the less it says which is meant.
    for module in sorted(needed, key=lambda module: -len(module.capabilities)):
        fewer = [each for each in needed if each is not module]
        less = load_modules(module.name for module in fewer)
        if _takes(less, spoken):
            needed, grammar = fewer, less
    brought = dict.fromkeys(map(_either, needed))
    return _Extended(grammar, (" and ".join(brought),))


def _either(module: Module) -> str:
    names = sorted(module.capabilities)
    return names[0] if len(names) == 1 else f"({' or '.join(names)})"
