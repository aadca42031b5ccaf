"""What a recording is once it is read: octets of both directions in order, and where they stood.

How each format is read is in the modules of the formats; nothing here judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from conformance.wire.transcript import Direction

By = Literal["", "server", "client"]

_SHOWN = 5  # places in a note
LARGEST = 1 << 28
"""Octets of a file that is read."""


class RecordingError(ValueError):
    """The file can not be read as a recording; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a line or packet (from 1) of a file, an octet (from 0) of a side.

    `file` is empty for what was not recorded.
    """

    file: str
    unit: Literal["line", "packet", "octet"]
    number: int

    def __str__(self) -> str:
        if not self.file:
            return f"{self.unit} {self.number}"
        if self.unit == "line":
            return f"{self.file}:{self.number}"
        return f"{self.file}, {self.unit} {self.number}"


class Chunk(NamedTuple):
    """Octets that went in one direction of a session.

    `when` is in seconds since any fixed time. `doubtful` octets stand for others that the
    recording has left out: they keep the session in step and are not judged. Doubtful and without
    octets: lines of either side are missing here.
    """

    session: str
    direction: Direction
    octets: bytes
    when: float
    place: Place
    doubtful: bool = False


@dataclass(slots=True)
class RecordedSession:
    """What is known of one session of a recording beside its octets."""

    name: str
    exact: bool = True
    """Whether the order in which the two sides spoke is that of the chunks."""
    logs_in: bool = False
    """It begins with the answer to a login."""
    ended_by: By = ""
    """Who closed the connection, where the recording tells."""


@dataclass(slots=True)
class ServerSessions:
    """Sessions with one server, in the order of time.

    `chunks` are what they said, or `stream` gives it, as often as it is called: of large files no
    more is read than is asked for.
    """

    sessions: dict[str, RecordedSession] = field(default_factory=dict)
    chunks: list[Chunk] = field(default_factory=list)
    stream: Callable[[], Iterator[Chunk]] | None = None

    def said(self) -> Iterator[Chunk]:
        """Give what both sides said, in order."""
        return iter(self.chunks) if self.stream is None else self.stream()

    def session(self, name: str) -> RecordedSession:
        """Return a session, made when first asked for."""
        if name not in self.sessions:
            self.sessions[name] = RecordedSession(name)
        return self.sessions[name]


@dataclass(slots=True)
class Recording:
    """One recording.

    `notes` say, a line each, what is missing or damaged in it; `left_out` are the places where
    something was hidden, cut short or left out; `lost` those where sessions end since octets behind
    them were not kept.
    """

    file: str
    format: str
    groups: list[ServerSessions] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lost: list[Place] = field(default_factory=list)
    left_out: list[Place] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        """What is missing or damaged, a line each."""
        remarks = list(self.notes)
        if self.left_out:
            count = len(self.left_out)
            places = "1 place is" if count == 1 else f"{count} places are"
            remarks.append(f"{places} hidden, cut short or left out, at {_listed(self.left_out)}")
        if self.lost:
            remarks.append(
                f"octets were not kept at {_listed(self.lost)}:"
                " what follows in that session is not judged"
            )
        return remarks

    @property
    def sessions(self) -> Iterator[RecordedSession]:
        """All sessions."""
        for group in self.groups:
            yield from group.sessions.values()


def _listed(places: list[Place]) -> str:
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(map(str, places[:_SHOWN])) + more
