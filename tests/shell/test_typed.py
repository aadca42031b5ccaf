"""What is typed becomes a command: tags, placeholders, escapes, literals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.casefile.bindings import Bound, astring
from conformance.shell.typed import Typed, TypedError, has_tag, read_command, read_line


def values(name: str) -> Bound:
    if name == "mailbox":
        return astring(b"own box")
    if name == "delim":
        raise TypedError("not to be had")
    raise KeyError(name)


def more(*lines: str) -> Callable[[str], str | None]:
    rest = iter(lines)
    return lambda _prompt: next(rest, None)


def read(text: str, *lines: str) -> Typed:
    return read_command(text, values, more(*lines))


def writes(typed: Typed) -> list[bytes]:
    return [b"".join(line.octets for line in chunk) for chunk in typed.chunks]


def pages(typed: Typed) -> list[str]:
    return [f"{'C|' if x.literal else 'C:'} {x.text}" for chunk in typed.chunks for x in chunk]


@pytest.mark.parametrize(
    ("text", "tagged"),
    [
        ("NOOP", False),
        ("a1 NOOP", True),
        ("noop", False),
        ("x NOOP", True),
        ("UID FETCH 1 FLAGS", False),
        ("a UID FETCH 1 FLAGS", True),
        ("FROB it", False),
        ("a1 FROB", True),
        ("a1", True),
        ("SEARCH ALL", False),
        ("STATUS LIST (UNSEEN)", False),
        ("", False),
    ],
)
def test_a_tag_is_told_from_a_command(text: str, tagged: bool) -> None:
    assert has_tag(text) is tagged


def test_a_plain_command() -> None:
    typed = read("a1 NOOP")
    assert writes(typed) == [b"a1 NOOP\r\n"]
    assert typed.frame.text == b"a1 NOOP\r\n"


def test_values_in_braces_are_sent_and_kept_as_braces() -> None:
    typed = read("a1 SELECT {mailbox}")
    assert writes(typed) == [b'a1 SELECT "own box"\r\n']
    assert pages(typed) == ["C: a1 SELECT {mailbox}"]


def test_a_value_that_can_not_be_had_is_told() -> None:
    with pytest.raises(TypedError, match="not to be had"):
        read("a1 LIST {delim} x")


def test_other_braces_are_plain() -> None:
    typed = read("a1 SELECT {nothing}")
    assert writes(typed) == [b"a1 SELECT {nothing}\r\n"]
    assert pages(typed) == ["C: a1 SELECT {{nothing}"]
    assert writes(read("a1 SELECT a{b")) == [b"a1 SELECT a{b\r\n"]
    assert writes(read("a1 SELECT {:atom}")) == [b"a1 SELECT {:atom}\r\n"]


def test_escapes_are_octets() -> None:
    typed = read(r"a1 SELECT x\x00\xff")
    assert writes(typed) == [b"a1 SELECT x\x00\xff\r\n"]
    assert pages(typed) == ["C: a1 SELECT x{0x00}{0xff}"]


def test_text_is_utf_8() -> None:
    assert writes(read("a1 SELECT caf\u00e9")) == [b"a1 SELECT caf\xc3\xa9\r\n"]


def test_a_literal_is_waited_for_and_sent_when_asked() -> None:
    typed = read("a1 LOGIN {4}", "fred {3}", "abc")
    assert writes(typed) == [b"a1 LOGIN {4}\r\n", b"fred {3}\r\n", b"abc\r\n"]
    assert typed.frame.literals == (b"fred", b"abc")


def test_a_literal_that_does_not_wait_goes_at_once() -> None:
    assert writes(read("a1 LOGIN {4+}", "fred abc")) == [b"a1 LOGIN {4+}\r\nfred abc\r\n"]


def test_a_literal_on_one_line() -> None:
    assert writes(read(r"a1 LOGIN {4}\r\nfred abc")) == [b"a1 LOGIN {4}\r\n", b"fred abc\r\n"]


def test_a_literal_that_is_counted() -> None:
    typed = read("a1 APPEND {mailbox} {#}", "Subject: x", "", "text", ".", "")
    assert writes(typed) == [b'a1 APPEND "own box" {20}\r\n', b"Subject: x\r\n\r\ntext\r\n\r\n"]
    assert pages(typed) == [
        "C: a1 APPEND {mailbox} {#}",
        "C| Subject: x",
        "C| ",
        "C| text",
        "C: ",
    ]
    assert typed.frame.literals == (b"Subject: x\r\n\r\ntext\r\n",)


def test_a_command_goes_on_behind_a_counted_literal() -> None:
    typed = read("a1 SEARCH SUBJECT {#+}", "x", ".", " SEEN")
    assert typed.frame.text == b"a1 SEARCH SUBJECT {3+}\r\n SEEN\r\n"
    assert len(typed.chunks) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("a1 LOGIN {4}",), "not complete"),
        (("a1 APPEND x {#}", "text"), "single dot"),
        (("a1 APPEND {#} x",), "end of the line"),
        ((r"a1 NOOP\r\na2 NOOP",), "one command at a time"),
    ],
)
def test_what_can_not_become_a_command(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(TypedError, match=message):
        read(*lines)


def test_a_line_of_its_own_has_no_tag() -> None:
    line = read_line("DONE", values)
    assert (line.text, line.octets) == ("DONE", b"DONE\r\n")
