"""What failed in one run is tried first in the next, whatever else a search has found since."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from conformance.fuzz.engine import Clock, Engine
from conformance.fuzz.failure import Failure
from conformance.fuzz.trial import Trial

LIMITS = (100, 1_000_000)
"""A number beyond one is a failure of its own."""


def failure(shape: str) -> Failure:
    return Failure("3501-2.2.1-tag", "too large", shape, "commands", (), "empty")


def search(folder: Path, number: int) -> tuple[set[str], list[int]]:
    """Search for what is too large; returns the shapes of what is found, and all that was tried."""
    trial = SimpleNamespace(tried=0, lab=SimpleNamespace(gone=""))
    engine = Engine(cast(Trial, trial), database=DirectoryBasedExampleDatabase(folder))
    tried: list[int] = []

    def play(drawn: int) -> Failure | None:
        trial.tried += 1
        tried.append(drawn)
        shapes = [f"beyond {limit}" for limit in LIMITS if drawn > limit]
        new = [shape for shape in shapes if shape not in engine.shapes]
        return failure(new[-1]) if new else None

    strategy = st.integers(min_value=0, max_value=1 << 40)
    engine.draw("numbers", strategy, play, examples=200, number=number, clock=Clock(60))
    return set(engine.shapes), tried


def test_examples_that_failed_are_tried_first_in_the_next_run(tmp_path: Path) -> None:
    first, _ = search(tmp_path, 1)
    assert first == {f"beyond {limit}" for limit in LIMITS}
    again, tried = search(tmp_path, 2)
    assert again == first
    assert set(tried[:2]) <= {LIMITS[0] + 1, LIMITS[1] + 1}


def test_nothing_is_reused_where_nothing_was_kept(tmp_path: Path) -> None:
    search(tmp_path / "one", 1)
    _, tried = search(tmp_path / "two", 2)
    assert LIMITS[0] + 1 not in tried[:2]
