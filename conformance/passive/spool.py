"""What the connections of a capture said, piece by piece, in a file: captures may be large.

A small one stays in memory. A piece is known by where it stands, which grows with the packets.
"""

from __future__ import annotations

import struct
import weakref
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

_HEAD = struct.Struct(">IIBdI")
_IN_MEMORY = 8 << 20  # octets


class Piece(NamedTuple):
    """Octets of one side of a connection, in order, with the packet that completed them.

    `flow` is the number of the connection, `side` that of the end which sent them.
    """

    flow: int
    packet: int
    side: int
    when: float
    octets: bytes


class Spool:
    """Keeps pieces; the file is gone when nobody asks any more."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - as long as we
        weakref.finalize(self, self._file.close)
        self._end = 0

    def add(self, piece: Piece) -> int:
        """Keep a piece; return where it stands. All are kept before the first is asked for."""
        at = self._end
        *head, octets = piece
        self._file.write(_HEAD.pack(*head, len(octets)))
        self._file.write(octets)
        self._end += _HEAD.size + len(octets)
        return at

    def at(self, place: int) -> Piece:
        """Return the piece that stands there."""
        if self._file.tell() != place:  # most are asked for in turn, which needs no new buffer
            self._file.seek(place)
        flow, packet, side, when, size = _HEAD.unpack(self._file.read(_HEAD.size))
        return Piece(flow, packet, side, when, self._file.read(size))
