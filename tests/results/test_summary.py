from __future__ import annotations

from results_sample import EXPUNGE, SELECT, failed, finding, result, whole_run

from conformance.results.collector import CASES
from conformance.results.records import Known, Level, Verdict
from conformance.results.summary import by_reason, by_section, end_record, section_rows, violations


def test_the_section_with_most_violations_comes_first_and_warnings_last() -> None:
    findings = [
        finding("3501-7.1-a", level=Level.SHOULD, shape="1"),
        finding("3501-7.1-a", level=Level.SHOULD, shape="2"),
        finding("3501-7.1-a", level=Level.SHOULD, shape="3"),
        finding("3501-6.10-b"),
        finding("3501-6.9-c"),
        finding("3501-9-d", count=2),
        finding("3501-9-e", count=9),
    ]
    groups = by_section(findings)
    assert [section for (_, section), _ in groups] == ["9", "6.9", "6.10", "7.1"]
    assert [one.requirement for one in groups[0][1]] == ["3501-9-e", "3501-9-d"]


def test_rows_count_results_and_findings() -> None:
    known = Known(Verdict.FAIL, "r")
    rows = section_rows([failed(), result(EXPUNGE), result()], [finding(), finding(known=known)])
    assert [(row.section, row.clean) for row in rows] == [("6.3.1", False), ("6.4.3", True)]
    assert rows[0].verdicts == {Verdict.FAIL: 1, Verdict.PASS: 1}
    assert (rows[0].findings[Level.MUST], rows[0].known) == (2, 1)


def test_the_end_counts_everything() -> None:
    _, results, findings = whole_run()
    end = end_record(results, findings, duration=1)
    assert sum(end.totals.values()) == len(results)
    assert (end.totals["skip"], end.totals["fail"]) == (3, 2)
    assert end.findings == {"MUST": 3, "SHOULD": 1, "MAY": 0}


def test_a_result_is_added_only_where_no_finding_explains_it() -> None:
    full = tuple(f"rfc3501/x/{n}" for n in range(CASES))
    assert len(violations([failed()], [finding()])) == 1
    assert len(violations([failed()], [finding(cases=full)])) == 1
    assert len(violations([failed()], [finding(cases=(EXPUNGE,))])) == 2
    ambient = failed("ambient/x", kind="ambient", section="6.3.1")
    assert len(violations([ambient], [finding(cases=(EXPUNGE,))])) == 1
    (made,) = violations([failed()], [])
    assert (made.cases, made.level, made.repeat[:4]) == ((SELECT,), Level.MUST, "imap")


def test_results_are_grouped_by_reason() -> None:
    skips = [result(f"rfc3501/x/{n}", "skip", reason=reason) for n, reason in enumerate("abb")]
    groups = by_reason([*skips, result(verdict="skip"), result()], Verdict.SKIP)
    assert [(why, len(its)) for why, its in groups] == [("b", 2), ("a", 1), ("no reason given", 1)]
