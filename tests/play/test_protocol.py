"""The revision of IMAP that a run is about: which one, and how ESEARCH reads (RFC 9051)."""

from __future__ import annotations

import pytest

from conformance.play.protocol import (
    NotAnnounced,
    Protocol,
    Wanted,
    as_list,
    as_search,
    choose,
)
from conformance.play.received import Received
from conformance.syntax.responses import read_response

BOTH = frozenset({"IMAP4REV1", "IMAP4REV2", "IDLE"})


@pytest.mark.parametrize(
    ("announced", "wanted", "chosen"),
    [
        (BOTH, None, ("rev1", "rev2")),
        (BOTH, "both", ("rev1", "rev2")),
        (BOTH, "rev1", ("rev1",)),
        (BOTH, "rev2", ("rev2",)),
        (BOTH - {"IMAP4REV1"}, None, ("rev2",)),
        (BOTH - {"IMAP4REV2"}, None, ("rev1",)),
        (frozenset(), None, ("rev1",)),
        (frozenset(), "rev2", ("rev2",)),
    ],
)
def test_the_revisions_are_those_wanted_or_all_that_are_announced(
    announced: frozenset[str], wanted: Wanted | None, chosen: tuple[Protocol, ...]
) -> None:
    assert choose(announced, wanted) == chosen


@pytest.mark.parametrize(
    ("announced", "wanted", "said"),
    [
        (BOTH - {"IMAP4REV1"}, "rev1", "does not announce IMAP4rev1, but IMAP4rev2"),
        (BOTH - {"IMAP4REV2"}, "rev2", "does not announce IMAP4rev2, but IMAP4rev1"),
        (BOTH - {"IMAP4REV2"}, "both", "does not announce IMAP4rev2, but IMAP4rev1"),
        (BOTH - {"IMAP4REV1"}, "both", "does not announce IMAP4rev1, but IMAP4rev2"),
        (frozenset({"IMAP4", "IDLE"}), None, "IMAP4rev1 or IMAP4rev2, but IDLE IMAP4"),
    ],
)
def test_what_is_not_announced_is_not_tested(
    announced: frozenset[str], wanted: Wanted | None, said: str
) -> None:
    with pytest.raises(NotAnnounced, match=said):
        choose(announced, wanted)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (b'* ESEARCH (TAG "a1") ALL 2,4:6\r\n', b"* SEARCH 2 4 5 6\r\n"),
        (b'* ESEARCH (TAG "a1") UID ALL 6:4\r\n', b"* SEARCH 4 5 6\r\n"),
        (b"* esearch (tag a1) uid all 7\r\n", b"* SEARCH 7\r\n"),
        (b'* ESEARCH (TAG "a1")\r\n', b"* SEARCH\r\n"),
        (b"* ESEARCH ALL 1\r\n", b"* SEARCH 1\r\n"),
        (b'* ESEARCH (TAG "a1") ALL 2:3 MODSEQ 9\r\n', b"* SEARCH 2 3 (MODSEQ 9)\r\n"),
        # What says more, or too much, or is another response stays as it came.
        (b'* ESEARCH (TAG "a1") COUNT 3\r\n', None),
        (b'* ESEARCH (TAG "a1") MIN 1 ALL 1:3\r\n', None),
        (b'* ESEARCH (TAG "a1") ALL 1:4294967295\r\n', None),
        (b'* ESEARCH (TAG "a1") ALL \r\n', None),
        (b"* SEARCH 2 3\r\n", None),
        (b"* 3 EXISTS\r\n", None),
    ],
)
def test_an_esearch_is_read_as_the_search_of_imap4rev1(text: bytes, read: bytes | None) -> None:
    came = Received(read_response(text), text)
    assert as_search(came).text == (read or text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (b'* LIST () "/" b ("OLDNAME" ("a"))\r\n', b'* LIST () "/" b\r\n'),
        (b'* LIST (\\A) "/" "a (b)" (OLDNAME (c))\r\n', b'* LIST (\\A) "/" "a (b)"\r\n'),
        (b'* LIST () "/" b\r\n', None),
        (b'* LSUB () "/" b (x y)\r\n', None),
    ],
)
def test_a_list_is_read_without_what_imap4rev1_does_not_have(text: bytes, read: bytes) -> None:
    assert as_list(Received(read_response(text), text)).text == (read or text)
