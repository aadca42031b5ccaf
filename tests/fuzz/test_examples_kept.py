"""What failed in one run is tried first in the next, whatever else a search has found since.

So it is on another machine that has the same Redis.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import strategies as st
from hypothesis.database import ExampleDatabase

from conformance.fuzz.engine import Clock, Engine
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.failure import Failure
from conformance.fuzz.generation import Generation
from conformance.targets.process import free_ports

LIMITS = (100, 1_000_000)
"""A number beyond one is a failure of its own."""


def failure(shape: str) -> Failure:
    return Failure("3501-2.2.1-tag", "too large", shape, "commands", (), "empty")


def search(kept: ExampleDatabase, number: int) -> tuple[set[str], list[int]]:
    """Search for what is too large; returns the shapes of what is found, and all that was tried."""
    runner = SimpleNamespace(tried=0, environment=SimpleNamespace(gone=""))
    engine = Engine(cast(ExampleRunner, runner), database=kept)
    tried: list[int] = []

    def play(generated: int) -> Failure | None:
        runner.tried += 1
        tried.append(generated)
        shapes = [f"beyond {limit}" for limit in LIMITS if generated > limit]
        new = [shape for shape in shapes if shape not in engine.shapes]
        return failure(new[-1]) if new else None

    strategy = st.integers(min_value=0, max_value=1 << 40)
    engine.draw("numbers", strategy, play, examples=200, number=number, clock=Clock())
    return set(engine.shapes), tried


def in_folder(folder: Path) -> ExampleDatabase:
    return Generation().database(folder)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty Redis on loopback that keeps nothing; skipped where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and redis-server is missing", pytrace=False)
        pytest.skip("redis-server is not installed")
    port = free_ports()[0]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as started:
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            started.terminate()


def in_redis(url: str, folder: Path) -> ExampleDatabase:
    """Connect as a run does, as soon as the Redis answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return Generation(examples=url).database(folder)
        except ValueError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_examples_that_failed_are_tried_first_in_the_next_run(tmp_path: Path) -> None:
    first, _ = search(in_folder(tmp_path), 1)
    assert first == {f"beyond {limit}" for limit in LIMITS}
    again, tried = search(in_folder(tmp_path), 2)
    assert again == first
    assert set(tried[:2]) <= {LIMITS[0] + 1, LIMITS[1] + 1}


def test_nothing_is_reused_where_nothing_was_kept(tmp_path: Path) -> None:
    search(in_folder(tmp_path / "one"), 1)
    _, tried = search(in_folder(tmp_path / "two"), 2)
    assert LIMITS[0] + 1 not in tried[:2]


def test_machines_share_examples_through_a_redis(redis: str, tmp_path: Path) -> None:
    first, _ = search(in_redis(redis, tmp_path), 1)
    again, tried = search(in_redis(redis, tmp_path), 2)
    assert again == first
    assert set(tried[:2]) <= {LIMITS[0] + 1, LIMITS[1] + 1}
    assert not list(tmp_path.iterdir())
