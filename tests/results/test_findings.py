"""The page of violations that is published of a server."""

from __future__ import annotations

import dataclasses

from results_sample import HOSTILE, finding, lines, run, syntax_finding

from conformance.results.findings import findings_page
from conformance.results.records import Known, Level, Verdict

BOX = "imapconf-5bce-7139-6b03c07f-bb843306f1-0a0b-3"


def test_each_violation_of_a_must_stands_with_clause_transcript_and_defence() -> None:
    must = finding(known=Known(Verdict.FAIL, "It stands for a reason."))
    should = dataclasses.replace(finding(), level=Level.SHOULD, requirement="3501-2.2.2-strict")
    page = findings_page(run(), [must, should])
    assert "1 distinct, each" in page
    assert f"## RFC 3501 section {must.section}" in page
    assert f"### `{must.requirement}`" in page
    assert "**Why it stands:** It stands for a reason." in page
    assert "!S: * 3 EXISTS" in page
    assert "2.2.2-strict" not in page


def test_what_a_server_says_can_not_break_out() -> None:
    hostile = finding(message=HOSTILE, received="`` x ```", transcript=lines(f"```\n{HOSTILE}"))
    page = findings_page(run(), [hostile])
    assert page.count("```") == 2
    assert "<script>" not in page.split("```text")[0]
    assert "\x1b" not in page


def test_the_names_of_the_suites_mailboxes_do_not_differ_between_runs() -> None:
    page = findings_page(run(), [finding(transcript=lines(f"* LIST () NIL {BOX}"))])
    assert "* LIST () NIL box\n" in page


def test_no_violation() -> None:
    assert "None was seen" in findings_page(run(), [])


def test_a_fault_of_syntax_shows_what_would_be_right() -> None:
    page = findings_page(run(), [syntax_finding()])
    assert "* right: `` NIL `` or `` ((NIL NIL NIL NIL)) ``\n* received:" in page


def test_where_no_example_says_anything_none_is_shown() -> None:
    assert "* right:" not in findings_page(run(), [syntax_finding(shape="literal:digits")])
    assert "* right:" not in findings_page(run(), [finding(shape="env-from:quoted")])


def test_a_rule_of_another_protocol_is_not_shown_as_that_of_imap() -> None:
    shape = "capability:digits"
    ours = dataclasses.replace(syntax_finding(), requirement="3501-9-capability", shape=shape)
    assert "* right:" in findings_page(run(), [ours])
    other = dataclasses.replace(ours, requirement="2449-5-capability")
    assert "* right:" not in findings_page(run(), [other])
