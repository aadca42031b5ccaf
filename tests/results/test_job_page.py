"""What a CI system shows of a job: its summary, and GitHub's annotations."""

from __future__ import annotations

from pathlib import Path

import pytest
from results_pair import bad, excused, good
from results_sample import HOSTILE, REQUIREMENT, failed, finding, result, whole_run

from conformance.results import github
from conformance.results.job_page import job_page
from conformance.results.known import KnownDeviation, Unexpected
from conformance.results.reader import RunRecording
from conformance.results.records import Verdict
from conformance.results.summary import end_record


def page(of: RunRecording, **more: str) -> str:
    assert of.end is not None
    return job_page(of.run, of.results, of.findings, of.end, **more)  # type: ignore[arg-type]


def test_a_good_run_is_told_in_a_few_lines() -> None:
    told = page(good())
    assert told.startswith("## ✅ IMAP conformance of Examplemail 1.2")
    assert "No MUST rule was seen broken" in told
    assert "###" not in told


def test_a_violation_stands_with_the_command_that_repeats_it() -> None:
    told = page(bad())
    assert told.startswith("## ❌")
    assert f"| `{REQUIREMENT}` | 3501 section 6.3.1 |" in told
    assert finding().repeat in told


def test_known_violations_are_counted_not_told() -> None:
    told = page(excused(bad()))
    assert "Known violations, not counted: 1," in told
    assert REQUIREMENT not in told


def test_what_is_blocked_gone_or_left_out_is_told() -> None:
    run, results, findings = whole_run()
    gone = Unexpected(
        KnownDeviation("3501-9-text", "3501-9-text", Verdict.FAIL, "why"), "not violated"
    )
    end = end_record(results, findings, duration=1.0, unexpected=[gone])
    told = job_page(run, results, findings, end, unexpected=[gone], left_out="7 cases, by x")
    assert "Left out: 7 cases, by x." in told
    assert "CREATE was refused (1), first in `rfc3501/6.4.6-store/blocked`" in told
    assert "* `3501-9-text`: not violated" in told
    assert "KeyError" in told


def test_a_hostile_server_neither_fills_the_page_nor_breaks_out_of_it() -> None:
    run, _, _ = whole_run()
    many = [finding(message=f"{n} {HOSTILE} | `x` |" * 50, shape=str(n)) for n in range(500)]
    end = end_record([failed()], many, duration=1.0)
    told = job_page(run, [failed()], many, end)
    assert len(told) < 100_000
    assert "And 450 more" in told
    assert "<script" not in told.replace("\\<script", "")
    assert "\x1b" not in told
    rows = [line for line in told.splitlines() if line.startswith(f"| `{REQUIREMENT}")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}


def test_a_violation_is_an_annotation_and_never_another_command() -> None:
    hostile = finding(message="a%\r\n::add-mask::x", requirement="3501-1-a,b:c\n::x")
    (line,) = github.annotate([hostile])
    assert len(line.splitlines()) == 1
    assert line.startswith("::error title=3501-1-a%2Cb%3Ac")
    assert "%25" in line
    assert line.count("%0A") == 1  # ours, before the command that repeats it


def test_no_more_annotations_than_are_shown() -> None:
    many = [finding(shape=str(n)) for n in range(13)]
    lines = list(github.annotate(many))
    assert len(lines) == github.MOST + 1
    assert "3 more" in lines[-1]


def test_known_violations_are_no_annotations() -> None:
    assert not list(github.annotate(excused(bad()).findings))


def test_within_a_fence_nothing_is_a_command_and_its_word_is_new_each_time() -> None:
    said: list[str] = []
    for _ in range(2):
        with github.fence(said.append, {"GITHUB_ACTIONS": "true"}):
            said.append("::error::from a server")
    first, _, last, second, *_ = said
    word = first.removeprefix("::stop-commands::")
    assert last == f"::{word}::"
    assert len(word) == 32
    assert second != first


def test_the_fence_opens_again_when_printing_fails() -> None:
    said: list[str] = []
    with (
        pytest.raises(OSError, match="broken pipe"),
        github.fence(said.append, {"GITHUB_ACTIONS": "true"}),
    ):
        raise OSError("broken pipe")
    assert len(said) == 2


def test_elsewhere_than_on_github_there_is_no_fence_and_no_summary() -> None:
    said: list[str] = []
    with github.fence(said.append, {}):
        pass
    github.add_summary("page", {})
    assert not said


def test_the_summary_of_a_job_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    for step in ("one", "two"):
        github.add_summary(step, {"GITHUB_STEP_SUMMARY": str(path)})
    assert path.read_text(encoding="utf-8") == "one\ntwo\n"


def test_skips_are_not_told_as_trouble() -> None:
    results = [result(), result("rfc3501/x/y", "skip", reason="no second account")]
    end = end_record(results, [], duration=1.0)
    run, _, _ = whole_run()
    assert "no second account" not in job_page(run, results, [], end)
