"""Derivations: found in texts, built by the covers, and told apart by their alternatives."""

from __future__ import annotations

import pytest
from mutants_corpus import corpus

from conformance.fuzz.domain import cover, pair_cover
from conformance.syntax import grammar
from conformance.syntax.derivations import (
    Derivation,
    Production,
    ProductionPair,
    Productions,
    Spoken,
)
from conformance.syntax.tables import Reduce, Token

GRAMMAR = grammar.load(("IDLE", "UIDPLUS"))
COMMANDS = GRAMMAR.productions("command")

LINES = [
    ("response_data", b"* 3 FETCH (FLAGS (\\Seen) UID 7)\r\n"),
    ("response_data", b'* LIST (\\Noselect) "/" ""\r\n'),
    ("response_tagged", b"a1 OK [READ-WRITE] done\r\n"),
    ("greeting", b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n"),
    ("continue_req", b"+ go ahead\r\n"),
    ("idle_done", b"DONE\r\n"),
]
JOINED = Production("__x_command_plus_15", ("__x_command_plus_15", "X_ARGUMENT"))
"""Not to be had behind another `X_ARGUMENT`: what follows it, it reads itself."""


# -- from a text ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "spoken"),
    [
        *(("command", command) for command in corpus()),
        *((start, Spoken(line)) for start, line in LINES),
    ],
)
def test_a_derivation_gives_back_its_text(start: str, spoken: Spoken) -> None:
    derivation = GRAMMAR.derivation(start, spoken.text)
    assert derivation is not None
    assert derivation.production.rule == start
    assert derivation.spoken().text == spoken.text
    productions = GRAMMAR.productions(start)
    assert set(derivation.productions()) <= set(productions)
    assert set(derivation.pairs()) <= set(productions.pairs())


@pytest.mark.parametrize(
    "text", [b"", b"\r\n", b"a NOOP", b"a FETCH 0 FLAGS\r\n", b"a NOOP\r\n\r\n"]
)
def test_what_does_not_conform_has_none(text: bytes) -> None:
    assert GRAMMAR.derivation("command", text) is None


@pytest.mark.parametrize("command", corpus()[:12])
def test_reductions_read_every_token_once_and_take_away_what_was_read(command: Spoken) -> None:
    tables = GRAMMAR.tables("command")
    tokens = tables.trace("command", command.text)
    assert isinstance(tokens, list)
    steps = list(tables.reductions("command", tokens))
    assert [step for step in steps if isinstance(step, Token)] == tokens
    height = 0
    for step in steps:
        if isinstance(step, Reduce):
            assert 0 <= step.length <= height
            assert len(step.symbols) == step.length
            height -= step.length
        height += 1
    assert height == 1


def test_a_command_is_cut_where_the_server_is_waited_for() -> None:
    spoken = Spoken(b"a LOGIN {2}\r\n {0}\r\n\r\n", (b"me", b""))
    assert spoken.segments == (b"a LOGIN {2}\r\n", b"me {0}\r\n", b"\r\n")
    assert spoken.octets == b"a LOGIN {2}\r\nme {0}\r\n\r\n"
    # What looks like a literal and is none stays where it is.
    assert Spoken(b"a X {5}\r\n").segments == (b"a X {5}\r\n",)


def test_pairs_name_what_stands_directly_below_at_which_place() -> None:
    derivation = GRAMMAR.derivation("command", b"a RENAME x y\r\n")
    assert derivation is not None
    below = [pair for pair in derivation.pairs() if pair.above.rule == "rename"]
    assert {pair.below.rule for pair in below} == {"mailbox"}
    assert len({pair.place for pair in below}) == 2


# -- covers --------------------------------------------------------------------------------


def reread(derivation: Derivation) -> Derivation:
    """Check that a command conforms, and return how it is read."""
    text, literals = derivation.spoken()
    assert GRAMMAR.check("command", text, literals) is None
    found = GRAMMAR.derivation("command", text)
    assert found is not None
    return found


def test_the_cover_has_a_command_for_every_alternative() -> None:
    covered = list(cover(GRAMMAR))
    assert [production for production, _ in covered] == list(COMMANDS)
    assert all(production in derivation.productions() for production, derivation in covered)
    lost = {p for p, derivation in covered if p not in reread(derivation).productions()}
    assert lost == {JOINED}


def test_the_cover_of_pairs_has_a_command_for_every_pair_that_can_be() -> None:
    covered = list(pair_cover(GRAMMAR))
    assert [pair for pair, _ in covered] == list(COMMANDS.pairs())
    assert all(pair in set(derivation.pairs()) for pair, derivation in covered)
    lost = [pair for pair, derivation in covered if pair not in set(reread(derivation).pairs())]
    assert len(lost) < 0.01 * len(covered)
    assert all(JOINED in (pair.above, pair.below) for pair in lost)


def test_a_cover_is_of_shortest_commands() -> None:
    longest = max(len(derivation.spoken().octets) for _, derivation in cover(GRAMMAR))
    assert longest < 120
    (noop,) = (d for p, d in cover(GRAMMAR) if p.symbols == ("NOOP",))
    assert noop.spoken().octets == b"t1 NOOP\r\n"


def test_a_cover_is_the_same_every_time() -> None:
    first, again = ([d.spoken() for _, d in cover(GRAMMAR)] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("start", GRAMMAR.starts)
def test_the_simplest_alternative_of_a_rule_comes_first(start: str) -> None:
    productions = Productions(GRAMMAR.tables(start), start)
    for rule, alternatives in productions.of_rule.items():
        heights = [productions.height(each) for each in alternatives]
        assert heights == sorted(heights)
        assert heights[0] == productions.depth[rule]
        assert len(set(alternatives)) == len(alternatives)


def test_every_pair_belongs_to_rules_that_are_reached() -> None:
    for pair in COMMANDS.pairs():
        assert isinstance(pair, ProductionPair)
        assert pair.above.symbols[pair.place] == pair.below.rule
