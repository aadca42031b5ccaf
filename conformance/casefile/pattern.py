r"""Patterns: the text behind an `S` mark, read by the reader that reads the server's responses.

A pattern is a response with placeholders. Each placeholder becomes a marker that no pattern could
hold otherwise, so that `read_response` gives the pattern the very shape that the response will
have. Comparing the two is in `match`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.casefile.placeholders import Placeholder, TextPiece, split
from conformance.casefile.pop3 import ReplyPattern, compile_reply
from conformance.casefile.script import CLOSE, ServerKind, ServerText
from conformance.syntax.responses import OF_MESSAGES, Response, read_response
from conformance.syntax.values import Group, Leaf, Mapping, Value

MORE = b"..."
"""In a list: anything else may stand here."""

_UNREADABLE = re.compile(rb"([\x01\x02\r\n]+)")
_MARK = re.compile(rb"\x01(\d+)\x02")


@dataclass(frozen=True, slots=True)
class LiteralPlaceholder:
    """The lines of an `S|` literal, as pieces; each is followed by CRLF."""

    lines: tuple[tuple[TextPiece, ...], ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One alternative of a server line.

    Exactly one of `response`, `exact` and `reply` is set, unless `closes`: the server closes.
    `reply` is what a server of POP3 sends.
    """

    line: int
    text: str
    response: Response | None = None
    exact: tuple[TextPiece, ...] | None = None
    closes: bool = False
    reply: ReplyPattern | None = None
    placeholders: tuple[TextPiece | LiteralPlaceholder, ...] = field(default=(), repr=False)

    @property
    def tagged(self) -> bool:
        """Whether a match completes a command, or the connection."""
        if self.closes or self.reply is not None:
            return True
        return self.response is not None and self.response.kind == "tagged"

    @property
    def tag(self) -> bytes:
        """The tag of a tagged pattern, empty for others."""
        return self.response.tag if self.response and self.tagged else b""

    def pieces(self, leaf: Leaf) -> list[bytes | Placeholder | LiteralPlaceholder]:
        """Split a leaf of the pattern into octets and placeholders."""
        return self.pieces_of(bytes(leaf.octets))

    def pieces_of(self, octets: bytes) -> list[bytes | Placeholder | LiteralPlaceholder]:
        """Split octets of the pattern into plain octets and placeholders."""
        parts = _MARK.split(octets)
        return [
            self.placeholders[int(part)] if index % 2 else part
            for index, part in enumerate(parts)
            if index % 2 or part
        ]

    def captures(self) -> Iterator[Placeholder]:
        """Return the placeholders that keep a value."""
        return (
            h
            for h in self.placeholders
            if isinstance(h, Placeholder) and h.kind == "capture" and h.name
        )

    def answers(self) -> Iterator[Placeholder]:
        """Return the placeholders that stand for a SASL message."""
        pieces = (*self.placeholders, *(self.exact or ()))
        return (p for p in pieces if isinstance(p, Placeholder) and p.kind == "answer")

    def uses(self) -> Iterator[str]:
        """Return the names of the values that the pattern needs."""
        for piece in (*self.placeholders, *(self.exact or ())):
            lines = piece.lines if isinstance(piece, LiteralPlaceholder) else ((piece,),)
            for inner in (part for line in lines for part in line):
                if isinstance(inner, Placeholder) and inner.kind == "value":
                    yield inner.name


def compile_pattern(server: ServerText, kind: ServerKind) -> Pattern:
    """Compile one alternative of a server line.

    Raises:
        ValueError: the text is no pattern; says why.
    """
    if server.text == CLOSE:
        return Pattern(server.line, server.text, closes=True)
    pieces = split(server.text)
    if kind == "exact":
        return Pattern(server.line, server.text, exact=tuple(pieces))
    placeholders: list[TextPiece | LiteralPlaceholder] = []
    text = bytearray()
    for piece in [*pieces, *split(server.rest)]:
        if isinstance(piece, bytes):
            for octets in _UNREADABLE.split(piece):
                # What no reader would take as part of a string goes in as a value.
                unreadable = _UNREADABLE.fullmatch(octets)
                text += b"\x01%d\x02" % len(placeholders) if unreadable else octets
                placeholders += [octets] if unreadable else []
            continue
        if piece.kind in ("count", "wait"):
            raise ValueError("a literal in a pattern is written '{#}' with 'S|' lines below")
        text += b"\x01%d\x02" % len(placeholders)
        if piece.kind == "own-count":
            if server.literal is None:
                raise ValueError("'{#}' needs 'S|' lines below")
            placeholders.append(LiteralPlaceholder(server.literal))
        else:
            placeholders.append(piece)
    response = read_response(bytes(text) + b"\r\n")
    _check(response)
    if (
        kind == "never"
        and response.kind == "data"
        and not response.number
        and (all(isinstance(v, Group) and not v.items for v in response.values))
    ):
        raise ValueError(f"this forbids only an empty {response.name}: write '{response.name} ...'")
    return Pattern(server.line, server.text, response=response, placeholders=tuple(placeholders))


def compile_pop3(server: ServerText, kind: ServerKind) -> Pattern:
    """Compile one alternative of a server line of a connection that speaks POP3.

    Raises:
        ValueError: the text is no pattern; says why.
    """
    reply = compile_reply(server, kind)
    if reply is None:
        return Pattern(server.line, server.text, closes=True)
    return Pattern(server.line, server.text, reply=reply, placeholders=reply.placeholders())


def _check(response: Response) -> None:
    if response.kind in ("tagged", "status"):
        if not response.name:
            raise ValueError("a status pattern needs OK, NO, BAD, BYE or PREAUTH")
        if response.text and not _MARK.fullmatch(response.text):
            raise ValueError("human-readable text is not matched; use 'S=' to compare all of it")
    elif response.kind == "data" and not response.name:
        raise ValueError("the pattern names no response")
    values = [*response.values, *(response.code.values if response.code else ())]
    for value in values:
        _check_more(value, fetch=response.name in OF_MESSAGES)


def _check_more(value: Value, *, fetch: bool) -> None:
    """See that `...` stands only where it means something."""
    if isinstance(value, Group):
        if value.ordered and any(is_more(item) for item in value.items[:-1]):
            raise ValueError("'...' stands last in an ordered list")
        for item in value.items:
            _check_more(item, fetch=False)
    elif isinstance(value, Mapping):
        if fetch and any(key == MORE for key in value.keys()):  # noqa: SIM118  # not a dict
            raise ValueError("FETCH may always return more items, so do not write '...' among them")
        for _, item in value.entries:
            _check_more(item, fetch=False)


def is_more(value: Value) -> bool:
    """Whether this is the `...` of a pattern."""
    return isinstance(value, Leaf) and value.form == "atom" and value.octets == MORE
