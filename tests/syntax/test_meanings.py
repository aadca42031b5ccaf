"""Every word that the grammar knows has a meaning, and the file says nothing about others."""

from __future__ import annotations

from itertools import product

import pytest
from lark.lexer import PatternStr

from conformance.extending.documents import parse_id
from conformance.syntax.grammar import everything, load
from conformance.syntax.meanings import Meanings, load_meanings
from conformance.syntax.modules import available

GRAMMARS = (everything(), load(["IMAP4rev1", "IMAP4rev2"], ["IMAP4rev2"]))
RULES = frozenset(rule for module in available() for rule in module.rules)
MEANINGS = load_meanings()


def keywords() -> set[tuple[str, str]]:
    """Return the pairs of a rule (ABNF name) and a keyword that stands in it."""
    found = set()
    for grammar, start in product(GRAMMARS, ("command", "response_data")):
        tables = grammar._reader(start).tables
        for rule in tables.lark.rules:
            name = grammar.name_of(str(rule.origin.name).lstrip("_").split("_star_")[0])
            for symbol in rule.expansion:
                terminal = tables.terminals.get(symbol.name)
                if name and terminal and isinstance(terminal.pattern, PatternStr):
                    found.add((name, terminal.pattern.value))
    return found


def test_every_keyword_in_a_rule_of_words_is_explained() -> None:
    words = {
        (rule, word)
        for rule, word in keywords()
        if MEANINGS.is_explained(rule)
        and any(c.isalpha() for c in word)
        and word not in ("BODY[", "NIL")
    }
    assert len(words) > 100
    unexplained = {pair for pair in words if MEANINGS.keyword(*pair) is None}
    assert unexplained == set()


@pytest.mark.parametrize("kind", ["command", "response", "code", "status"])
def test_a_word_of_the_file_is_a_word_of_the_grammar(kind: str) -> None:
    known = {word.upper() for _, word in keywords()}
    words = {word.split()[-1] for word in MEANINGS.of_kind(kind)}
    assert words - known == set()


def test_every_rule_that_is_explained_exists() -> None:
    for name in MEANINGS.of_kind("rule"):
        assert name.lower().replace("-", "_") in RULES


def test_every_rule_named_for_keywords_exists() -> None:
    for name in MEANINGS._by_rule:
        assert name.replace("-", "_") in RULES


def test_every_command_says_its_state() -> None:
    states = {meaning.state for meaning in MEANINGS.of_kind("command").values()}
    assert states == {"any", "not authenticated", "authenticated", "selected"}


def test_meanings_are_one_short_line_with_a_section() -> None:
    for kind in MEANINGS._kinds:
        for meaning in MEANINGS.of_kind(kind).values():
            assert meaning.says.isascii()
            assert 5 < len(meaning.says) <= 100, meaning
            assert parse_id(f"{meaning.rfc}-{meaning.section}-word")


def test_letter_case_does_not_count() -> None:
    noop = MEANINGS.get("command", "noop")
    assert noop is not None
    assert noop.reference == "RFC 3501 section 6.1.2"
    assert MEANINGS.get("command", "FROB") is None


def test_one_word_means_different_things_in_different_places() -> None:
    command = MEANINGS.keyword("fetch", "FETCH")
    response = MEANINGS.keyword("message-data", "FETCH")
    assert command is not None
    assert response is not None
    assert (command.kind, response.kind) == ("command", "response")


def test_an_entry_without_a_section_is_refused() -> None:
    table = {"command": {"of": "command", "rules": "", "words": {"NOOP": {"says": "nothing"}}}}
    with pytest.raises(TypeError, match="section"):
        Meanings(table)


def test_what_an_rfc_adds_is_told_with_its_number() -> None:
    move = MEANINGS.keyword("move", "MOVE")
    assert move is not None
    assert move.reference == "RFC 6851 section 3.1"


def test_a_word_belongs_to_the_rfc_that_came_first() -> None:
    table = {"command": {"words": {"noop": {"section": "1", "says": "nothing new"}}}}
    base = {"command": {"of": "command", "rules": "", "words": {}}}
    base["command"]["words"] = {"NOOP": {"section": "6.1.2", "says": "nothing"}}
    meanings = Meanings(base)
    meanings.add("9999", table)
    noop = meanings.get("command", "noop")
    assert noop is not None
    assert noop.reference == "RFC 3501 section 6.1.2"
