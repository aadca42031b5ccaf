"""Hypothesis strategies over mutants: one of a command that another strategy makes."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.syntax.derivations import Spoken
from conformance.syntax.grammar import Grammar
from conformance.syntax.mutants import Mutant, mutants
from conformance.syntax.mutations import KINDS


@st.composite
def mutant_of(draw: st.DrawFn, commands: st.SearchStrategy[Spoken], grammar: Grammar) -> Mutant:
    """Draw a command and one of its mutants.

    Shrinks to a smaller command, which is broken in the same way for as long as it can be.
    """
    command = draw(commands)
    first = draw(st.integers(0, len(KINDS) - 1))
    # Every command has mutants: its tag and its line end can always be broken.
    found = next(
        filter(
            None,
            (list(mutants(command, grammar, (kind,))) for kind in (*KINDS[first:], *KINDS[:first])),
        )
    )
    return draw(st.sampled_from(found))
