"""A case as it is written: the lines of its example, for people to read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from conformance.casefile.document import Case

_FENCE = "```"


def example_of(case: Case) -> tuple[str, ...]:
    """Return the lines of the dialogue below a case's heading; none of a program or a table.

    Raises:
        OSError: the file is not there any more.
    """
    lines = iter(case.path.read_text(encoding="utf-8").splitlines()[case.line :])
    below = itertools.takewhile(lambda line: not line.startswith("## "), lines)
    return tuple(_fenced(below))


def _fenced(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(f"{_FENCE}imap"):
            yield from itertools.takewhile(lambda each: not each.startswith(_FENCE), lines)
            return
