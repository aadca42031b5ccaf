"""The shell, with lines from a pipe."""

from __future__ import annotations

import pytest
from shell_harness import Piping


@pytest.fixture
def piping(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Piping:
    """Runs the shell in this process."""
    return Piping(monkeypatch, capsys)
