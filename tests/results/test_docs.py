"""docs/results.md has every field and word of the records; docs/ci.md names what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from results_pair import bad, good

from conformance.cli.failure import TRACEBACK
from conformance.results.changes import changes
from conformance.results.matrix import CellState, matrix
from conformance.results.matrix_json import COMPARISON, matrix_json
from conformance.results.reader import schema
from conformance.results.records import RECORDS, SCHEMA, Verdict
from conformance.run.options import OPTIONS

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS = (DOCS / "results.md").read_text(encoding="utf-8")
CI = (DOCS / "ci.md").read_text(encoding="utf-8")


def chapter(name: str) -> str:
    """What stands between the heading of this name and the next one."""
    found = re.search(rf"^## `?{re.escape(name)}`?$(.*?)(?=^## |\Z)", RESULTS, re.M | re.S)
    assert found, name
    return found[1]


@pytest.mark.parametrize("kind", RECORDS)
def test_each_field_of_a_record_is_in_its_chapter_and_no_other(kind: str) -> None:
    told = {
        word
        for row in re.findall(r"^\| (`[^|]*) \|", chapter(kind), re.M)
        for word in re.findall(r"`([a-z_]+)`", row)
    }
    assert told == set(schema()["$defs"][kind]["properties"])


def test_the_parts_of_a_record_are_described() -> None:
    defs = schema()["$defs"]
    run = defs["run"]["properties"]
    for part in (run["suite"], run["target"]):
        for field in part["properties"]:
            assert f"`{field}`" in chapter("run")
    for field in defs["line"]["properties"]:
        assert f"`{field}`" in chapter("Parts")
    for verdict in Verdict:
        assert f"`{verdict}`" in chapter("Parts")
    for name in ("source", "kind"):
        record = defs["finding" if name == "source" else "result"]["properties"][name]
        assert all(f"`{word}`" in RESULTS for word in record["enum"])


def test_the_version_is_the_one_that_is_written() -> None:
    assert f"`schema` in the head is {SCHEMA}." in RESULTS
    assert f"`comparison` is the version of its format, {COMPARISON}," in RESULTS


def test_each_field_of_a_comparison_is_described() -> None:
    told = json.loads(matrix_json(matrix([good(), bad()]), changes(good(), bad())))
    page = chapter("The comparison")
    rows = (told, told["changes"], told["rules"][0], told["rules"][0]["cells"][0])
    rows += (told["sections"][0], told["sections"][0]["cells"][0], told["changes"]["verdicts"][0])
    for row in rows:
        for field in row:
            assert f"`{field}`" in page, field
    for state in CellState:
        assert f"`{state}`" in page


def test_options_and_outputs_that_the_recipes_name_exist() -> None:
    options = {f"--{option.name}" for option in OPTIONS} | {
        "--write-known",
        "--last-failed",
        "--maxfail",
        "--listen",
        "--results",
        TRACEBACK,
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", CI))
    assert named <= options
    for name in ("junit.xml", "summary.md", "badge.json", "badge.svg", "report.html"):
        assert f"`{name}`" in CI
