"""A program run as a process of its own, with bounds, and what it used: time, memory, files.

Times are told twice: as the clock has it, and without what the process waited for a processor that
others used; bounds are about the latter, or a busy machine would break them.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from conformance.selfcheck.nursery import Nursery, NurseryEnded, NurseryOrder

MEMORY: Final = 4 << 30
"""Octets of address space that a process gets: it is ended before it fills the machine."""
_POLL = 0.05  # seconds
_AGAIN = 10.0  # times its bound by the clock, after which a process is ended in any case
_SHOWN = 1 << 20  # octets of an output that are read
_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")
_TICK = 1e-9  # seconds in which Linux tells what was waited


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a process: `code` is negative for the signal that ended it.

    `seconds` it took without waiting for a processor, `cpu` those of a processor that it used,
    `memory` octets at its peak, `output` both of its streams, `files` octets of output and folder.
    `late`: it was ended for it had not ended. `left`: processes of its own were still there.
    """

    code: int
    seconds: float
    clock: float
    cpu: float
    memory: int
    output: str
    files: int
    late: bool
    left: bool


def run_bounded(
    words: Sequence[str],
    folder: Path,
    *,
    seconds: float,
    text: str = "",
    environment: Mapping[str, str] | None = None,
    stop: threading.Event | None = None,
    nursery: Nursery | None = None,
) -> Ran:
    """Run a program that may write into `folder`, with `text` on its standard input.

    It is ended, with all that it has started, when it takes more than so many seconds, or when
    `stop` is set. With a `nursery` the words are those of the command line, behind its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / "said"
    (folder / "entered").write_text(text, encoding="utf-8")
    start = _start if nursery is None else partial(_start_by, nursery)
    process, poll = start(words, folder, environment or {})
    began = time.monotonic()
    waited, memory = 0.0, 0
    late = False
    while (ended := poll()) is None:
        waited = max(waited, _waited(process))
        memory = max(memory, _memory(process))
        clock = time.monotonic() - began
        late = late or (stop is not None and stop.is_set())
        late = late or clock - waited > seconds or clock > _AGAIN * seconds
        if late:
            _end(process)
        time.sleep(_POLL)
    left = _end(process)
    clock = time.monotonic() - began
    return Ran(
        code=ended.code,
        seconds=max(0.0, clock - waited),
        clock=clock,
        cpu=ended.cpu,
        memory=memory,
        output=_beginning(said),
        files=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        late=late,
        left=left,
    )


_Started = tuple[int, Callable[[], NurseryEnded | None]]
"""The number of a process, and what says how it has ended, None while it has not."""


def _start(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> _Started:
    with (folder / "said").open("wb") as output, (folder / "entered").open("rb") as given:
        process = subprocess.Popen(  # noqa: S603 - a program of ours
            words,
            stdin=given,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))

    def poll() -> NurseryEnded | None:
        number, status, used = os.wait4(process.pid, os.WNOHANG)
        if not number:
            return None
        process.returncode = os.waitstatus_to_exitcode(status)
        return NurseryEnded(process.returncode, used.ru_utime + used.ru_stime)

    return process.pid, poll


def _start_by(
    nursery: Nursery, words: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> _Started:
    """Start it by fork; what the nursery takes to be ready is none of its time."""
    nursery.begin(NurseryOrder(tuple(words), str(folder), MEMORY, environment))
    while (process := nursery.begun(folder)) is None:
        time.sleep(_POLL)
    return process, lambda: nursery.ended(folder)


def _end(group: int) -> bool:
    """End every process of a group; say whether there was one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
        return True
    return False


def _waited(process: int) -> float:
    """Return for how many seconds a process was ready and had no processor (0: not known)."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) * _TICK
    return 0.0


def _memory(process: int) -> int:
    """Return the octets that a process has taken at its peak so far (0: not known).

    What the system tells of it afterwards counts the program before it as well.
    """
    with contextlib.suppress(OSError):
        peak = _PEAK.search(Path(f"/proc/{process}/status").read_bytes())
        return int(peak[1]) * 1024 if peak else 0
    return 0


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_SHOWN).decode("utf-8", "replace")
