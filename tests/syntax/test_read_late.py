"""Items of FETCH are passed over until somebody asks, and are then what the full reader reads."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import pytest

from conformance.syntax import responses
from conformance.syntax.responses import Response, read_response
from conformance.syntax.values import Group, Unread, equal

ENVELOPE = b'("Mon, 1 Jan" "a \\"(b" (("A" NIL "a" "x")) NIL NIL NIL NIL NIL NIL "<i@x>")'
BODY = b'(("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 9 1) "MIXED")'
DEEP = b"(" * 150 + b")" * 150
LINES: dict[str, tuple[bytes, Sequence[bytes]]] = {
    "envelope": (b"* 1 FETCH (UID 4 ENVELOPE " + ENVELOPE + b" FLAGS (\\Seen))", ()),
    "structure": (b"* 1 FETCH (BODYSTRUCTURE " + BODY + b" UID 4)", ()),
    "body": (b"* 1 fetch (body " + BODY + b" BODY[] {3}\r\n)", (b"abc",)),
    "literals before, within and behind": (
        b"* 1 FETCH (BODY[1] {1}\r\n ENVELOPE (NIL {2}\r\n ({3}\r\n)) RFC822 {4}\r\n)",
        (b"1", b"22", b"333", b"4444"),
    ),
    "brace in a string": (b'* 1 FETCH (ENVELOPE ("{3}" NIL) UID 4)', ()),
    "no value": (b"* 1 FETCH (UID 4 ENVELOPE)", ()),
    "NIL": (b"* 1 FETCH (ENVELOPE NIL UID 4)", ()),
    "a string": (b'* 1 FETCH (ENVELOPE "x" UID 4)', ()),
    "not closed": (b"* 1 FETCH (UID 4 ENVELOPE (NIL NIL", ()),
    "string not closed": (b'* 1 FETCH (UID 4 ENVELOPE (NIL "x) UID 5)', ()),
    "closed once too often": (b"* 1 FETCH (ENVELOPE (NIL)) UID 5)", ()),
    "empty": (b"* 1 FETCH (BODYSTRUCTURE () UID 5)", ()),
    "too deep": (b"* 1 FETCH (BODYSTRUCTURE " + DEEP + b" UID 5)", ()),
    "a key that is a value": (b"* 1 FETCH (X ENVELOPE (A B) C)", ()),
    "in a group": (b"* 1 FETCH (X (ENVELOPE (A B)) UID 5)", ()),
    "twice": (b"* 1 FETCH (ENVELOPE (A) ENVELOPE (B))", ()),
    "a section": (b"* 1 FETCH (BODY[HEADER] (A) UID 5)", ()),
    "flags": (b"* 1 FETCH (FLAGS (\\Seen work) UID 5 FLAGS ())", ()),
    "a flag that is no word": (b'* 1 FETCH (FLAGS (\\Seen "a b" (x)) UID 5)', ()),
    "a flag with a bracket": (b"* 1 FETCH (FLAGS (a[b \\Seen) UID 5)", ()),
    "strings": (b'* 1 FETCH (INTERNALDATE " 1-Jan-2020 00:00:00 +0000" BODY[1] "a\\"b")', ()),
    "a part of a section": (b"* 1 FETCH (BODY[1.MIME]<0> {2}\r\n UID 5)", (b"ab",)),
    "fields of a header": (b'* 1 FETCH (BODY[HEADER.FIELDS ("A" b)] {1}\r\n UID 5)', (b"x",)),
    "a literal too few": (b"* 1 FETCH (BODY[] {2}\r\n UID 5)", ()),
    "lists of an extension": (b"* 1 FETCH (MODSEQ (65402) X-GM-LABELS (a (b c)) UID 5)", ()),
    "two spaces": (b"* 1 FETCH (UID  5 FLAGS ())", ()),
    "no list": (b"* 1 FETCH UID 5", ()),
    "a string behind a word": (b'* 1 FETCH (UID 5"x" FLAGS ())', ()),
    "more behind it": (b"* 1 FETCH (UID 5) (UID 6)", ()),
    "small letters": (b"* 1 FETCH (uid 5 flags (\\seen))", ()),
}


def at_once(text: bytes, literals: Sequence[bytes], monkeypatch: pytest.MonkeyPatch) -> Response:
    with monkeypatch.context() as patched:
        patched.setattr(responses, "read_fetched", lambda *_: None)
        return read_response(text, literals)


@pytest.mark.parametrize(("line", "literals"), LINES.values(), ids=LINES)
def test_what_is_read_late_is_the_same(
    line: bytes, literals: Sequence[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = line + b"\r\n"
    late, early = read_response(text, literals), at_once(text, literals, monkeypatch)
    assert late == early
    assert early == late
    assert late.flags() == early.flags()
    alike = map(equal, early.values, early.values)  # two equal keys are like nothing
    assert list(map(equal, late.values, early.values)) == list(alike)
    assert pickle.loads(pickle.dumps(late.items)) == early.items  # noqa: S301 - our own
    assert repr(late) == repr(early)


@pytest.mark.parametrize("name", ["envelope", "structure", "body"])
def test_nothing_is_read_before_somebody_asks(name: str) -> None:
    line, literals = LINES[name]
    items = read_response(line + b"\r\n", literals).items
    late = [value for _, value in items.entries if isinstance(value, Unread)]
    assert {value._group for value in late} == {None}
    assert isinstance(late[0].items[0], Group) or late[0].items
    assert late[0]._group is not None
    assert hash(late[0]) == hash(late[0].read())


def test_replacing_reads() -> None:
    (group,) = (v for _, v in read_response(LINES["structure"][0] + b"\r\n").items.entries[:1])
    assert isinstance(group, Group)
    assert group._replace(ordered=False).items == group.items
