"""The forgiving reader: what belongs to one word of a response."""

from __future__ import annotations

import pytest

from conformance.syntax.responses import read_response
from conformance.syntax.values import Group, Leaf


@pytest.mark.parametrize("name", [b"a[b", b"[", b"a[b]c", b"[[a]", b"a[b[c"])
@pytest.mark.parametrize("line", [b'* LIST () "/" %s\r\n', b"* STATUS %s (MESSAGES 1)\r\n"])
def test_a_bracket_is_part_of_a_name(name: bytes, line: bytes) -> None:
    assert read_response(line % name).mailbox == name


def test_a_section_is_one_word_with_its_spaces() -> None:
    response = read_response(b'* 1 FETCH (BODY[HEADER.FIELDS (TO CC)] "x" UID 7)\r\n')
    assert list(response.items.keys()) == [b"BODY[HEADER.FIELDS (TO CC)]", b"UID"]


def test_a_literal8_is_one_value() -> None:
    response = read_response(b"* 1 FETCH (BINARY[1] ~{3}\r\n UID 7)\r\n", [b"\x00a\x00"])
    assert list(response.items.keys()) == [b"BINARY[1]", b"UID"]
    value = response.item(b"BINARY[1]")
    assert value is not None
    assert (bytes(value.octets), value.form) == (b"\x00a\x00", "literal")


@pytest.mark.parametrize(
    ("line", "name", "said"),
    [
        (b'* OK [INPROGRESS ("a]1" 1 NIL)] at it\r\n', b"a]1", b"at it"),
        (b'* NO [BADURL "imap://[::1]/"] no\r\n', b"imap://[::1]/", b"no"),
        (b'* NO [ODD it"s] "so]" \r\n', b"it", b'"so]" '),
        (b'* NO [ODD "x] y\r\n', b"x", b"y"),
        (b"* NO [BADCHARSET ({3}\r\n)] no\r\n", b"a]b", b"no"),
    ],
)
def test_a_code_ends_with_a_bracket_that_is_not_in_quotes(
    line: bytes, name: bytes, said: bytes
) -> None:
    response = read_response(line, [b"a]b"])
    assert response.code is not None
    value = response.code.values[0]
    leaf = value.items[0] if isinstance(value, Group) else value
    assert isinstance(leaf, Leaf)
    assert (bytes(leaf.octets), response.text) == (name, said)
