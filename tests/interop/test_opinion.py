"""imapclient's reading of a response held against our own: where they agree, and where not."""

from __future__ import annotations

from typing import Any

import pytest
from imapclient.response_parser import parse_fetch_response, parse_message_list, parse_response

from conformance.interop import opinion
from conformance.wire.dialogue import Arrival, Dialogue


def arrivals(*lines: bytes) -> list[Arrival]:
    dialogue = Dialogue()
    dialogue.received(b"* OK hello\r\n" + b"".join(line + b"\r\n" for line in lines))
    found = []
    while isinstance(arrival := dialogue.next_arrival(0.0), Arrival):
        found.append(arrival)
    return found[1:]


FETCHES = [
    rb"* 1 FETCH (UID 7 FLAGS (\Seen work) RFC822.SIZE 44)",
    b'* 1 FETCH (UID 7 INTERNALDATE "17-Jul-1996 02:44:25 -0700")',
    b"* 1 FETCH (UID 7 BODY[] NIL)",
    b'* 1 FETCH (UID 7 BODY[HEADER.FIELDS (SUBJECT)] "Subject: a")',
    b'* 1 FETCH (UID 7 BODY[HEADER.FIELDS ("Subject" "TO")] "Subject: a")',
    (
        b'* 1 FETCH (UID 7 ENVELOPE (NIL "hi" (("A B" NIL "a" "b.c")(NIL NIL "g" NIL)) NIL NIL'
        b' NIL NIL NIL NIL "<id>"))'
    ),
]


@pytest.mark.parametrize("line", FETCHES)
def test_two_readers_agree_on_a_fetch(line: bytes) -> None:
    read = parse_fetch_response([line[2:].replace(b" FETCH", b"")], normalise_times=False)
    assert opinion.of_fetch(read, arrivals(line), by_uid=True) == []


@pytest.mark.parametrize(
    ("item", "other"),
    [
        (rb"FLAGS (\Seen)", {b"FLAGS": ()}),
        (b"RFC822.SIZE 44", {b"RFC822.SIZE": 45}),
        (b'BODY[TEXT] "abc"', {b"BODY[TEXT]": b"ab"}),
        (b'INTERNALDATE "17-Jul-1996 02:44:25 -0700"', {b"INTERNALDATE": None}),
    ],
)
def test_a_difference_is_told(item: bytes, other: dict[bytes, Any]) -> None:
    line = b"* 1 FETCH (UID 7 " + item + b")"
    [difference] = opinion.of_fetch({7: other}, arrivals(line), by_uid=True)
    assert difference.startswith("message 7, ")


def test_a_malformed_response_is_no_matter_of_opinion() -> None:
    line = b"* 1 FETCH (UID 7 RFC822.SIZE 44 )"
    assert opinion.of_fetch({7: {}}, arrivals(line), by_uid=True) == []
    assert opinion.of_search([1, 2], arrivals(b"* SEARCH 1  2")) == []
    assert opinion.of_list([((), b"/", "a")], arrivals(b'* LIST () "/" a b'), "LIST") == []


def test_beside_a_response_that_was_cut_short_nothing_is() -> None:
    short = b"* 1 FETCH (FLAGS (" + b"f " * 200_000 + b"))"
    assert opinion.of_search([], arrivals(short, b"* SEARCH 1 2")) == []


def test_searches() -> None:
    line = b"* SEARCH 2 4 8"
    assert opinion.of_search(parse_message_list([line[9:]]), arrivals(line)) == []
    assert opinion.of_search([2, 4], arrivals(line)) != []


def test_lists() -> None:
    line = rb'* LIST (\HasChildren) "/" "a &AOk-"'
    flags, delimiter, _ = parse_response([line[7:]])
    assert opinion.of_list([(flags, delimiter, "a é")], arrivals(line), "LIST") == []
    assert opinion.of_list([(flags, delimiter, "a e")], arrivals(line), "LIST") != []
