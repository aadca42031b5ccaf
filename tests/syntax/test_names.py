"""Names of mailboxes without their letter case."""

from __future__ import annotations

import pytest

from conformance.syntax.names import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"Box", b"bOX"),
        (b"a&-B", b"A&-b"),
        (b"x&AOk-Y", b"X&AMk-y"),
        (b"INBOX/Sub", b"inbox/sub"),
        (b"A&b", b"a&b"),
    ],
)
def test_letters_do_not_count(one: bytes, other: bytes) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"x&AOk-", b"x&AOK-"),
        (b"x&AOk-", b"x&aok-"),
        (b"x&U,BTFw-", b"x&U,BTFW-"),
        (b"a", b"&AGE-"),
        (b"x\xc3\xa9", b"x\xc3\x89"),
        (b"x\xc3\xa9", b"x&AOk-"),
        (b"a", b"b"),
    ],
)
def test_what_is_another_character_counts(one: bytes, other: bytes) -> None:
    assert folded(one) != folded(other)
