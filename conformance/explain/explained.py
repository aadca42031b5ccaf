"""One line explained: what it is, what is wrong with it, the tree of its rules.

Joins the grammar's verdict with the tree and the meanings; how it looks is the business of `show`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.explain.source import Spoken
from conformance.syntax.grammar import Grammar, Remark, SyntaxFault, load
from conformance.syntax.meanings import Meaning
from conformance.syntax.modules import available
from conformance.syntax.tree import Node, TooLong, headlines, make_tree
from conformance.wire.frames import FramingFault


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
    """List the capabilities with whose grammar, alone, the line conforms."""
    frame = spoken.frame
    found: list[str] = []
    for module in available()[1:]:
        grammar = load(module.capabilities)
        if spoken.start not in grammar.starts:
            continue
        if grammar.check(spoken.start, frame.text, frame.literals) is None:
            found += sorted(module.capabilities)
    return tuple(found)
