from __future__ import annotations

import xml.etree.ElementTree as ET

from results_sample import HOSTILE, failed, result

from conformance.results.junit import class_name, facts
from conformance.results.records import Known, Verdict


def lines(element: ET.Element) -> list[str]:
    return str(element.text).splitlines()


def test_facts_say_what_a_dashboard_needs() -> None:
    known = Known(Verdict.FAIL, "issue 1")
    told = lines(facts(failed(requirements=("a", "b"), known=known)))
    assert told[:2] == ["verdict: fail", "level: MUST"]
    assert {"requirement: a", "requirement: b", "cause: missing", "known: issue 1"} < set(told)
    assert not any(line.startswith(("cause", "known")) for line in lines(facts(result())))


def test_only_what_has_not_simply_passed_says_how_to_play_it_again() -> None:
    assert any(line.startswith("repeat: ") for line in lines(facts(failed())))
    for verdict in (Verdict.PASS, Verdict.SKIP, Verdict.NO):
        assert not any(line.startswith("repeat") for line in lines(facts(result(verdict=verdict))))


def test_hostile_text_stays_text_of_one_line() -> None:
    element = facts(failed(cause=HOSTILE))
    assert len(lines(element)) == len(lines(facts(failed())))
    octets = ET.tostring(element)
    assert b"<script>" not in octets
    again = ET.fromstring(octets)  # noqa: S314 - our own, and it has to be XML at all
    assert "<script>" in str(again.text)
    assert "\x1b" not in str(again.text)


def test_a_case_is_in_a_class_of_its_file_and_a_check_among_the_checks() -> None:
    assert class_name(result("rfc3501/6.3.1-select/a/b")) == "rfc3501.6-3-1-select"
    assert class_name(result("ambient/3501-9-text", kind="ambient")) == "ambient.checks"
