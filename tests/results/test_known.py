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
    KnownDeviation,
    KnownDeviations,
    KnownError,
    exit_code,
    is_telling,
    title_of,
    write_known,
)
from conformance.results.records import Finding, Level, Result, Verdict

FAIL, WARN, BLOCKED = Verdict.FAIL, Verdict.WARN, Verdict.BLOCKED
NO_FLAGS = "SELECT: no untagged OK [PERMANENTFLAGS]"
OTHER = f"STORE: other untagged FETCH FLAGS ({REQUIREMENT})"
ADDRESS = 'syntax env-from: quoted string for "(" or nil in FETCH'


def known(*entries: tuple[str, Verdict] | tuple[str, Verdict, tuple[str, ...]]) -> KnownDeviations:
    return KnownDeviations(
        tuple(KnownDeviation(e[0], "r", e[1], "because", *e[2:]) for e in entries)
    )


def load(tmp_path: Path, text: str) -> KnownDeviations:
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    return KnownDeviations.load(path)


GOOD = """[[deviation]]
deviation = "SELECT: no untagged OK"
rule = "3501-6.3.1-flags"
verdict = "fail"
reason = "issue 5"
"""


def test_a_file_is_read(tmp_path: Path) -> None:
    in_one = """[[deviation]]
deviation = "NOOP: no answer"
rule="3501-6.1.2"
verdict="warn"
reason="r"
cases = ["rfc3501/x/z", "fuzz"]
"""
    loaded = load(tmp_path, f"# why\n{GOOD}{in_one}")
    assert loaded.entries == (
        KnownDeviation("SELECT: no untagged OK", "3501-6.3.1-flags", FAIL, "issue 5"),
        KnownDeviation("NOOP: no answer", "3501-6.1.2", WARN, "r", ("rfc3501/x/z", "fuzz")),
    )
    assert load(tmp_path, "").entries == ()


NAMED = "deviation 1 (SELECT: no untagged OK)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[deviation]\n", "line 1"),
        ("target = 1\n" + GOOD, "unknown key 'target'"),
        ("deviation = 3\n", "write each deviation as"),
        ("[deviation]\nrule='a'\n", "write each deviation as"),
        (GOOD + "because = 1\n", f"{NAMED}: unknown key 'because'"),
        (GOOD + GOOD, "deviation 2 (SELECT: no untagged OK): listed already as deviation 1"),
        (GOOD.replace("fail", "pass"), f"{NAMED}: verdict is 'pass'"),
        (GOOD.replace("fail", "error"), "verdict is 'error'; it can be one of fail, warn, blocked"),
        (GOOD.replace('"fail"', "1"), "verdict must be a text"),
        (GOOD.replace("issue 5", " "), "reason must be a text that is not empty"),
        (GOOD.replace("reason", "# reason"), f"{NAMED}: reason is missing"),
        (GOOD.replace("rule =", "# rule ="), f"{NAMED}: rule is missing"),
        (GOOD.replace("deviation =", "# "), "deviation 1: deviation is missing"),
        (GOOD + 'cases = "rfc3501/x/z"\n', "cases must be a list of ids"),
        (GOOD + "cases = []\n", "cases must be a list of ids"),
    ],
)
def test_a_broken_file_is_said_with_file_and_entry(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(KnownError) as caught:
        load(tmp_path, text)
    assert str(tmp_path / "known.toml") in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("id_", ["rfc3501/x/y", "3501-9-text"])
def test_an_old_file_is_refused_with_the_command_that_rewrites_it(tmp_path: Path, id_: str) -> None:
    with pytest.raises(KnownError, match=r"known migrate .*known\.toml --results"):
        load(tmp_path, f'[[deviation]]\nid = "{id_}"\nverdict = "fail"\nreason = "r"\n')


def test_a_missing_or_binary_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="No such file"):
        KnownDeviations.load(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(KnownError, match=r"b\.toml"):
        KnownDeviations.load(tmp_path / "b.toml")


# -- what is excused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deviation", "telling"),
    [
        (NO_FLAGS, True),
        (ADDRESS, True),
        ("APPEND (no flags): BAD instead of OK", True),
        ("LOGIN: no continuation request", True),
        (OTHER, False),
        ("SEARCH: OK instead of BAD (3501-6.4.4-x)", False),
        ("NOOP: untagged EXPUNGE is sent (3501-7.4.1-x)", False),
        ("SEARCH: the connection is closed", False),
        ("SEARCH: no answer", False),
        ("3501-3.4-bye closed without BYE", False),
    ],
)
def test_what_does_not_tell_one_cause_goes_with_cases(deviation: str, telling: bool) -> None:
    assert is_telling(deviation) is telling
    (entry,) = tomllib.loads(write_known([], [finding(deviation=deviation)]))["deviation"]
    assert entry.get("cases") == (None if telling else [SELECT])


def test_a_deviation_is_excused_in_whatever_case_and_under_whatever_rule() -> None:
    listed = known((NO_FLAGS, FAIL))
    elsewhere = finding("3501-9-other", deviation=NO_FLAGS, cases=("rfc3501/n/ew",))
    assert listed.mark_finding(elsewhere).excused
    assert listed.mark_result(failed("rfc3501/n/ew", deviation=NO_FLAGS)).excused


def test_another_deviation_under_the_same_rule_in_the_same_case_is_new() -> None:
    listed = known((NO_FLAGS, FAIL), (OTHER, FAIL, (SELECT,)))
    assert listed.mark_finding(finding(deviation="SELECT: no untagged FLAGS")).known is None
    assert listed.mark_result(failed(deviation="SELECT: no untagged FLAGS")).known is None
    assert not listed.mark_finding(finding(deviation=NO_FLAGS, level=Level.SHOULD)).excused


def test_a_deviation_that_is_known_in_cases_is_new_in_another() -> None:
    listed = known((OTHER, FAIL, (SELECT, "fuzz")))
    seen = finding(deviation=OTHER)
    assert listed.mark_finding(seen).excused
    also_generated = dataclasses.replace(seen, cases=(SELECT, "fuzz/programs"))
    assert listed.mark_finding(also_generated).excused
    assert listed.mark_finding(dataclasses.replace(seen, cases=(SELECT, EXPUNGE))).known is None
    assert listed.mark_result(failed(deviation=OTHER)).excused
    assert listed.mark_result(failed(EXPUNGE, deviation=OTHER)).known is None
    full = tuple(f"{SELECT}{n}" for n in range(CASES))
    everywhere = known((OTHER, FAIL, full))
    assert everywhere.mark_finding(dataclasses.replace(seen, cases=full)).known is None


def test_what_a_known_deviation_blocks_is_known() -> None:
    listed = known((OTHER, FAIL, (SELECT,)))
    assert listed.mark_result(result(EXPUNGE, "blocked", deviation=OTHER)).excused
    assert listed.mark_result(result(EXPUNGE, "blocked", deviation=NO_FLAGS)).known is None
    for_one = known(("CREATE: NO instead of OK", BLOCKED, (SELECT,)))
    blocked = result(SELECT, "blocked", deviation="CREATE: NO instead of OK")
    assert for_one.mark_result(blocked).excused
    assert not for_one.mark_result(dataclasses.replace(blocked, id=EXPUNGE)).excused


def ambient(verdict: str = "fail", **changes: object) -> Result:
    wanted = {"kind": "ambient", "requirements": (SYNTAX, "3501-9-text")} | changes
    return result("ambient/syntax", verdict, **wanted)


def test_an_ambient_check_is_excused_with_all_its_findings() -> None:
    deviations = known((ADDRESS, FAIL))
    syntax = deviations.mark_finding(syntax_finding(deviation=ADDRESS))
    text = finding("3501-9-text", source="syntax")
    assert deviations.mark_result(ambient(), [syntax]).excused
    assert not deviations.mark_result(ambient(), [syntax, text]).excused
    assert not deviations.mark_result(ambient(), []).excused


# -- what is gone ------------------------------------------------------------------------------


def why(
    deviations: KnownDeviations,
    results: list[Result],
    findings: list[Finding],
    *,
    complete: bool = True,
) -> list[str]:
    return [u.why for u in deviations.unexpected(results, findings, complete=complete)]


def test_what_is_not_seen_in_its_case_is_gone() -> None:
    listed = known((OTHER, FAIL, (SELECT,)))
    for complete in (True, False):
        assert why(listed, [result()], [], complete=complete) == [f"not seen in {SELECT}"]
        assert why(listed, [failed(deviation=OTHER)], [], complete=complete) == []
        assert why(listed, [result()], [finding(deviation=OTHER)], complete=complete) == []
        assert why(listed, [result(verdict="skip")], [], complete=complete) == []
    assert why(listed, [result(EXPUNGE)], []) == [f"no such case was run: {SELECT}"]
    assert why(listed, [result(EXPUNGE)], [], complete=False) == []


def test_what_is_not_seen_anywhere_is_gone_in_a_complete_run_only() -> None:
    listed = KnownDeviations((KnownDeviation(NO_FLAGS, REQUIREMENT, FAIL, "because"),))
    assert why(listed, [result()], []) == ["not seen any more"]
    assert why(listed, [result()], [], complete=False) == []
    assert why(listed, [result()], [finding(deviation=NO_FLAGS)]) == []
    assert why(listed, [result(), result(EXPUNGE, "skip")], []) == []


def test_what_generated_sessions_do_not_find_is_not_called_gone() -> None:
    listed = known((OTHER, FAIL, ("fuzz",)))
    for results in ([result()], [result(), result("fuzz/programs", kind="fuzz")]):
        assert listed.unexpected(results, [], complete=True) == ()


@pytest.mark.parametrize(
    ("results", "findings", "code"),
    [
        ([result()], [], 0),
        ([result(verdict="warn"), result(verdict="skip")], [], 0),
        ([result(verdict="yes"), result(verdict="no")], [finding(level=Level.SHOULD)], 0),
        ([failed()], [], 1),
        ([result(verdict="error")], [], 1),
        ([result(verdict="blocked")], [], 1),
        ([dataclasses.replace(result(verdict="blocked"), by_should=True)], [], 0),
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
    listed = known((NO_FLAGS, FAIL), (ADDRESS, FAIL))
    results = [listed.mark_result(failed(deviation=NO_FLAGS))]
    seen = (finding(deviation=NO_FLAGS), syntax_finding(deviation=ADDRESS))
    findings = [listed.mark_finding(each) for each in seen]
    assert exit_code(results, findings) == 0
    assert exit_code(results, [*findings, finding("3501-9-text")]) == 1


def test_an_unexpected_pass_fails_a_strict_run_only() -> None:
    gone = known((OTHER, FAIL, (SELECT,))).unexpected([result()], [], complete=False)
    assert exit_code([result()], [], unexpected=gone) == 0
    assert exit_code([result()], [], unexpected=gone, strict=True) == 1


# -- writing -----------------------------------------------------------------------------------


def test_a_written_file_excuses_the_run_it_was_written_from(tmp_path: Path) -> None:
    _, results, findings = whole_run()
    results = [r for r in results if r.verdict is not Verdict.ERROR]
    results += [ambient()]
    old = known((findings[0].deviation, FAIL))
    text = write_known(results, findings, title="Examplemail 1.2\nrecorded once", old=old)
    assert text.startswith("# Examplemail 1.2\n# recorded once\n")
    written = load(tmp_path, text)
    reasons = {entry.deviation: entry.reason for entry in written.entries}
    assert reasons[findings[0].deviation] == "because"
    assert reasons["blocked"] == "CREATE was refused"

    fresh = [dataclasses.replace(f, known=None) for f in findings]
    marked = [written.mark_finding(f) for f in fresh]
    cases = [written.mark_result(dataclasses.replace(r, known=None), marked) for r in results]
    assert exit_code(cases, marked) == 0
    assert written.unexpected(cases, marked, complete=True) == ()
    assert write_known(cases, marked, title=title_of(text), old=written) == text


def test_what_generated_sessions_alone_have_found_is_listed_for_all_of_them(tmp_path: Path) -> None:
    phase = result("fuzz/programs", "fail", kind="fuzz", requirements=(REQUIREMENT,))
    found = finding(cases=("fuzz/programs",), deviation=OTHER)
    written = load(tmp_path, write_known([phase], [found]))
    assert written.entries == (KnownDeviation(OTHER, REQUIREMENT, FAIL, found.message, ("fuzz",)),)
    elsewhere = written.mark_finding(dataclasses.replace(found, cases=("fuzz/commands",)))
    assert elsewhere.excused
    assert written.mark_result(phase, [elsewhere]).excused
    assert not written.mark_finding(dataclasses.replace(found, cases=("fuzz/a", SELECT))).excused


def test_an_error_of_the_suite_is_never_listed() -> None:
    assert write_known([result(verdict="error")], []) == ""


def test_a_written_file_is_toml_whatever_a_server_sent() -> None:
    text = write_known([], [finding(message=HOSTILE + '"\\')])
    (entry,) = tomllib.loads(text)["deviation"]
    assert entry["rule"] == REQUIREMENT
    assert "\\x1b[2J" in entry["reason"]
    assert entry["reason"].endswith('"\\')
