"""Arguments of commands are found by the names of their rules, however they are written."""

from __future__ import annotations

import pytest

from conformance.syntax.arguments import STAR, ReadCommand, cut_literals, read_command
from conformance.syntax.grammar import everything, load

GRAMMAR = load()
ALL = everything()


def read(command: bytes) -> ReadCommand:
    return read_command(ALL, b"a1 " + command + b"\r\n")


@pytest.mark.parametrize(
    ("written", "string"),
    [
        (b"box", b"box"),
        (b'"box"', b"box"),
        (b'"a \\"b\\\\"', b'a "b\\'),
        (b'""', b""),
        (b"{3}\r\nbox", b"box"),
        (b"{3+}\r\nbox", b"box"),
        (b"{0}\r\n", b""),
        (b"{5}\r\na\r\n{1", b"a\r\n{1"),
        (b"INBOX", b"INBOX"),
    ],
)
def test_a_string_means_the_same_however_it_is_written(written: bytes, string: bytes) -> None:
    command = read(b"STATUS " + written + b" (MESSAGES UIDNEXT)")
    (mailbox,) = command.parts("mailbox")
    assert mailbox.string == string
    assert [each.octets for each in command.parts("status-att")] == [b"MESSAGES", b"UIDNEXT"]


@pytest.mark.parametrize(
    ("first", "second"),
    [(b"{2}\r\nab {3}\r\n\r\nc", (b"ab", b"\r\nc")), (b'"{2}" {1+}\r\n"', (b"{2}", b'"'))],
)
def test_each_string_has_its_own_payload(first: bytes, second: tuple[bytes, bytes]) -> None:
    command = read(b"LOGIN " + first)
    assert [command.part(rule).string for rule in ("userid", "password")] == list(second)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "ranges"),
    [
        (b"1", ((1, 1),)),
        (b"*", ((STAR, STAR),)),
        (b"3:1", ((3, 1),)),
        (b"2,4:*,9", ((2, 2), (4, STAR), (9, 9))),
    ],
)
def test_a_set_is_ranges(written: bytes, ranges: tuple[tuple[int, int], ...]) -> None:
    for prefix, by_uid in ((b"", False), (b"UID ", True), (b"uid ", True)):
        command = read(prefix + b"FETCH " + written + b" FLAGS")
        (messages,) = command.parts("sequence-set")
        assert messages.ranges == ranges
        assert command.by_uid is by_uid
        assert command.named("fetch").rule == "fetch"


@pytest.mark.parametrize("written", [b"$", b"1:3,$"])
def test_only_the_server_knows_what_was_found_before(written: bytes) -> None:
    (messages,) = read(b"FETCH " + written + b" FLAGS").parts("sequence-set")
    with pytest.raises(ValueError, match=r"\$"):
        assert messages.ranges


@pytest.mark.parametrize(
    ("command", "rule", "texts"),
    [
        (b"SELECT box (CONDSTORE QRESYNC (1 2))", "select-param", [b"CONDSTORE", b"QRESYNC (1 2)"]),
        (b"FETCH 1 (FLAGS) (CHANGEDSINCE 5)", "fetch-modifier", [b"CHANGEDSINCE 5"]),
        (b"UID STORE 1 (UNCHANGEDSINCE 5) +FLAGS (\\Seen)", "flag", [b"\\Seen"]),
        (b"STORE 1 -FLAGS.SILENT $a b", "flag", [b"$a", b"b"]),
        (b"SEARCH CHARSET UTF-8 ALL", "charset", [b"UTF-8"]),
        (b"UID SORT (DATE) US-ASCII ALL", "charset", [b"US-ASCII"]),
        (b"SEARCH RETURN (MIN COUNT) ALL", "search-return-opt", [b"MIN", b"COUNT"]),
        (b"SEARCH RETURN () ALL", "search-return-opt", []),
        (b"FETCH 1 (UID BODY[1.MIME]<0.9>)", "fetch-att", [b"UID", b"BODY[1.MIME]<0.9>"]),
        (b"FETCH 1 BODY[HEADER.FIELDS (A {1}\r\nB)]", "header-fld-name", [b"A", b"{1}\r\nB"]),
        (b"MOVE 1:2 box", "sequence-set", [b"1:2"]),
    ],
)
def test_arguments_are_found_by_rule_wherever_they_stand(
    command: bytes, rule: str, texts: list[bytes]
) -> None:
    assert [each.octets for each in read(command).parts(rule)] == texts


def test_what_lies_within_another_of_the_same_rule_is_its_own() -> None:
    command = read(b"SEARCH OR (1 NOT SEEN) HEADER x {1}\r\ny SINCE 1-Feb-2020")
    first, second = command.named("search").parts("search-key")
    assert first.words == (b"OR",)
    listed, header = first.children
    assert listed.words == (b"(", b")")
    assert [each.octets for each in listed.parts("search-key")] == [b"1", b"NOT SEEN"]
    assert [(each.rule, each.string) for each in header.children] == [
        ("header-fld-name", b"x"),
        ("astring", b"y"),
    ]
    assert [each.octets for each in second.parts("date")] == [b"1-Feb-2020"]


def test_places_are_those_of_the_skeleton() -> None:
    skeleton, literals = cut_literals(b"a1 LOGIN {2}\r\nab {1+}\r\nc\r\n")
    assert (skeleton, literals) == (b"a1 LOGIN {2}\r\n {1+}\r\n\r\n", [b"ab", b"c"])
    messages = read(b"UID COPY 1,2 box").part("sequence-set")
    assert messages is not None
    assert (messages.start, messages.end) == (12, 15)


@pytest.mark.parametrize(
    "command", [b"", b"NOOP x", b"FETCH 0 FLAGS", b"MOVE 1 box", b"SEARCH $", b"LOGIN {9}\r\nab c"]
)
def test_what_does_not_follow_the_grammar_is_not_read(command: bytes) -> None:
    with pytest.raises(ValueError, match="no command"):
        read_command(GRAMMAR, b"a1 " + command + b"\r\n")


def test_another_command_is_told() -> None:
    with pytest.raises(ValueError, match="not a FETCH"):
        read(b"NOOP").named("fetch")
