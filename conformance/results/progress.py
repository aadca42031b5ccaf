"""What a terminal shows while a run goes on.

On a terminal one live line (section, bar, done of total, violations), elsewhere one line
a section with a sign for each result. The summary at the end is in `terminal`.
"""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.text import Text

from conformance.results.records import Result, Verdict
from conformance.results.text import visible

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


class Progress(Protocol):
    """Told of each case; `stop` has to be called, or the object used in a `with`."""

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""

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


def progress(console: Console, total: int) -> Progress:
    """Return what fits `console`, for a run of `total` cases."""
    return LiveProgress(console, total) if console.is_terminal else PlainProgress(console, total)


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


class LiveProgress(_Stopping):
    """One line, redrawn; it is gone when the run is over."""

    def __init__(self, console: Console, total: int) -> None:
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[violations]} violations", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("".ljust(_LABEL), total=total, violations=0)
        self._bar.start()

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""
        self._bar.update(self._task, description=_label(rfc, section))

    def done(self, result: Result, violations: int) -> None:  # noqa: ARG002 - one line, no signs
        """Say what a case came to, and how many distinct violations there are so far."""
        self._bar.update(self._task, advance=1, violations=violations)

    def stop(self) -> None:
        """Take the line away."""
        self._bar.stop()


class PlainProgress(_Stopping):
    """A line for each section, a sign for each result: fit for a log."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._section = ""
        self._column = 0
        self._write(f"{total} cases\n{LEGEND}\n")

    def begin(self, rfc: str, section: str) -> None:
        """Say that a case of this section begins."""
        label = _label(rfc, section)
        if label != self._section:
            self.stop()
            self._section = label
            self._write(label)
            self._column = len(label)

    def done(self, result: Result, violations: int) -> None:  # noqa: ARG002 - the signs say it
        """Say what a case came to, and how many distinct violations there are so far."""
        if self._column >= self._console.width:
            self._write("\n" + " " * _LABEL)
            self._column = _LABEL
        sign = KNOWN_SIGN if result.excused else SIGNS[result.verdict]
        style = "" if result.excused else STYLES.get(result.verdict, "")
        self._write(sign, style)
        self._column += 1

    def stop(self) -> None:
        """End the line."""
        if self._column:
            self._write("\n")
            self._column = 0

    def _write(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style), end="", soft_wrap=True)
        self._console.file.flush()


def _label(rfc: str, section: str) -> str:
    return visible(f"RFC {rfc} {section}")[: _LABEL - 1].ljust(_LABEL)
