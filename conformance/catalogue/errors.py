"""Faults of case files, which are their author's and never a verdict."""

from __future__ import annotations

from pathlib import Path


class CaseError(Exception):
    """A case file, catalogue or fixture that can not be loaded; says file and line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message
