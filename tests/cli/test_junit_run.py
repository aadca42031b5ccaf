"""junit.xml of a run, as Jenkins and GitLab read it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from test_bad_input import tool

CASES = ("rfc3501/6.1.1-capability", "rfc3501/6.2.3-login")
STATES = {"fail": "failure", "blocked": "error", "error": "error", "skip": "skipped"}
MAY_HOLD = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "errors", "failures", "skipped", "tests", "time", "timestamp", "hostname"},
        {"testcase"},
    ),
    "testcase": (
        {"classname", "name", "time", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"message", "type"}, set[str]()),
    "error": ({"message", "type"}, set[str]()),
    "skipped": ({"message", "type"}, set[str]()),
    "system-out": (set[str](), set[str]()),
}
"""Attributes and elements that the schema of Jenkins's xUnit plugin, junit-10.xsd, lets stand
within each element, of those that we may use."""


KNOWN = r"""
[[deviation]]
deviation = "syntax flag: \\Recent in FLAGS"
rule = "3501-9-flag"
verdict = "fail"
reason = "issue 1"
"""


@pytest.mark.parametrize("processes", [[], ["-n", "2"]])
def test_failures_skips_and_known_ones_are_told_apart_one_test_a_case(
    tmp_path: Path, processes: list[str]
) -> None:
    known = tmp_path / "known.toml"
    known.write_text(KNOWN, encoding="utf-8")
    words = ["run", "--server", "pymap", "--quiet", "--output", str(tmp_path), *processes]
    code, _, error = tool(*words, *CASES, "--known", str(known))
    assert code == 1, error
    lines = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    results = [r for r in map(json.loads, lines) if r["type"] == "result"]
    root = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - our own file
    for element in root.iter():
        attributes, children = MAY_HOLD[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    tests = list(root.iter("testcase"))
    assert len(tests) == len(results)
    assert len({(t.get("classname"), t.get("name")) for t in tests}) == len(tests)
    assert all(re.fullmatch(r"[a-z0-9]+\.[A-Za-z0-9-]+", str(t.get("classname"))) for t in tests)
    by_name = {
        result["id"].split("/", 1 + (result["kind"] == "case"))[-1]: result for result in results
    }
    for test in tests:
        result = by_name[str(test.get("name"))]
        known = result["known"] is not None
        expected = "skipped" if known else STATES.get(result["verdict"])
        *states, facts = test
        assert str(facts.text).startswith(f"verdict: {result['verdict']}\nlevel: ")
        assert [state.tag for state in states] == ([expected] if expected else [])
        if result["verdict"] == "skip":
            assert str(states[0].text).startswith(f"{result['file']}:{result['line']}: ")
    suite = root[0]
    counted = {tag: len(list(root.iter(tag))) for tag in STATES.values()}
    assert suite.get("failures") == str(counted["failure"])
    assert suite.get("skipped") == str(counted["skipped"])
    assert suite.get("errors") == str(counted["error"])
    excused = next(t for t in tests if t.get("name") == "syntax")
    skipped = excused.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "issue 1"
