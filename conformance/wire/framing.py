"""Cuts the octets of one direction of a connection into complete lines with their literals.

Sans-IO: `feed` stores octets, `next_frame` hands out one frame or says that it needs more.
What is wrong with line ends, NULs and octet counts becomes a fault of the frame, and the
stream goes on. Nothing here knows sockets, time, commands or the grammar; of the syntax it
knows only what decides whether a `{n}` at the end of a line announces a literal
(RFC 3501 sections 2.2, 4.3, 7.5).

Every octet is looked at a bounded number of times, however the input was cut into pieces,
and the payload of a literal is written once into the buffer that the frame hands out.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Literal

from conformance.wire.frames import (
    ENDED,
    NEED_DATA,
    REQUIREMENTS,
    Frame,
    FramingFault,
    Signal,
)
from conformance.wire.limits import DEFAULT_LIMITS, Limits
from conformance.wire.markers import find_marker

__all__ = ["ENDED", "NEED_DATA", "Frame", "Framer", "FramingFault", "Signal"]

# Where reading starts again after a wrong octet count. Narrow on purpose: the octets skipped
# are mostly somebody's mail, and mail holds lines that begin with "* " and "+ ".
_RESPONSE_LINE = re.compile(
    rb"\* (?:(?:OK|NO|BAD|BYE|PREAUTH|CAPABILITY|LIST|LSUB|STATUS|SEARCH|FLAGS)[ \r\n]"
    rb"|\d{1,10} (?:EXISTS|RECENT|EXPUNGE|FETCH)[ \r\n])"
    rb'|[^\x00-\x20\x7f-\xff(){%*"\\+]{1,64} (?:OK|NO|BAD)[ \r\n]',
    re.IGNORECASE,
)

_MAY_FOLLOW_LITERAL = b" )]\r\n"


class _Payload:
    """A literal that is being read."""

    __slots__ = ("data", "dropped", "keep", "offset", "received", "size", "sync")

    def __init__(self, size: int, keep: int, sync: bool, offset: int, dropped: bool) -> None:
        self.dropped = dropped  # one too many: counted only
        self.size = size
        self.keep = keep
        self.sync = sync
        self.offset = offset  # of its marker in the skeleton
        self.received = 0
        self.data: bytearray | None = None  # made when its first octet comes

    def room(self) -> memoryview:
        """The part of the buffer that is still empty."""
        if self.data is None:
            self.data = bytearray(self.keep)
        return memoryview(self.data)[self.received :]

    def held(self) -> bytes | bytearray:
        """What was kept of it, shortened to what came."""
        if self.data is None:
            return b""
        if self.received >= self.keep:
            return self.data
        return bytes(memoryview(self.data)[: self.received])


class Framer:
    """Reads one direction: `server` for what a server sends, `client` for what a client does."""

    def __init__(
        self, side: Literal["server", "client"] = "server", limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._server = side == "server"
        self._limits = limits
        self._buffer = bytearray()
        self._base = 0  # offset in the stream of the buffer's first octet
        self._pos = 0  # everything before it in the buffer was taken
        self._scanned = 0  # no LF stands between _pos and here
        self._ended = False
        self._ready: deque[Frame] = deque()
        self._lost = False  # a count was wrong: skip to the next line that is a response
        self._reread_until = 0  # stream offset; octets before it are not put back again
        self._start = 0  # stream offset where the frame began
        self._text = bytearray()
        self._payloads: list[bytes | bytearray] = []
        self._held = 0
        self._faults: list[FramingFault] = []
        self._payload: _Payload | None = None
        self._payload_just_ended: _Payload | None = None
        self._prefix: bytes | None = None  # what is kept of a line that is too long
        self._whole = True

    # -- octets in ---------------------------------------------------------------------

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Store octets as they came; an empty `data` says that the stream has ended."""
        if not data:
            self._ended = True
            return
        if self._pos:
            del self._buffer[: self._pos]
            self._base += self._pos
            self._scanned -= self._pos
            self._pos = 0
        payload = self._payload
        if payload is None or self._buffer:
            self._buffer += data
            return
        view = memoryview(data)
        count = min(len(view), payload.size - payload.received)
        self._store(payload, view[:count])
        self._base += count
        self._buffer += view[count:]

    def literal_buffer(self) -> memoryview | None:
        """Where the next octets of a literal belong, for `recv_into`; then `literal_received`.

        None while no literal is being read, or when octets must go through `feed`.
        """
        payload = self._payload
        if payload is None or self._pos < len(self._buffer) or payload.received >= payload.keep:
            return None
        return payload.room()

    def literal_received(self, count: int) -> None:
        """Say that `count` octets were written into what `literal_buffer` gave."""
        payload = self._payload
        if payload is None:
            raise ValueError("no literal is being read")
        payload.received += count
        self._base += count

    def abandon_literal(self) -> None:
        """Give up the literal being read, if any: what came of it is read again as lines.

        The frame comes out of `next_frame` incomplete and with the fault `literal-count`.
        """
        payload = self._payload
        if payload is None:
            return
        self._fault(
            "literal-count",
            f"the literal announces {payload.size} octets and only {payload.received} came",
            payload.offset,
        )
        self._ready.append(self._lose(payload))

    def drop_frame(self) -> None:
        """Forget the frame begun so far: its sender will not go on with it."""
        self._forget()

    # -- frames out --------------------------------------------------------------------

    def next_frame(self) -> Frame | Signal:
        """Return the next frame, or NEED_DATA, or ENDED."""
        if self._ready:
            return self._ready.popleft()
        while True:
            if self._payload is not None and not self._fill(self._payload):
                return self._starved()
            if self._payload_just_ended is not None and self._server:
                if self._pos >= len(self._buffer):
                    return self._starved()
                lost = self._follow(self._payload_just_ended)
                if lost is not None:
                    return lost
            line = self._take_line()
            if line is None:
                return self._starved()
            if self._lost:
                if not _RESPONSE_LINE.match(line):
                    self._prefix = None
                    continue
                self._lost = False
            frame = self._read_line(line)
            if frame is not None:
                return frame

    @property
    def goes_on(self) -> bool:
        """Whether a frame has begun that goes on with, or behind, a literal."""
        return bool(self._text)

    @property
    def awaits_prompt(self) -> bool:
        """Whether the frame stops at a synchronising literal and nothing came behind its marker.

        True for the empty literal as well (RFC 3501 section 4.3).
        """
        if self._payload is not None:
            return self._payload.sync and self._payload.received == 0
        ended = self._payload_just_ended
        if ended is None or not self._text:
            return False
        return ended.sync and ended.size == 0 and self._pos >= len(self._buffer)

    @property
    def literal_left(self) -> int:
        """Octets of the literal being read that have not come yet."""
        payload = self._payload
        return 0 if payload is None else payload.size - payload.received

    @property
    def unfinished(self) -> bytes:
        """The skeleton read so far of a frame that is not complete, its open line included."""
        if self._payload is not None:
            return bytes(self._text)
        return bytes(self._text) + bytes(memoryview(self._buffer)[self._pos :])

    @property
    def buffered(self) -> int:
        """How many octets were fed and not read yet."""
        return len(self._buffer) - self._pos

    def take_buffered(self) -> bytes:
        """Take out, unread, every octet that is in no frame yet (before TLS begins)."""
        rest = b"".join(frame.text for frame in self._ready) + self.unfinished
        self._ready.clear()
        self._base += len(self._buffer)
        self._buffer.clear()
        self._pos = self._scanned = 0
        self._forget()
        return rest

    # -- lines -------------------------------------------------------------------------

    def _take_line(self) -> bytes | None:
        """Take one line with its end; a line over the limit comes shortened."""
        room = max(0, self._limits.line - len(self._text))
        newline = self._buffer.find(b"\n", self._scanned)
        if newline < 0:
            self._scanned = len(self._buffer)
            if self._scanned - self._pos > room + 1:  # a CR may wait for its LF
                if self._prefix is None:
                    self._prefix = self._slice(self._pos, self._pos + room)
                self._pos = self._scanned
            return None
        begin, self._pos = self._pos, newline + 1
        self._scanned = self._pos
        if self._prefix is None:
            if self._pos - begin <= room + 2:
                return self._slice(begin, self._pos)
            self._prefix = self._slice(begin, begin + room)
        return self._prefix + b"\r\n"

    def _read_line(self, line: bytes) -> Frame | None:
        """Add a line to the frame; return the frame when the line was its last."""
        offset = len(self._text)
        if self._prefix is not None:
            self._prefix = None
            self._whole = False
            judged = f"{self._limits.line} octets of it are judged"
            size = self._base + self._pos - self._start
            self._fault("line-too-long", f"a response of {size} octets: {judged}", offset)
            self._text += self._clean(line, offset)
            return self._finish()
        if not line.endswith(b"\r\n") or line.find(b"\r") < len(line) - 2 or b"\0" in line:
            line = self._clean(line, offset)
        if len(self._payloads) < self._limits.literals:
            self._text += line
        elif self._whole:
            self._whole = False
            kept = len(self._payloads)
            self._fault("literals-too-many", f"the first {kept} literals are judged", offset)
        if line.endswith(b"}\r\n"):
            marker = find_marker(line[:-2], self._text, self._server)
            if marker is not None:
                self._announce(int(marker[1]), not marker[2], offset + marker.start())
                return None
        return self._finish()

    def _clean(self, line: bytes, offset: int) -> bytes:
        """Return the line with a right end and without CR and NUL, its faults noted."""
        if line.endswith(b"\r\n"):
            body = line[:-2]
        else:
            body = line[:-1]
            self._fault("bare-lf", "the line ends in LF without CR", offset + len(body))
        if b"\r" in body:
            where = offset + body.index(b"\r")
            self._fault("bare-cr", "a CR stands in the line without LF behind it", where)
            body = body.rstrip(b"\r").replace(b"\r", b"?")
        if b"\0" in body:
            where = offset + body.index(b"\0")
            self._fault("nul", "a NUL stands outside of a literal", where)
            body = body.replace(b"\0", b"?")
        return body + b"\r\n"

    # -- literals ----------------------------------------------------------------------

    def _announce(self, size: int, sync: bool, offset: int) -> None:
        keep = max(0, min(size, self._limits.literal, self._limits.frame - self._held))
        dropped = len(self._payloads) >= self._limits.literals
        if dropped:
            keep = 0
        elif keep < size:
            self._whole = False
            self._fault("literal-too-long", f"of the literal's {size} octets {keep} fit", offset)
        self._payload = _Payload(size, keep, sync, offset, dropped)

    def _store(self, payload: _Payload, octets: memoryview) -> None:
        """Count octets of the payload and keep as many as fit."""
        room = min(len(octets), payload.keep - payload.received)
        if room > 0:
            payload.room()[:room] = octets[:room]
        payload.received += len(octets)

    def _fill(self, payload: _Payload) -> bool:
        """Move octets from the buffer to the payload; True when it is complete."""
        missing = payload.size - payload.received
        count = min(missing, len(self._buffer) - self._pos)
        octets: bytes | bytearray
        if count == payload.size == payload.keep:
            octets = self._slice(self._pos, self._pos + count)
            payload.received = count
        else:
            if count:
                with memoryview(self._buffer) as view:
                    self._store(payload, view[self._pos : self._pos + count])
            if count < missing:
                self._pos = self._scanned = len(self._buffer)
                return False
            octets = payload.held()
        self._pos += count
        self._scanned = self._pos
        if not payload.dropped:
            self._payloads.append(octets)
        self._held += len(octets)
        self._payload = None
        self._payload_just_ended = payload
        return True

    def _follow(self, payload: _Payload) -> Frame | None:
        """Look at the octet behind a literal; a wrong one tells of a wrong count."""
        self._payload_just_ended = None
        if self._buffer[self._pos] in _MAY_FOLLOW_LITERAL:
            return None
        self._fault(
            "literal-count",
            f"no response goes on like this after the {payload.size} octets of its literal",
            payload.offset,
        )
        octets = b"" if payload.dropped else self._payloads.pop()
        payload.data = octets if isinstance(octets, bytearray) else bytearray(octets)
        return self._lose(payload)

    def _lose(self, payload: _Payload) -> Frame:
        """End the frame here and look for the next response from the payload on.

        Octets are put back only once: a server could otherwise have the same ones read
        again and again.
        """
        octets = payload.held()
        self._payloads.append(octets)
        here = self._base + self._pos
        if payload.received == len(octets) and here - len(octets) >= self._reread_until:
            self._buffer[: self._pos] = octets
            self._base = here - len(octets)
            self._pos = self._scanned = 0
            self._reread_until = here
        self._payload = None
        self._whole = False
        self._lost = True
        return self._finish()

    # -- frames ------------------------------------------------------------------------

    def _slice(self, begin: int, end: int) -> bytes:
        with memoryview(self._buffer) as view:
            return bytes(view[begin:end])

    def _fault(self, kind: str, message: str, offset: int, requirement: str = "") -> None:
        """Note a fault; a frame has each kind once, whatever a server repeats in it."""
        if not any(fault.kind == kind for fault in self._faults):
            fault = FramingFault(kind, requirement or REQUIREMENTS[kind], message, offset)
            self._faults.append(fault)

    def _finish(self) -> Frame:
        now = self._base + self._pos
        frame = Frame(
            text=bytes(self._text),
            literals=tuple(self._payloads),
            faults=tuple(self._faults),
            size=now - self._start,
            complete=self._whole,
        )
        self._forget()
        return frame

    def _forget(self) -> None:
        self._start = self._base + self._pos
        self._text.clear()
        self._payloads = []
        self._held = 0
        if self._faults:
            self._faults = []
        self._payload = self._payload_just_ended = None
        self._prefix = None
        self._whole = True

    def _starved(self) -> Frame | Signal:
        """Nothing complete is left: ask for more or, at the end, hand out what there is."""
        if not self._ended:
            return NEED_DATA
        payload = self._payload
        rest = b"" if self._prefix is None else self._prefix
        rest += self._slice(self._pos, len(self._buffer)).removesuffix(b"\r")
        self._pos = self._scanned = len(self._buffer)
        if self._lost or not (self._text or rest):
            return ENDED
        offset = len(self._text)
        self._whole = False
        if payload is not None:
            came = f"{payload.received} of a literal's {payload.size} octets"
            self._payloads.append(payload.held())
            self._fault("truncated", f"the stream ends after {came}", offset, "3501-4.3-count")
        else:
            self._text += self._clean(rest + b"\r\n", offset)
            message = "the stream ends in the middle of a line"
            self._fault("truncated", message, offset + len(rest), "3501-2.2-crlf")
        return self._finish()
