from __future__ import annotations

import pytest

from conformance.results.text import end_visible, escape_octets, visible
from conformance.syntax.shown import clip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [x] <y> \\x", "plain [x] <y> \\x"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\u202eabc\u2066\u200d", "\\u202eabc\\u2066\\u200d"),
        ("\u2028\udc80", "\\u2028\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("caf\u00e9 \u00a7", "caf\u00e9 \u00a7"),
        ("NO ##vso[task.x]y ##[error]z", "NO \\x23#vso[task.x]y \\x23#[error]z"),
        ("##teamcity[buildStatus]", "\\x23#teamcity[buildStatus]"),
        ("a::error file=x::b", "a\\x3a:error file=x::b"),
        ("::add-mask::x \u00e9 ::SET-OUTPUT", "\\x3a:add-mask::x \u00e9 \\x3a:SET-OUTPUT"),
        ("imap://[::1]:143 ## note cases/x.md::y", "imap://[::1]:143 ## note cases/x.md::y"),
    ],
)
def test_what_steers_a_display_is_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_space_at_the_end_can_be_seen() -> None:
    assert end_visible("* SEARCH 1 ") == "* SEARCH 1\\x20"
    assert end_visible("* SEARCH  1") == "* SEARCH  1"
    assert end_visible("") == ""


def test_octets_become_printable_ascii() -> None:
    every = escape_octets(bytes(range(256)))
    assert every.isascii()
    assert every.isprintable()
    assert escape_octets(b"a\\r\r\n\x00\xff") == "a\\\\r\\r\\n\\x00\\xff"


def test_clip_says_what_is_left_out_and_keeps_the_limit() -> None:
    assert clip("abc", 3) == "abc"
    clipped = clip("x" * 100, 30)
    assert clipped.startswith("xxxx")
    assert clipped.endswith(" more]")
    assert len(clipped) <= 30
    assert clip("abcdef", 2) == "ab"
