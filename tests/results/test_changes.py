from __future__ import annotations

import dataclasses

from results_pair import POLLS, bad, everything, excused, good, recording
from results_sample import EXPUNGE, REQUIREMENT, SELECT, SYNTAX, failed, finding, result, run

from conformance.results.changes import Since, changes, same_server
from conformance.results.collector import OTHER
from conformance.results.records import TargetRecord, Verdict


def test_nothing_changes_between_a_run_and_itself() -> None:
    for one in (good(), bad(), everything()):
        assert not changes(one, one).any
        assert not changes(one, one).worse


def test_a_violation_that_comes_is_new_and_makes_it_worse() -> None:
    changed = changes(good(), bad())
    assert [f.requirement for f in changed.new] == [REQUIREMENT]
    assert changed.worse
    assert not changed.fixed
    turns = {turn.id: (turn.before, turn.after) for turn in changed.turns}
    assert turns[SELECT] == (Verdict.PASS, Verdict.FAIL)
    assert turns[POLLS] == (Verdict.YES, Verdict.NO)


def test_a_violation_that_goes_is_fixed() -> None:
    changed = changes(bad(), good())
    assert [f.requirement for f in changed.fixed] == [REQUIREMENT]
    assert not changed.worse


def test_a_violation_is_not_fixed_where_nothing_looked_for_it() -> None:
    skipped = recording([result(SELECT, "skip")])
    for second in (skipped, recording([result(EXPUNGE)])):
        changed = changes(bad(), second)
        assert not changed.fixed
        assert [f.requirement for f in changed.unseen] == [REQUIREMENT]


def test_a_new_violation_that_is_known_is_told_but_makes_nothing_worse() -> None:
    changed = changes(good(), excused(bad()))
    assert len(changed.new) == 1
    assert not changed.worse


def test_another_shape_of_the_same_rule_is_another_violation() -> None:
    other = recording([failed()], [finding(shape="another")])
    changed = changes(bad(), other)
    assert [f.shape for f in changed.new] == ["another"]
    assert [f.shape for f in changed.fixed] == ["missing"]


def test_of_a_rule_with_more_shapes_than_are_kept_none_is_called_new() -> None:
    crowded = recording([failed()], [finding(SYNTAX, shape=OTHER)])
    assert not changes(crowded, recording([failed()], [finding(SYNTAX, shape="late")])).worse


def test_warnings_come_and_go_without_making_it_worse() -> None:
    id_ = "rfc3501/6.3.11-append/trycreate"
    fair = recording([result(id_)])
    warned = recording([result(id_, "warn")])
    assert len(changes(fair, warned).warnings_new) == 1
    assert not changes(fair, warned).worse
    assert len(changes(warned, fair).warnings_fixed) == 1


def test_cases_are_added_and_removed() -> None:
    changed = changes(recording([result(SELECT)]), recording([result(EXPUNGE)]))
    assert (changed.added, changed.removed) == ((EXPUNGE,), (SELECT,))
    assert not changed.turns


def test_a_server_is_the_same_in_another_version_and_under_another_user() -> None:
    def of(label: str, name: str = "") -> TargetRecord:
        return TargetRecord(label, name, "1")

    first = run(target=of("imap://a@host", "host"))
    assert same_server(first, run(target=dataclasses.replace(of("imap://b@HOST", "HOST"))))
    assert not same_server(first, run(target=of("imap://a@other", "other")))
    assert same_server(run(target=of("x")), run(target=of("x")))
    assert not same_server(run(target=of("x")), run(target=of("y")))


def test_it_is_said_in_one_sentence() -> None:
    started = good().run.started
    assert Since(started, changes(good(), good())).words == "Nothing changed."
    said = Since(started, changes(good(), bad())).words
    assert said.startswith("1 new violation, ")
    assert "3 cases with another verdict" in said
