"""What generated sessions came to, in every view of a run: phases by name, and no cases."""

from __future__ import annotations

import pytest
from results_pair import good, recording
from results_sample import REQUIREMENT, failed, finding, result, run

from conformance.results.badge import badge_of
from conformance.results.changes import changes
from conformance.results.job_page import job_page
from conformance.results.junit import class_name
from conformance.results.known import exit_code
from conformance.results.matrix import CellState, matrix
from conformance.results.reader import RunRecording
from conformance.results.records import FUZZ, Result
from conformance.results.summary import end_record, section_rows, verdict_line, violations

PHASE = "fuzz/programs"
FOUND = finding(cases=(PHASE,))


def phase(verdict: str = "pass", name: str = PHASE, **changes: object) -> Result:
    about = {"kind": FUZZ, "requirements": (), "section": "5.2"} | changes
    return result(name, verdict, **about)


def said(of: RunRecording) -> str:
    assert of.end is not None
    return verdict_line(of.results, of.findings, of.end)


def broken() -> RunRecording:
    played = phase("fail", requirements=(REQUIREMENT, "3501-5.2-other"))
    return recording([*good().results, played], [FOUND])


def test_phases_are_counted_beside_cases() -> None:
    both = recording([*good().results, phase()])
    assert (
        said(both) == "No MUST rule was seen broken in 3 cases and 1 phase of generated sessions."
    )
    assert said(recording([phase()])).endswith("broken in 1 phase of generated sessions.")


@pytest.mark.parametrize("verdict", ["pass", "blocked"])
def test_a_run_of_generated_sessions_alone_has_its_badge_and_exit_code(verdict: str) -> None:
    alone = recording([phase(verdict, reason="nobody was there")])
    assert alone.end is not None
    badge = badge_of(alone.results, alone.findings, alone.end)
    colour = "brightgreen" if verdict == "pass" else "red"
    assert (badge.colour, exit_code(alone.results, [])) == (colour, int(verdict != "pass"))


def test_a_blocked_phase_is_called_one() -> None:
    blocked = [phase("blocked", reason="nobody was there"), result("rfc3501/x/y", "blocked")]
    assert said(recording(blocked)) == "1 blocked case; 1 blocked phase of generated sessions."
    end = end_record(blocked, [], duration=1.0)
    assert "nobody was there (1), first in `fuzz/programs`" in job_page(run(), blocked, [], end)


def test_what_a_phase_found_explains_its_result() -> None:
    assert violations(broken().results, broken().findings) == (FOUND,)
    (told,) = violations([failed(PHASE, kind=FUZZ)], [])
    assert (told.source, told.cases) == ("case", (PHASE,))


def test_a_phase_names_no_rules_that_a_matrix_would_count() -> None:
    rows = {row.id: row.cells[0] for row in matrix([broken()]).rules}
    assert rows[REQUIREMENT].state is CellState.BROKEN
    assert (rows[REQUIREMENT].passed, rows[REQUIREMENT].cases) == (1, 1)
    assert "3501-5.2-other" not in rows


def test_a_phase_counts_in_no_section_but_by_its_findings() -> None:
    rows = {row.section: row for row in section_rows([phase("fail"), result()], [FOUND])}
    assert rows.keys() == {"6.3.1"}
    assert (rows["6.3.1"].verdicts["pass"], rows["6.3.1"].findings["MUST"]) == (1, 1)


def test_what_generated_sessions_do_not_meet_again_is_not_fixed() -> None:
    changed = changes(broken(), recording([*good().results, phase()]))
    assert changed.fixed == ()
    assert changed.unseen == (FOUND,)
    assert [(turn.id, turn.after.value) for turn in changed.turns] == [(PHASE, "pass")]


def test_phases_have_a_class_of_their_own_in_junit() -> None:
    assert class_name(phase(name="fuzz/commands/2")) == "fuzz.sessions"
