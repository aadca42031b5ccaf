"""The verb: arguments, files and stdin in; text, JSON or a drawing out; exit codes."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path

import pytest

from conformance.cli import explain as verbs
from conformance.cli.main import main
from conformance.explain.source import MOST


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw))
    return raw


def give(stdin: io.BytesIO, octets: bytes) -> None:
    stdin.write(octets)
    stdin.seek(0)


def test_a_line_as_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "* 3 EXISTS"]) == 0
    assert "EXISTS: how many messages the mailbox holds now" in capsys.readouterr().out


def test_several_lines_as_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a1 NOOP", "a1 OK done"]) == 0
    out = capsys.readouterr().out
    assert "C: a1 NOOP" in out
    assert "S: a1 OK done" in out


def test_a_line_that_breaks_the_grammar_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "* 3 EXIST"]) == 1
    assert "^" in capsys.readouterr().out


def test_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "session.txt"
    file.write_bytes(b"C: a1 NOOP\nS: a1 OK\n")
    assert main(["explain", str(file)]) == 1
    assert "S: a1 OK\n        ^" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["-"]])
def test_stdin(words: list[str], stdin: io.BytesIO, capsys: pytest.CaptureFixture[str]) -> None:
    give(stdin, b"* 1 FETCH (BODY[] {4}\nhi\n)\n")
    assert main(["explain", *words]) == 0
    assert "{4}\\r\\nhi" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--json", "a1 IDLE", "--capability", "idle"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert said["conforms"]


def test_a_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--side", "server", "a1 NOOP"]) == 1
    assert "S: a1 NOOP" in capsys.readouterr().out


def test_a_drawing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "fetch.html"
    assert main(["explain", "--railroad", "fetch", "-o", str(page)]) == 0
    assert "The rule fetch" in page.read_text(encoding="utf-8")
    assert main(["explain", "--railroad"]) == 0
    assert "The rules of the grammar" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--capability", "FROB", "a1 NOOP"],
            "no grammar for the capability 'FROB': there is ACL",
        ),
        (["--railroad", "ftch"], "no rule of the grammar is called 'ftch': fetch"),
        (["--railroad", "fetch", "-o", "/nonexistent/x.html"], "/nonexistent/x.html: No such"),
        (["--railroad", "fetch", "a1 NOOP"], "it takes no lines"),
        (["-o", "x.html", "a1 NOOP"], "-o is for --railroad"),
    ],
)
def test_bad_input(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_nothing_to_explain(stdin: io.BytesIO, capsys: pytest.CaptureFixture[str]) -> None:
    give(stdin, b"")
    assert main(["explain"]) == 2
    assert "nothing to explain" in capsys.readouterr().err


def test_too_much_input(stdin: io.BytesIO, capsys: pytest.CaptureFixture[str]) -> None:
    give(stdin, b"x" * (MOST + 1))
    assert main(["explain"]) == 2
    assert "too large" in capsys.readouterr().err


def test_odd_words_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a1 NOOP\0"]) == 1
    assert main(["explain", "* OK " + "x" * 10_000]) == 0
    assert main(["explain", "* OK \udc80"]) == 1
    assert "\\x80" in capsys.readouterr().out


def test_the_examples_of_the_help_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("session.txt").write_text("C: a1 NOOP\nS: a1 OK done\n")
    codes = []
    for line in verbs._EXAMPLES.splitlines():
        if "imap-conformance" in line and "--web" not in line:  # which serves until it is ended
            command = re.split(r"  +", line.strip())[0]
            codes.append(main(shlex.split(command)[1:]))
    assert codes == [0, 1, 0, 0, 0, 0, 0, 0]
    assert capsys.readouterr().err == ""
