r"""Flags that a server may show by itself, and those that somebody must have set."""

from __future__ import annotations

import pytest

from conformance.syntax.flags import is_foreign, own


@pytest.mark.parametrize("flag", [rb"\Seen", rb"\DRAFT", rb"\recent", rb"\*", b"$kept", b"Mine"])
def test_what_was_set_or_has_a_meaning_is_not_the_server_s(flag: bytes) -> None:
    assert not is_foreign(flag, {b"$KEPT", b"MINE"})


@pytest.mark.parametrize("flag", [b"$NotJunk", rb"\XMark", b"NonJunk", b"Seen"])
def test_other_keywords_are_the_server_s(flag: bytes) -> None:
    assert is_foreign(flag, {b"$KEPT"})


def test_what_is_left_without_them() -> None:
    assert own([rb"\SEEN", b"$JUNK", b"$KEPT"], {b"$KEPT"}) == {rb"\SEEN", b"$KEPT"}
