"""Generated sessions under IMAP4rev2: what is sent, and how ESEARCH is read."""

from __future__ import annotations

import pytest
from fuzz_heard import heard

from conformance.fuzz.commands import spoken
from conformance.fuzz.domain import cover
from conformance.fuzz.revised import is_added, searched
from conformance.syntax.derivations import Derivation

BOTH = frozenset({"IMAP4REV1", "IMAP4REV2", "ENABLE", "IDLE", "MOVE", "NAMESPACE", "UNSELECT"})
REV2 = frozenset({"IMAP4REV2"})


def commands(*enabled: str) -> dict[bytes, Derivation]:
    grammar = spoken(BOTH, frozenset(enabled))
    return {each.spoken().text: each for _, each in cover(grammar)}


def test_what_is_gone_is_not_sent_and_what_is_new_is() -> None:
    old, new = commands(), commands(*REV2)
    for word in (b"CHECK", b"LSUB", b"RFC822.TEXT", b" NEW", b"RECENT"):
        assert any(word in text.upper() for text in old), word
        assert not any(word in text.upper() for text in new), word
    for word in (b"RETURN (", b"BINARY", b"DELETED", b"UNSELECT"):
        assert any(word in text.upper() for text in new), word


def test_a_command_with_what_only_imap4rev2_has_is_told() -> None:
    added = {text for text, each in commands(*REV2).items() if is_added(each)}
    assert any(b"RETURN" in text.upper() for text in added)
    assert any(b"BINARY" in text.upper() for text in added)
    assert not {text for text in added if text in commands()}
    assert not any(map(is_added, commands().values()))


@pytest.mark.parametrize(
    ("text", "name", "numbers"),
    [
        (b'* ESEARCH (TAG "a1") UID ALL 2,4:5\r\n', "SEARCH", [2, 4, 5]),
        (b'* ESEARCH (TAG "a1")\r\n', "SEARCH", []),
        (b'* ESEARCH (TAG "a1") COUNT 3\r\n', "ESEARCH", None),
        (b"* SEARCH 3\r\n", "SEARCH", [3]),
    ],
)
def test_an_esearch_is_read_as_the_answer_that_is_known(
    text: bytes, name: str, numbers: list[int] | None
) -> None:
    (arrival,) = searched([heard(text)])
    assert arrival.response.name == name
    if numbers is not None:
        assert [leaf.number for leaf in arrival.response.leaves] == numbers
