"""A fault of the tool itself: exit code 3, one line, and with --traceback all that led there."""

from __future__ import annotations

import subprocess
import sys

import pytest
from in_process import call

from conformance.cli import explain as verbs


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a verb fail in a way that nobody has thought of."""

    def explain_all(*_args: object, **_more: object) -> None:
        raise KeyError("no such\nthing")

    monkeypatch.setattr(verbs, "explain_all", explain_all)


@pytest.mark.usefixtures("broken")
def test_it_is_one_line_and_never_the_exit_code_of_a_finding() -> None:
    ran = call("explain", "* 1 EXISTS")
    assert ran.returncode == 3
    (line,) = ran.stderr.splitlines()
    assert "a fault of the tool itself, not of the server: KeyError: 'no such\\nthing'" in line
    assert "(at cli/explain.py:" in line


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("words", [["--traceback", "explain"], ["explain", "--traceback"]])
def test_where_it_was_is_shown_if_one_asks(words: list[str]) -> None:
    ran = call(*words, "* 1 EXISTS")
    assert ran.returncode == 3
    assert "Traceback (most recent call last)" in ran.stderr
    assert "def explain_all" not in ran.stdout


def test_a_reader_that_has_had_enough_is_no_fault() -> None:
    tool = subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", "requirements", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert tool.stdout is not None
    assert tool.stderr is not None
    tool.stdout.read(10)
    tool.stdout.close()
    said = tool.stderr.read()
    tool.stderr.close()
    tool.wait(60)
    assert said == b""
