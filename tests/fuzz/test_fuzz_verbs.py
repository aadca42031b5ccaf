"""The verbs `fuzz`, `replay` and `grammar`: what they say, and what they refuse in one line."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fuzz_flawed import tool

from conformance.cli.main import main
from conformance.fuzz.generation import Generation
from conformance.fuzz.profiles import PHASES
from conformance.results.reader import read
from conformance.run.generated import phases_of, split
from conformance.syntax import grammar
from conformance.syntax.exercised import Exercised

Said = Callable[..., tuple[int, str, str]]
CASES = Path(__file__).parents[2] / "cases"


def record(folder: Path, *lines: bytes) -> Path:
    exercised = Exercised(grammar.load())
    for line in lines:
        exercised.note("command", line)
    path = folder / f"{len(lines)}-grammar.json"
    path.write_text(json.dumps([exercised.to_json()]))
    return path


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest keeps its own


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the tool in this process: quick, for what needs no server."""

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = main(words)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        return code, *capsys.readouterr()

    return run


def refused(said: Said, *words: str, says: str) -> None:
    code, out, error = said(*words)
    assert code == 2, out + error
    line = error.splitlines()[-1]  # behind the usage, where a word is wrong
    assert says in line
    assert line.startswith("imap-conformance")


# -- grammar coverage ----------------------------------------------------------------------


def test_coverage_counts_alternatives_and_pairs(said: Said, tmp_path: Path) -> None:
    path = record(tmp_path, b"a NOOP\r\n", b"a CHECK\r\n")
    code, out, error = said("grammar", "coverage", str(path))
    assert (code, error) == (0, "")
    found = re.fullmatch(r"command +(\d+) of +(\d+) alternatives, +(\d+) of +(\d+) pairs\n", out)
    assert found
    alternatives, of, pairs, of_pairs = map(int, found.groups())
    assert 0 < alternatives < of < of_pairs
    assert 0 < pairs < of_pairs


def test_coverage_of_several_runs_is_put_together_and_can_be_read_by_machines(
    said: Said, tmp_path: Path
) -> None:
    one, two = record(tmp_path, b"a NOOP\r\n"), record(tmp_path, b"a CHECK\r\n", b"a CLOSE\r\n")

    def shares(*paths: Path) -> dict[str, Any]:
        code, out, error = said("grammar", "coverage", *map(str, paths), "--json")
        assert (code, error) == (0, "")
        (share,) = json.loads(out)
        assert share["start"] == "command"
        assert share["alternatives"] - share["exercised"] == len(share["missing"])
        return dict(share)

    both = shares(one, two)
    assert both["exercised"] > shares(one)["exercised"]
    assert "command_select: CLOSE" in shares(one)["missing"]
    assert "command_select: CLOSE" not in both["missing"]


def test_coverage_of_two_revisions_is_told_apart(said: Said, tmp_path: Path) -> None:
    records = []
    for grammar_ in (grammar.load(), grammar.load(["IMAP4rev2"], ["IMAP4rev2"])):
        exercised = Exercised(grammar_)
        exercised.note("command", b"a NOOP\r\n")
        records.append(exercised.to_json())
    path = tmp_path / "grammar.json"
    path.write_text(json.dumps(records))
    code, out, error = said("grammar", "coverage", str(path), str(path))
    assert (code, error) == (0, "")
    assert (
        re.findall(r"^(grammar of \S+|command )", out, re.MULTILINE)
        == [
            "grammar of rfc3501",
            "command ",
        ]
        * 2
    )
    assert "rfc9051" in out


def test_what_is_missing_is_listed(said: Said, tmp_path: Path) -> None:
    code, out, _ = said("grammar", "coverage", str(record(tmp_path, b"a NOOP\r\n")), "--missing")
    assert code == 0
    assert "    command_any: LOGOUT\n" in out
    assert "command_any: NOOP\n" not in out


@pytest.mark.parametrize(
    "text", ["", "{", "[3]", '"x"', "{}", '[{"modules": ["nosuch"]}]', '[{"modules": 1}]',
             '[{"modules": ["rfc3501"], "starts": {"command": {"alternatives": [9999]}}}]'],
)  # fmt: skip
def test_a_bad_record_is_refused(text: str, said: Said, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    refused(said, "grammar", "coverage", str(path), says="no record of grammar coverage")


def test_a_record_that_is_not_there_is_refused(said: Said, tmp_path: Path) -> None:
    refused(said, "grammar", "coverage", says="No such file")
    refused(said, "grammar", "coverage", str(tmp_path), says="Is a directory")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    refused(said, "grammar", "coverage", str(binary), says="no record")


# -- what is refused -----------------------------------------------------------------------

PYMAP = ("--server", "pymap")
REFUSED = [
    (("fuzz", *PYMAP, "--profile", "slow"), "one of quick, thorough, soak, none"),
    (("fuzz", *PYMAP, "--seed", "x"), "--seed"),
    (("fuzz", *PYMAP, "--budget", "0"), "--budget"),
    (("fuzz", *PYMAP, "--budget", "-3"), "--budget"),
    (("fuzz", *PYMAP, "--examples", "redis://127.0.0.1:1"), "redis://127.0.0.1:1"),
    (("fuzz", *PYMAP, "--examples", "http://127.0.0.1/"), "http://127.0.0.1/"),
    (("fuzz",), "imap://"),
    (("replay", "nosuch.md", *PYMAP), "nosuch.md: there is no such file"),
]


@pytest.mark.parametrize(("words", "says"), REFUSED, ids=[" ".join(r[0]) for r in REFUSED])
def test_a_bad_option_is_refused(words: tuple[str, ...], says: str, said: Said) -> None:
    refused(said, *words, says=says)


def test_the_password_of_a_redis_is_not_shown(said: Said) -> None:
    code, out, error = said("fuzz", *PYMAP, "--examples", "redis://:Zq9secret@127.0.0.1:1")
    assert code == 2
    assert "redis://:[hidden]@127.0.0.1:1" in error
    assert "Zq9secret" not in out + error


# -- what a run has ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "asked", "selecting", "phases"),
    [
        ("", (), False, PHASES),
        ("none", (), False, ()),
        ("", (), True, ()),
        ("quick", (), True, PHASES),
        ("", ("fuzz/content",), True, ("content",)),
        ("", ("fuzz",), True, PHASES),
        ("none", ("fuzz",), True, ()),
        ("", ("fuzz/nosuch",), True, ()),
    ],
)
def test_a_run_draws_unless_it_is_told_what_to_play(
    profile: str, asked: tuple[str, ...], selecting: bool, phases: tuple[str, ...]
) -> None:
    assert phases_of(Generation(profile), asked, selecting=selecting) == phases


def test_words_for_generated_sessions_are_told_from_cases() -> None:
    words = ("rfc3501/6.1.2", "fuzz", "fuzz/content", "fuzzy")
    assert split(words) == (("rfc3501/6.1.2", "fuzzy"), ("fuzz", "fuzz/content"))


@pytest.mark.slow
def test_fuzz_has_every_phase_and_writes_what_it_has_exercised(tmp_path: Path) -> None:
    code, out, error = tool("fuzz", *PYMAP, "--budget", "4", "--seed", "5", cwd=tmp_path)
    assert code in (0, 1), out + error
    output = tmp_path / "imap-conformance-report"
    results = read(output / "results.jsonl")
    assert results.run is not None
    assert results.run.seed == 5
    generated = {result.id for result in results.results if result.kind == "fuzz"}
    assert generated == {
        f"fuzz/{phase}" for phase in ("commands", "mutants", "programs", "content")
    }
    assert all("tried" in r.reason for r in results.results if r.kind == "fuzz")
    code, out, _ = tool("grammar", "coverage", cwd=tmp_path)
    assert code == 0
    assert out.startswith("command ")


@pytest.mark.slow
def test_replay_shows_what_was_said(tmp_path: Path) -> None:
    case = CASES / "rfc3501" / "6.1.2-noop.md"
    known = ["--known", str(CASES.parent / "reports" / "pymap-0.36.7" / "known.toml")]
    code, out, error = tool("replay", str(case), *PYMAP, *known, cwd=tmp_path)
    assert code == 0, out + error
    assert re.search(r"^main C: a1 NOOP$", out, re.MULTILINE)
    assert re.search(r"^main S: a1 OK", out, re.MULTILINE)
