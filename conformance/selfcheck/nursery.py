"""Starts programs of the command line by fork from a process that has read what they need.

Each is a process of its own, as if it had been started alone; but imports, and the tables of the
grammar, are had once for all of them. Two kinds: `load` wants sockets that gevent has made
cooperative before anything else is imported.

`python -m conformance.selfcheck.nursery KIND` reads an order a line, and ends with its input. The
number of the process comes in a file, and later in another one how it has ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

COOPERATIVE: Final = "load"
"""The kind for `load`."""
PLAIN: Final = "plain"
"""The kind for all others."""
_MODULES: Final = {
    PLAIN: ("cli.main", "cli.run", "cli.fuzz", "shell.verbs", "passive.verbs"),
    COOPERATIVE: ("cli.main", "load.verbs", "load.lead", "load.report", "run.outputs"),
}
_ANNOUNCED: Final = frozenset(
    {"IMAP4REV1", "STARTTLS", "AUTH=PLAIN", "IDLE", "LITERAL+", "UIDPLUS"}
)
_BEGUN, _ENDED = "begun", "ended"
_FORK, _WAIT = os.fork, os.waitpid  # as they are before gevent has a hand in it


@dataclass(frozen=True, slots=True)
class NurseryOrder:
    """One program: its words, and what else is in its environment.

    In its folder it reads `entered` and writes `said`, and `begun` and `ended` are made; `memory`
    is how many octets it may address.
    """

    words: tuple[str, ...]
    folder: str
    memory: int
    environment: Mapping[str, str]


class NurseryEnded(NamedTuple):
    """How a process ended: `code` is less than 0 for a signal, `cpu` seconds of a processor."""

    code: int
    cpu: float


class Nursery:
    """The process that programs are forked from; started by the first order."""

    def __init__(self, kind: str = PLAIN) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()

    def begin(self, order: NurseryOrder) -> None:
        """Have a program begin, as soon as the process is ready."""
        for name in (_BEGUN, _ENDED):  # of one that was in this folder before
            (Path(order.folder) / name).unlink(missing_ok=True)
        line = json.dumps(asdict(order)).encode() + b"\n"
        with self._lock:
            if self._process is None:
                words = [sys.executable, "-m", "conformance.selfcheck.nursery", self._kind]
                self._process = subprocess.Popen(  # noqa: S603 - a program of ours
                    words,
                    stdin=subprocess.PIPE,
                    env={**os.environ, "PYTHONUNBUFFERED": "1"},
                    start_new_session=True,
                )
            if self._process.stdin is not None:
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def begun(self, folder: Path) -> int | None:
        """Return the number of the process that was ordered, None while it has not begun.

        Raises:
            RuntimeError: nothing that was ordered will ever begin.
        """
        with contextlib.suppress(OSError):
            return int((folder / _BEGUN).read_text())
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"what starts programs ended with {self._process.returncode}")
        return None

    def ended(self, folder: Path) -> NurseryEnded | None:
        """Return how a process has ended, None while it has not."""
        with contextlib.suppress(OSError):
            code, cpu = (folder / _ENDED).read_text().split()
            return NurseryEnded(int(code), float(cpu))
        return None


# -- in that process ---------------------------------------------------------------------------


def main(kind: str) -> None:
    """Fork a program for each line that comes."""
    if kind == COOPERATIVE:
        from gevent import monkey  # noqa: PLC0415 - an extra, and before anything that uses sockets

        monkey.patch_all()
    for name in _MODULES[kind]:
        importlib.import_module(f"conformance.{name}")
    importlib.import_module("conformance.syntax.grammar").load(_ANNOUNCED)
    gc.collect()
    gc.freeze()  # or each process copies all of it to count references
    for line in sys.stdin.buffer:
        order = NurseryOrder(**json.loads(line))
        if _forked(order):
            if kind == COOPERATIVE:
                importlib.import_module("gevent").reinit()
            sys.exit(_main()(list(order.words)))


def _forked(order: NurseryOrder) -> bool:
    """Fork who forks the program and sees it end; return True in the program, which is ready.

    The process itself goes on at once, and has no children to care for.
    """
    if child := _FORK():
        _WAIT(child, 0)
        return False
    if _FORK():
        os._exit(0)
    program = _FORK()
    if program == 0:
        _settle(order)
        return True
    folder = Path(order.folder)
    _write(folder / _BEGUN, str(program))
    _, status, used = os.wait4(program, 0)
    seconds = used.ru_utime + used.ru_stime
    _write(folder / _ENDED, f"{os.waitstatus_to_exitcode(status)} {seconds}")
    os._exit(0)


def _write(path: Path, text: str) -> None:
    """Write a file that is there at once with all that is in it."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def _settle(order: NurseryOrder) -> None:
    """Have session, streams, words, environment and limits of the program."""
    os.setsid()
    folder = Path(order.folder)
    entered = os.open(folder / "entered", os.O_RDONLY)
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for source, number in ((entered, 0), (said, 1), (said, 2)):
        os.dup2(source, number)
    sys.stdin = os.fdopen(entered, encoding="utf-8")
    os.close(said)
    sys.argv = ["imap-conformance", *order.words]
    os.environ.update(order.environment)
    resource.setrlimit(resource.RLIMIT_AS, (order.memory, order.memory))


def _main() -> Callable[[Sequence[str]], int]:
    main: Callable[[Sequence[str]], int] = importlib.import_module("conformance.cli.main").main
    return main


if __name__ == "__main__":
    main(sys.argv[1])
