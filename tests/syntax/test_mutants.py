"""Every mutant is wrong, in one place, and its stream ends where the next command may begin."""

from __future__ import annotations

import re

import pytest
from mutants_corpus import corpus

from conformance.syntax import grammar, mutants
from conformance.syntax.derivations import Spoken
from conformance.syntax.mutants import Mutant
from conformance.syntax.mutations import KINDS, MutationKind

GRAMMAR = grammar.load()
COMMANDS = corpus()


@pytest.fixture(scope="module")
def all_mutants() -> list[Mutant]:
    return [mutant for command in COMMANDS for mutant in mutants.mutants(command, GRAMMAR)]


def of(text: bytes, kind: str, *literals: bytes) -> list[Mutant]:
    found = mutants.mutants(Spoken(text, literals), GRAMMAR)
    return [mutant for mutant in found if mutant.kind.name == kind]


def test_the_grammar_rejects_every_line_of_every_mutant(all_mutants: list[Mutant]) -> None:
    assert len(all_mutants) > 2000
    for mutant in all_mutants:
        for frame in mutant.frames:
            assert GRAMMAR.check("command", frame.text, frame.literals) is not None


def test_a_mutant_differs_from_its_command_in_one_place(all_mutants: list[Mutant]) -> None:
    for mutant in all_mutants:
        sent = b"".join(mutant.segments)
        valid = b"".join(mutant.command.segments)
        assert sent != valid
        before = mutant.command.text[: mutant.token.start]
        skeleton = b"".join(frame.text for frame in mutant.frames)
        assert skeleton.startswith(before)
        assert skeleton[len(before) :].startswith(mutant.inserted)
        assert mutant.command.text[mutant.token.start :].startswith(mutant.removed)


def test_every_kind_of_fault_applies_somewhere(all_mutants: list[Mutant]) -> None:
    assert {kind.name for kind in KINDS} == {mutant.kind.name for mutant in all_mutants}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_no_mutant_of_a_command_comes_twice(all_mutants: list[Mutant]) -> None:
    sent = [(mutant.command, mutant.segments) for mutant in all_mutants]
    assert len(sent) == len(set(sent))


def test_the_same_command_has_the_same_mutants_in_the_same_order() -> None:
    first, again = ([m.name for m in mutants.mutants(COMMANDS[17], GRAMMAR)] for _ in range(2))
    assert first == again


def test_a_stream_ends_at_a_line_end_and_is_cut_behind_counts(all_mutants: list[Mutant]) -> None:
    for mutant in all_mutants:
        *openings, last = mutant.segments
        assert last.endswith(b"\r\n")
        assert all(re.search(rb"\{[0-9]+\}\r\n\Z", piece) for piece in openings)


def test_every_production_of_a_command_is_broken(all_mutants: list[Mutant]) -> None:
    commands = {rule for mutant in all_mutants for rule in mutant.token.rules}
    assert {"append", "authenticate", "copy", "create", "delete", "examine", "fetch"} <= commands
    assert {"list", "login", "lsub", "rename", "search", "select", "status", "store"} <= commands
    assert {"subscribe", "uid", "unsubscribe", "seq-range", "date-time", "section"} <= commands


def test_what_is_still_valid_is_dropped() -> None:
    def in_capitals(octets: bytes, _payload: bytes) -> list[bytes]:
        return [octets.lower(), octets + b"Q"]

    harmless = MutationKind("harmless", '"NOOP"', lambda o, p: iter(in_capitals(o, p)), "")
    found = mutants.mutants(Spoken(b"a NOOP\r\n"), GRAMMAR, (harmless,))
    assert [m.inserted for m in found] == [b"NOOPQ"]


def test_a_valid_command_behind_a_broken_line_is_dropped() -> None:
    two = MutationKind(
        "two", "CRLF", lambda _o, _p: iter([b" x\r\nb NOOP\r\n", b" x\r\nb\r\n"]), ""
    )
    found = mutants.mutants(Spoken(b"a NOOP\r\n"), GRAMMAR, (two,))
    assert [m.segments for m in found] == [(b"a NOOP x\r\nb\r\n",)]


def test_only_a_command_can_be_broken() -> None:
    with pytest.raises(ValueError, match="no command"):
        next(mutants.mutants(Spoken(b"a NOOP x\r\n"), GRAMMAR))


def test_a_mutant_names_the_production_and_the_section() -> None:
    (zero,) = of(b"a FETCH 7 FLAGS\r\n", "zero")
    assert zero.segments == (b"a FETCH 0 FLAGS\r\n",)
    assert (zero.rule, zero.section, zero.family) == ("seq-number", "9", "command-select")
    fault = GRAMMAR.check("command", zero.frames[0].text)
    assert fault is not None
    assert fault.rule == "nz-number"
    (space,) = (m for m in of(b"a STATUS x (MESSAGES)\r\n", "space-doubled") if m.token.start == 10)
    assert (space.rule, space.family) == ("status", "command-auth")


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("literal-short", [(b"a CREATE {3}\r\n", b"name\r\n")]),
        # The server takes the CR for payload; the LF stands alone until the line is ended.
        ("literal-long", [(b"a CREATE {5}\r\n", b"name\r\n\r\n")]),
        ("literal-inline", [(b"a CREATE {4}name\r\n",)]),
        ("literal-nul", [(b"a CREATE {4}\r\n", b"nam\0\r\n")]),
        ("lf-for-crlf", [(b"a CREATE {4}\r\n", b"name\n\r\n")]),
        ("argument-missing", [(b"a {4}\r\n", b"name\r\n"), (b"a CREATE\r\n",)]),
    ],
)
def test_the_stream_of_a_broken_literal(kind: str, sent: list[tuple[bytes, ...]]) -> None:
    assert [m.segments for m in of(b"a CREATE {4}\r\n\r\n", kind, b"name")] == sent


def test_a_count_that_is_none_ends_the_line() -> None:
    sent = [m.segments for m in of(b"a LOGIN {1}\r\n {1}\r\n\r\n", "literal-count", b"u", b"p")]
    assert (b"a LOGIN {}\r\n",) in sent
    assert (b"a LOGIN {1}\r\n", b"u {abc}\r\n") in sent


def test_a_payload_of_several_lines_is_never_sent_as_lines() -> None:
    text = b"a APPEND x {9}\r\n\r\n"
    assert of(text, "literal-inline", b"b NOOP\r\n\r") == []


def test_a_literal_is_not_left_to_a_second_line() -> None:
    assert len(of(b"a CREATE {1}\r\n\r\n", "cr-for-space", b"x")) == 2
    assert of(b"a CREATE {1}\r\n\r\n", "lf-for-space", b"x") == []


def test_a_count_behind_an_open_quote_is_not_sent() -> None:
    for mutant in mutants.mutants(Spoken(b'a LOGIN "u" {1}\r\n\r\n', (b"p",)), GRAMMAR):
        if len(mutant.segments) > 1:
            assert mutant.segments[0].count(b'"') % 2 == 0
