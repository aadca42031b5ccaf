"""Programs with bounds: what they used is measured, and what does not end is ended."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from conformance.selfcheck.bounded import run_bounded


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_what_a_program_says_takes_and_writes(tmp_path: Path) -> None:
    text = "import sys; print(sys.stdin.read()); open('here', 'wb').write(bytes(9000)); sys.exit(3)"
    words = ["env", f"--chdir={tmp_path}", *python(text)]
    ran = run_bounded(words, tmp_path, seconds=60, text="typed")
    assert (ran.code, ran.output.strip(), ran.late, ran.left) == (3, "typed", False, False)
    assert 9000 < ran.files < 10_000


def test_memory_is_that_of_the_program_and_not_of_ours(tmp_path: Path) -> None:
    ours = bytearray(200 << 20)
    small = run_bounded(python("import time; time.sleep(0.3)"), tmp_path / "small", seconds=60)
    text = "import time; x = b'x' * (100 << 20); time.sleep(0.5)"
    large = run_bounded(python(text), tmp_path / "large", seconds=60)
    assert 0 < small.memory < 60 << 20 < 100 << 20 <= large.memory < 160 << 20
    assert ours


def test_a_program_that_does_not_end_is_ended(tmp_path: Path) -> None:
    ran = run_bounded(python("import time; time.sleep(100)"), tmp_path, seconds=0.5)
    assert ran.late
    assert ran.code == -9


def test_what_a_program_leaves_behind_is_told_and_ended(tmp_path: Path) -> None:
    text = (
        "import subprocess, sys; child = subprocess.Popen(['sleep', '100']);"
        "print(child.pid, flush=True)"
    )
    ran = run_bounded(python(text), tmp_path, seconds=60)
    assert ran.left
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(int(ran.output), 0)
        except ProcessLookupError:
            return
        if "zombie" in Path(f"/proc/{int(ran.output)}/status").read_text():
            return
        time.sleep(0.01)
    pytest.fail("it is still there")


def test_all_are_ended_when_nobody_wants_to_know_any_more(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    ran = run_bounded(python("import time; time.sleep(100)"), tmp_path, seconds=600, stop=stop)
    assert ran.late
