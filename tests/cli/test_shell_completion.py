"""Completion, asked as a shell asks: by the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_bad_input import tool

from conformance.cli.completion import SHELLS


def completed(line: str, tmp_path: Path) -> list[str]:
    """Return what may come next on a command line."""
    answer = tmp_path / "answer"
    environment = os.environ | {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run(
        [sys.executable, "-m", "conformance.cli"], env=environment, check=True, timeout=60
    )
    return answer.read_text().splitlines()


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("imap-conformance ex", ["explain "]),
        ("imap-conformance run --ser", ["--server "]),
        ("imap-conformance run --server py", ["pymap "]),
        ("imap-conformance run --profile qu", ["quick "]),
        ("imap-conformance run --server pymap rfc3501/6.1.2", ["rfc3501/6.1.2-noop "]),
    ],
)
def test_what_may_come_next(line: str, among: list[str], tmp_path: Path) -> None:
    assert completed(line, tmp_path) == among


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_what_it_can_read(shell: str, tmp_path: Path) -> None:
    code, out, _ = tool("completion", shell)
    assert code == 0
    assert "imap-conformance" in out
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(out)
        subprocess.run([shell, "-n", str(script)], check=True, timeout=30)
