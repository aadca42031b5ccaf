"""Which cases a run plays, and that it tells what it leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_bad_input import refused, tool

from conformance.casefile.document import Case
from conformance.casefile.suite import Suite, load_all
from conformance.run.selection import CaseSelection

LOGIN = "rfc3501/6.2.3-login"
NOOP = "rfc3501/6.1.2-noop"


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case for case, _ in load_all(Suite())]


def chosen(cases: list[Case], **by: tuple[str, ...]) -> list[Case]:
    selection = CaseSelection(**by)
    assert not selection.fault(cases)
    return [case for case in cases if selection.takes(case)]


def test_nothing_given_takes_every_case(cases: list[Case]) -> None:
    assert chosen(cases) == cases


def test_levels_and_rfcs_divide_the_cases(cases: list[Case]) -> None:
    levels = [chosen(cases, levels=(level,)) for level in ("MUST", "SHOULD", "MAY")]
    assert sum(map(len, levels)) == len(cases)
    assert len(chosen(cases, levels=("MUST", "MAY"))) == len(levels[0]) + len(levels[2])
    rfcs = {case.rfc for case in cases}
    assert sum(len(chosen(cases, rfcs=(rfc,))) for rfc in rfcs) == len(cases)


def test_what_is_given_has_to_fit_in_all_of_it(cases: list[Case]) -> None:
    both = chosen(cases, prefixes=(LOGIN,), levels=("SHOULD",))
    assert both
    assert all(c.id.startswith(LOGIN) and c.labels.level == "SHOULD" for c in both)


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        ({"prefixes": (LOGIN, "rfc3501/99")}, "no case id is 'rfc3501/99'"),
        (
            {"rfcs": ("3501", "9999")},
            "no case is of RFC 9999; there are some of RFC 1939, 2177, 2342",
        ),
        ({"rfcs": ("2177",), "prefixes": (LOGIN,)}, f"chosen by --rfc 2177, {LOGIN}"),
    ],
)
def test_what_chooses_nothing_is_said(
    cases: list[Case], by: dict[str, tuple[str, ...]], fault: str
) -> None:
    assert fault in CaseSelection(**by).fault(cases)


@pytest.mark.parametrize("processes", [[], ["-n", "2"]])
def test_a_run_tells_what_it_leaves_out(tmp_path: Path, processes: list[str]) -> None:
    words = ["run", "--server", "pymap", "--output", str(tmp_path), *processes]
    code, out, error = tool(*words, NOOP, "--level", "should", "-k", "arguments")
    assert code in (0, 1), error
    head, *records = map(json.loads, (tmp_path / "results.jsonl").read_text().splitlines())
    played = [r for r in records if r["type"] == "result" and r["kind"] == "case"]
    assert played
    assert {r["level"] for r in played} == {"SHOULD"}
    assert head["options"]["level"] == "SHOULD"
    left = len([c for c, _ in load_all(Suite()) if c.id.startswith(f"{NOOP}/")]) - len(played)
    told = f"{left} cases, by --level SHOULD, -k 'arguments', {NOOP}"
    assert f"left out  {told}" in out
    assert told in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_a_whole_file_leaves_nothing_out(tmp_path: Path) -> None:
    words = ["run", "--server", "pymap", "--output", str(tmp_path), "--rfc", "rfc 3501, 2177"]
    _, out, _ = tool(*words, "rfc2177/3-idle")
    assert "left out" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rfc", "9999"], "no case is of RFC 9999"),
        (["--level", "MAY", "rfc3501/6.1.3"], "no case is chosen by --level MAY, rfc3501/6.1.3"),
        (["-k", "nothinglikethis"], "no case is chosen by -k 'nothinglikethis'"),
    ],
)
def test_a_run_of_nothing_does_not_happen(tmp_path: Path, words: list[str], message: str) -> None:
    refused("run", "--server", "pymap", "--output", str(tmp_path), *words, says=message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--level", "HIGH"], "one of MUST, SHOULD, MAY"),
        (["--level", ""], "one of MUST, SHOULD, MAY"),
        (["--rfc", "imap"], "the number of an RFC"),
    ],
)
def test_what_is_no_level_or_rfc_is_refused(words: list[str], message: str) -> None:
    code, _, error = tool("run", "--server", "pymap", *words)
    assert code == 2
    assert message in error
    assert "Traceback" not in error


def test_a_summary_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    words = [
        "run",
        "--server",
        "pymap",
        "--quiet",
        "--output",
        str(tmp_path),
        f"{NOOP}/noop-succeeds",
    ]
    missing = str(tmp_path / "missing" / "summary")
    refused(*words, says="missing/summary: No such file", GITHUB_STEP_SUMMARY=missing)
