"""COMPRESS=DEFLATE (RFC 4978): the compression of one end of a connection, both ways.

It lies between IMAP and TLS, and begins behind the tagged OK to COMPRESS: what a server sends after
that line, and what a client sends after having read it, is one stream of RFC 1951, without the
header of RFC 1950. Sans-IO. Whoever leads a connection turns it on; nothing above sees it.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from conformance.wire.commands import Command

_RAW: Final = -15  # no header, and the window of 32 KiB that any decoder takes (section 4)
_MOST: Final = 16 * 1024 * 1024
"""Octets that come out of one piece; a server that sends more at once is not to fill our memory."""
_DEFLATE: Final = re.compile(rb"DEFLATE *", re.IGNORECASE)


class NotDeflated(Exception):
    """What came is no stream of RFC 1951, or one that does not come to an end."""


def begins(command: Command | None, status: str) -> bool:
    """Whether this completion of a command turns the compression on."""
    return (
        command is not None
        and command.name == "COMPRESS"
        and status == "OK"
        and _DEFLATE.fullmatch(command.arguments) is not None
    )


class Inflater:
    """One direction of a stream, as it is read."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_RAW)

    def inflate(self, octets: bytes | memoryview) -> bytes:
        """Read octets; what is not complete waits for more.

        Raises:
            NotDeflated: They are none of this stream, or behind its end.
        """
        if self._stream.eof and octets:
            raise NotDeflated("the stream has come to its end, and the connection goes on")
        try:
            text = self._stream.decompress(octets, _MOST)
        except zlib.error as error:
            raise NotDeflated(str(error)) from None
        if self._stream.unconsumed_tail:
            raise NotDeflated(f"more than {_MOST} octets come out of {len(octets)}")
        return text


class Deflation:
    """Both directions of one end."""

    def __init__(self) -> None:
        self._read = Inflater()
        self._written = zlib.compressobj(wbits=_RAW)

    def inflate(self, octets: bytes | memoryview) -> bytes:
        """Read octets of the other side.

        Raises:
            NotDeflated: They are none of its stream.
        """
        return self._read.inflate(octets)

    def deflate(self, text: bytes | bytearray | memoryview) -> bytes:
        """Write a text so that the other side can read all of it at once (section 4)."""
        return self._written.compress(text) + self._written.flush(zlib.Z_SYNC_FLUSH)
