from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from results_pair import bad, excused, good
from results_sample import failed, result

from conformance.results.badge import Badge, badge_json, badge_of, badge_svg
from conformance.results.reader import RunRecording
from conformance.results.summary import end_record

SVG = "{http://www.w3.org/2000/svg}"


def badge(of: RunRecording, **how: bool) -> Badge:
    end = end_record(of.results, of.findings, duration=1.0, **how)
    return badge_of(of.results, of.findings, end)


def test_a_badge_says_what_decides_the_exit_code() -> None:
    assert badge(good()) == Badge("no violations", "brightgreen")
    assert badge(bad()) == Badge("1 violation", "red")
    assert badge(excused(bad())) == Badge("1 known violation", "yellow")
    assert badge(good(), interrupted=True).colour == "lightgrey"


@pytest.mark.parametrize("verdict", ["blocked", "error"])
def test_what_could_not_be_judged_is_no_success(verdict: str) -> None:
    results = [result(), result("rfc3501/x/y", verdict, reason="CREATE was refused")]
    made = badge_of(results, [], end_record(results, [], duration=1.0))
    assert made == Badge("1 not judged", "red")


def test_a_failure_without_a_finding_counts_as_violation() -> None:
    results = [failed()]
    assert badge_of(results, [], end_record(results, [], duration=1.0)).message == "1 violation"


def test_the_endpoint_has_what_shields_io_requires() -> None:
    told = json.loads(badge_json(badge(bad())))
    assert told["schemaVersion"] == 1
    assert told["label"]
    assert told["message"] == "1 violation"
    assert told["color"] == "red"
    assert told["isError"] is True


@pytest.mark.parametrize("made", [badge(good()), badge(bad()), badge(excused(bad()))])
def test_the_picture_is_whole_in_itself_and_says_it_in_words(made: Badge) -> None:
    tree = ET.fromstring(badge_svg(made))  # noqa: S314 - our own
    assert tree.tag == f"{SVG}svg"
    assert tree.get("aria-label") == f"IMAP conformance: {made.message}"
    assert [text.text for text in tree.iter(f"{SVG}text")] == ["IMAP conformance", made.message]
    widths = [int(str(rect.get("width"))) for rect in tree.iter(f"{SVG}rect")]
    assert sum(widths) == int(str(tree.get("width")))
    assert "href" not in badge_svg(made)
