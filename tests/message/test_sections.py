"""Sections and pieces: the octets that each one has, and those that no message has."""

from __future__ import annotations

import pytest

from conformance.message.expected import Text
from conformance.message.fetching import FetchItem, expected, read_items
from conformance.message.parts import read_message
from conformance.message.sections import NoSection, Partial, section
from conformance.syntax.grammar import load

GRAMMAR = load()
MESSAGE = b"""\
Subject: outer
To: a@b,
 c@d
X-A: 1
x-a: 2
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

pre
--b

one
--b
Content-Type: message/rfc822

Subject: inner

in
--b
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: text/html

three
--c--

--b--
epi
""".replace(b"\n", b"\r\n")
HEADER, _, BODY = MESSAGE.partition(b"\r\n\r\n")
RIGHT = {
    b"": MESSAGE,
    b"HEADER": HEADER + b"\r\n\r\n",
    b"TEXT": BODY,
    b"HEADER.FIELDS (x-A subject)": b"Subject: outer\r\nX-A: 1\r\nx-a: 2\r\n\r\n",
    b'HEADER.FIELDS ("To")': b"To: a@b,\r\n c@d\r\n\r\n",
    b"HEADER.FIELDS (X)": b"\r\n",
    b"header.fields.not (to x-a mime-version content-type)": b"Subject: outer\r\n\r\n",
    b"1": b"one",
    b"1.MIME": b"\r\n",
    b"2": b"Subject: inner\r\n\r\nin",
    b"2.MIME": b"Content-Type: message/rfc822\r\n\r\n",
    b"2.HEADER": b"Subject: inner\r\n\r\n",
    b"2.HEADER.FIELDS (X)": b"\r\n",
    b"2.TEXT": b"in",
    b"2.1": b"in",
    b"3": b"--c\r\nContent-Type: text/html\r\n\r\nthree\r\n--c--\r\n",
    b"3.1": b"three",
    b"3.1.MIME": b"Content-Type: text/html\r\n\r\n",
}


@pytest.mark.parametrize("spec", RIGHT)
def test_section(spec: bytes) -> None:
    assert section(read_message(MESSAGE), spec) == Text((RIGHT[spec],))


@pytest.mark.parametrize(
    "spec", [b"MIME", b"4", b"1.1", b"1.TEXT", b"3.HEADER", b"2.2", b"3.2", b"0", b"1.", b"X"]
)
def test_no_such_section(spec: bytes) -> None:
    with pytest.raises(NoSection):
        section(read_message(MESSAGE), spec)


@pytest.mark.parametrize(
    ("origin", "count", "text"),
    [(0, 1, b"o"), (1, 1, b"n"), (2, 5, b"e"), (3, 1, b""), (9, 9, b""), (0, 3, b"one")],
)
def test_piece(origin: int, count: int, text: bytes) -> None:
    # Behind the end it is the empty string, never NIL.
    assert section(read_message(MESSAGE), b"1", Partial(origin, count)) == Text((text,))


def test_a_header_without_a_blank_line_may_get_one() -> None:
    message = read_message(b"Subject: s\r\n")
    assert section(message, b"HEADER") == Text((b"Subject: s\r\n", b"Subject: s\r\n\r\n"))
    assert section(message, b"TEXT") == Text((b"", None))


@pytest.mark.parametrize(
    ("octets", "spec"),
    [
        (b"Subject: s\r\n\r\nt", b"1.MIME"),
        (b"no field\r\n\r\nt", b"HEADER"),
        (b"Subject: \xfc\r\n\r\nt", b"HEADER"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/a; boundary=b\r\n\r\n--b\r\n\r\na", b"1"),
    ],
)
def test_what_is_not_settled_is_left_open(octets: bytes, spec: bytes) -> None:
    assert section(read_message(octets), spec).open


def test_items_of_a_command() -> None:
    command = b'a UID FETCH 1 (FLAGS BODY.PEEK[1]<2.3> body[HEADER.FIELDS ("a" {1}\r\nb)])\r\n'
    assert [item.key for item in read_items(command, GRAMMAR)] == [
        b"FLAGS",
        b"BODY[1]<2>",
        b"BODY[HEADER.FIELDS (A B)]",
        b"UID",
    ]


@pytest.mark.parametrize(
    "command", [b"a NOOP\r\n", b"a FETCH 1\r\n", b"a FETCH 1 (FLAGS (UID))\r\n"]
)
def test_what_is_no_fetch(command: bytes) -> None:
    with pytest.raises(ValueError, match=r"FETCH|grammar"):
        read_items(command, GRAMMAR)


def test_a_macro_stands_for_items() -> None:
    assert [item.name for item in read_items(b"a FETCH 1:* full\r\n", GRAMMAR)] == [
        b"FLAGS",
        b"INTERNALDATE",
        b"RFC822.SIZE",
        b"ENVELOPE",
        b"BODY",
    ]


def test_an_unknown_item() -> None:
    with pytest.raises(ValueError, match="no item"):
        expected(read_message(MESSAGE), FetchItem(b"X"))


BORROWED = b"""\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=c

--c

--c--
--b--
""".replace(b"\n", b"\r\n")


@pytest.mark.parametrize("spec", [b"1", b"1.TEXT"])
def test_one_line_end_may_end_two_boundaries_one_in_the_other(spec: bytes) -> None:
    found = section(read_message(BORROWED), spec)
    assert isinstance(found, Text)
    assert [text and text[-7:] for text in found.options] == [b"\r\n--c--", b"--c--\r\n"]


def test_a_whole_message_has_no_line_end_that_is_not_there() -> None:
    octets = BORROWED.removesuffix(b"\r\n")
    found = section(read_message(octets), b"TEXT")
    assert found == Text((octets.partition(b"\r\n\r\n")[2],))
