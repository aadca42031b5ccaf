"""What the framer hands out: frames, their faults, and the two signals that stand for none."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final


class Signal(enum.Enum):
    """What `next_frame` says when it has no frame to give."""

    NEED_DATA = "need data"
    ENDED = "ended"


NEED_DATA: Final = Signal.NEED_DATA
"""Nothing complete is buffered: feed more octets and ask again."""
ENDED: Final = Signal.ENDED
"""The stream has ended and everything in it was handed out."""

MODERATE: Final = "3501-4-moderate"
"""What a response breaks that is larger than we judge in full (see `limits`)."""

REQUIREMENTS: Final = {
    "bare-lf": "3501-2.2-crlf",
    "bare-cr": "3501-2.2-crlf",
    "line-too-long": MODERATE,
    "literal-too-long": MODERATE,
    "literals-too-many": MODERATE,
    "nul": "3501-9-nul",
    "literal-count": "3501-4.3-count",
    "plaintext-after-ok": "3501-6.2.1-plaintext-after-ok",
}
"""Fault kind -> requirement. `truncated` counts for the line or for the literal it cut."""


KEPT_SHORT: Final = frozenset({"line-too-long", "literal-too-long", "literals-too-many"})
"""Faults of what is well-formed, maybe, and was too large to be kept as it came."""

_MARKER: Final = re.compile(rb"\{\d+\+?\}\r\n")


@dataclass(frozen=True, slots=True)
class FramingFault:
    """One thing that is wrong with the octets themselves, whatever they mean."""

    kind: str
    """`bare-lf`, `bare-cr`, `nul`, `literal-count`, `truncated`, `plaintext-after-ok`, or one of
    `KEPT_SHORT`."""
    requirement: str
    message: str
    offset: int
    """0-based offset in the skeleton of the frame."""


@dataclass(slots=True)
class Frame:
    """One response, or one command, as it stood on the wire. Nobody changes one."""

    text: bytes
    """The skeleton: payloads cut out, NULs and stray CRs replaced by `?`, lines ending in CRLF."""
    literals: tuple[bytes | bytearray, ...]
    """Payloads in order, one for each marker that was taken as one."""
    faults: tuple[FramingFault, ...]
    size: int
    """Octets on the wire since the frame before."""
    complete: bool
    """False when something of it is missing (end of stream, deadline, limit, wrong count):
    such a frame is not to be judged by the grammar."""

    @property
    def octets(self) -> bytes:
        """The skeleton with the payloads back in their places."""
        literals = iter(self.literals)
        return _MARKER.sub(lambda found: found[0] + bytes(next(literals, b"")), self.text)
