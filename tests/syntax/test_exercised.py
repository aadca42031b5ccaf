"""Counting what lines exercise of the grammar, and putting several counts together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.syntax import grammar
from conformance.syntax.derivations import Production
from conformance.syntax.exercised import Exercised, shown

GRAMMAR = grammar.load()
NOOP, CHECK = b"a NOOP\r\n", b"a CHECK\r\n"


def counted(*lines: bytes, start: str = "command") -> Exercised:
    exercised = Exercised(GRAMMAR)
    for line in lines:
        exercised.note(start, line)
    return exercised


def of(exercised: Exercised, start: str = "command") -> tuple[int, int]:
    share = exercised.share(start)
    return share.exercised, share.exercised_pairs


def test_nothing_is_exercised_of_nothing() -> None:
    exercised = counted()
    assert exercised.starts == ()
    share = exercised.share("command")
    assert (share.exercised, share.exercised_pairs) == (0, 0)
    assert len(share.missing) == share.alternatives == len(list(GRAMMAR.productions("command")))
    assert share.pairs == len(set(GRAMMAR.productions("command").pairs()))
    assert exercised.reached("command") == f"0/{share.alternatives}"


def test_a_line_counts_with_every_alternative_that_it_is_made_of() -> None:
    derivation = GRAMMAR.derivation("command", NOOP)
    assert derivation is not None
    exercised = counted(NOOP)
    assert of(exercised) == (len(set(derivation.productions())), len(set(derivation.pairs())))
    assert exercised.reached("command").startswith(f"{of(exercised)[0]}/")
    assert not set(derivation.productions()) & set(exercised.share("command").missing)


def test_a_derivation_counts_as_its_text_does() -> None:
    derivation = GRAMMAR.derivation("command", NOOP)
    assert derivation is not None
    exercised = Exercised(GRAMMAR)
    exercised.add("command", derivation)
    assert exercised.to_json() == counted(NOOP).to_json()


def test_the_same_once_more_adds_nothing_and_something_new_does() -> None:
    assert of(counted(NOOP, NOOP)) == of(counted(NOOP))
    assert of(counted(NOOP, CHECK))[0] > of(counted(NOOP))[0]
    first, second = b"a FETCH 1 FLAGS\r\n", b"a FETCH 23 FLAGS\r\n"
    assert of(counted(first, second)) == of(counted(first))


@pytest.mark.parametrize("line", [b"", b"a NOPE", b"a NOOP", b"\xff\r\n", b"a FETCH 0 FLAGS\r\n"])
def test_what_does_not_conform_counts_for_nothing(line: bytes) -> None:
    assert counted(line).starts == ()


def test_long_lines_are_left_out() -> None:
    line = b"* OK " + b"x" * 3000 + b"\r\n"
    assert counted(line, start="response_data").starts == ()


def test_start_symbols_are_counted_apart() -> None:
    exercised = counted(NOOP)
    exercised.note("response_data", b"* 3 EXISTS\r\n")
    assert exercised.starts == ("command", "response_data")
    assert of(exercised) == of(counted(NOOP))


def test_counts_are_added_through_their_json_form() -> None:
    both = Exercised(GRAMMAR)
    for line in (NOOP, CHECK):
        both.merge(json.loads(json.dumps(counted(line).to_json())))
    assert both.to_json() == counted(NOOP, CHECK).to_json()
    both.merge(both.to_json())
    assert both.to_json() == counted(NOOP, CHECK).to_json()
    assert both.to_json()["modules"] == list(GRAMMAR.modules)


JUNK: list[Any] = [
    {},
    {"starts": []},
    {"starts": {"command": None}},
    {"starts": {"nosuch": {"alternatives": [], "pairs": []}}},
    {"starts": {"command": {"alternatives": [99999], "pairs": []}}},
    {"starts": {"command": {"alternatives": [-1], "pairs": []}}},
    {"starts": {"command": {"alternatives": ["x"], "pairs": []}}},
    {"starts": {"command": {"alternatives": [0]}}},
    {"starts": {"command": {"alternatives": [0], "pairs": [[0]]}}},
    {"starts": {"command": {"alternatives": [0], "pairs": [[0, 0, 99999]]}}},
    {"starts": {"command": {"alternatives": [0], "pairs": [[0, "x", 0]]}}},
    {"starts": {"command": {"alternatives": [0], "pairs": [[0, 0, 0]]}}},
    [],
    None,
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_rejected(junk: Any) -> None:
    exercised = Exercised(GRAMMAR)
    with pytest.raises(ValueError, match="not a record of grammar coverage"):
        exercised.merge(junk)
    assert exercised.starts == ()


def test_alternatives_are_shown_as_the_grammar_writes_them() -> None:
    helper = Production("__x_plus_15", ("X_NAME", "_SP"))
    assert shown([Production("noop", ("NOOP",)), helper]) == ["noop: NOOP", "x_plus_15: X_NAME SP"]
