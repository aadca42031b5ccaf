"""A real flaw is found by each phase; what is written down of it fails again, and only there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fuzz_flawed import SUITE, WAY, first_found, flawed_by, tool

from conformance.flaws.catalogue import FLAWS
from conformance.fuzz import found
from conformance.fuzz.broken import SESSION_STATES, Broken
from conformance.fuzz.engine import Clock, Engine
from conformance.fuzz.environment import Environment
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.failure import Failure
from conformance.targets import Target
from conformance.targets.dovecot import DovecotTarget

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]

BY_PHASE = [
    ("commands", "noop-refused", "3501-6.1.2-ok"),
    ("commands", "flag-twice", "3501-2.3.2-set"),
    ("commands", "uid-key-means-number", "3501-6.4.4-uid"),
    ("commands", "uid-fetch-without-uid", "3501-6.4.8-uid-item"),
    ("commands", "status-empty", "3501-6.3.10-items"),
    ("commands", "store-replace-adds", "3501-6.4.6-returns"),
    ("commands", "unsubscribe-deletes", "3501-6.3.7-name-only"),
    # What proves that nothing has changed is itself answered wrongly, and that is what is told.
    ("commands", "unknown-command-ok", "3501-3-wrong-state"),
    ("programs", "copy-moves", "3501-7.4.1-in-step"),
    ("content", "size-off-by-one", "3501-2.3.4-size"),
]
"""Phase, flaw, and the rule that is seen broken first."""
SHORT = 14
"""Lines that a client sends until a flaw is seen, once a program is shrunk."""


@pytest.mark.parametrize(("phase", "flaw", "requirement"), BY_PHASE)
def test_a_phase_finds_its_flaw_and_writes_it_down(
    phase: str,
    flaw: str,
    requirement: str,
    dovecot_target: DovecotTarget,
    tmp_path: Path,
) -> None:
    with flawed_by(flaw, dovecot_target, tmp_path) as target:
        failure = first_found(target, phase)
        assert failure.requirement == requirement, failure.message
        assert failure.repeatable
        assert failure.phase == phase
        assert failure.size <= SHORT, [each.shown for each in failure.exchanges]
        _replayed(failure, target, dovecot_target, tmp_path)


def test_broken_commands_find_their_flaw_and_write_it_down(
    dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    with flawed_by("zero-is-a-number", dovecot_target, tmp_path) as target:
        environment = Environment(target, WAY, SUITE.fixtures)
        runner = ExampleRunner(environment)
        broken, engine_ = Broken(environment, SESSION_STATES[-1]), Engine(runner)
        chosen = (mutant for mutant in broken.some(0, 1) if mutant.kind.name == "zero")
        engine_.every(chosen, broken.play, Clock())
        broken.close()
        environment.close()
        failure = next(f for f in engine_.failures if "with zero" in f.shape)
        assert failure.requirement in FLAWS["zero-is-a-number"].requirements
        assert failure.repeatable
        assert failure.size <= 3
        _replayed(failure, target, dovecot_target, tmp_path)


def _replayed(failure: Failure, flawed: Target, good: Target, folder: Path) -> None:
    path = found.write(failure, SUITE.catalogue.get, folder / "found", flawed.label)
    text = path.read_text(encoding="utf-8")
    assert f"Seen on {flawed.label}" in text
    assert re.search(r"^Reproduced, 3 of 3 attempts showed it\.$", text, re.MULTILINE)
    ((case, _),) = SUITE.load(path)
    assert case.labels.requirements == (failure.requirement,)
    code, out, error = tool("replay", str(path), target=flawed, cwd=folder)
    verdict = "fail" if case.labels.level == "MUST" else "warn"
    assert code == (verdict == "fail"), out + error
    assert f": {verdict}\n" in out
    assert failure.exchanges[0].shown.split(" ")[0] in out  # what follows is not sent once it fails
    code, out, error = tool("replay", str(path), target=good, cwd=folder)
    assert code == 0, out + error
    assert ": pass\n" in out
