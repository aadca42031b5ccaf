"""Flaws of PARTIAL (RFC 9394), and a facade that makes a server of RFCs 4731 and 5182 speak it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from conformance.flaws.acts import answer, command, replace, send_as
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.syntax.values import members

_SEARCHES = "SEARCH, UID SEARCH"
_NUMBER = rb"[1-9]\d{0,9}"
_RANGE = rb"%s:%s|-%s:-%s" % ((_NUMBER,) * 4)
_OPTIONS = re.compile(rb"RETURN \(([^()]*)\) (.*)", re.IGNORECASE | re.DOTALL)
_OPTION = re.compile(rb" *PARTIAL (%s)(?= |\Z)" % _RANGE, re.IGNORECASE)
_MODIFIER = re.compile(rb"(\S+) (.*) \(PARTIAL (%s)\)" % _RANGE, re.IGNORECASE)
_ALL = re.compile(rb" ALL ([\d:,]+)", re.IGNORECASE)


class PagedResult(NamedTuple):
    """A range of PARTIAL: whether it is counted from the end, and its ends."""

    last: bool
    low: int
    high: int


def _part(written: bytes) -> PagedResult:
    ends = sorted(int(end.lstrip(b"-")) for end in written.split(b":"))
    return PagedResult(written.startswith(b"-"), ends[0], ends[1])


def _page(part: PagedResult, numbers: list[int]) -> list[int]:
    if part.last:
        numbers = numbers[::-1]
    return sorted(numbers[part.low - 1 : part.high])


def _set(numbers: list[int]) -> bytes:
    return b",".join(b"%d" % number for number in numbers)


def _found(said: list[bytes]) -> list[int]:
    came = _ALL.search(b"".join(said))
    return sorted(members(came[1]) or ()) if came else []


def _search(talk: Talk, request: Request) -> bytes | None:
    """Search for all, and return a part of it."""
    parsed = _OPTIONS.match(request.arguments)
    if parsed is None or not re.search(rb"\bPARTIAL\b", parsed[1], re.IGNORECASE):
        return None
    option = _OPTION.search(parsed[1])
    others = _OPTION.sub(b"", parsed[1], count=1).upper().split()
    if option is None or b"PARTIAL" in others or b"ALL" in others:
        talk.say(request.tag + b" BAD Not such a part\r\n")
        return b""
    name, keys = request.name.encode(), parsed[2]
    returned = [other for other in others if other != b"SAVE"]
    said = talk.ask(b"%s RETURN (%s ALL) %s" % (name, b" ".join(returned), keys))
    numbers = _found(said)
    page = _page(_part(option[1]), numbers)
    uid = b" UID" if name.startswith(b"UID") else b""
    response = b'* ESEARCH (TAG "%s")%s' % (request.tag, uid)
    came = b"".join(said)
    for other in returned:
        value = re.search(rb" %s (\d+)" % other, came)
        response += b" %s %s" % (other, value[1]) if value else b""
    response += b" PARTIAL (%s %s)\r\n" % (option[1], _set(page) or b"NIL")
    if b"SAVE" in others:
        kept = set(page) if b"COUNT" not in others else set(numbers)
        kept |= {numbers[0]} if numbers and b"MIN" in others else set()
        kept |= {numbers[-1]} if numbers and b"MAX" in others else set()
        of = (uid.strip() + b" " if uid else b"") + _set(sorted(kept)) if kept else b"NOT ALL"
        talk.ask(b"%s RETURN (SAVE) %s" % (name, of))
    talk.say(response + request.tag + b" OK Found\r\n")
    return b""


def _fetch(talk: Talk, request: Request) -> bytes | None:
    """Fetch a part of the messages that are named."""
    parsed = _MODIFIER.fullmatch(request.arguments)
    if parsed is None:
        return None
    numbers = _found(talk.ask(b"UID SEARCH RETURN (ALL) UID " + parsed[1]))
    page = _page(_part(parsed[3]), numbers)
    if not page:
        talk.say(request.tag + b" OK Nothing there\r\n")
        return b""
    return b"%s UID FETCH %s %s\r\n" % (request.tag, _set(page), parsed[2])


FACADES = (
    facade(
        "partial-facade",
        "PARTIAL is announced, and made of searches that return all",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 PARTIAL"),
        command(_search, name=_SEARCHES, state="selected"),
        command(_fetch, name="UID FETCH", state="selected"),
    ),
)


def _flaw(name: str, title: str, requirements: str, *acts: Act, origin: str = "") -> Flaw:
    return flaw(name, title, origin, requirements, *acts, facade="partial-facade")


def _moved(by: int) -> Callable[[re.Match[bytes]], bytes]:
    return lambda found: b"%s%d:%d" % (found[1], int(found[2]) + by, int(found[3]) + by)


FLAWS = (
    _flaw(
        "partial-off-by-one",
        "PARTIAL begins one message too late",
        "9394-3.1-first",
        send_as(rb"(PARTIAL )(\d+):(\d+)", _moved(1), name=_SEARCHES),
        replace(rb"(PARTIAL \()(\d+):(\d+)", _moved(-1), only="ESEARCH"),
        origin="F19",
    ),
    _flaw(
        "partial-unknown",
        "PARTIAL is announced, and not known",
        "9394-3-announced",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"\(PARTIAL"),
    ),
    _flaw(
        "partial-last-is-nil",
        "A range from the end is always empty",
        "9394-3.1-last",
        replace(rb"\((-\d+:-\d+) [\d:,]+\)", rb"(\1 NIL)", only="ESEARCH"),
    ),
    _flaw(
        "partial-newest-first",
        "The newest message that matches is 1",
        "9394-3.1-order 9394-3.1-first",
        send_as(rb"(PARTIAL )(\d+:)(\d+)", rb"\1-\2-\3", name=_SEARCHES),
        replace(rb"(PARTIAL \()-(\d+:)-(\d+)", rb"\1\2\3", only="ESEARCH"),
    ),
    _flaw(
        "partial-range-clipped",
        "PARTIAL tells a range that ends where the result does",
        "9394-3.1-requested",
        replace(rb"\((\d+):500 ", rb"(\1:3 ", only="ESEARCH"),
    ),
    _flaw(
        "partial-all-or-nothing",
        "A range that goes beyond the end is empty",
        "9394-3.1-beyond",
        replace(rb"\((3:500|-2:-4294967295) [\d:,]+\)", rb"(\1 NIL)", only="ESEARCH"),
    ),
    _flaw(
        "partial-zero-for-nil",
        "An empty part is the set 0",
        "9394-3.1-nil",
        replace(rb" NIL\)", b" 0)", only="ESEARCH"),
    ),
    _flaw(
        "partial-count-of-part",
        "COUNT beside PARTIAL counts the part",
        "9394-3.2-others",
        replace(rb" COUNT \d+", b" COUNT 1", only="ESEARCH"),
    ),
    _flaw(
        "partial-saves-all",
        "SAVE beside PARTIAL saves all that match",
        "9394-3.2-save-partial",
        send_as(rb"\(SAVE PARTIAL 2:2\)", b"(SAVE COUNT PARTIAL 2:2)", name=_SEARCHES),
        replace(rb" COUNT \d+", b"", only="ESEARCH"),
    ),
    _flaw(
        "partial-saves-no-ends",
        "SAVE beside PARTIAL, MIN and MAX saves what PARTIAL returns and no more",
        "9394-3.2-save-ends",
        send_as(rb" M(?:IN|AX)\b", b"", count=0, name=_SEARCHES, where=rb"SAVE PARTIAL"),
    ),
    _flaw(
        "partial-saves-no-more",
        "SAVE beside PARTIAL and COUNT saves what PARTIAL returns and no more",
        "9394-3.2-save-count",
        send_as(rb" ?COUNT ?", b"", name=_SEARCHES, where=rb"SAVE.* PARTIAL|SAVE PARTIAL"),
    ),
    _flaw(
        "partial-fetches-all",
        "UID FETCH passes PARTIAL over",
        "9394-3.3-fetch",
        send_as(rb" \(PARTIAL [^)]*\)", b"", name="UID FETCH"),
    ),
    _flaw(
        "partial-reversed-refused",
        "A range whose second number is nearer is refused",
        "9394-4-reversed",
        answer(b"{tag} BAD Bad range\r\n", name=_SEARCHES, where=rb"PARTIAL (?:2:1|-2:-1)\b"),
    ),
    _flaw(
        "partial-capitals-only",
        "PARTIAL is known in capitals only",
        "9394-4-case",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"(?-i:partial)"),
    ),
    _flaw(
        "partial-and-all",
        "PARTIAL and ALL are taken together",
        "9394-3.1-once",
        send_as(rb"PARTIAL 1:1 ALL", b"PARTIAL 1:1", name=_SEARCHES),
    ),
    _flaw(
        "partial-zero",
        "A range that begins with 0 is taken",
        "9394-4-arguments",
        send_as(rb"PARTIAL 0:1", b"PARTIAL 1:1", name=_SEARCHES),
    ),
)

ALLOWED = (
    _flaw(
        "partial-range-turned",
        "PARTIAL tells the range that was asked for with its ends the other way round",
        "9394-3.1-requested 9394-3.1-first 9394-3.1-last",
        replace(rb"PARTIAL \((-?\d+):(-?\d+) ", rb"PARTIAL (\2:\1 ", only="ESEARCH"),
    ),
)
