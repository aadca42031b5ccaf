"""What a terminal shows while a run goes on.

On a terminal a live line (section, bar, done of total, cases a second, violations, time that is
left) and the slowest case below it; elsewhere one line a section with a sign for each result, and
now and then a line with the time that is left. Where several processes play, a section's line is
written when it is over: their results come mixed. The summary at the end is in `terminal`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Column
from rich.text import Text

from conformance.extending.documents import label_of
from conformance.results.records import Result, Verdict
from conformance.results.text import counted, visible

SIGNS = {
    Verdict.PASS: ".",
    Verdict.FAIL: "F",
    Verdict.WARN: "w",
    Verdict.YES: "y",
    Verdict.NO: "n",
    Verdict.SKIP: "s",
    Verdict.BLOCKED: "b",
    Verdict.ERROR: "E",
}
KNOWN_SIGN = "k"
"""Stands for any verdict that the known-deviations file lists."""

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.WARN: "yellow",
    Verdict.BLOCKED: "magenta",
    Verdict.ERROR: "bold magenta",
}

LEGEND = "  ".join([*(f"{sign} {v.value}" for v, sign in SIGNS.items()), f"{KNOWN_SIGN} known"])

_LABEL = 18
_OPEN = 12
"""Sections that several processes may be in at the same time."""
_EARLY = 10
"""Results before which nobody can say how long it will take."""
_OFTEN = 10.0
"""Seconds between two lines of a log that say how far something has come."""
_SLOW = 1.0
"""Seconds from which on a case is worth naming as the slowest."""


class Progress(Protocol):
    """Told of each case; `stop` has to be called, or the object used in a `with`."""

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""

    def note(self, text: str) -> None:
        """Say how far something has come that takes its time."""

    def done(self, result: Result, violations: int) -> None:
        """Say what a case came to, and how many distinct violations there are so far."""

    def stop(self) -> None:
        """Leave the terminal as it was."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def progress(console: Console, total: int, *, mixed: bool = False) -> Progress:
    """Return what fits `console`, for a run of `total` cases; `mixed`: several processes play."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveProgress(console, total)
    return MixedProgress(console, total) if mixed else PlainProgress(console, total)


class _Stopping:
    def stop(self) -> None:
        """Leave the terminal as it was."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Slowest:
    """Remembers the case that took the longest."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.id = ""

    def note(self, result: Result) -> None:
        if result.duration > self.seconds:
            self.seconds, self.id = result.duration, result.id

    def __str__(self) -> str:
        return f"slowest {self.seconds:.1f} s  {self.id}" if self.seconds >= _SLOW else ""


class _Bar(Bar):
    """The live line, and below it a line of text that is cut where the screen ends."""

    below = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self.below:
            yield Text(visible(self.below), style="dim", no_wrap=True, overflow="crop")


def _cropped() -> Column:
    """Return a column that is cut where there is no room: an ellipsis is not in every encoding."""
    return Column(no_wrap=True, overflow="crop")


class LiveProgress(_Stopping):
    """Two lines, redrawn; they are gone when the run is over. `clock` returns seconds."""

    def __init__(
        self, console: Console, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._bar = _Bar(
            TextColumn("{task.description}", markup=False, table_column=_cropped()),
            BarColumn(bar_width=None, table_column=Column(ratio=1)),  # what is left over
            MofNCompleteColumn(table_column=_cropped()),
            TextColumn("{task.fields[rate]}", markup=False, table_column=_cropped()),
            TextColumn("{task.fields[violations]}", markup=False, table_column=_cropped()),
            TimeElapsedColumn(table_column=_cropped()),
            console=console,
            transient=True,
            expand=True,
            get_time=clock,
        )
        self._clock, self._began = clock, clock()
        self._done, self._total = 0, total
        self._slowest = _Slowest()
        self._task = self._bar.add_task("".ljust(_LABEL), total=total, violations="", rate="")
        self._bar.start()

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""
        self._bar.update(self._task, description=_label(rfc, section))

    def note(self, text: str) -> None:
        """Say how far something has come that takes its time."""
        self._bar.below = text

    def done(self, result: Result, violations: int) -> None:
        """Say what a case came to, and how many distinct violations there are so far."""
        self._done += 1
        self._slowest.note(result)
        self._bar.below = str(self._slowest)
        seconds = self._clock() - self._began
        rate = _rate(self._done, seconds)
        left = time_left(self._done, self._total, seconds)
        count = counted(violations, "violation")
        told = f"{rate} {left}".rstrip()
        self._bar.update(self._task, advance=1, violations=count, rate=told)

    def stop(self) -> None:
        """Take the lines away."""
        self._bar.stop()


def _rate(done: int, seconds: float) -> str:
    """Return how many cases a second, with a digit behind the point where they are few."""
    rate = done / max(seconds, 0.001)
    return f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s"


def time_left(done: int, total: int, seconds: float) -> str:
    """Return about how long the rest will take, at the pace so far; "" while nobody can say."""
    if done < _EARLY or done >= total:
        return ""
    left = seconds / done * (total - done)
    return f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"


class PlainProgress(_Stopping):
    """A line for each section, a sign for each result: fit for a log.

    Now and then a line says how far all of it has come, and how long it will take. `clock` returns
    seconds.
    """

    def __init__(
        self, console: Console, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._section = ""
        self._column = 0
        self._slowest = _Slowest()
        self._clock, self._began, self._told = clock, clock(), clock()
        self._noted = 0.0
        self._done, self._total = 0, total
        self._write(f"{total} cases\n{LEGEND}\n")

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""
        label = _label(rfc, section)
        if label != self._section:
            self._end_line()
            self._section = label
            self._write(label)
            self._column = len(label)

    def note(self, text: str) -> None:
        """Say how far something has come that takes its time, not too often."""
        now = self._clock()
        if now - self._noted >= _OFTEN:
            self._noted = now
            self._end_line()
            self._write(f"{visible(text)}\n")

    def done(self, result: Result, violations: int) -> None:
        """Say what a case came to, and how many distinct violations there are so far."""
        self._slowest.note(result)
        self._sign(result)
        self._tell_all(violations)

    def _tell_all(self, violations: int) -> None:
        """Say how far all of it has come, not too often."""
        self._done += 1
        now = self._clock()
        if now - self._told < _OFTEN:
            return
        self._told = now
        left = time_left(self._done, self._total, now - self._began)
        count = counted(violations, "violation")
        words = (f"{self._done} of {self._total}", count, left)
        self._end_line()
        self._section = ""  # whatever comes now is on a line that names its section
        self._write(f"{', '.join(filter(None, words))}\n")

    def stop(self) -> None:
        """End the line, and name the slowest case."""
        self._end_line()
        if slowest := str(self._slowest):
            self._write(f"{visible(slowest)}\n")
            self._slowest = _Slowest()

    def _sign(self, result: Result) -> None:
        """Write the sign of a result, on a new line where this one is full."""
        if self._column >= self._console.width:
            self._write("\n" + " " * _LABEL)
            self._column = _LABEL
        sign = KNOWN_SIGN if result.excused else SIGNS[result.verdict]
        style = "" if result.excused else STYLES.get(result.verdict, "")
        self._write(sign, style)
        self._column += 1

    def _end_line(self) -> None:
        if self._column:
            self._write("\n")
            self._column = 0

    def _write(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style), end="", soft_wrap=True)
        self._console.file.flush()


class MixedProgress(PlainProgress):
    """The same, where results of several sections come mixed: a line when a section is over.

    That is when nothing was heard of it for longest, and more sections than processes have begun.
    """

    def __init__(
        self, console: Console, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(console, total, clock)
        self._open: dict[str, list[Result]] = {}

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""
        self._section = _label(rfc, section)

    def done(self, result: Result, violations: int) -> None:
        """Keep what a case came to until its section is over."""
        self._slowest.note(result)
        self._open[self._section] = [*self._open.pop(self._section, []), result]
        if len(self._open) > _OPEN:
            self._write_section(next(iter(self._open)))
        self._tell_all(violations)

    def stop(self) -> None:
        """Write the sections that are left, and name the slowest case."""
        for section in list(self._open):
            self._write_section(section)
        super().stop()

    def _write_section(self, section: str) -> None:
        self._write(section)
        self._column = len(section)
        for result in self._open.pop(section):
            self._sign(result)
        self._end_line()


def _label(rfc: str, section: str) -> str:
    place = f"{label_of(rfc)} {section}" if rfc else section  # generated sessions are in no RFC
    return visible(place)[: _LABEL - 1].ljust(_LABEL)
