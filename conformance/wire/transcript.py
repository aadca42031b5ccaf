"""What went over one connection, both ways, with times: bounded, and safe to show.

The octets are kept as they were; only rendering escapes, and hides what `secrecy` knows of,
also where it is cut into pieces. Times are seconds since the transcript began.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from conformance.secrecy.secrets import MASK, Secrets

Direction = Literal["C", "S"]

_ENTRY_COST: Final = 128  # what one entry takes beside its octets, so that their number is bounded
_LONG_LITERAL: Final = 1024
_CONCEALED: Final = 1000  # places; a connection has few logins
_LITERAL_ENDS: Final = 128  # octets shown at the start of a long literal

_MARKER = re.compile(rb"\{0*(\d{1,19})\+?\}\r?\n")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}")
_UNPRINTABLE = re.compile(r"[^ -~]")


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """Octets that went in one direction at one time, then `dropped` octets not kept."""

    when: float
    direction: Direction
    data: bytes
    dropped: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the rendering: printable ASCII, without its line end.

    `session` names the connection where lines of several stand together.
    """

    when: float
    direction: Direction
    text: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Replace the octets from `begin` to `end` of one direction by `text` when rendering."""

    begin: int
    end: int
    text: str


def escape(octets: bytes | bytearray | memoryview) -> str:
    r"""Render octets as printable ASCII, everything else as `\xNN`."""
    text = str(octets, "latin-1")
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class Transcript:
    """Keeps the first and the last part of a connection, `limit` octets together."""

    def __init__(
        self,
        limit: int = 256 * 1024,
        started: float | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self.started = time.monotonic() if started is None else started
        """Value of `time.monotonic` from which times count."""
        self._head: list[TranscriptEntry] = []
        self._tail: deque[TranscriptEntry] = deque()
        self._head_room = limit // 2
        self._tail_room = limit - limit // 2
        self._tail_size = 0
        self._gap: dict[Direction, int] = {"C": 0, "S": 0}
        self._gap_entries = 0
        self._gap_when = 0.0
        self.secrets = Secrets() if secrets is None else secrets
        """What is never shown in a rendering, whenever it went over the wire."""
        self._concealed: deque[tuple[int, int]] = deque(maxlen=_CONCEALED)

    def conceal(self, begin: int, end: int) -> None:
        """Never show the client's octets from the offset `begin` to `end`, whatever they are."""
        if self._concealed and begin <= self._concealed[-1][1]:
            begin = min(begin, self._concealed.pop()[0])
        self._concealed.append((begin, end))

    def add(self, direction: Direction, data: bytes | bytearray | memoryview, when: float) -> None:
        """Record octets; `when` is a value of `time.monotonic`."""
        when -= self.started
        view = memoryview(data)
        if self._head_room > 0:
            keep = max(0, min(len(view), self._head_room - _ENTRY_COST))
            self._head_room -= keep + _ENTRY_COST
            if keep == len(view):
                self._head.append(TranscriptEntry(when, direction, bytes(view), 0))
                return
            self._head_room = 0
            if keep:
                self._head.append(TranscriptEntry(when, direction, bytes(view[:keep]), 0))
                view = view[keep:]
        room = max(0, self._tail_room - _ENTRY_COST)
        if len(view) > room:
            self._drop_tail(len(self._tail))
            self._gap[direction] += len(view) - room
            self._gap_when = when
            view = view[len(view) - room :]
        self._tail.append(TranscriptEntry(when, direction, bytes(view), 0))
        self._tail_size += len(view) + _ENTRY_COST
        while self._tail_size > self._tail_room:
            self._drop_tail(1)

    def take_back(self, count: int) -> None:
        """Leave the last octets out again, as far as one `add` brought them: they mean another."""
        entries = self._tail or self._head
        if not entries or not count:
            return
        last = entries.pop()
        kept = last.data[: max(0, len(last.data) - count)]
        entries.append(replace(last, data=kept))
        if entries is self._tail:
            self._tail_size -= len(last.data) - len(kept)

    def _drop_tail(self, count: int) -> None:
        for _ in range(count):
            entry = self._tail.popleft()
            self._tail_size -= len(entry.data) + _ENTRY_COST
            self._gap[entry.direction] += len(entry.data)
            self._gap_entries += 1
            self._gap_when = entry.when

    def mark(self) -> int:
        """Return a mark for `lines(since=...)`: what comes after now."""
        return len(self._head) + self._gap_entries + len(self._tail)

    def entries(self) -> list[TranscriptEntry]:
        """Return what was kept, in order; an entry without octets stands for what was not."""
        gaps = [
            TranscriptEntry(self._gap_when, way, b"", lost)
            for way, lost in self._gap.items()
            if lost
        ]
        return [*self._head, *gaps, *self._tail]

    def lines(self, since: int = 0) -> list[Line]:
        """Render what was kept from the mark `since` on, safe to show."""
        entries = self.entries()
        cuts: dict[Direction, list[_Cut]] = {
            "C": self._cuts(entries, "C"),
            "S": self._cuts(entries, "S"),
        }
        writer = _Writer()
        offset: dict[Direction, int] = {"C": 0, "S": 0}
        number = 0
        for entry in entries:
            begin = offset[entry.direction]
            offset[entry.direction] = begin + len(entry.data) + entry.dropped
            if entry.dropped:
                if since <= len(self._head) + self._gap_entries:
                    writer.note(entry, f"[... {entry.dropped} octets not kept ...]")
                continue
            if number == len(self._head):
                number += self._gap_entries
            number += 1
            if number > since:
                writer.write(entry, begin, cuts[entry.direction])
        return writer.finish()

    # -- what is not shown -------------------------------------------------------------

    def _cuts(self, entries: list[TranscriptEntry], direction: Direction) -> list[_Cut]:
        """Return what to replace in one direction, in order and without overlap."""
        segments: list[tuple[int, bytes]] = []
        offset = 0
        pieces: list[bytes] = []
        for entry in entries:
            if entry.direction != direction:
                continue
            if entry.dropped:
                segments.append((offset, b"".join(pieces)))
                offset += len(segments[-1][1]) + entry.dropped
                pieces = []
            else:
                pieces.append(entry.data)
        segments.append((offset, b"".join(pieces)))
        found: list[_Cut] = []
        literal_end = 0
        for number, (start, data) in enumerate(segments):
            before, after = number > 0, number < len(segments) - 1
            spans = self._secret_spans(data, before)
            if direction == "C":
                spans += [(begin - start, end - start) for begin, end in self._concealed]
                spans += self._base64_at_gaps(data, before, after)
            found += (_Cut(start + begin, start + end, MASK) for begin, end in spans)
            literals, literal_end = _long_literals(data, start, literal_end)
            found += literals
        return _without_overlap(found)

    def _secret_spans(self, data: bytes, cut_before: bool) -> list[tuple[int, int]]:
        """Return where secrets, and pieces of them at the edges, stand in `data`."""
        if not self.secrets:
            return []
        text = data.decode("latin-1")
        spans = [*self.secrets.spans(text), *self.secrets.begun(text, len(text))]
        return [*spans, *self.secrets.ended(text, 0)] if cut_before else spans

    def _base64_at_gaps(
        self, data: bytes, cut_before: bool, cut_after: bool
    ) -> list[tuple[int, int]]:
        """Return what may be part of base64 that can not be decoded: its rest was not kept."""
        if not self.secrets:
            return []
        spans = [token.span() for token in _BASE64.finditer(data.decode("latin-1"))]
        return [
            (begin, end)
            for begin, end in spans
            if (cut_before and begin == 0) or (cut_after and end == len(data))
        ]


def _long_literals(data: bytes, start: int, until: int) -> tuple[list[_Cut], int]:
    """Return the middle parts of long literals; `until` is where one from before ends."""
    cuts: list[_Cut] = []
    at = max(0, until - start)
    while at <= len(data) and (marker := _MARKER.search(data, at)) is not None:
        size = int(marker[1])
        at = marker.end()
        if size > _LONG_LITERAL:
            begin = start + at + _LITERAL_ENDS
            end = start + at + size
            cuts.append(_Cut(begin, end, f"[... {end - begin} octets ...]"))
        at += size
    return cuts, max(until, start + at)


def _without_overlap(cuts: list[_Cut]) -> list[_Cut]:
    """Sort cuts and join those that touch; what hides a secret goes first."""
    joined: list[_Cut] = []
    for cut in sorted(cuts, key=lambda each: (each.begin, -each.end)):
        before = joined[-1] if joined else None
        if before is not None and cut.begin < before.end:
            joined[-1] = _Cut(before.begin, max(before.end, cut.end), before.text)
        else:
            joined.append(cut)
    return joined


class _Writer:
    """Puts the pieces of both directions together to lines."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._open: tuple[float, Direction] | None = None
        self._text: list[str] = []
        self._last_cr = False

    def note(self, entry: TranscriptEntry, text: str) -> None:
        self._end()
        self._lines.append(Line(entry.when, entry.direction, text))

    def write(self, entry: TranscriptEntry, offset: int, cuts: list[_Cut]) -> None:
        """Add the entry's octets, which stand at `offset` in their direction."""
        if self._open is not None and self._open[1] != entry.direction:
            self._end()
        at, end = offset, offset + len(entry.data)
        first = bisect_right(cuts, at, key=lambda each: each.end)
        for cut in cuts[first:]:
            if cut.begin >= end:
                break
            if at < cut.begin:
                self._add(entry, entry.data[at - offset : cut.begin - offset])
                at = cut.begin
            if at == cut.begin:
                self._put(entry, cut.text)
            at = min(cut.end, end)
        self._add(entry, entry.data[at - offset :])

    def _add(self, entry: TranscriptEntry, data: bytes) -> None:
        pieces = data.split(b"\n")
        for piece in pieces[:-1]:
            if piece.endswith(b"\r"):
                self._put(entry, self._held_cr() + escape(piece[:-1]))
            elif piece or not self._last_cr:
                self._put(entry, self._held_cr() + escape(piece + b"\n"))
            else:
                self._last_cr = False
            self._end(entry)
        if pieces[-1]:
            # A CR at the end waits: its LF may be in the next piece.
            ends_in_cr = pieces[-1].endswith(b"\r")
            text = self._held_cr() + escape(pieces[-1][: len(pieces[-1]) - ends_in_cr])
            self._put(entry, text)
            self._last_cr = ends_in_cr

    def _held_cr(self) -> str:
        held, self._last_cr = self._last_cr, False
        return "\\x0d" if held else ""

    def _put(self, entry: TranscriptEntry, text: str) -> None:
        if self._open is None:
            self._open = (entry.when, entry.direction)
        self._text.append(text)

    def _end(self, entry: TranscriptEntry | None = None) -> None:
        if self._open is None and entry is not None:
            self._open = (entry.when, entry.direction)
        if self._open is not None:
            self._lines.append(Line(*self._open, "".join(self._text) + self._held_cr()))
        self._open = None
        self._text = []

    def finish(self) -> list[Line]:
        self._end()
        return self._lines


def together(transcripts: Mapping[str, Transcript]) -> tuple[Line, ...]:
    """Interleave the transcripts of several connections by time."""
    if not transcripts:
        return ()
    first = min(transcript.started for transcript in transcripts.values())
    lines = [
        replace(line, when=line.when + transcript.started - first, session=who)
        for who, transcript in transcripts.items()
        for line in transcript.lines()
    ]
    return tuple(sorted(lines, key=lambda line: line.when))
