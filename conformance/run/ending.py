"""How a program of ours ends before its time: on a signal, or when the time for a run is over.

It is interrupted then, which has it clean up behind itself; but whatever it is busy with, and
however long a server keeps it waiting, it has ended a bounded time later.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from types import FrameType
from typing import Final, NoReturn

WITHIN: Final = 4.5
"""Seconds from SIGTERM to the end of the process."""
CLEANING: Final = 30.0
"""Seconds for cleaning up when the time for a run is over."""
_INTERRUPTED = 2  # the exit code


class Interruption:
    """That somebody has had enough; it stays known where the exception that says so is lost.

    The interpreter drops what is raised in a destructor or a weak reference's callback, and code
    that was left in the middle may fail in some way of its own afterwards.
    """

    def __init__(self) -> None:
        self.came = False

    def come(self) -> NoReturn:
        """Interrupt what goes on."""
        self.came = True
        raise KeyboardInterrupt

    def come_again(self) -> None:
        """Interrupt what goes on, if that was asked for before."""
        if self.came:
            raise KeyboardInterrupt


INTERRUPTION: Final = Interruption()
"""Of this process."""


def end_on_signals() -> None:
    """Have SIGTERM and Ctrl-C interrupt what goes on; SIGTERM ends it in any case."""
    INTERRUPTION.came = False
    signal.signal(signal.SIGTERM, _terminated)
    # A shell starts what runs in the background with Ctrl-C ignored: it is to end us all the same.
    signal.signal(signal.SIGINT, _interrupted)


class Limit:
    """The time that a run may take; in the main thread only, and None for no limit."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.over = False
        """Whether it was over before the run was."""
        self._end: threading.Timer | None = None

    def begin(self) -> None:
        """Interrupt what goes on when the time is over."""
        if self.seconds is not None:
            signal.signal(signal.SIGALRM, self._alarm)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def end(self) -> None:
        """Let it be: the run is over."""
        if self.seconds is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self._end is not None:
            self._end.cancel()

    def _alarm(self, _signal: int, _frame: FrameType | None) -> None:
        self.over = True
        self._end = _end_within(CLEANING)
        INTERRUPTION.come()


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    INTERRUPTION.come()


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    _end_within(WITHIN)
    INTERRUPTION.come()


def _end_within(seconds: float) -> threading.Timer:
    """End the process after so many seconds, with what it started: guards see to its servers."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()
    return timer


def _end() -> None:
    with contextlib.suppress(OSError, ValueError):
        stream = sys.__stderr__ or sys.stderr
        stream.write(
            "imap-conformance: interrupted; there was no time to clean up, which the next run does,"
            " or `imap-conformance clean`\n"
        )
        stream.flush()
    os._exit(_INTERRUPTED)
