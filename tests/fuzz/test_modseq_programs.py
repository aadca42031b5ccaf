"""Programs with CONDSTORE and QRESYNC (RFC 7162): what is wrong is found, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fuzz_flawed import SUITE, WAY, flawed_by, tool

from conformance.fuzz import found
from conformance.fuzz.environment import Environment
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.executor import Executor
from conformance.fuzz.failure import Failure
from conformance.fuzz.machine import Program, ProgramStep, have
from conformance.selfcheck.stand import FlawedTarget
from conformance.targets import Target
from conformance.targets.dovecot import DovecotTarget

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


def step(who: str, operation: str, **arguments: Any) -> ProgramStep:
    return ProgramStep(who, operation, tuple(arguments.items()))


HOME = {"path": "home"}
STORED: dict[str, Any] = {"picks": (0,), "mode": "+FLAGS", "silent": True, "by_uid": False}
CHANGED = {"picks": (0, 1), "mode": "+FLAGS", "by_uid": False}
SELECTED = step("one", "select", **HOME), step("two", "select", **HOME)
FLAGGED = step("two", "store", flags=(1,), **STORED)
DELETED = step("two", "store", flags=(2,), **STORED)
FIRST = *SELECTED, step("one", "changed since", which=0)
"""A session that has asked for mod-sequences: those of before Dovecot makes equal."""
SINCE = *FIRST, FLAGGED, step("one", "changed since", which=0)
AFTER = *FIRST, FLAGGED, step("one", "changed since", which=1)
SEARCHED = *FIRST, FLAGGED, step("one", "search modseq", which=1)
UNCHANGED = *SELECTED, step("one", "unchanged since", flags=(1,), stale=False, **CHANGED)
STALE = (
    *FIRST,
    FLAGGED,
    step("one", "unchanged since", flags=(1,), stale=True, **CHANGED),
)
BACK = (
    step("one", "remember", **HOME),
    step("two", "select", **HOME),
    FLAGGED,
    DELETED,
    step("two", "expunge"),
    step("two", "store", flags=(3,), **STORED),
    step("three", "resynchronize", **HOME),
)
TOGETHER = (
    *BACK,
    step("two", "append", path="home", text=0, flags=(0,), date=0),
    step("three", "noop"),
    DELETED,
    step("two", "expunge"),
    step("three", "noop"),
    step("three", "store", flags=(2,), **STORED),
    step("three", "expunge"),
    step("one", "noop"),
    step("one", "changed since", which=2),
)
OWN = "7162-3.2.4-uid"
"""What Dovecot breaks by itself: it tells of changed flags without UID."""
ROWS = [
    ("changedsince-ignored", AFTER, "7162-3.1.4.1-changedsince"),
    ("changedsince-equal", AFTER, "7162-3.1.4.1-changedsince"),
    ("changedsince-without-modseq", AFTER, "7162-3.1.4.1-implicit"),
    ("search-modseq-above", SEARCHED, "7162-3.1.5-search"),
    ("search-without-modseq", SEARCHED, "7162-3.1.5-highest"),
    ("search-modseq-low", SEARCHED, "7162-3.1.5-highest"),
    ("unchangedsince-below", UNCHANGED, "7162-3.1.3-performed"),
    ("silent-tells-no-modseq", UNCHANGED, "7162-3.1.3-untagged"),
    ("unchangedsince-ignored", STALE, "7162-3.1.3-refused"),
    ("modified-left-out", STALE, "7162-3.1.3-refused"),
    ("vanished-without-uid-one", BACK, "7162-3.2.5.1-vanished"),
]
"""Flaw, a program that meets it, and the rule that is told."""
PROGRAMS = {
    "changed": SINCE,
    "changed after": AFTER,
    "searched": SEARCHED,
    "unchanged": UNCHANGED,
    "stale": STALE,
    "back": BACK,
    "together": TOGETHER,
}


def failure_of(
    target: Target, steps: tuple[ProgramStep, ...], said: list[tuple[str, str]] | None = None
) -> Failure | None:
    """Have a program; what was wrong, and in `said` who has said what."""
    environment, heard = Environment(target, WAY, SUITE.fixtures), said if said is not None else []

    def play(executor: Executor) -> None:
        have(executor, program)
        heard.extend((each.who, each.shown) for each in executor.exchanges)

    try:
        runner, program = ExampleRunner(environment), Program("five", steps)
        failure = runner.run(play, fixture="five", phase="programs")
        assert not runner.blocked
        return failure
    finally:
        environment.close()


@pytest.mark.parametrize(("flaw", "steps", "requirement"), ROWS, ids=[row[0] for row in ROWS])
def test_a_program_finds_the_flaw(
    flaw: str,
    steps: tuple[ProgramStep, ...],
    requirement: str,
    dovecot_target: DovecotTarget,
    tmp_path: Path,
) -> None:
    with flawed_by(flaw, dovecot_target, tmp_path) as target:
        failure = failure_of(target, steps)
    assert failure is not None
    assert failure.requirement == requirement, failure.message


def test_what_is_found_is_a_case_that_fails_again_and_only_there(
    dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    with flawed_by("vanished-without-uid-one", dovecot_target, tmp_path) as target:
        failure = failure_of(target, BACK)
        assert failure is not None
        path = found.write(failure, SUITE.catalogue.get, tmp_path / "found", target.label)
        ran, said, _ = tool("replay", str(path), target=target)
        assert ran == 1, said
    ran, said, _ = tool("replay", str(path), target=dovecot_target)
    assert ran == 0, said


@pytest.mark.parametrize("steps", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_agrees_with_dovecot(
    steps: tuple[ProgramStep, ...], dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    # Other tests use that server, too: as one of somebody else's it is left as it was.
    with FlawedTarget(dovecot_target, None, tmp_path, direct=True) as target:
        failure = failure_of(target, steps)
    assert failure is None or failure.requirement == OWN, failure.message


def test_a_session_enables_nothing_once_it_has_selected_a_mailbox(
    dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    closed = step("three", "select", **HOME), step("three", "close")
    with FlawedTarget(dovecot_target, None, tmp_path, direct=True) as target:
        for before, enables in (((), True), (closed, False)):
            said: list[tuple[str, str]] = []
            failure_of(target, (*BACK[:-1], *before, BACK[-1]), said)
            assert (("three", "ENABLE QRESYNC") in said) is enables
