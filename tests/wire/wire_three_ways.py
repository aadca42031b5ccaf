"""Runs one piece of input through a framer whole, octet by octet, and with octets left over."""

from __future__ import annotations

from typing import Literal

from conformance.wire.framing import NEED_DATA, Frame, Framer
from conformance.wire.limits import DEFAULT_LIMITS, Limits

LEFT_OVER = b"* left over"
WAYS = ("whole", "octets", "left over")


def frames_of(framer: Framer) -> list[Frame]:
    """Take every frame that is ready."""
    frames = []
    while isinstance(frame := framer.next_frame(), Frame):
        frames.append(frame)
    return frames


def read(
    way: str,
    data: bytes,
    side: Literal["server", "client"] = "server",
    limits: Limits = DEFAULT_LIMITS,
) -> list[Frame]:
    """Return the frames in `data`, fed the one `way` or the other."""
    framer = Framer(side, limits)
    if way == "octets":
        frames = []
        for at in range(len(data)):
            framer.feed(data[at : at + 1])
            frames += frames_of(framer)
    else:
        framer.feed(data + (LEFT_OVER if way == "left over" else b""))
        frames = frames_of(framer)
    assert framer.next_frame() is NEED_DATA
    if way == "left over":
        assert framer.unfinished.endswith(LEFT_OVER)
    return frames
