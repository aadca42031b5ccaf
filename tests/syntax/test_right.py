"""Examples of what the grammar allows, as they are shown beside what a server got wrong."""

from __future__ import annotations

import pytest

from conformance.syntax import grammar
from conformance.syntax.right import right_examples

GRAMMAR = grammar.load(["BINARY"])


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("env-to", ("NIL", "((NIL NIL NIL NIL))")),
        ("flag", ("\\Answered", "\\Flagged")),
        ("body-fld-dsp", ("NIL", '("x" NIL)')),
        ("section-binary", ("[]", "[1]")),  # RFC 3516
    ],
)
def test_a_rule_is_shown_at_its_shortest(rule: str, shown: tuple[str, ...]) -> None:
    assert right_examples(GRAMMAR, rule) == shown


@pytest.mark.parametrize(
    "rule",
    [
        "literal",  # has line ends
        "response-data",  # is a line of its own
        "search-key",  # only commands have it
        "other",
        "",
    ],
)
def test_nothing_is_shown_where_it_would_say_nothing(rule: str) -> None:
    assert right_examples(GRAMMAR, rule) == ()


def test_a_rule_of_an_extension_that_is_not_announced_has_no_example() -> None:
    assert right_examples(grammar.load(), "section-binary") == ()


def test_every_example_conforms() -> None:
    shown = 0
    for rule in GRAMMAR.rules:
        for each in right_examples(GRAMMAR, rule):
            assert GRAMMAR.matches(rule, each.encode("ascii")), (rule, each)
            assert "\n" not in each
            shown += 1
    assert shown > 100
