"""A server that hangs or dies under an input: that is a finding, and the search goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz_flawed import SUITE

from conformance.flaws.acts import command
from conformance.flaws.flaw import Flaw, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.fuzz import engine as engine_module
from conformance.fuzz import environment as environment_module
from conformance.fuzz.commands import judged, spoken
from conformance.fuzz.domain import cover
from conformance.fuzz.engine import Clock, Engine
from conformance.fuzz.environment import Environment
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.single import Single, in_states
from conformance.play import recovery
from conformance.play.connections import Way
from conformance.selfcheck.stand import FlawedTarget
from conformance.syntax.exercised import Exercised
from conformance.targets import Target
from conformance.targets.errors import ServerFailed
from conformance.targets.loopback import issue_certificate

pytestmark = pytest.mark.slow

COMMANDS = ("NOOP", "CHECK")
LEFT = "commands left to swallow"
WAY = Way(timeout=0.5)


def swallowing(many: int) -> Flaw:
    """CHECK, and from then on so many commands of whoever sends them, are never answered."""

    def swallow(talk: Talk, request: Request) -> bytes | None:
        if request.name == "CHECK":
            talk.shared[LEFT] = many
        if talk.shared.get(LEFT, 0) > 0:
            talk.shared[LEFT] -= 1
            return b""
        return None

    return flaw("hangs", "CHECK hangs the server", "", "3501-6.4.1-ok", command(swallow))


def dying() -> Flaw:
    """With CHECK all connections end, now and whoever comes, before the next start."""

    def die(talk: Talk, request: Request) -> bytes | None:
        if request.name == "CHECK":
            talk.shared[LEFT] = True
        if talk.shared.get(LEFT):
            talk.close()
            return b""
        return None

    return flaw("dies", "CHECK ends the server", "", "3501-6.4.1-ok", command(die))


class Own(FlawedTarget):
    """Ours: it can be started again."""

    restarts = 0

    def restart(self) -> None:
        super().restart()
        self.restarts += 1


class Foreign(FlawedTarget):
    """Somebody else's: all that can be done is to wait."""

    def restart(self) -> None:
        raise ServerFailed(f"{self.label} is not ours to start again")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in vain is waited for once: how often a failure is had is for others."""
    monkeypatch.setattr(environment_module, "HEALTH", 0.5)
    monkeypatch.setattr(engine_module, "AGAIN", 1)


def searched(target: Target) -> Iterator[object]:
    """Have some commands, and give the environment and what was found."""
    with target:
        environment = Environment(target, WAY, SUITE.fixtures)
        runner = ExampleRunner(environment)
        engine = Engine(runner)
        single = Single(runner, Exercised(environment.grammar))
        chosen = (
            each
            for _, each in cover(spoken(environment.connections.announced.after))
            if judged(each).name in COMMANDS
        )
        commands = [each for each in in_states(chosen, every_state=False) if each[1] != "full"]
        try:
            yield engine.every(commands, single.play, Clock()) == len(commands)
        finally:
            single.close()
            environment.close()
        yield environment
        yield engine.failures


@pytest.mark.parametrize("kind", ["hangs", "dies"])
def test_our_own_server_is_started_again(kind: str, pymap_target: Target, tmp_path: Path) -> None:
    issue_certificate(tmp_path)
    made = swallowing(10_000) if kind == "hangs" else dying()
    target = Own(pymap_target, made, tmp_path, direct=False)
    whole, environment, failures = searched(target)
    assert whole
    assert isinstance(environment, Environment)
    assert isinstance(failures, list)
    assert environment.gone == ""
    assert target.restarts == environment.restarts > 0
    (found,) = [f for f in failures if f.exchanges[-1].shown == "CHECK"]
    assert found.requirement == "3501-2.2.2-one-completion"
    assert "answered nobody any more" in found.message
    assert found.shape.startswith("hang ")
    assert found.repeatable


def test_somebody_elses_server_is_waited_for(pymap_target: Target, tmp_path: Path) -> None:
    issue_certificate(tmp_path)
    whole, environment, failures = searched(
        Foreign(pymap_target, swallowing(4), tmp_path, direct=False)
    )
    assert whole
    assert isinstance(environment, Environment)
    assert isinstance(failures, list)
    assert environment.gone == ""
    assert environment.restarts > 0
    assert [f.exchanges[-1].shown for f in failures] == ["CHECK"]


def test_a_search_ends_with_a_server_that_does_not_come_back(
    pymap_target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "COMEBACK", 2.0)
    issue_certificate(tmp_path)
    whole, environment, failures = searched(
        Foreign(pymap_target, swallowing(10_000), tmp_path, direct=False)
    )
    assert not whole
    assert isinstance(environment, Environment)
    assert environment.gone.startswith("the server did not come back: ")
    assert isinstance(failures, list)
