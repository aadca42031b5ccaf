"""Cases in other spellings than the page has: values as quoted strings or literals, sets as UIDs.

RFC 3501 lets a client write an astring in three ways (section 4.3, and RFC 7888 a fourth), and
name messages by number or by UID (section 6.4.8). What a server does must not depend on it, so
the verdicts of a run in another spelling have to be the same. What a case writes out itself, to
test just that spelling, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from conformance.casefile.bindings import Bound, quoted
from conformance.casefile.holes import Hole, Piece
from conformance.casefile.match import Received
from conformance.casefile.script import ClientLine
from conformance.syntax.responses import read_response
from conformance.wire.session import Session
from conformance.wire.states import State

Style: TypeAlias = Literal["page", "quoted", "literal", "literal+"]
STYLES: tuple[Style, ...] = get_args(Style)

_VALUES = re.compile(r"(?:mailbox|inbox|user|password)\b.*")
_QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]*")
_BY_NUMBER = re.compile(
    rb"(?P<tag>[^ ]+) (?P<name>FETCH|STORE|COPY) (?P<set>[0-9*][0-9:,*]*)(?P<rest> .*)"
    rb"|(?P<search>[^ ]+ )(?P<keys>SEARCH .*)",
    re.DOTALL | re.IGNORECASE,
)


def spell(bound: Bound, hole: int, send: ClientLine, style: Style) -> list[bytes]:
    """Spell the value of `send.pieces[hole]`, in parts between which a prompt is awaited."""
    if style == "page" or not _free(send, hole):
        return [bound.spelling]
    octets = bound.octets
    if style == "quoted" or send.kind == "poll":  # a command that is repeated goes out whole
        return [quoted(octets) if _QUOTABLE.fullmatch(octets) else bound.spelling]
    if style == "literal+":
        return [b"{%d+}\r\n" % len(octets) + octets]
    return [b"{%d}\r\n" % len(octets), octets]


def _free(send: ClientLine, hole: int) -> bool:
    """Whether the value is an argument of its own in a line that is sent as a line."""
    value = send.pieces[hole]
    if send.kind not in ("line", "poll") or not isinstance(value, Hole) or value.kind != "value":
        return False
    before = send.pieces[hole - 1] if hole else b""
    behind: Piece = send.pieces[hole + 1] if hole + 1 < len(send.pieces) else b" "
    return (
        _VALUES.fullmatch(value.name) is not None
        and isinstance(before, bytes)
        and before.endswith(b" ")
        and isinstance(behind, bytes)
        and behind.startswith((b" ", b")"))
    )


@dataclass(frozen=True, slots=True)
class ByUid:
    """One command by UID instead of by number: what is sent, and how to read what comes."""

    octets: bytes
    seen: tuple[Received, ...]
    """What the server said when it was asked for the UIDs."""
    read: Callable[[Received], Received]


def by_uid(session: Session, octets: bytes) -> ByUid | None:
    """Say a FETCH, STORE, COPY or SEARCH by UID; None where that can not be done.

    The server is asked for the UIDs of the mailbox first. A set that names messages beyond
    the last one has no UIDs, and stays as it is.
    """
    found = _BY_NUMBER.fullmatch(octets)
    if found is None or session.dialogue.state is not State.SELECTED or octets.count(b"\r\n") > 1:
        return None
    reply = session.command(b"UID SEARCH ALL")
    received = [Received(a.response, a.frame.text, a.frame.literals) for a in reply.untagged]
    uids = [
        leaf.number or 0
        for each in received
        if each.response.name == "SEARCH"
        for leaf in each.response.leaves
    ]
    others = tuple(each for each in received if each.response.name != "SEARCH")
    if not uids:
        return ByUid(octets, others, lambda each: each)
    if found["search"]:
        said = found["search"] + b"UID " + found["keys"]
        return ByUid(said, others, lambda each: _as_numbers(each, uids))
    try:
        numbers = re.sub(rb"\d+", lambda each: b"%d" % _uid(uids, int(each[0])), found["set"])
    except IndexError:
        return ByUid(octets, others, lambda each: each)
    said = b"%s UID %s %s%s" % (found["tag"], found["name"], numbers, found["rest"])
    return ByUid(said, others, lambda each: each)


def _uid(uids: Sequence[int], number: int) -> int:
    if number < 1:
        raise IndexError(number)
    return uids[number - 1]


def _as_numbers(received: Received, uids: Sequence[int]) -> Received:
    """Read the UIDs of a SEARCH response as the message numbers that they stand for."""
    response = received.response
    if response.name != "SEARCH":
        return received
    numbers = {uid: number for number, uid in enumerate(uids, 1)}
    said = [numbers.get(leaf.number or 0, leaf.number or 0) for leaf in response.leaves]
    text = b"".join([b"* SEARCH", *(b" %d" % number for number in said), b"\r\n"])
    return Received(read_response(text), text)
