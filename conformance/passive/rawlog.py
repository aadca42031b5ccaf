"""Dovecot's rawlog: what a client sent in `*.in`, what the server sent in `*.out`.

A line may begin with the time in seconds; then every write does, also inside of a literal. The
recording begins behind the login, with the answer to it (a rawlog before the login begins with
the greeting), and its clock is too coarse to tell which of two lines close to each other came
first, so the order of both sides is put together again by what answers what.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from os import SEEK_END
from pathlib import Path

from conformance.passive.interleave import interleave, tag_of
from conformance.passive.recording import Chunk, Place, Recording, RecordingError, ServerSessions
from conformance.wire.transcript import Direction

_TIME = re.compile(rb"(\d{9,11}\.\d{6}) ")
_SUFFIXES = (".in", ".out")


def pairs_in(folder: Path) -> list[Path]:
    """Return the `*.in` file of each pair in a folder."""
    return sorted(path for path in folder.glob("*.in") if path.with_suffix(".out").exists())


def is_rawlog(path: Path) -> bool:
    """Whether a file is half of a pair, by its name."""
    return path.suffix in _SUFFIXES


def read_rawlog(path: Path, limit: int) -> Recording:
    """Read the pair that `path` is half of; each file holds `limit` octets at most.

    Raises:
        RecordingError: The other half is missing, or a file is too large.
        OSError: One of them can not be read.
    """
    if not is_rawlog(path):
        raise RecordingError(f"{path}: a rawlog is a pair of files that end in .in and .out")
    sides: dict[Direction, Path] = {"C": path.with_suffix(".in"), "S": path.with_suffix(".out")}
    for half in sides.values():
        if not half.exists():
            raise RecordingError(f"{path}: its other half {half.name} is missing")
        if half.stat().st_size > limit:
            raise RecordingError(f"{half}: larger than {limit} octets")
    recording = Recording(str(path.with_suffix("")), "rawlog")
    name = path.stem
    group = ServerSessions()
    kept = group.session(name)
    kept.exact = False
    first = next(_lines(sides["S"], "S", name), None)
    kept.logs_in = first is not None and not first.octets.startswith((b"* ", b"+"))
    group.stream = partial(_both, sides, name)
    recording.groups.append(group)
    recording.notes += [
        f"{half.name} stops in the middle of a line" for half in sides.values() if _is_cut(half)
    ]
    return recording


def _both(sides: Mapping[Direction, Path], name: str) -> Iterator[Chunk]:
    """Give what both sides said in one order."""
    tags = Counter(tag_of(chunk.octets) for chunk in _lines(sides["C"], "C", name))
    return interleave(_lines(sides["C"], "C", name), _lines(sides["S"], "S", name), tags)


def _is_cut(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(max(0, size - 1))
        return file.read() not in (b"", b"\n")


def _lines(path: Path, way: Direction, name: str) -> Iterator[Chunk]:
    """Give the lines of one file without their times, and no more than one of them at a time."""
    with path.open("rb") as file:
        timed: bool | None = None
        when = 0.0
        for number, line in enumerate(file, 1):
            if timed is None:
                timed = _TIME.match(line) is not None
            stamp = _TIME.match(line) if timed else None
            text = line
            if stamp is not None:
                when = float(stamp[1])
                text = line[stamp.end() :]
            if text:
                yield Chunk(name, way, text, when, Place(str(path), "line", number))
