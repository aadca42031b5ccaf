"""Rules of the ABNF that bind after the parse: those that its comments state.

A literal holds as many octets as it announces, none of them NUL unless it is a literal8, and a body
part whose type comes as a literal has the form that belongs to the type. What does not hang on the
payload of a literal (ranges of numbers, exclusions among flags, `BODY` without extension data) is
in the grammar itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import lark

Buffer: TypeAlias = bytes | bytearray | memoryview

_MARKER = re.compile(rb"\{([0-9]+)\+?\}\r\n")
_ANY_BODY = re.compile(rb"BODY(?:STRUCTURE)? \(", re.I)
_NUL = re.compile(rb"\0")
_DIGITS = re.compile(r"[0-9]+")
_MEDIA = frozenset({b"TEXT", b"MESSAGE", b"RFC822"})
_LONGEST_MEDIA = 7
_LONGEST_TREE = 1 << 20  # octets; trees are slow, and no honest BODYSTRUCTURE is longer


class LimitBreach:
    """A rule broken behind the parse: its ABNF name, where, what was found and expected.

    `beyond` counts the octets from `offset` to the place when it lies within a payload.
    """

    def __init__(self, rule: str, offset: int, found: str, expected: str, beyond: int = 0) -> None:
        self.rule = rule
        self.offset = offset
        self.beyond = beyond
        self.found = found
        self.expected = expected
        self.kind = _DIGITS.sub("n", found)


def may_be_breached(text: bytes, literals: Sequence[Buffer]) -> bool:
    """Whether a text has anything that `breaches` looks at; most have not."""
    return bool(literals) or b"}\r\n" in text


def breaches(
    text: bytes,
    literals: Sequence[Buffer],
    tree: Callable[[], lark.Tree[lark.Token] | None],
    *,
    line: bool,
) -> Iterator[LimitBreach]:
    """Yield what does not hold in a text, whose tokens are known to be right or judged already.

    `tree` parses it, for the few texts that need more, None where it cannot; `line` says that it
    is a whole line and no part of one.
    """
    if literals or b"}\r\n" in text:
        yield from _literals(text, literals, line)
    if len(text) > _LONGEST_TREE:
        return
    if literals and _ANY_BODY.search(text) and any(_names_media(p) for p in literals):
        parsed = tree()
        if parsed is not None:
            yield from _media(parsed, literals)


def _literals(text: bytes, literals: Sequence[Buffer], line: bool) -> Iterator[LimitBreach]:
    # The text that ends a line may look like a marker; its CRLF is the line's own.
    markers = [m for m in _MARKER.finditer(text) if not line or m.end() < len(text)]
    for marker, payload in zip(markers, literals, strict=False):
        # Leading zeros are allowed, any number of them, which int() is not.
        announced = int(marker.group(1).lstrip(b"0") or b"0")
        if announced != len(payload):
            yield LimitBreach(
                "literal", marker.start(), f"{len(payload)} octets", "as many octets as announced"
            )
        # A literal8, which has a tilde before its count, may hold any octet.
        nul = -1 if text[marker.start() - 1 : marker.start()] == b"~" else _nul(payload)
        if nul >= 0:
            yield LimitBreach(
                "CHAR8",
                marker.start(),
                "NUL",
                "an octet other than NUL",
                len(marker.group()) + nul,
            )
    if len(markers) != len(literals):
        offset = markers[len(literals)].start() if len(literals) < len(markers) else len(text)
        yield LimitBreach(
            "literal", offset, f"{len(literals)} payloads", "one payload for each literal"
        )


def _nul(payload: Buffer) -> int:
    if isinstance(payload, memoryview):
        found = _NUL.search(payload)
        return found.start() if found else -1
    return payload.find(0)


def _names_media(payload: Buffer) -> bool:
    return len(payload) <= _LONGEST_MEDIA and bytes(payload).upper() in _MEDIA


def _is(token: lark.Tree[lark.Token] | lark.Token, terminal: str) -> bool:
    return isinstance(token, lark.Token) and token.type == terminal


def _media(tree: lark.Tree[lark.Token], literals: Sequence[Buffer]) -> Iterator[LimitBreach]:
    tokens = tree.scan_values(lambda value: _is(value, "LITERAL"))
    payload_at = {t.start_pos: bytes(p) for t, p in zip(tokens, literals, strict=False)}

    def name(value: lark.Token) -> bytes:
        if value.type == "LITERAL":
            return payload_at.get(value.start_pos or 0, b"").upper()
        return str(value).strip('"').upper().encode("latin-1")

    for media in tree.find_data("media_basic"):
        first, second = media.scan_values(lambda value: not _is(value, "_SP"))
        if name(first) == b"TEXT":
            yield LimitBreach(
                "body-type-text",
                first.start_pos or 0,
                "a TEXT part without its lines",
                "media-text",
            )
        if name(first) == b"MESSAGE" and name(second) == b"RFC822":
            yield LimitBreach(
                "body-type-basic",
                second.start_pos or 0,
                "MESSAGE/RFC822 as a basic part",
                "media-message",
            )
