"""Mutants that Hypothesis picks are mutants, and the smallest of them is found."""

from __future__ import annotations

from hypothesis import find, given, settings
from hypothesis import strategies as st

from conformance.fuzz.picking import mutant_of
from conformance.syntax import grammar
from conformance.syntax.derivations import Spoken
from conformance.syntax.mutants import Mutant

GRAMMAR = grammar.load()
SETS = st.lists(st.integers(1, 99), min_size=1, max_size=4).map(
    lambda numbers: Spoken(b"a FETCH %s FLAGS\r\n" % ",".join(map(str, numbers)).encode())
)


@given(mutant_of(SETS, GRAMMAR))
@settings(max_examples=20, deadline=None)  # the tables are built in the first example
def test_what_is_picked_is_rejected(mutant: Mutant) -> None:
    frame = mutant.frames[0]
    assert GRAMMAR.check("command", frame.text, frame.literals) is not None
    assert GRAMMAR.check("command", mutant.command.text) is None


def test_a_picked_mutant_shrinks_to_the_smallest_command() -> None:
    smallest = find(mutant_of(SETS, GRAMMAR), lambda mutant: mutant.kind.name == "zero")
    assert smallest.segments == (b"a FETCH 0 FLAGS\r\n",)
