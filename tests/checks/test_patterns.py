"""Which names a pattern of LIST matches, held against the engine of Python's expressions."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from conformance.checks.names import matches

NAMES = st.text("aB/*%", max_size=8).map(str.encode)


@given(name=NAMES, pattern=NAMES, separator=st.sampled_from([b"/", b"B", b""]))
def test_a_pattern_matches_what_it_says(name: bytes, pattern: bytes, separator: bytes) -> None:
    level = b"[^" + separator + b"]*" if separator else b".*"
    meaning = {"*": b".*", "%": level}
    expression = b"".join(meaning.get(sign, re.escape(sign.encode())) for sign in pattern.decode())
    wanted = re.fullmatch(expression, name, re.IGNORECASE | re.DOTALL) is not None
    assert matches(name, pattern, separator) == wanted


def test_many_wildcards_take_no_longer_than_others() -> None:
    assert not matches(b"a" * 500, b"*a" * 400 + b"b", b"/")


def test_what_is_too_long_is_not_judged() -> None:
    assert matches(b"a" * 1001, b"b", b"/")
