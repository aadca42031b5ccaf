"""One line explained: what it is, what is wrong with it, the tree of its rules.

Joins the grammar's verdict with the tree and the meanings; how it looks is the business of `show`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.explain.source import Spoken
from conformance.syntax.grammar import Grammar, Remark, SyntaxFault, load_modules
from conformance.syntax.meanings import Meaning
from conformance.syntax.modules import available
from conformance.syntax.tree import Node, TooLong, headlines, make_tree
from conformance.wire.frames import FramingFault

_KEYWORD = re.compile(r'"\\*([A-Za-z$][A-Za-z0-9.=-]*)')
_WORD = re.compile(r"[A-Za-z$][A-Za-z0-9.=-]*")


@dataclass(frozen=True, slots=True)
class Explained:
    """What there is to say of one response or command.

    `tree` is None where there are `faults`, where the line is not complete, and where `untold` says
    that it is too long. `allowed_with` names capabilities, one of which would allow it.
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


def explain(grammar: Grammar, spoken: Spoken) -> Explained:
    """Explain one line by the grammar of RFC 3501 and what `grammar` adds to it."""
    frame = spoken.frame
    start = spoken.start if spoken.start in grammar.starts else "command"
    if spoken.cut:
        return Explained(spoken, start, untold="shortened by the report: not looked at")
    if not frame.complete:
        return Explained(spoken, start)
    faults = grammar.faults(start, frame.text, frame.literals)
    if faults:
        return Explained(spoken, start, faults, allowed_with=_allowed_with(spoken))
    remarks = grammar.lint(frame.text) if spoken.side == "server" else ()
    try:
        tree = make_tree(grammar, start, frame.text, frame.literals)
    except TooLong as error:
        return Explained(spoken, start, remarks=remarks, untold=str(error))
    return Explained(spoken, start, (), tree, headlines(tree), remarks)


def _allowed_with(spoken: Spoken) -> tuple[str, ...]:
    """List the capabilities with whose grammar, alone, the line conforms.

    Looked at are the files that know a word of the line, and those that only change how words are
    written; the others can not help.
    """
    frame = spoken.frame
    words = {word.upper() for word in _WORD.findall(frame.text.decode("latin-1"))}
    found: dict[str, Sequence[str]] = {}
    for module in available():
        known = {word.upper() for word in _KEYWORD.findall(module.text)}
        if not module.brought_by or (known and known.isdisjoint(words)):
            continue
        grammar = load_modules([module.name])
        if spoken.start not in grammar.starts or not found.keys().isdisjoint(grammar.modules):
            continue
        if grammar.check(spoken.start, frame.text, frame.literals) is None:
            found[module.name] = sorted(module.capabilities)
    return tuple(dict.fromkeys(name for names in found.values() for name in names))
