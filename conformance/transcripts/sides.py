"""Whose a line without a mark is: told by what it says, and by what was said before it."""

from __future__ import annotations

import re
from typing import Literal

from conformance.transcripts.plausible import side_of, tag_of_answer, tag_of_command
from conformance.wire.transcript import Direction

_MARKER = re.compile(rb"\{(\d{1,10})(\+?)\}\Z")
_PROMPTED = re.compile(rb"\S+ +AUTHENTICATE ", re.IGNORECASE)
_EXCHANGE = re.compile(rb"\*|[A-Za-z0-9+/]+=*|[*<\[(].*|")


class Sides:
    """Tells the sides apart, line by line."""

    def __init__(self) -> None:
        self._literal: Direction | None = None
        """Whose literal is open."""
        self._left = 0
        self._tail: Direction | None = None
        """Whose line goes on behind a literal that has just ended."""
        self._tags: set[bytes] = set()
        self._exchange = b""  # tag of the AUTHENTICATE in flight

    def side(self, text: bytes) -> Direction | Literal[""]:
        """Return whose a line is, empty for nobody's."""
        if self._literal is not None:
            return self._within(self._literal, text)
        tail, self._tail = self._tail, None
        if tail is not None and (not text or text.startswith((b" ", b")"))):
            self._open(tail, text)
            return tail
        way = side_of(text)
        if way is None and self._exchange and _EXCHANGE.fullmatch(text):
            return "C"
        if way == "C":
            self._tags.add(tag_of_command(text))
            self._exchange = text.split(b" ")[0] if _PROMPTED.match(text) else self._exchange
        elif way == "S" and tag_of_answer(text) == self._exchange:
            self._exchange = b""
        self._open(way, text)
        return way or ""

    def known(self, way: Direction, text: bytes) -> None:
        """Take a line whose side is known."""
        if way == "C":
            self._tags.add(tag_of_command(text))
            self._literal = None

    def _open(self, way: Direction | None, text: bytes) -> None:
        marker = _MARKER.search(text) if way is not None else None
        self._literal = way if marker is not None else None
        self._left = int(marker[1]) if marker is not None else 0

    def _within(self, whose: Direction, text: bytes) -> Direction | Literal[""]:
        """Take a line of a literal, or see that the literal is not all here."""
        if whose == "C" and side_of(text) == "S":  # the server asks for it, or refuses it
            if not text.startswith(b"+"):
                self._literal = None
            return "S"
        if tag_of_answer(text) in self._tags:
            self._literal = None
            return self.side(text)
        left = self._left
        self._left -= len(text) + len(b"\r\n")
        if self._left <= 0:
            self._open(whose, text[left:])
            if self._literal is None and left >= len(text):
                self._tail = whose
        return whose
