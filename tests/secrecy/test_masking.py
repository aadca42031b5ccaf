"""Secrets in every spelling and in pieces; short ones without turning all text to stars."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from secrecy_generated import ECHOES, PASSWORDS, USER, reveals

from conformance.results.text import kept
from conformance.secrecy.secrets import MASK, Secrets
from conformance.syntax.shown import clip

SPELLINGS = [
    'user "p\\"w\u00e9" wrong',  # as a quoted string
    'p"w\u00e9',
    'p"w\\xc3\\xa9',  # as escaped octets
    "cCJ3w6k=",  # base64
    'p\\"w\\u00e9',  # JSON
    "p%22w%C3%A9",
    "p&quot;w&#233;",
]


@pytest.mark.parametrize("seen", SPELLINGS)
def test_a_secret_is_hidden_in_every_spelling(seen: str) -> None:
    masked = Secrets([('p"w\u00e9', "")])(f"* NO {seen}")
    assert MASK in masked
    assert 'p"w' not in masked
    assert "cCJ3" not in masked


@settings(deadline=None)
@given(PASSWORDS, st.sampled_from(sorted(ECHOES)), st.sampled_from(["", "<", "(", ": ", "="]))
def test_an_echo_is_hidden(password: str, form: str, before: str) -> None:
    echo = before.encode() + ECHOES[form](password.encode()) + b" is wrong"
    secrets = Secrets([(password, USER)])
    for text in (echo.decode("latin-1"), echo.decode("utf-8", "replace")):
        if len(password.encode()) >= 3:
            assert not reveals(secrets.mask(text), password)
    assert len(secrets.blank(echo)) == len(echo)


@settings(deadline=None)
@given(PASSWORDS, st.integers(0, 300), st.integers(1, 200))
def test_a_secret_that_was_cut_is_hidden(password: str, before: int, limit: int) -> None:
    secrets = Secrets([(password, USER)])
    cut = clip("." * before + password, before + limit)
    shown = secrets.mask(cut).replace(MASK, "")
    if len(password.encode()) >= 3 and " more]" in cut and password.isascii():
        assert "Zq9" not in shown or "Zq9" not in password


def test_what_is_kept_of_a_text_has_no_half_of_a_secret() -> None:
    secrets = Secrets([("correct horse", "")])
    for before in range(950, 1010):
        assert "corr" not in kept("." * before + "correct horse", secrets.mask)
        assert "corr" not in kept("." * (before + 3000) + "correct horse", secrets.mask)
    assert "corr" not in kept("correct horse" * 500, secrets.mask)


@pytest.mark.parametrize(
    ("password", "text", "masked"),
    [
        ("x", "x marks the next text, exactly", "x marks the next text, exactly"),
        ("x", "a LOGIN fred x", f"a LOGIN fred {MASK}"),
        ("x", 'a NO LOGIN "fred" "x" refused', f'a NO LOGIN "fred" "{MASK}" refused'),
        (
            "x",
            "LOGIN {4}\\x0d\\x0afred {1}\\x0d\\x0ax",
            f"LOGIN {{4}}\\x0d\\x0afred {{1}}\\x0d\\x0a{MASK}",
        ),
        ("x", base64.b64encode(b"\0fred\0x").decode(), MASK),
        ("test", "the latest test", f"the latest {MASK}"),
        ("test", "\\x0atest test_box", f"\\x0a{MASK} {MASK}_box"),
        ("", "nothing", "nothing"),
    ],
)
def test_a_short_secret_is_hidden_where_it_is_one(password: str, text: str, masked: str) -> None:
    assert Secrets([(password, "fred")])(text) == masked


def test_no_secret_leaves_text_alone() -> None:
    assert Secrets()("* OK") == Secrets([("", ""), (b"", "")])("* OK") == "* OK"


def test_work_grows_with_the_text_only() -> None:
    secrets = Secrets([("\\" * 40 + "x", ""), ('"\\' * 30, ""), ("aaaaaaaaab", "")])
    for hostile in ("\\" * 100_000, '\\"' * 50_000, "a" * 100_000, "%5c" * 30_000):
        secrets.mask(hostile)  # a pattern that tries again and again does not come back


def test_words_in_quotes_that_are_part_of_a_secret_are_hidden_where_asked() -> None:
    secrets = Secrets([("hunter(22nd", "fred")])
    assert secrets.mask('not "hunter" but "FETCH"') == 'not "hunter" but "FETCH"'
    assert secrets.mask_pieces('not "hunter" but "FETCH"') == 'not "[hidden]" but "FETCH"'
    assert secrets.mask_pieces("hunter(22nd") == "[hidden]"
    assert secrets.mask_pieces('"a" "22nd"') == '"a" "[hidden]"'
