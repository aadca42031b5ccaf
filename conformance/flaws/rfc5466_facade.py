"""A facade that makes any server speak FILTERS (RFC 5466): it keeps the filters itself.

Private entries belong to the user who has logged in. What is stored is put to the server behind
where a mailbox is selected, which says whether it can be searched by. One session may make so many
filters: what a case that fails leaves behind takes no room from others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from conformance.flaws.acts import command, remembering, replace
from conformance.flaws.flaw import facade
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.states import State

_MOST = 8
_PASSES = 3
SEARCHES = "SEARCH, UID SEARCH"
_ENTRY = re.compile(
    rb"(/(private|shared)/filters/(values|descriptions)/([^ ()/\r\n]+))"
    rb"(?: (NIL|\"(?:\\.|[^\"\\])*\"|\{(\d+)\+?\}\r\n))?",
    re.IGNORECASE,
)
_FILTER = re.compile(rb'("(?:\\.|[^"\\])*")|(?<=[ (])FILTER ([^ ()\r\n]+)', re.IGNORECASE)
_OPTIONS = re.compile(rb"(\S+ (?:UID )?SEARCH (?:RETURN \([^()]*\) )?)(?=.)", re.IGNORECASE)
_CHARSET = re.compile(rb"(?:RETURN \([^()]*\) )?CHARSET (\S+)", re.IGNORECASE)
_ABOVE_ASCII = re.compile(rb'"((?:\\.|[^"\\])*[\x80-\xff](?:\\.|[^"\\])*)"')


class EntryKey(NamedTuple):
    """Whose entry (empty: everybody's), of which kind, and its name."""

    owner: bytes
    kind: bytes
    name: bytes


Filters = dict[EntryKey, bytes]


def _filters(talk: Talk) -> Filters:
    kept: Filters = talk.shared.setdefault("filters", {})
    return kept


def _logged_in(talk: Talk, request: Request) -> None:
    talk.memory["user"] = request.first


def _entries(talk: Talk, request: Request) -> Iterator[tuple[bytes, EntryKey, bytes | None]]:
    """Yield the entries of a command: as written, as kept, and the value, None for NIL."""
    for found in _ENTRY.finditer(request.octets):
        owner = talk.memory.get("user", b"") if found[2].lower() == b"private" else b""
        value = found[5]
        if found[6] is not None:
            value = request.octets[found.end() : found.end() + int(found[6])]
        elif value is not None:
            value = None if value.upper() == b"NIL" else re.sub(rb"\\(.)", rb"\1", value[1:-1])
        yield found[1], EntryKey(owner, found[3].lower(), found[4].lower()), value


def _concerns_filters(request: Request) -> bool:
    return request.arguments.startswith(b'"" ') and b"/filters/" in request.arguments.lower()


def _set(talk: Talk, request: Request) -> bytes | None:
    """Keep filters and their descriptions."""
    if not _concerns_filters(request):
        return None
    filters = dict(_filters(talk))
    made: set[EntryKey] = set(talk.memory.get("filters", ()))
    for _, key, value in _entries(talk, request):
        if value is None:
            filters.pop(key, None)
            made.discard(key)
            continue
        if key.kind == b"values" and talk.state is State.SELECTED:
            *_, last = talk.ask(_literals(b"SEARCH CHARSET UTF-8 " + value), "none")
            if b" BAD" in last and b"FILTER" not in value.upper():
                talk.say(request.tag + b" NO Nothing to search by\r\n")
                return b""
        filters[key] = value
        made.add(key)
    if len(made) > _MOST:
        talk.say(request.tag + b" NO [METADATA TOOMANY] That is enough\r\n")
        return b""
    talk.shared["filters"] = filters
    talk.memory["filters"] = made
    talk.say(request.tag + b" OK Kept\r\n")
    return b""


def _get(talk: Talk, request: Request) -> bytes | None:
    """Show filters and their descriptions."""
    if not _concerns_filters(request):
        return None
    for name, key, _ in _entries(talk, request):
        value = _filters(talk).get(key)
        if value is not None:
            talk.say(b'* METADATA "" (%s {%d}\r\n%s)\r\n' % (name, len(value), value))
    talk.say(request.tag + b" OK That is all\r\n")
    return b""


def _literals(octets: bytes) -> bytes:
    """Write quoted strings with other than ASCII as literals, as RFC 3501 has them."""

    def literal(found: re.Match[bytes]) -> bytes:
        text = re.sub(rb"\\(.)", rb"\1", found[1])
        return b"{%d+}\r\n%s" % (len(text), text)

    return _ABOVE_ASCII.sub(literal, octets)


def _search(talk: Talk, request: Request) -> bytes | None:
    """Put the criteria in the place of the filters."""
    if not any(found[2] for found in _FILTER.finditer(request.octets)):
        return None
    charset = _CHARSET.match(request.arguments)
    if charset is not None and charset[1].strip(b'"').upper() not in (b"UTF-8", b"US-ASCII"):
        talk.say(request.tag + b" BAD [BADCHARSET (UTF-8 US-ASCII)] Filters are in UTF-8\r\n")
        return b""
    filters, octets = _filters(talk), request.octets
    missing: list[bytes] = []

    def inserted(found: re.Match[bytes]) -> bytes:
        if found[1] is not None:
            return found[1]
        name = found[2].lower()
        own = filters.get(EntryKey(talk.memory.get("user", b""), b"values", name))
        value = own if own is not None else filters.get(EntryKey(b"", b"values", name))
        if value is None:
            missing.append(found[2])
        return value or b"ALL"

    for _ in range(_PASSES):
        octets = _FILTER.sub(inserted, octets)
    missing += [found[2] for found in _FILTER.finditer(octets) if found[2]]
    if missing:
        talk.say(b"%s NO [UNDEFINED-FILTER %s] No such filter\r\n" % (request.tag, missing[0]))
        return b""
    if charset is None:
        octets = _OPTIONS.sub(rb"\1CHARSET UTF-8 ", octets, count=1)
    return _literals(octets)


FACADES = (
    facade(
        "filters-facade",
        "FILTERS is announced, eight filters a session are kept, and inserted in searches",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 FILTERS"),
        remembering(_logged_in, name="LOGIN"),
        command(_set, name="SETMETADATA"),
        command(_get, name="GETMETADATA"),
        command(_search, name=SEARCHES, state="selected"),
    ),
)
