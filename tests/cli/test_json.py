"""`run --json`: the record on standard output as it comes, everything else on standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.results.reader import read

PART = "rfc3501/6.1.1"


def words(output: Path, *more: str) -> list[str]:
    run = ["run", "--server", "pymap", "--json", "--output", str(output), PART, *more]
    return [sys.executable, "-m", "conformance.cli", *run]


@pytest.mark.parametrize("more", [[], ["--quiet"], ["-n", "2"]])
def test_standard_output_is_the_record_and_nothing_else(more: list[str], tmp_path: Path) -> None:
    ran = subprocess.run(words(tmp_path, *more), capture_output=True, timeout=120, check=False)
    assert ran.stdout == (tmp_path / "results.jsonl").read_bytes()
    assert read(tmp_path / "results.jsonl").end is not None
    said = ran.stderr.decode()
    assert "Summary" in said
    assert ("RFC 3501 6.1.1" in said.partition("Summary")[0]) or "--quiet" in more
    assert "Traceback" not in said


def test_records_come_while_the_run_goes_on(tmp_path: Path) -> None:
    with subprocess.Popen(
        words(tmp_path, "--delay", "0.05"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        kinds = [json.loads(running.stdout.readline())["type"] for _ in range(3)]
        assert running.poll() is None
        assert kinds == ["run", "result", "result"]
        running.stdout.read()


def test_a_reader_that_goes_away_ends_no_run(tmp_path: Path) -> None:
    with subprocess.Popen(
        words(tmp_path, "--quiet"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read().decode()
        assert running.wait(120) in (0, 1)
    assert "Summary" in said
    assert "Error" not in said
    assert read(tmp_path / "results.jsonl").end is not None


@pytest.mark.parametrize(
    ("redirected", "said"), [(">&-", "needs a standard output"), (">/dev/full", "No space left")]
)
def test_an_output_that_takes_nothing_is_one_line_of_error(
    redirected: str, said: str, tmp_path: Path
) -> None:
    ran = subprocess.run(
        ["sh", "-c", f'"$@" {redirected}', "sh", *words(tmp_path, "--quiet")],  # noqa: S607  # any shell
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("imap-conformance: ")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
