"""One seed generates the same sessions, octet for octet, in every process and however slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAID = Path(__file__).with_name("fuzz_said.py")
LATE = "0.02"


def said(phase: str, seed: int, late: str, hashes: str, file: Path) -> bytes:
    """Have a phase in a process of its own, in which sets have the order that `hashes` gives."""
    subprocess.run(
        [sys.executable, str(SAID), phase, str(seed), late, str(file)],
        env={**os.environ, "PYTHONHASHSEED": hashes},
        check=True,
        timeout=900,
    )
    return file.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["mutants", "programs", "content"])
def test_a_seed_says_the_same_on_a_slow_server_too(phase: str, tmp_path: Path) -> None:
    quick = said(phase, 5, "0", "1", tmp_path / "quick")
    slow = said(phase, 5, LATE, "2", tmp_path / "slow")
    assert len(quick) > 1000
    assert quick == slow
    assert said(phase, 6, "0", "1", tmp_path / "another") != quick
