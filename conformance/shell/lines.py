"""Where lines come from: a pipe, here, or an editor on a terminal (`editor`)."""

from __future__ import annotations

from typing import IO, Protocol

LONGEST = 1 << 20
"""Characters of a line from a pipe."""


class Anew(Exception):
    """Ctrl-C was pressed: what is being typed, or waited for, is given up."""


class LineSource(Protocol):
    """Gives lines, one at a time."""

    def __call__(self, prompt: str, *, secret: bool = False) -> str | None:
        """Return the next line without its end; None when there are no more."""


class Piped:
    """Lines from a pipe or a file, without prompts."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __call__(self, prompt: str, *, secret: bool = False) -> str | None:  # noqa: ARG002  # nobody looks
        """Return the next line."""
        line = self._file.readline(LONGEST)
        return line.rstrip("\r\n") if line else None
