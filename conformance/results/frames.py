r"""Responses and commands put together again from the lines of a transcript.

Read from the escaped text of the record alone: `\xNN` becomes an octet again, a line that announces
a literal takes the lines of its payload. An excerpt may begin anywhere, so that what is whole here
need not be so on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.results.records import RecordedLine

_PIECE = re.compile(r"\\x([0-9a-f]{2})|\[\.\.\. (\d{1,15}) octets \.\.\.\]|(.)", re.DOTALL)
_NOT_KEPT = re.compile(r"\[\.\.\. \d+ octets not kept \.\.\.\]")
_CLIPPED = re.compile(r" \[\d+ more\]$")
_MARKER = re.compile(rb"\{(\d{1,9})\+?\}\r\n\Z")
_KEPT = 1 << 20
"""Octets of a gap in a literal that are made up to be judged."""


class Octet(NamedTuple):
    """An octet of a line, so many times: where in the text of which line it stands."""

    value: int
    line: int
    begin: int
    end: int
    times: int = 1


@dataclass(slots=True)
class RecordedFrame:
    """One response or command as it comes together from lines."""

    lines: list[int] = field(default_factory=list)
    payload: set[int] = field(default_factory=set)
    skeleton: list[Octet] = field(default_factory=list)
    literals: list[bytearray] = field(default_factory=list)
    missing: int = 0

    @property
    def text(self) -> bytes:
        """The skeleton: all but the payloads of literals, CRLF included."""
        return bytes(octet.value for octet in self.skeleton)

    @property
    def ending(self) -> bytes:
        """The last octets, as many as the marker of a literal can have."""
        return bytes(octet.value for octet in self.skeleton[-16:])


def frames(lines: Sequence[RecordedLine]) -> Iterator[RecordedFrame]:
    """Yield what is whole; a gap in the transcript, or a clipped line, ends what was begun."""
    begun: dict[tuple[str, str], RecordedFrame] = {}
    for number, line in enumerate(lines):
        if line.direction == "-":
            begun.clear()
            continue
        key = (line.session, line.direction)
        if _NOT_KEPT.search(line.text) or _CLIPPED.search(line.text):
            begun.pop(key, None)
            continue
        frame = begun.setdefault(key, RecordedFrame())
        _take(frame, number, line.text)
        if not frame.missing and not _MARKER.search(frame.ending):
            yield begun.pop(key)


def _take(frame: RecordedFrame, number: int, text: str) -> None:
    """Add a line to what was begun: payload first, as much as is missing of it."""
    frame.lines.append(number)
    if frame.missing:
        frame.payload.add(number)
    before = len(frame.skeleton)
    for octet in _octets(number, text):
        taken = min(frame.missing, octet.times)
        if taken:
            frame.literals[-1] += bytes([octet.value]) * min(taken, _KEPT)
            frame.missing -= taken
        if taken < octet.times:
            frame.skeleton.append(octet)
    if len(frame.skeleton) == before:
        return
    marker = _MARKER.search(frame.ending)
    if marker:
        frame.literals.append(bytearray())
        frame.missing = int(marker[1])


def _octets(number: int, text: str) -> Iterator[Octet]:
    """Yield the octets of a line and its CRLF; those that are only counted are given as `x`."""
    for piece in _PIECE.finditer(text):
        begin, end = piece.span()
        if piece[1]:
            yield Octet(int(piece[1], 16), number, begin, end)
        elif piece[2]:
            yield Octet(0x78, number, begin, end, int(piece[2]))
        else:
            yield Octet(ord(piece[3]) & 0xFF, number, begin, end)
    for value in b"\r\n":
        yield Octet(value, number, len(text), len(text))
