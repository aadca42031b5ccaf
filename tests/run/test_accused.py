"""Which rule a case accuses: what was broken first, whatever the case is about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from conformance.casefile.document import Case
from conformance.checks.finding import Breach
from conformance.play.player import Outcome
from conformance.run.accused import accused, lost_place
from conformance.run.judging import hang_in

OWN = "3501-9-status-att"
ONE = "3501-2.2.2-one-completion"
BYE = "3501-3.4-bye"
COUNT = "3501-4.3-count"


def case(level: str = "MUST") -> Case:
    return cast("Case", SimpleNamespace(labels=SimpleNamespace(requirements=(OWN,), level=level)))


def seen(*requirements: str) -> list[Breach]:
    return [cast("Breach", SimpleNamespace(requirement=each)) for each in requirements]


@pytest.mark.parametrize(
    ("outcome", "level", "found", "rule"),
    [
        (Outcome("fail", "mismatch"), "MUST", (BYE,), OWN),
        (Outcome("fail", "timeout", unanswered=True), "MUST", (), ONE),
        (Outcome("fail", "timeout"), "MUST", (), OWN),
        (Outcome("warn", "timeout", unanswered=True), "SHOULD", (), OWN),
        (Outcome("fail", "closed"), "MUST", (COUNT, BYE), BYE),
        (Outcome("fail", "closed"), "MUST", (COUNT,), OWN),
        (Outcome("blocked", "closed"), "MUST", (BYE,), OWN),
    ],
)
def test_what_was_broken_first_is_accused(
    outcome: Outcome, level: str, found: tuple[str, ...], rule: str
) -> None:
    assert accused(case(level), outcome, seen(*found)) == rule


@pytest.mark.parametrize(
    ("verdict", "found", "lost"),
    [("fail", (BYE, COUNT), True), ("fail", (BYE,), False), ("pass", (COUNT,), False)],
)
def test_behind_a_wrong_count_nothing_is_judged(
    verdict: str, found: tuple[str, ...], lost: bool
) -> None:
    told = lost_place(Outcome(cast("str", verdict)), seen(*found))  # type: ignore[arg-type]
    assert (told is not None and told.requirement == COUNT) is lost


@pytest.mark.parametrize(("last", "rule", "level"), [(False, ONE, "MUST"), (True, OWN, "SHOULD")])
def test_a_server_that_hangs_breaks_a_must_unless_what_it_was_sent_is_beyond_measure(
    last: bool, rule: str, level: str
) -> None:
    labels = SimpleNamespace(requirements=(OWN,), level="SHOULD", last=last)
    of = SimpleNamespace(labels=labels, section="11", title="x", heading="a/b/c")
    breach = hang_in(cast("Case", of), Outcome("warn", "timeout"))
    assert (breach.requirement, breach.level) == (rule, level)
