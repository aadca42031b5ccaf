"""The two streams of a TCP connection out of its segments, as far as they were captured.

Octets that come again are taken once; segments that come early wait for what is missing before
them. Frames and files are elsewhere.
"""

from __future__ import annotations

from array import array

StreamEnd = tuple[str, int]
"""Address and port."""

_AHEAD = 4096  # segments that wait
_WHOLE = 1 << 32  # sequence numbers begin again here
_HALF = 1 << 31


class _Stream:
    """One direction."""

    def __init__(self) -> None:
        self.awaited: int | None = None  # sequence number of the next octet
        self.waiting: dict[int, tuple[bytes, int]] = {}  # octets and packet, by sequence number
        self.end: int | None = None  # sequence number of the FIN

    def take(self, sequence: int, octets: bytes, packet: int) -> bytes:
        """Take a segment; return the octets that go on where the stream has come to."""
        if self.awaited is None:
            self.awaited = sequence
        if self._known(sequence) < 0:
            kept = self.waiting.get(sequence)
            if len(self.waiting) < _AHEAD and (kept is None or len(kept[0]) < len(octets)):
                self.waiting[sequence] = (octets, packet if kept is None else kept[1])
            return b""
        fresh = self._fresh(sequence, octets)
        while fresh and (ready := [at for at in self.waiting if self._known(at) >= 0]):
            for at in sorted(ready, key=self._known, reverse=True):
                fresh += self._fresh(at, self.waiting.pop(at)[0])
        return fresh

    def _known(self, sequence: int) -> int:
        """How many octets from this number on were given already; negative: some are missing."""
        known = ((self.awaited or 0) - sequence) % _WHOLE
        return known if known < _HALF else known - _WHOLE

    def _fresh(self, sequence: int, octets: bytes) -> bytes:
        fresh = octets[max(0, self._known(sequence)) :]
        self.awaited = ((self.awaited or 0) + len(fresh)) % _WHOLE
        return fresh


class Flow:
    """One connection between two ends."""

    def __init__(self, one: StreamEnd, two: StreamEnd) -> None:
        self.ends = (one, two)
        self.server: StreamEnd | None = None
        """Who took the connection, where the capture has its beginning."""
        self.closed_by: StreamEnd | None = None
        """Who ended its stream first, having sent all of it."""
        self.places: array[int] = array("Q")
        """Where what was said is kept, in the order of the packets; see `Spool`."""
        self._firsts: dict[StreamEnd, bytes] = {}
        self._streams = {one: _Stream(), two: _Stream()}

    @property
    def begun(self) -> bool:
        """Whether anything was said."""
        return bool(self._firsts)

    def other(self, end: StreamEnd) -> StreamEnd:
        """Return the peer of an end."""
        return self.ends[1] if end == self.ends[0] else self.ends[0]

    def open(self, source: StreamEnd, sequence: int, *, answers: bool) -> None:
        """Take a SYN with its sequence number; `answers` if it acknowledges another."""
        self.server = source if answers else self.other(source)
        stream = self._streams[source]
        if stream.awaited is None:
            stream.awaited = (sequence + 1) % _WHOLE

    def take(self, source: StreamEnd, sequence: int, octets: bytes, packet: int) -> bytes:
        """Take the octets of a segment; return those that go on where its side has come to."""
        fresh = self._streams[source].take(sequence % _WHOLE, octets, packet)
        if fresh:
            self._firsts.setdefault(source, fresh)
        self._note_end(source)
        return fresh

    def close(self, source: StreamEnd, sequence: int) -> None:
        """Take a FIN, which has the sequence number behind the last octet."""
        self._streams[source].end = sequence % _WHOLE
        self._note_end(source)

    def _note_end(self, source: StreamEnd) -> None:
        stream = self._streams[source]
        done = stream.awaited in (None, stream.end)
        if self.closed_by is None and stream.end is not None and done:
            self.closed_by = source

    def first(self, end: StreamEnd) -> bytes:
        """Return the first octets that an end sent."""
        return self._firsts.get(end, b"")

    def missing(self) -> int | None:
        """Return the first packet that waits in vain for octets before it; None: there is none."""
        packets = [
            packet for stream in self._streams.values() for _, packet in stream.waiting.values()
        ]
        return min(packets, default=None)
