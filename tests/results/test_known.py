from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest
from results_sample import (
    EXPUNGE,
    HOSTILE,
    REQUIREMENT,
    SELECT,
    SYNTAX,
    failed,
    finding,
    result,
    syntax_finding,
    whole_run,
)

from conformance.results.collector import CASES
from conformance.results.known import (
    Deviation,
    KnownDeviations,
    KnownError,
    exit_code,
    title_of,
    write_known,
)
from conformance.results.records import Finding, Level, Result, Verdict

FAIL, WARN = Verdict.FAIL, Verdict.WARN


def known(*entries: tuple[str, Verdict] | tuple[str, Verdict, str]) -> KnownDeviations:
    return KnownDeviations(tuple(Deviation(e[0], e[1], "because", *e[2:]) for e in entries))


def load(tmp_path: Path, text: str) -> KnownDeviations:
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    return KnownDeviations.load(path)


GOOD = '[[deviation]]\nid = "rfc3501/x/y"\nverdict = "fail"\nreason = "issue 5"\n'


def test_a_file_is_read(tmp_path: Path) -> None:
    by_case = '[[deviation]]\nid="3501-9-text"\nverdict="warn"\nreason="r"\ncase="rfc3501/x/z"\n'
    loaded = load(tmp_path, f"# why\n{GOOD}{by_case}")
    assert loaded.entries == (
        Deviation("rfc3501/x/y", FAIL, "issue 5"),
        Deviation("3501-9-text", WARN, "r", "rfc3501/x/z"),
    )
    assert load(tmp_path, "").entries == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[deviation]\n", "line 1"),
        ("target = 1\n" + GOOD, "unknown key 'target'"),
        ("deviation = 3\n", "write each deviation as"),
        ("[deviation]\nid='a'\n", "write each deviation as"),
        (GOOD + "because = 1\n", "deviation 1 (rfc3501/x/y): unknown key 'because'"),
        (GOOD + GOOD, "deviation 2 (rfc3501/x/y): listed already as deviation 1"),
        (GOOD.replace("fail", "pass"), "deviation 1 (rfc3501/x/y): verdict is 'pass'"),
        (GOOD.replace("fail", "error"), "verdict is 'error'; it can be one of fail, warn, blocked"),
        (GOOD.replace('"fail"', "1"), "verdict must be a text"),
        (GOOD.replace("issue 5", " "), "reason must be a text that is not empty"),
        (GOOD.replace("reason", "# reason"), "deviation 1 (rfc3501/x/y): reason is missing"),
        (GOOD.replace("id =", "# id ="), "deviation 1: id is missing"),
        (GOOD + 'case = "rfc3501/x/z"\n', "case goes with a requirement id"),
    ],
)
def test_a_broken_file_is_said_with_file_and_entry(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(KnownError) as caught:
        load(tmp_path, text)
    assert str(tmp_path / "known.toml") in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_or_binary_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="No such file"):
        KnownDeviations.load(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(KnownError, match=r"b\.toml"):
        KnownDeviations.load(tmp_path / "b.toml")


def test_a_listed_case_is_excused_only_with_the_listed_verdict() -> None:
    assert known((SELECT, FAIL)).mark_result(failed()).excused
    blocked = known((SELECT, FAIL)).mark_result(result(verdict="blocked"))
    assert blocked.known is not None
    assert not blocked.excused
    assert known((EXPUNGE, FAIL)).mark_result(failed()).known is None


def test_a_finding_is_excused_by_its_requirement() -> None:
    assert known((SYNTAX, FAIL)).mark_finding(syntax_finding()).excused
    assert not known((SYNTAX, WARN)).mark_finding(syntax_finding()).excused
    assert known((REQUIREMENT, FAIL)).mark_finding(syntax_finding()).known is None


def test_a_finding_is_excused_case_by_case() -> None:
    one = known((SYNTAX, FAIL, SELECT))
    assert not one.mark_finding(syntax_finding()).excused
    assert one.mark_finding(syntax_finding(cases=(SELECT,))).excused
    both = known((SYNTAX, FAIL, SELECT), (SYNTAX, FAIL, EXPUNGE))
    assert both.mark_finding(syntax_finding()).excused
    full = tuple(f"{SELECT}{n}" for n in range(CASES))
    all_twenty = known(*((SYNTAX, FAIL, case) for case in full))
    assert not all_twenty.mark_finding(syntax_finding(cases=full)).excused


def test_a_listed_case_excuses_what_that_case_found_and_no_ambient_finding() -> None:
    by_case = known((SELECT, FAIL), (EXPUNGE, FAIL))
    assert by_case.mark_finding(finding()).excused
    assert by_case.mark_finding(finding(cases=(SELECT, "rfc3501/z/z"))).known is None
    assert by_case.mark_finding(syntax_finding()).known is None


def ambient(verdict: str = "fail", **changes: object) -> Result:
    wanted = {"kind": "ambient", "requirements": (SYNTAX, "3501-9-text")} | changes
    return result("ambient/syntax", verdict, **wanted)


def test_an_ambient_check_is_excused_with_all_its_findings() -> None:
    deviations = known((SYNTAX, FAIL))
    syntax = deviations.mark_finding(syntax_finding())
    text = finding("3501-9-text", source="syntax")
    assert deviations.mark_result(ambient(), [syntax]).excused
    assert not deviations.mark_result(ambient(), [syntax, text]).excused
    assert not deviations.mark_result(ambient(), []).excused
    assert known(("ambient/syntax", FAIL)).mark_result(ambient()).excused


def why(deviations: KnownDeviations, results: list[Result], findings: list[Finding]) -> list[str]:
    return [u.why for u in deviations.unexpected(results, findings, complete=True)]


def test_a_listed_case_that_passes_is_unexpected() -> None:
    assert why(known((SELECT, FAIL)), [result()], []) == ["passes"]
    assert why(known((SELECT, FAIL)), [failed()], []) == []
    assert why(known((SELECT, FAIL)), [result(verdict="skip")], []) == []


def test_an_entry_of_no_case_is_unexpected_in_a_complete_run_only() -> None:
    gone = known(("rfc3501/x/gone", FAIL), ("3501-9-gone", FAIL))
    assert why(gone, [result()], []) == ["no such case was run", "not violated"]
    assert gone.unexpected([result()], [], complete=False) == ()


def test_a_requirement_that_is_kept_is_unexpected_unless_it_was_not_judged() -> None:
    listed = known((REQUIREMENT, FAIL))
    assert why(listed, [result()], []) == ["not violated"]
    assert why(listed, [result()], [finding()]) == []
    assert why(listed, [result(), result(EXPUNGE, "skip")], []) == []


def test_a_requirement_listed_for_a_case_is_judged_there() -> None:
    listed = known((SYNTAX, FAIL, SELECT))
    assert why(listed, [result()], []) == ["not violated in that case"]
    assert why(listed, [result()], [syntax_finding()]) == []
    assert why(listed, [result(verdict="skip")], []) == []
    assert why(listed, [result()], [syntax_finding(cases=("a/b",))]) == [
        "not violated in that case"
    ]


@pytest.mark.parametrize(
    ("results", "findings", "code"),
    [
        ([result()], [], 0),
        ([result(verdict="warn"), result(verdict="skip")], [], 0),
        ([result(verdict="yes"), result(verdict="no")], [finding(level=Level.SHOULD)], 0),
        ([failed()], [], 1),
        ([result(verdict="error")], [], 1),
        ([result(verdict="blocked")], [], 1),
        ([result()], [finding()], 1),
        ([], [], 2),
        ([ambient("pass")], [], 2),
        ([], [finding()], 2),
    ],
)
def test_exit_codes(results: list[Result], findings: list[Finding], code: int) -> None:
    assert exit_code(results, findings) == code
    assert exit_code(results, findings, interrupted=True) == 2


def test_known_deviations_keep_the_exit_code_at_0() -> None:
    listed = known((SELECT, FAIL), (SYNTAX, FAIL))
    results = [listed.mark_result(failed())]
    findings = [listed.mark_finding(f) for f in (finding(), syntax_finding(cases=(SELECT,)))]
    assert exit_code(results, findings) == 0
    assert exit_code(results, [*findings, finding("3501-9-text")]) == 1


def test_an_unexpected_pass_fails_a_strict_run_only() -> None:
    gone = known((SELECT, FAIL)).unexpected([result()], [], complete=False)
    assert exit_code([result()], [], unexpected=gone) == 0
    assert exit_code([result()], [], unexpected=gone, strict=True) == 1


def test_a_written_file_excuses_the_run_it_was_written_from(tmp_path: Path) -> None:
    _, results, findings = whole_run()
    results = [r for r in results if r.verdict is not Verdict.ERROR]
    results += [ambient(), ambient(id="ambient/tags", requirements=("3501-2.2.1-tag",))]
    text = write_known(results, findings, title="Examplemail 1.2\nrecorded once")
    assert text.startswith("# Examplemail 1.2\n# recorded once\n")
    written = load(tmp_path, text)
    ids = [entry.id for entry in written.entries]
    # The case entries cover what those cases found; the syntax entry covers its check.
    assert ids == [SELECT, EXPUNGE, "rfc3501/6.4.6-store/blocked", SYNTAX, "ambient/tags"]
    assert {e.id: e.reason for e in written.entries}[EXPUNGE] == "upstream issue 12"

    fresh = [dataclasses.replace(f, known=None) for f in findings]
    marked = [written.mark_finding(f) for f in fresh]
    cases = [written.mark_result(dataclasses.replace(r, known=None), marked) for r in results]
    assert exit_code(cases, marked) == 0
    assert written.unexpected(cases, marked, complete=True) == ()
    assert write_known(cases, marked, title=title_of(text)) == text


def test_what_drawn_sessions_alone_have_found_is_listed_for_all_of_them(tmp_path: Path) -> None:
    phase = result("fuzz/programs", "fail", kind="fuzz", requirements=(REQUIREMENT,))
    found = finding(cases=("fuzz/programs",))
    written = load(tmp_path, write_known([phase], [found]))
    assert written.entries == (Deviation(REQUIREMENT, FAIL, found.message, "fuzz"),)
    elsewhere = written.mark_finding(dataclasses.replace(found, cases=("fuzz/commands",)))
    assert elsewhere.excused
    assert written.mark_result(phase, [elsewhere]).excused
    assert not written.mark_finding(dataclasses.replace(found, cases=("fuzz/a", SELECT))).excused
    # Listed without a case where a check saw it, too: one entry for both.
    seen = (
        finding(cases=("fuzz/programs",), shape="a"),
        finding(source="ambient", shape="b"),
    )
    assert [e.case for e in load(tmp_path, write_known([], seen)).entries] == [None]


@pytest.mark.parametrize("id_", ["fuzz/programs", REQUIREMENT])
def test_what_drawn_sessions_do_not_find_is_not_called_gone(id_: str) -> None:
    entry = (id_, FAIL) if "/" in id_ else (id_, FAIL, "fuzz")
    for results in ([result()], [result(), result("fuzz/programs", kind="fuzz")]):
        assert known(entry).unexpected(results, [], complete=True) == ()


def test_an_error_of_the_suite_is_never_listed() -> None:
    assert write_known([result(verdict="error")], []) == ""


def test_a_written_file_is_toml_whatever_a_server_sent() -> None:
    text = write_known([], [finding(message=HOSTILE + '"\\')])
    (entry,) = tomllib.loads(text)["deviation"]
    assert entry["id"] == REQUIREMENT
    assert "\\x1b[2J" in entry["reason"]
    assert entry["reason"].endswith('"\\')
