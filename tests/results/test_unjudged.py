"""What a run has not judged for want of a grammar: in its record, on its page, on the terminal."""

from __future__ import annotations

from results_sample import run

from conformance.results import html
from conformance.results.job_page import job_page
from conformance.results.records import End, Run
from conformance.results.summary import end_record, unjudged
from conformance.syntax.described import undescribed


def of(*names: str, **counts: int) -> tuple[Run, End]:
    return run(undescribed=names), end_record([], [], duration=1.0, unjudged=counts)


def test_capabilities_without_a_grammar_are_named_in_their_order() -> None:
    announced = ["AUTH=PLAIN", "IDLE", "X-FOO-EXT-1", "IMAP4rev1", "I18NLEVEL=1", "XBAR", "Move"]
    assert undescribed(announced) == ("X-FOO-EXT-1", "XBAR")


def test_a_form_with_a_value_is_described_by_its_name() -> None:
    assert undescribed(["THREAD=REFS", "MESSAGELIMIT=1000", "QUOTA=RES-STORAGE"]) == ()


def test_both_are_said_in_a_line_each() -> None:
    first, one, many = unjudged(*of("X-A", "X-B", XA=1, XB=12))
    assert first.endswith(": X-A X-B")
    assert one.startswith("1 response was")
    assert one.endswith(" of XA")
    assert many.startswith("12 responses were")


def test_where_all_was_judged_nothing_is_said() -> None:
    head, end = of()
    assert unjudged(head, end) == []
    assert "want of a grammar" not in job_page(head, [], [], end)


def test_pages_say_it() -> None:
    head, end = of("X-A", XA=3)
    told = job_page(head, [], [], end)
    assert "X-A" in told
    assert "3 responses were judged in part" in told
    shown = "".join(html.summary(head, [], [], end))
    assert "3 responses were judged in part" in shown


def test_the_record_keeps_it() -> None:
    head, end = of("X-A", XA=3)
    assert Run.from_json(head.to_json()).undescribed == ("X-A",)
    assert End.from_json(end.to_json()).unjudged == {"XA": 3}
