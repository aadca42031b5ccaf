"""Passwords in generated sessions: spelt so that any server reads them, and in no case file."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from conformance.casefile.compose import Exchange, script
from conformance.fuzz.broken import credentials, leaks, placeholders
from conformance.fuzz.domain import PASSWORD, USER, WORDS_HERE, sent_as, spoken_as, values
from conformance.syntax import grammar
from conformance.syntax.derivations import Derivation, Spoken
from conformance.syntax.mutants import mutants
from conformance.syntax.strategies import Strategies

GRAMMAR = grammar.load(frozenset({"IMAP4REV1"}))
PLAIN = {USER: b"joe", PASSWORD: b"sesame"}
ODD = {USER: b"joe bloggs", PASSWORD: b'se"sa\\me (x'}


STRATEGIES = Strategies(
    GRAMMAR,
    "command",
    words=WORDS_HERE,
    values=values(disposable=False),
)
LOGINS = STRATEGIES.rule("command").filter(lambda each: b" LOGIN " in each.spoken().octets.upper())
MANY_ARE_OTHERS = settings(suppress_health_check=[HealthCheck.filter_too_much])
ACCOUNTS = st.sampled_from([PLAIN, ODD])


@MANY_ARE_OTHERS
@given(LOGINS, ACCOUNTS)
def test_a_login_is_in_the_grammar_whatever_the_password(
    login: Derivation, meaning: Mapping[bytes, bytes]
) -> None:
    spoken = spoken_as(login, meaning.__getitem__)
    assert GRAMMAR.check("command", spoken.text, spoken.literals) is None


@MANY_ARE_OTHERS
@given(LOGINS, ACCOUNTS)
def test_no_case_file_shows_the_password_of_a_login(
    login: Derivation, meaning: Mapping[bytes, bytes]
) -> None:
    lines = "\n".join(script([Exchange("main", tuple(sent_as(login, meaning.__getitem__)))]))
    assert not shown(lines, meaning[PASSWORD])
    assert "password}" in lines


@MANY_ARE_OTHERS
@given(LOGINS, ACCOUNTS)
def test_no_case_file_shows_the_password_of_a_broken_login(
    login: Derivation, meaning: Mapping[bytes, bytes]
) -> None:
    password = meaning[PASSWORD]
    names = credentials(USER, meaning[USER]) | credentials(PASSWORD, password)
    own = spoken_as(login, {USER: meaning[USER], PASSWORD: b"x"}.__getitem__).octets
    assume(not shown(own.decode("latin-1"), password))  # a tag may have letters of it by chance
    for mutant in mutants(spoken_as(login, meaning.__getitem__), GRAMMAR):
        if not leaks(mutant, password):
            raw = tuple(tuple(placeholders(segment, names)) for segment in mutant.segments)
            lines = "\n".join(script([Exchange("main", (b"LOGIN",), raw=raw)]))
            assert not shown(lines, password)


def shown(lines: str, password: bytes) -> bool:
    """Whether somebody can read half of a password."""
    text, half = password.decode(), len(password) // 2
    return any(text[i : i + half] in lines for i in range(len(text) - half + 1))


def test_a_password_that_is_itself_broken_is_not_sent() -> None:
    command = Spoken(b"t1 LOGIN joe {6}\r\n\r\n", (b"sesame",))
    sent = {b"".join(each.segments): each for each in mutants(command, GRAMMAR)}
    assert leaks(sent[b"t1 LOGIN joe {6}\r\nsesam\x00\r\n"], b"sesame")


def test_a_login_without_its_password_is_sent() -> None:
    command = Spoken(b"t1 LOGIN joe sesame\r\n")
    kept = [each for each in mutants(command, GRAMMAR) if not leaks(each, b"sesame")]
    assert b"t1 LOGIN joe\r\n" in [b"".join(each.segments) for each in kept]
    assert len(kept) > 20


def test_no_password_hides_nothing() -> None:
    assert list(placeholders(b"t1 LOGIN joe \r\n", credentials(PASSWORD, b""))) == [
        b"t1 LOGIN joe \r\n"
    ]
