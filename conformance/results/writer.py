"""Writes `results.jsonl`: one record a line, each on disk before the next is made.

A run that is killed leaves a file whose lines are all whole but perhaps the last, and
which has no `end` record. What the records hold is in `records`.
"""

from __future__ import annotations

import errno
import fcntl
import json
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from conformance.results.records import End, Record, Run


class RecordWriter:
    """An open results file.

    The first record is the `Run`, the last the `End`. Creates missing folders; raises
    `OSError` if the file cannot be made, another process is writing it or the disk is full,
    `ValueError` for a record out of place (a fault of the suite). `echo` gets each line too,
    until nobody reads it any more.
    """

    def __init__(self, path: Path, echo: IO[bytes] | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = _alone(path)
        self._echo = echo
        self._begun = self._ended = False

    def write(self, record: Record) -> None:
        """Append `record`."""
        if self._ended:
            raise ValueError("no record follows the end record")
        if isinstance(record, Run) is self._begun:
            raise ValueError("a results file has one run record, its first")
        self._begun = True
        self._ended = isinstance(record, End)
        # ASCII only: what a server sent then holds no line separator and no lone surrogate.
        line = json.dumps(record.to_json(), ensure_ascii=True).encode("ascii") + b"\n"
        self._file.write(line)
        self._file.flush()
        if self._echo is not None:
            try:
                self._echo.write(line)
                self._echo.flush()
            except BrokenPipeError:  # the reader had enough; the file goes on
                self._echo = None

    def close(self) -> None:
        """Close the file; without an `End` it stays marked as cut short."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _alone(path: Path) -> IO[bytes]:
    """Open a file anew, which nobody else is writing."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        reason = "another run is writing here; give this one a folder of its own with --output"
        raise BlockingIOError(errno.EAGAIN, reason, str(path)) from None
    except OSError:  # a file system without locks
        pass
    # Only now: what another run has written is not lost.
    if path.is_file():
        file.truncate(0)
    return file
