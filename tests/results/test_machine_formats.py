"""Formats for machines: each holds what was found, and hostile text stays text in all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from results_sample import HOSTILE, failed, finding, result, run, whole_run

from conformance.results.formats import WRITERS
from conformance.results.reader import RunRecording
from conformance.results.records import Finding, Known, Level, Result, Verdict

LOUD = f"{HOSTILE}\n##vso[task.setvariable variable=x]y\n::error::z\nnot ok 1\n1..0 # SKIP"


def written(name: str, results: Sequence[Result], findings: Sequence[Finding]) -> str:
    return WRITERS[name](RunRecording(run(), tuple(results), tuple(findings), None)).text


def found(**changes: object) -> tuple[list[Result], list[Finding]]:
    return [failed()], [finding(**changes)]


def issues(text: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(text)
    return loaded


def test_gitlab_has_an_issue_for_each_new_violation() -> None:
    (issue,) = issues(written("gitlab", *found()))
    assert issue["check_name"] == "3501-6.3.1-permanentflags"
    assert issue["severity"] == "major"
    assert issue["location"] == {"path": "cases/rfc3501/6.3.1-select.md", "lines": {"begin": 12}}
    assert "RFC 3501 section 6.3.1" in issue["description"]
    assert issues(written("gitlab", *found(known=Known(Verdict.FAIL, "issue 1")))) == []


def test_a_fingerprint_is_that_of_the_deviation() -> None:
    def print_of(**changes: object) -> str:
        (issue,) = issues(written("gitlab", *found(**changes)))
        return str(issue["fingerprint"])

    assert print_of(deviation="a") == print_of(deviation="a", message="other words", count=9)
    assert print_of(deviation="a") != print_of(deviation="b")


def test_sarif_has_rules_and_results_and_suppressions() -> None:
    log = json.loads(written("sarif", *found(known=Known(Verdict.FAIL, "issue 1"), count=3)))
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    (rule,) = one["tool"]["driver"]["rules"]
    (said,) = one["results"]
    assert rule["id"] == said["ruleId"]
    assert said["level"] == "error"
    assert said["occurrenceCount"] == 3
    assert said["suppressions"] == [{"kind": "external", "justification": "issue 1"}]
    (warned,) = json.loads(written("sarif", *found(level=Level.SHOULD)))["runs"][0]["results"]
    assert warned["level"] == "warning"
    assert "suppressions" not in warned


def test_tap_has_a_point_for_each_result() -> None:
    _, results, findings = whole_run()
    text = written("tap", results, findings)
    lines = text.splitlines()
    assert lines[:2] == ["TAP version 14", f"1..{len(results)}"]
    points = [line for line in lines if re.match(r"(not )?ok \d", line)]
    assert len(points) == len(results)
    assert sum(line.startswith("not ok") for line in points) == sum(
        r.verdict in (Verdict.FAIL, Verdict.BLOCKED, Verdict.ERROR) for r in results
    )
    assert any("# TODO upstream issue 12" in line for line in points)
    assert any("# SKIP second account missing" in line for line in points)


def test_azure_has_a_line_for_each_new_violation() -> None:
    assert written("azure", *found()).startswith(
        "##vso[task.logissue type=error;code=3501-6.3.1-permanentflags]"
    )
    assert written("azure", *found(known=Known(Verdict.FAIL, "issue 1"))) == ""


@pytest.mark.parametrize("name", WRITERS)
def test_what_a_server_said_is_no_command_and_no_line_of_its_own(name: str) -> None:
    results = [result(), failed(reason=LOUD, id=f"rfc3501/{LOUD}")]
    text = written(name, results, [finding(message=LOUD, repeat=LOUD)])
    assert "\x1b" not in text
    assert all(ord(char) >= 32 or char == "\n" for char in text)
    for line in text.splitlines():
        assert not line.startswith(("::", "##vso[task.set"))
    if name == "tap":
        plans = [line for line in text.splitlines() if re.match(r"1\.\.|(not )?ok", line)]
        assert len(plans) == 1 + len(results)
    if name in ("gitlab", "sarif"):
        json.loads(text)


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_found_is_a_whole_file(name: str) -> None:
    text = written(name, [result()], [])
    assert (text == "") == (name == "azure")
