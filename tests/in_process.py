"""The command line, called in this process: what a process of its own would do, without its start.

Starting one costs more than most tests do. What is about processes starts them all the same:
signals, pipes whose reader goes, terminals, the standard output itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from conformance.cli.main import main

_STARTED = Path.cwd()  # where pytest was: the checkout
_HANDLED = (signal.SIGINT, signal.SIGTERM)


def call(
    *words: object, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Call the tool with these words; nothing to read, and its own environment and folder.

    `environ` is all of the environment, ours if it is None. What a run writes by default would be
    where another test's is: a test that has not gone to a folder of its own, nor names one as
    `cwd`, gets an empty one. What is raised is printed on standard error as the interpreter does
    it, with exit code 1.
    """
    with (
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as error,
        tempfile.TemporaryDirectory() as empty,
    ):
        if cwd is None:
            cwd = Path(empty) if Path.cwd() == _STARTED else Path.cwd()
        with _surroundings(out, error, environ, cwd):
            try:
                code: object = main(list(map(str, words)))
            except SystemExit as ended:
                code = ended.code
            except Exception:
                traceback.print_exc()
                code = 1
            sys.stdout.flush()
            sys.stderr.flush()
        texts = [_whole(file) for file in (out, error)]
    return subprocess.CompletedProcess([*map(str, words)], int(str(code or 0)), *texts)


def _whole(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@contextlib.contextmanager
def _surroundings(
    out: IO[str], error: IO[str], environ: Mapping[str, str] | None, cwd: Path
) -> Iterator[None]:
    """Have streams, environment, folder and signal handlers as a new process, and ours after."""
    before = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in _HANDLED}
    with contextlib.ExitStack() as kept:
        kept.enter_context(contextlib.redirect_stdout(out))
        kept.enter_context(contextlib.redirect_stderr(error))
        stdin = kept.enter_context(Path(os.devnull).open(encoding="utf-8"))
        kept.callback(setattr, sys, "stdin", sys.stdin)
        sys.stdin = stdin
        kept.enter_context(contextlib.chdir(cwd))
        try:
            if environ is not None:
                os.environ.clear()
                os.environ.update(environ)
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
