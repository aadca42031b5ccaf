"""What is generated from the grammar conforms, reaches rare forms, and shrinks to the simplest."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from conformance.syntax import grammar
from conformance.syntax.derivations import Derivation, Spoken
from conformance.syntax.strategies import (
    LITERAL,
    WORDS,
    Strategies,
    write_literal,
    write_quoted,
)

GRAMMAR = grammar.load(("IDLE", "UIDPLUS"))
COMMANDS = GRAMMAR.productions("command")
bounded = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # of the machine, not of the strategies
)
searching = settings(bounded, max_examples=3000)


def strategies(start: str, **more: st.SearchStrategy[bytes]) -> Strategies:
    return Strategies(GRAMMAR, start, words=more)


COMMAND = strategies("command")


def levels(derivation: Derivation) -> int:
    below = [levels(child) for child in derivation.children if isinstance(child, Derivation)]
    return 1 + max(below, default=0)


def shortest(rule: str, condition: str = "", *, of: Strategies = COMMAND) -> Spoken:
    """Find what a generated text that has `condition` in it shrinks to."""
    wanted = re.compile(condition.encode(), re.DOTALL)
    found = find(
        of.rule(rule),
        lambda generated: bool(wanted.search(generated.spoken().octets)),
        settings=searching,
    )
    return found.spoken()


# -- conforms ------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", sorted(set(COMMANDS.of_rule) & set(GRAMMAR.rules)))
def test_what_is_generated_from_a_rule_is_one(rule: str) -> None:
    @bounded
    @given(COMMAND.rule(rule))
    def conforms(generated: Derivation) -> None:
        text, literals = generated.spoken()
        assert generated.production.rule == rule
        assert GRAMMAR.check(rule, text, literals) is None

    conforms()


@pytest.mark.parametrize("start", GRAMMAR.starts)
def test_what_is_generated_from_a_start_symbol_conforms(start: str) -> None:
    @settings(bounded, max_examples=150)
    @given(strategies(start).rule(start))
    def conforms(generated: Derivation) -> None:
        text, literals = generated.spoken()
        assert text.endswith(b"\r\n")
        assert GRAMMAR.check(start, text, literals) is None

    conforms()


@settings(bounded, max_examples=200)
@given(COMMAND.rule("command"))
def test_literals_are_counted_as_long_as_they_are(generated: Derivation) -> None:
    spoken = generated.spoken()
    counts = [int(n) for n in re.findall(rb"\{(\d+)\}\r\n", spoken.text)]
    assert counts == [len(payload) for payload in spoken.literals]
    *openings, last = spoken.segments
    assert len(openings) == len(counts)
    assert all(each.endswith(b"}\r\n") for each in openings)
    assert last.endswith(b"\r\n")
    assert not any(b"\0" in payload for payload in spoken.literals)


@settings(bounded, max_examples=200)
@given(COMMAND.rule("command"))
def test_a_generated_command_reads_as_something_again(generated: Derivation) -> None:
    text = generated.spoken().text
    again = GRAMMAR.derivation("command", text)
    assert again is not None
    assert again.spoken().text == text


@pytest.mark.parametrize("depth", [0, 1, 3, 6])
def test_depth_is_bounded(depth: int) -> None:
    @settings(bounded, max_examples=60)
    @given(COMMAND.rule("command", depth=depth))
    def fits(generated: Derivation) -> None:
        assert levels(generated) <= COMMANDS.depth["command"] + depth

    fits()


# -- reaches rare forms --------------------------------------------------------------------

RARE = [
    ("search", r"OR .*NOT "),
    ("search", r"\(.*\("),
    ("search", r"CHARSET "),
    ("fetch", r"HEADER\.FIELDS\.NOT \("),
    ("fetch", r"BODY\.PEEK\[[\d.]+\.MIME\]<\d+\.\d+>"),
    ("uid", r"UID STORE .*-FLAGS\.SILENT \(.* "),
    ("append", r"\(.*\) \".*\" \{"),
    ("status", r"\(.* .* "),
    ("login", r" \{\d+\}\r\n.* \{\d+\}\r\n"),
    ("rename", r" \".*\" \{"),
    ("sequence_set", r"\*:"),
    ("sequence_set", r"4294967295"),
    ("command_any", r"(?-i:noop)"),
    ("command_any", r"(?-i:Noop)"),
]


@pytest.mark.parametrize(("rule", "form"), RARE)
def test_a_rare_form_is_generated(rule: str, form: str) -> None:
    wanted = re.compile(b"(?i:" + form.encode() + b")", re.DOTALL)
    # Without shrinking: whether it comes is the question.
    quickly = settings(searching, phases=[Phase.generate])
    generated = COMMAND.rule(rule)
    assert find(generated, lambda d: bool(wanted.search(d.spoken().octets)), settings=quickly)


# -- shrinks -------------------------------------------------------------------------------


def test_a_rule_shrinks_to_its_simplest_alternative() -> None:
    assert len(shortest("command").octets) <= len(b"0 CAPABILITY\r\n")
    assert len(shortest("sequence_set").octets) == 1
    assert shortest("mailbox").octets.upper() == b"INBOX"
    assert len(shortest("fetch").octets) <= len(b"FETCH * UID")


@pytest.mark.parametrize(
    ("rule", "condition", "least"),
    [
        ("store", "STORE", b"STORE * FLAGS ()"),
        ("search_key", "NOT", b"NOT ALL"),
        ("uid", "UID COPY", b"UID COPY * INBOX"),
        ("create", r"CREATE \{", b"CREATE {0}\r\n"),
    ],
)
def test_a_command_shrinks_to_the_least_that_still_has_it(
    rule: str, condition: str, least: bytes
) -> None:
    found = shortest(rule, f"(?i:{condition})").octets
    assert len(found) <= len(least)


# -- words and values ----------------------------------------------------------------------


def test_words_are_taken_by_rule_before_by_terminal() -> None:
    words = {
        "NZ_NUMBER": st.just(b"7"),
        "seq_number NZ_NUMBER": st.just(b"3"),
        "NUMBER": st.just(b"9"),
    }
    made = strategies("command", **words)
    assert shortest("sequence_set", "[0-9]", of=made).octets == b"3"
    assert shortest("search_key", "LARGER", of=made).octets == b"LARGER 9"


def test_a_value_is_written_in_every_way_that_can_write_it() -> None:
    def written(rule: str, value: bytes) -> list[bytes]:
        return [each.spoken().octets for each in COMMAND.spellings(rule, value)]

    assert sorted(written("astring", b"ab")) == [b'"ab"', b"ab", b"{2}\r\nab"]
    assert sorted(written("astring", b"a b")) == [b'"a b"', b"{3}\r\na b"]
    assert written("astring", b"\x80") == [b"{1}\r\n\x80"]
    assert set(written("mailbox", b"INBOX")) == {b"INBOX", b'"INBOX"', b"{5}\r\nINBOX"}
    with pytest.raises(ValueError, match="no astring means"):
        COMMAND.spellings("astring", b"\0")


def test_values_are_what_a_rule_means_wherever_it_stands_or_below_another() -> None:
    values = {"mailbox": st.just(b"all"), "create mailbox": st.just(b"new")}
    made = Strategies(GRAMMAR, "command", values=values)

    @bounded
    @given(made.rule("create"), made.rule("delete"))
    def meant(create: Derivation, delete: Derivation) -> None:
        assert b"new" in create.spoken().octets
        assert b"all" in delete.spoken().octets

    meant()


def test_payloads_are_those_that_are_given() -> None:
    made = Strategies(GRAMMAR, "command", payloads=st.just(b"payload"))
    generated = find(made.rule("append"), lambda d: bool(d.spoken().literals), settings=searching)
    assert set(generated.spoken().literals) == {b"payload"}


@given(st.text(st.characters(min_codepoint=1, max_codepoint=127, exclude_characters="\r\n")))
@bounded
def test_a_quoted_string_says_what_was_to_be_quoted(text: str) -> None:
    octets = write_quoted(text.encode())
    assert GRAMMAR.matches("quoted", octets)
    assert re.sub(rb"\\(.)", rb"\1", octets[1:-1], flags=re.DOTALL) == text.encode()


def test_a_literal_says_how_long_it_is() -> None:
    assert write_literal(b"") == (LITERAL, b"{0}\r\n", b"")
    assert write_literal(b"a\r\n") == (LITERAL, b"{3}\r\n", b"a\r\n")


@pytest.mark.parametrize("terminal", sorted(WORDS))
def test_the_words_of_a_terminal_are_read_by_it(terminal: str) -> None:
    pattern = re.compile(GRAMMAR.tables("command").regexps[terminal])

    @bounded
    @given(WORDS[terminal])
    def reads(word: bytes) -> None:
        assert pattern.fullmatch(word)

    reads()
