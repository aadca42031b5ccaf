"""Mailbox names in one letter case: what a server does that stores them so (RFC 3501 section 5.1).

Towards the server names are in small letters, towards the client in capitals; what is BASE64 in
them stays as it is, or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.flaws.acts import alter, command
from conformance.flaws.flaw import Act
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_BASE64 = re.compile(rb"(&[A-Za-z0-9+,]*-)")
_INBOX = re.compile(rb'(?<![\w./])inbox(?=["\r\n/ ]|\Z)', re.IGNORECASE)
_NAME = rb'(?:"(?:[^"\\]|\\.)*"|[^ \r\n({"]+)'
_ONE = re.compile(rb"(\A\S+ \S+ )(%s)(.*)\Z" % _NAME, re.DOTALL)
_LAST = re.compile(rb"(\A.* )(%s)(\r\n)\Z" % _NAME, re.DOTALL)
_ALL = re.compile(rb"(\A\S+ \S+ )(.*)(\r\n)\Z", re.DOTALL)
_LISTED = re.compile(rb'(\A\* L(?:IST|SUB) \([^)]*\) (?:"[^"]*"|NIL) )(.*)(\r\n)\Z', re.DOTALL)
_STATUS = re.compile(rb"(\A\* STATUS )(.*)( \([^()]*\)\r\n)\Z", re.DOTALL)

_COMMANDS = (
    (_ONE, "SELECT, EXAMINE, CREATE, DELETE, SUBSCRIBE, UNSUBSCRIBE, STATUS, APPEND"),
    (_LAST, "COPY, UID COPY"),
    (_ALL, "RENAME, LIST, LSUB"),
)


def _small(name: bytes) -> bytes:
    parts = _BASE64.split(name)
    folded = b"".join(part if n % 2 else part.lower() for n, part in enumerate(parts))
    return _INBOX.sub(b"INBOX", folded)


def _capitals(name: bytes) -> bytes:
    return b"".join(part if n % 2 else part.upper() for n, part in enumerate(_BASE64.split(name)))


def _asked(pattern: re.Pattern[bytes]) -> Callable[[Talk, Request], bytes]:
    def function(_talk: Talk, request: Request) -> bytes:
        octets, names = request.octets, request.literals
        if request.name == "APPEND":  # the last literal is the message
            names = names[: request.arguments.startswith(b"{")]
        for name in names:
            octets = octets.replace(b"}\r\n" + name, b"}\r\n" + _small(name), 1)
        return pattern.sub(lambda found: found[1] + _small(found[2]) + found[3], octets)

    return function


def names_in_capitals(*, base64_too: bool = False) -> tuple[Act, ...]:
    """Make the acts of a server that shows names in capitals, whatever was given."""
    shown = bytes.upper if base64_too else _capitals

    def said(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        pattern = _STATUS if arrival.response.name == "STATUS" else _LISTED
        return pattern.sub(lambda found: found[1] + shown(found[2]) + found[3], octets)

    asked = (command(_asked(pattern), name=names) for pattern, names in _COMMANDS)
    return (*asked, alter(said, only="LIST LSUB STATUS"))
