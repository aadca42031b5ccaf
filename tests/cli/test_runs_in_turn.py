"""A run that looks at the run before it: what changed, and only what failed; and one cut short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_bad_input import refused, tool

FLAGS = "rfc3501/7.2.6"  # pymap breaks rules there
RUN = ("run", "--server", "pymap", "--profile", "none", "--quiet", "--output")


def record(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


def failed(folder: Path) -> set[str]:
    return {r["id"] for r in record(folder) if r.get("kind") == "case" and r["verdict"] == "fail"}


def played(folder: Path) -> set[str]:
    return {r["id"] for r in record(folder) if r.get("kind") == "case"}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    code, _, error = tool(*RUN, str(folder), FLAGS)
    assert code == 1, error
    return folder


def test_only_what_failed_is_played_again(before: Path, tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_bytes((before / "results.jsonl").read_bytes())
    code, _, error = tool(*RUN, str(tmp_path), "--last-failed")
    assert code == 1, error
    assert played(tmp_path) == failed(before)


def test_nothing_to_play_again_is_said(tmp_path: Path) -> None:
    refused(*RUN, str(tmp_path), "--last-failed", says="holds no results.jsonl")
    code, _, error = tool(*RUN, str(tmp_path), "rfc3501/5.3")
    assert code in (0, 1), error  # an ambient check may have failed
    refused(*RUN, str(tmp_path), "--last-failed", says="no case failed in the last run")


def test_what_changed_since_an_earlier_run_is_told(before: Path, tmp_path: Path) -> None:
    code, out, error = tool(*RUN, str(tmp_path), FLAGS, "--compare-with", str(before))
    assert code == 1, error
    assert f"since     {record(before)[0]['started']}: Nothing changed." in out
    page = (tmp_path / "report.html").read_text()
    assert f"Since the run of {record(before)[0]['started']}" in page


def test_a_record_that_is_none_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("[]\n")
    refused(*RUN, str(tmp_path), FLAGS, "--compare-with", str(bad), says="bad.jsonl:1")


def test_it_ends_after_so_many_failures(tmp_path: Path) -> None:
    code, out, error = tool(*RUN, str(tmp_path), FLAGS, "--maxfail", "1", "--durations", "2")
    assert code == 1, error
    assert len(failed(tmp_path)) == 1
    assert "left out  whatever comes after 1 failed (--maxfail 1)" in out
    assert "Slowest 2" in out
