"""The verbs `fuzz`, `replay` and `grammar`: what they say, and what they refuse in one line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fuzz_flawed import tool

from conformance.results.reader import read
from conformance.syntax import grammar
from conformance.syntax.exercised import Exercised


def record(folder: Path, *lines: bytes) -> Path:
    exercised = Exercised(grammar.load())
    for line in lines:
        exercised.note("command", line)
    path = folder / f"{len(lines)}-grammar.json"
    path.write_text(json.dumps(exercised.to_json()))
    return path


def refused(*words: str, says: str, cwd: Path) -> None:
    code, out, error = tool(*words, cwd=cwd)
    assert code == 2, out + error
    assert says in error
    (line,) = error.splitlines()
    assert line.startswith("imap-conformance: ")


# -- grammar coverage ----------------------------------------------------------------------


def test_coverage_counts_alternatives_and_pairs(tmp_path: Path) -> None:
    path = record(tmp_path, b"a NOOP\r\n", b"a CHECK\r\n")
    code, out, error = tool("grammar", "coverage", str(path))
    assert (code, error) == (0, "")
    found = re.fullmatch(r"command +(\d+) of +(\d+) alternatives, +(\d+) of +(\d+) pairs\n", out)
    assert found
    alternatives, of, pairs, of_pairs = map(int, found.groups())
    assert 0 < alternatives < of < of_pairs
    assert 0 < pairs < of_pairs


def test_coverage_of_several_runs_is_put_together_and_can_be_read_by_machines(
    tmp_path: Path,
) -> None:
    one, two = record(tmp_path, b"a NOOP\r\n"), record(tmp_path, b"a CHECK\r\n", b"a CLOSE\r\n")

    def shares(*paths: Path) -> dict[str, Any]:
        code, out, error = tool("grammar", "coverage", *map(str, paths), "--json")
        assert (code, error) == (0, "")
        (share,) = json.loads(out)
        assert share["start"] == "command"
        assert share["alternatives"] - share["exercised"] == len(share["missing"])
        return dict(share)

    both = shares(one, two)
    assert both["exercised"] > shares(one)["exercised"]
    assert "command_select: CLOSE" in shares(one)["missing"]
    assert "command_select: CLOSE" not in both["missing"]


def test_what_is_missing_is_listed(tmp_path: Path) -> None:
    code, out, _ = tool("grammar", "coverage", str(record(tmp_path, b"a NOOP\r\n")), "--missing")
    assert code == 0
    assert "    command_any: LOGOUT\n" in out
    assert "command_any: NOOP\n" not in out


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "{}", '{"modules": ["nosuch"]}', '{"modules": 1}',
             '{"modules": ["rfc3501"], "starts": {"command": {"alternatives": [9999]}}}'],
)  # fmt: skip
def test_a_bad_record_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    refused("grammar", "coverage", str(path), says="no record of grammar coverage", cwd=tmp_path)


def test_a_record_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused("grammar", "coverage", says="No such file", cwd=tmp_path)
    refused("grammar", "coverage", str(tmp_path), says="Is a directory", cwd=tmp_path)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    refused("grammar", "coverage", str(binary), says="no record", cwd=tmp_path)


# -- what is refused -----------------------------------------------------------------------

PYMAP = ("--server", "pymap")
REFUSED = [
    (("fuzz", *PYMAP, "--profile", "slow"), "slow"),
    (("fuzz", *PYMAP, "--seed", "x"), "--seed"),
    (("fuzz", *PYMAP, "--budget", "0"), "--budget"),
    (("fuzz", *PYMAP, "--budget", "-3"), "--budget"),
    (("fuzz", *PYMAP, "--examples", "redis://127.0.0.1:1"), "redis://127.0.0.1:1"),
    (("fuzz", *PYMAP, "--examples", "http://127.0.0.1/"), "http://127.0.0.1/"),
    (("fuzz",), "imap://"),
    (("replay", "nosuch.md", *PYMAP), "nosuch.md: there is no such file"),
    (("run", *PYMAP, "fuzz/nosuch"), "no drawn sessions are called fuzz/nosuch"),
]


@pytest.mark.parametrize(("words", "says"), REFUSED, ids=[" ".join(r[0]) for r in REFUSED])
def test_a_bad_option_is_refused(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    refused(*words, says=says, cwd=tmp_path)


# -- what a run has ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "phases"),
    [
        ((), 4),
        (("--profile", "none"), 0),
        (("rfc3501/6.1.2",), 0),
        (("fuzz/content",), 1),
        (("rfc3501/6.1.2", "--profile", "quick"), 4),
    ],
)
def test_a_run_draws_unless_it_is_told_what_to_play(
    words: tuple[str, ...], phases: int, tmp_path: Path
) -> None:
    code, out, error = tool("run", *PYMAP, "--list", *words, cwd=tmp_path)
    assert code == 0, out + error
    assert len(set(re.findall(r"fuzz/(?:commands|mutants|programs|content)", out))) == phases


@pytest.mark.slow
def test_fuzz_has_every_phase_and_writes_what_it_has_exercised(tmp_path: Path) -> None:
    code, out, error = tool("fuzz", *PYMAP, "--budget", "4", "--seed", "5", cwd=tmp_path)
    assert code in (0, 1), out + error
    output = tmp_path / "imap-conformance-report"
    results = read(output / "results.jsonl")
    assert results.run is not None
    assert results.run.seed == 5
    drawn = {result.id for result in results.results if result.kind == "fuzz"}
    assert drawn == {f"fuzz/{phase}" for phase in ("commands", "mutants", "programs", "content")}
    assert all("tried" in r.reason for r in results.results if r.kind == "fuzz")
    code, out, _ = tool("grammar", "coverage", cwd=tmp_path)
    assert code == 0
    assert out.startswith("command ")


def test_replay_shows_what_was_said(tmp_path: Path) -> None:
    case = Path("cases/rfc3501/6.1.2-noop.md").resolve()
    code, out, error = tool("replay", str(case), *PYMAP, cwd=tmp_path)
    assert code == 0, out + error
    assert re.search(r"^main C: a1 NOOP$", out, re.MULTILINE)
    assert re.search(r"^main S: a1 OK", out, re.MULTILINE)
