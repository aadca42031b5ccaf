"""Names of mailboxes in UTF-8 (RFC 9051 section 5.1) before a server that has modified UTF-7.

A name that is no Net-Unicode (RFC 5198) is made so; who gave it is told, by a LIST response with
OLDNAME (section 6.3.9.7), what the mailbox is called now.
"""

from __future__ import annotations

import re
import unicodedata

from imapclient import imap_utf7

from conformance.flaws.acts import alter, command
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_WITH_NAMES = (
    "CREATE, DELETE, RENAME, SELECT, EXAMINE, SUBSCRIBE, UNSUBSCRIBE, STATUS, LIST, APPEND, "
    "COPY, UID COPY, MOVE, UID MOVE"
)
_STRING = rb'"(?:[^"\\\r\n]|\\.)*"|\{(\d+)\+?\}\r\n'
_ATOM = rb"(?<= )[^\s(){\"\\]*[&\x80-\xff][^\s(){\"\\]*"
_NAME = re.compile(_STRING + rb"|" + _ATOM)
_APPENDED = re.compile(rb"\S+ APPEND ", re.IGNORECASE)
_SHOWN = re.compile(
    rb'(\* (?:LIST \([^)]*\) \S+|STATUS) )(?:"((?:[^"\\]|\\.)*)"|([^\s"{(]+))', re.IGNORECASE
)
_ESCAPED = re.compile(rb"\\(.)")


class _NoUnicode(ValueError):
    """A name is not UTF-8."""


def quoted(name: bytes) -> bytes:
    """Return a name as a quoted string."""
    return b'"%s"' % re.sub(rb'([\\"])', rb"\\\1", name)


def told_as(name: bytes, old: bytes, attributes: bytes = b"") -> bytes:
    """Return a LIST response that tells both names of a mailbox."""
    line = b'* LIST (%s) "/" %s ("OLDNAME" (%s))\r\n'
    return line % (attributes, quoted(name), quoted(old))


def name_in(octets: bytes) -> bytes:
    """Return the name in a LIST or STATUS response as the server has it; empty in any other."""
    found = _SHOWN.match(octets)
    if found is None:
        return b""
    return found[3] if found[2] is None else _ESCAPED.sub(rb"\1", found[2])


def spelt(octets: bytes) -> bytes:
    """Return a LIST or STATUS response with the name in UTF-8."""
    found = _SHOWN.match(octets)
    if found is None or b"&" not in found[0]:
        return octets
    return found[1] + quoted(imap_utf7.decode(name_in(octets)).encode()) + octets[found.end() :]


def _normalized(name: bytes) -> bytes:
    try:
        return unicodedata.normalize("NFC", name.decode("utf-8")).encode()
    except UnicodeDecodeError as error:
        raise _NoUnicode from error


def _read(octets: bytes, start: int, *, alone: bool) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return a command with its names as the server has them; each as it was given, and as it is.

    `alone`: there is one at the start, and what follows is none.
    """
    names: list[tuple[bytes, bytes]] = []
    out, place = octets[:start], start
    find = _NAME.match if alone else _NAME.search
    while not (alone and names) and (found := find(octets, place)):
        out += octets[place : found.start()]
        place = found.end()
        given = found[0]
        if found[1] is not None:
            given = octets[place : place + int(found[1])]
            place += len(given)
        elif given.startswith(b'"'):
            given = _ESCAPED.sub(rb"\1", given[1:-1])
        names.append((given, _normalized(given)))
        out += quoted(bytes(imap_utf7.encode(names[-1][1].decode("utf-8"))))
    return out + octets[place:], names


def _named(talk: Talk, request: Request) -> bytes | None:
    """Send a command on with its names in modified UTF-7, and tell which were made others."""
    append = _APPENDED.match(request.octets)
    start = append.end() if append else len(request.tag) + 1
    try:
        told, names = _read(request.octets, start, alone=bool(append))
    except _NoUnicode:
        talk.say(request.tag + b" NO A name is UTF-8\r\n")
        return b""
    word = request.command.name
    for given, name in names if word not in ("LIST", "STATUS") else ():
        if given != name:
            old = request.first if word == "RENAME" else given
            talk.say(told_as(name, old, rb"\NonExistent" if word == "DELETE" else b""))
    return told if told != request.octets else None


def _shown(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return spelt(octets)


NAMES = (
    command(_named, name=_WITH_NAMES),
    alter(_shown, only="LIST STATUS"),
)
"""Acts for sessions that have enabled IMAP4rev2."""
