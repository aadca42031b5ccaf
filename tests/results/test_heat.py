"""Heat maps: how much of an extension is broken, and which causes several servers share."""

from __future__ import annotations

import dataclasses

import pytest
from results_pair import bad, excused, good, recording
from results_sample import HOSTILE, failed, finding, result

from conformance.results.heat import HOTTEST, by_cause, by_extension
from conformance.results.heat_html import heat_table
from conformance.results.matrix import matrix
from conformance.results.records import Level


def test_an_extension_is_warm_where_it_is_broken_and_cold_where_it_is_kept() -> None:
    (row,) = by_extension(matrix([good(), bad(name="Other")]))
    kept, broken = row.cells
    assert row.label == "RFC 3501"
    assert (kept.text, kept.heat) == ("0 of 3", 0)
    assert (broken.text, broken.heat) == ("1 of 2", HOTTEST)


def test_what_is_optional_has_no_part_in_it() -> None:
    assert by_extension(matrix([recording([result("x/y/z", "yes", level=Level.MAY)])])) == ()


def test_an_extension_is_named_by_what_announces_it_and_cold_only_where_it_was_judged() -> None:
    idle = result("rfc2177/3-idle/x", rfc="2177", section="3", requirements=("2177-3-done",))
    rows = by_extension(matrix([good(), recording([idle], name="Other")]))
    assert [(row.label, row.more) for row in rows] == [("RFC 3501", ""), ("RFC 2177", "IDLE")]
    assert [cell.heat for cell in rows[1].cells] == [None, 0]
    assert rows[1].cells[0].text == "not judged"


def test_a_cause_is_told_where_two_servers_share_it_and_the_most_common_first() -> None:
    assert by_cause(matrix([good(), bad(name="Other")])) == ()
    rare = dataclasses.replace(finding(count=40), deviation="rare")
    common = dataclasses.replace(finding(), deviation="common")
    runs = [
        recording([failed()], [rare, common], name="One"),
        recording([failed()], [rare, common], name="Two"),
        recording([failed()], [common], name="Three"),
    ]
    rows = by_cause(matrix(runs))
    assert [row.label for row in rows] == ["common", "rare"]
    assert [(cell.text, cell.heat) for cell in rows[1].cells] == [
        ("40 times", 3),
        ("40 times", 3),
        ("not seen", None),
    ]


def test_a_cause_that_is_known_says_so() -> None:
    (row,) = by_cause(matrix([bad(), excused(bad(name="Other"))]))
    assert [cell.text for cell in row.cells] == ["once", "once, known"]


@pytest.mark.parametrize(("count", "heat"), [(1, 1), (2, 2), (9, 2), (10, 3), (99, 3), (100, 4)])
def test_what_is_seen_more_often_is_warmer(count: int, heat: int) -> None:
    found = [finding(count=count)]
    runs = [recording([failed()], found, name=name) for name in ("One", "Two")]
    (row,) = by_cause(matrix(runs))
    assert {cell.heat for cell in row.cells} == {heat}


def test_a_map_is_escaped_and_each_heat_is_in_words() -> None:
    found = dataclasses.replace(finding(), deviation=HOSTILE, rule=HOSTILE)
    both = matrix([recording([failed()], [found], name=name) for name in ("One", HOSTILE)])
    html = heat_table("Causes", "Deviation", [c.label for c in both.columns], by_cause(both))
    assert "<script" not in html
    assert html.count(">once</td>") == 2
