"""Faults of case files, and what may stop a case before its first line.

A `CaseError` is the author's and never a verdict; `Skip` and `Blocked` are verdicts that say
why a case could not be judged.
"""

from __future__ import annotations

from pathlib import Path


class CaseError(Exception):
    """A case file, catalogue or fixture that can not be loaded; says file and line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


class Skip(Exception):
    """The case does not apply to this server or target."""


class Blocked(Exception):
    """A precondition of the case failed: nothing is said about its requirement.

    `deviation` is what the server did otherwise, in the words of `deviation`, where that is known.
    """

    def __init__(self, reason: str, deviation: str = "") -> None:
        super().__init__(reason)
        self.deviation = deviation
