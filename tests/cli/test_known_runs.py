"""Known deviations and the exit code of a run: what is new counts, and what is gone if strict.

Played on pymap, which is known to break what FAILING is about.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from in_process import call

FAILING = "rfc3501/6.2.3-login/a-password-of-other-octets-is-wrong"


@dataclass(frozen=True)
class Ran:
    """Exit code, and what was printed."""

    code: int
    out: str
    error: str


def run(output: Path, *words: str) -> Ran:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "IMAP_"))}
    pymap = ("run", "--server", "pymap", "--quiet", "--output", output)
    ran = call(*pymap, *words, environ=environ)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def entry(case: str) -> str:
    return (
        f'[[deviation]]\ndeviation = "what {case} saw"\nrule = "3501-9-text"\n'
        f'verdict = "fail"\nreason = "issue 1"\ncases = ["{case}"]\n'
    )


@pytest.fixture(scope="module")
def a_case_that_passes(tmp_path_factory: pytest.TempPathFactory) -> str:
    output = tmp_path_factory.mktemp("passes")
    assert run(output, "rfc3501/6.1.2-noop").code in (0, 1)
    lines = (output / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return next(
        str(record["id"])
        for record in map(json.loads, lines)
        if record["type"] == "result" and record["verdict"] == "pass"
    )


def test_a_violation_counts_and_one_that_was_written_down_does_not(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    new = run(tmp_path / "new", FAILING, "--write-known", str(known))
    assert new.code == 1, new.out
    excused = run(tmp_path / "known", FAILING, "--known", str(known))
    assert excused.code == 0, excused.out
    assert "Nothing beyond 1 known violation" in excused.out
    strict = run(tmp_path / "strict", FAILING, "--known", str(known), "--strict-known")
    assert strict.code == 0, strict.out


def test_a_violation_beyond_the_known_ones_counts(tmp_path: Path, a_case_that_passes: str) -> None:
    known = tmp_path / "known.toml"
    known.write_text(entry(a_case_that_passes), encoding="utf-8")
    assert run(tmp_path / "run", FAILING, "--known", str(known)).code == 1


def test_a_known_one_that_is_gone_counts_in_a_strict_run_only(
    tmp_path: Path, a_case_that_passes: str
) -> None:
    known = tmp_path / "known.toml"
    known.write_text(entry(a_case_that_passes), encoding="utf-8")
    lenient = run(tmp_path / "lenient", a_case_that_passes, "--known", str(known))
    assert lenient.code == 0, lenient.out
    assert "Not met any more" in lenient.out
    strict = run(tmp_path / "strict", a_case_that_passes, "--known", str(known), "--strict-known")
    assert strict.code == 1, strict.out
    page = (tmp_path / "strict" / "summary.md").read_text(encoding="utf-8")
    assert f"`what {a_case_that_passes} saw`: not seen in" in page
    badge = json.loads((tmp_path / "strict" / "badge.json").read_text(encoding="utf-8"))
    assert badge["message"] == "known violations are gone"


def test_what_was_not_played_is_not_called_gone(tmp_path: Path, a_case_that_passes: str) -> None:
    known = tmp_path / "known.toml"
    known.write_text(entry(FAILING) + entry("rfc3501/6.2.3-login/another"), encoding="utf-8")
    words = ["--known", str(known), "--strict-known"]
    for more in ([a_case_that_passes], ["--level", "MAY", "rfc3501/7.1"]):
        ran = run(tmp_path / "run", *more, *words)
        assert "Not met any more" not in ran.out
