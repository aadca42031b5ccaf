"""The words of structured header fields: atoms, quoted strings, comments (RFC 5322 section 3.2).

MIME fields have the same comments and quoted strings and other specials (RFC 2045 section 5.1),
so both are read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

TokenKind: TypeAlias = Literal["word", "quoted", "domain", "special"]

_SPACE = re.compile(rb"[ \t\r\n]+")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_DOMAIN = re.compile(rb"\[(?:[^\[\]\\]|\\.)*\]", re.DOTALL)
_PAIR = re.compile(rb"\\(.)", re.DOTALL)
_FOLD = re.compile(rb"\r\n(?=[ \t])")

ADDRESS_SPECIALS = b'()<>[]:;@\\,."'
"""Specials of RFC 5322 section 3.2.3."""

MIME_SPECIALS = b'()<>@,;:\\"/[]?='
"""The tspecials of RFC 2045 section 5.1."""


class Malformed(Exception):
    """The field is not what its grammar says, so nobody knows what it means."""


@dataclass(frozen=True, slots=True)
class LexicalToken:
    """A word, a quoted string (without its quoting), a domain literal or one special.

    `gap` is the white space before it; a comment counts as white space, as `commented` says.
    """

    kind: TokenKind
    octets: bytes
    gap: bytes = b""
    commented: bool = False


def tokens(text: bytes, specials: bytes) -> tuple[list[LexicalToken], list[bytes]]:
    """Split a field's body into tokens, and return its comments as well.

    Raises:
        Malformed: a quote, bracket or comment that does not end, or an octet that may not occur.
    """
    found: list[LexicalToken] = []
    comments: list[bytes] = []
    position = 0
    gap = b""
    commented = False
    stops = re.compile(rb"[^\x00-\x20\x7f-\xff" + re.escape(specials) + rb"]+")
    while position < len(text):
        if space := _SPACE.match(text, position):
            gap += _FOLD.sub(b"", space[0])
            position = space.end()
            continue
        if text.startswith(b"(", position):
            end = _comment_end(text, position)
            comments.append(_PAIR.sub(rb"\1", _FOLD.sub(b"", text[position + 1 : end - 1])))
            commented = True
            position = end
            continue
        kind: TokenKind = "special"
        if quoted := _QUOTED.match(text, position):
            kind, position = "quoted", quoted.end()
            octets = _PAIR.sub(rb"\1", _FOLD.sub(b"", quoted[1]))
        elif b"." in specials and (domain := _DOMAIN.match(text, position)):
            kind, octets, position = "domain", _SPACE.sub(b"", domain[0]), domain.end()
        elif word := stops.match(text, position):
            kind, octets, position = "word", word[0], word.end()
        elif text[position : position + 1] in (b'"', b"[", b"\\") or text[position] not in specials:
            raise Malformed("a quote that does not end, or an octet that may not stand here")
        else:
            octets = text[position : position + 1]
            position += 1
        found.append(LexicalToken(kind, octets, gap, commented))
        gap, commented = b"", False
    return found, comments


def _comment_end(text: bytes, position: int) -> int:
    depth = 0
    while position < len(text):
        octet = text[position : position + 1]
        if octet == b"\\":
            position += 1
        elif octet == b"(":
            depth += 1
        elif octet == b")":
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    raise Malformed("a comment that does not end")
