"""What is judged of a server's answer to a broken command, and what it may do unaccused."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from fuzz_fake_server import SHORT, talking

from conformance.fuzz.mutants import (
    MutantAnswer,
    MutantBreach,
    grouped,
    hear,
    judge,
    name_of,
    probe,
    readable,
)
from conformance.syntax import grammar
from conformance.syntax.derivations import Spoken
from conformance.syntax.mutants import Mutant, mutants

GRAMMAR = grammar.load()
NOOP = b"NOOP\r\n"
BAD = b"b1 BAD syntax\r\n"


def mutant(kind: str, text: bytes = b"b1 FETCH 1 FLAGS\r\n", *literals: bytes) -> Mutant:
    found = mutants(Spoken(text, literals), GRAMMAR)
    return next(mutant for mutant in found if mutant.kind.name == kind)


ZERO = mutant("zero")
NO_TAG = mutant("tag-empty")
BARE_LF = mutant("lf-for-crlf")
PLUS = mutant("tag-plus")
NUL = mutant("literal-nul", b"b1 CREATE {4}\r\n\r\n", b"name")
COUNT = mutant("literal-count", b"b1 CREATE {4}\r\n\r\n", b"name")
UNCLOSED = mutant("bracket-dropped", b"b1 APPEND x (\\Seen) {4}\r\n\r\n", b"text")
SASL = mutant("space-trailing", b"b1 AUTHENTICATE PLAIN\r\n")
EXTRA = mutant("argument-extra", b"b1 AUTHENTICATE PLAIN\r\n")


def saying(
    first: bytes | None, *, noop: bytes = b"{tag} OK done\r\n", more: bytes | None = b""
) -> Callable[[bytes], bytes | None]:
    """Answer the first line so, NOOP as given, and other lines with `more`."""
    waiting = [first]

    def answer(line: bytes) -> bytes | None:
        if waiting:
            return waiting.pop()
        if line.endswith(NOOP):
            return noop.replace(b"{tag}", line.split(b" ")[0])
        return more

    return answer


def judged(
    broken: Mutant, answer: Callable[[bytes], bytes | None], *, proper: bool = True
) -> list[MutantBreach]:
    with talking(answer) as session:
        return probe(session, broken, place="selected", proper=proper, patience=SHORT)[1]


@pytest.mark.parametrize(
    ("broken", "answer"),
    [
        (ZERO, saying(BAD)),
        (ZERO, saying(b"* 3 EXISTS\r\n* OK so\r\nb1 BAD syntax\r\n")),
        (ZERO, saying(b"* BYE too many errors\r\n", noop=b"")),
        (ZERO, saying(b"* BYE too many errors\r\n", more=None)),
        (NO_TAG, saying(b"* BAD what\r\n")),
        (NO_TAG, saying(b"FETCH BAD a guess at the tag\r\n")),
        (PLUS, saying(b"* BAD what\r\n")),
        (BARE_LF, saying(BAD)),
        (BARE_LF, saying(b"* BAD what\r\n")),
        (NUL, saying(b"b1 NO not in a name\r\n")),
        (COUNT, saying(BAD)),
        (UNCLOSED, saying(BAD)),
        (EXTRA, saying(b"b1 NO no such user\r\n")),
        (NO_TAG, saying(b"")),
    ],
)
def test_a_refusal_is_not_accused(broken: Mutant, answer: Callable[[bytes], bytes | None]) -> None:
    assert judged(broken, answer) == []


@pytest.mark.parametrize(
    ("broken", "answer", "requirement", "wrong"),
    [
        (ZERO, saying(b"b1 OK\r\n"), "3501-2.2.2-strict", "was answered OK"),
        (ZERO, saying(b"b1 NO\r\n"), "3501-2.2.2-strict", "was answered NO"),
        (BARE_LF, saying(b"b1 OK\r\n"), "3501-2.2.2-strict", "was answered OK"),
        (PLUS, saying(b"+ OK\r\n"), "3501-2.2.2-strict", "was answered by a continuation request"),
        (ZERO, saying(b""), "3501-2.2.2-one-completion", "was not answered"),
        (ZERO, saying(b"* BAD x\r\n"), "3501-2.2.2-one-completion", "an untagged BAD alone"),
        (ZERO, saying(BAD + BAD), "3501-2.2.2-one-completion", "was completed twice"),
        (ZERO, saying(BAD, noop=b""), "3501-2.2.2-one-completion", "left the next NOOP"),
        (ZERO, saying(BAD, noop=b"{tag} BAD\r\n"), "3501-2.2.2-one-completion", "left the next"),
        (ZERO, saying(BAD + b"x9 BAD\r\n"), "3501-2.2.2-tag", "with the tag of no command"),
        (ZERO, saying(None), "3501-3.4-bye", "ended the connection without BYE"),
        (UNCLOSED, saying(b""), "3501-2.2.2-one-completion", "was not answered"),
        (
            SASL,
            saying(b"+ \r\n", more=BAD),
            "3501-2.2.2-strict",
            "was answered by a continuation request",
        ),
    ],
)
def test_a_wrong_answer_is_found(
    broken: Mutant, answer: Callable[[bytes], bytes | None], requirement: str, wrong: str
) -> None:
    (breach, *_) = found = judged(broken, answer)
    assert [b.rule.requirement for b in found if wrong in b.wrong] == [requirement]
    assert broken.rule in breach.message


def test_a_server_that_waits_for_more_is_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.fuzz.mutants._AFTER_RESCUE", 5.0)
    lines: list[bytes] = []

    def answer(line: bytes) -> bytes:
        lines.append(line)
        if line.endswith(NOOP):
            return line.split(b" ")[0] + b" OK done\r\n"
        return BAD if len(lines) == 2 else b""

    (breach,) = judged(UNCLOSED, answer)
    assert breach.wrong == "was answered only when more was sent"
    assert lines[1] == b"\r\n"


def test_the_rest_of_a_refused_literal_is_not_sent() -> None:
    broken = mutant("word-misspelt", b"b1 CREATE {4}\r\n\r\n", b"name")
    lines: list[bytes] = []

    def answer(line: bytes) -> bytes:
        lines.append(line)
        return line.split(b" ")[0] + (b" OK\r\n" if line.endswith(NOOP) else b" BAD\r\n")

    assert judged(broken, answer) == []
    assert lines == [b"b1 CREATEQ {4}\r\n", b"c1 NOOP\r\n"]


def test_no_refuses_a_command_of_another_state() -> None:
    assert judged(ZERO, saying(b"b1 NO not now\r\n"), proper=False) == []
    assert len(judged(ZERO, saying(b"b1 OK\r\n"), proper=False)) == 1


@pytest.mark.parametrize("tag", ["tag-plus", "nul"])
def test_a_lenient_server_is_not_asked_for_noop_in_the_middle_of_a_login(tag: str) -> None:
    broken = mutant(tag, b"b1 AUTHENTICATE PLAIN\r\n")
    lines: list[bytes] = []

    def answer(line: bytes) -> bytes:
        lines.append(line)
        if line.endswith(NOOP):
            return line.split(b" ")[0] + b" OK\r\n"
        return b"+ \r\n" if len(lines) == 1 else b"b1+ BAD cancelled\r\n"

    (breach,) = judged(broken, answer)
    assert breach.wrong == "was answered by a continuation request"
    assert lines[1] == b"*\r\n"


def test_a_literal_that_a_server_takes_for_one_may_be_longer_than_we_send() -> None:
    (breach,) = judged(COUNT, saying(b"+ OK\r\n", noop=b""))
    assert breach.wrong == "was answered by a continuation request"


def test_a_logout_that_is_heard_in_a_broken_line_is_only_lenient() -> None:
    broken = mutant("nul", b"b1 LOGOUT\r\n")
    (breach,) = judged(broken, saying(b"* BYE\r\nb1 OK\r\n", more=None))
    assert breach.wrong == "was answered OK"


def test_nothing_is_sent_behind_the_ok_to_logout() -> None:
    broken = mutant("space-trailing", b"b1 LOGOUT\r\n")
    with talking(saying(b"* BYE\r\nb1 OK\r\n")) as session:
        assert hear(session, broken, SHORT).noop is None


def test_a_message_names_command_fault_production_and_answer() -> None:
    (breach,) = judged(ZERO, saying(b"b1 OK \x1b[2J\r\n"))
    assert breach.message == (
        "`b1 FETCH 0 FLAGS`: zero where nz-number is (seq-number, section 9) was answered OK"
        " (selected)"
    )
    assert breach.received == "b1 OK \\x1b[2J"
    assert "b1 FETCH 0 FLAGS" in [line.text for line in breach.excerpt]


def test_breaches_are_gathered_by_production_and_kind_and_a_must_comes_first() -> None:
    lenient = judged(ZERO, saying(b"b1 OK\r\n"))
    mute = judged(ZERO, saying(b""))
    groups = grouped([*lenient, *mute, *lenient])
    assert list(groups) == [mute[0].group, lenient[0].group]
    assert groups[lenient[0].group] == [*lenient, *lenient]


def test_a_tag_is_readable_when_it_can_be_repeated() -> None:
    assert readable(ZERO)
    assert not readable(NO_TAG)
    assert not readable(mutant("argument-missing", b"b1 NOOP\r\n"))
    assert not readable(mutant("nul"))
    assert name_of(mutant("space-dropped", b"b1 UID FETCH 1 FLAGS\r\n")) == "UID FETCH"


@pytest.mark.parametrize(("reason", "accused"), [("closed", True), ("reset", False)])
def test_a_reset_may_have_destroyed_a_bye_and_an_end_has_not(reason: str, accused: bool) -> None:
    ended = SimpleNamespace(
        dialogue=SimpleNamespace(bye=False), ending=SimpleNamespace(reason=reason)
    )
    wrong = judge(ended, ZERO, MutantAnswer(closed=True), proper=True)
    assert bool(wrong) is accused
