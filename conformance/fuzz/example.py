"""Having something once and saying what was wrong: the frame around every generated session.

`ExampleRunner.run` gives what plays a `Executor`, turns what it raises and what the ambient checks
saw into at most one `Failure`, and sees to it that the server is well for the next one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Container
from dataclasses import replace

from conformance.casefile.compose import Exchange
from conformance.casefile.fixtures import Fixture
from conformance.checks.finding import Breach
from conformance.fuzz.deviation import deviation_of
from conformance.fuzz.environment import Environment
from conformance.fuzz.executor import Executor, ProgramOver
from conformance.fuzz.failure import Failure
from conformance.fuzz.told import in_its_words
from conformance.model.view import Disagreement
from conformance.play.errors import Blocked, Skip
from conformance.wire.errors import TargetError
from conformance.wire.transcript import Line

Play = Callable[[Executor], None]

_VERB = re.compile(r"(?:UID )?[A-Z]+", re.IGNORECASE)
_GONE = "3501-2.2.2-one-completion"
_LINES = 60


class ExampleRunner:
    """Tries things on one environment; failures whose shape is in `known` are passed over."""

    def __init__(self, environment: Environment, known: Container[str] = ()) -> None:
        self.environment = environment
        self.known = known
        self.tried = 0
        self.commands = 0
        self.blocked = 0
        """How many could not be had, since a fixture or a session could not."""

    def run(
        self,
        play: Play,
        *,
        fixture: str | Fixture,
        phase: str,
        start: str = "auth",
        fill: bool = True,
    ) -> Failure | None:
        """Have something once; return the first thing that was wrong and is not known."""
        if self.environment.gone:
            return None
        self.tried += 1
        executor: Executor | None = None
        failure: Failure | None = None
        try:
            if isinstance(fixture, str):
                fixture = self.environment.fixtures[fixture]
            executor = Executor(self.environment, fixture, f"fuzz/{phase}", fill=fill)
            play(executor)
        except ProgramOver:
            pass
        except (Blocked, Skip, TargetError):
            self.blocked += 1
            self.have_server_back()
        except Disagreement as wrong:
            if executor is not None:
                failure = _failure(wrong, executor, phase, start)
        finally:
            if executor is not None:
                self.commands += len(executor.exchanges)
                executor.close()
        if failure is not None and failure.requirement == _GONE:
            failure = self._see_whether_it_hangs(failure)
        if failure is not None and failure.shape not in self.known:
            return failure
        told = failure.requirement if failure is not None else ""
        return self._ambient(executor, phase, start, told) if executor is not None else None

    def _ambient(self, executor: Executor, phase: str, start: str, told: str) -> Failure | None:
        """Return what the ambient checks saw first; of the rule `told` the program has told."""
        for breach in self.environment.breaches():
            shape = f"{breach.requirement} {breach.shape}"
            if shape not in self.known and breach.requirement != told:
                return _observed(breach, shape, executor, phase, start)
        return None

    def have_server_back(self) -> None:
        """See to it that what comes next meets a server, whatever has become of this one."""
        with contextlib.suppress(TargetError):
            self.environment.look_after()

    def _see_whether_it_hangs(self, failure: Failure) -> Failure:
        with contextlib.suppress(TargetError):
            if self.environment.look_after():
                return failure
        return replace(
            failure,
            message=f"{failure.message}; after that the server answered nobody any more",
            shape=f"hang {failure.shape}",
            deviation=f"{failure.deviation}, and nobody is answered any more",
        )


def _failure(wrong: Disagreement, executor: Executor, phase: str, start: str) -> Failure:
    last = executor.exchanges[-1]
    # A tagged response that no line awaits would itself be a failure.
    expected = [executor.as_told(last.who, line) for line in wrong.expected]
    awaited = any("TAG" in line for line in expected)
    last.expects = [*expected, *([] if awaited else last.expects)]
    deviation = deviation_of(wrong, last.shown)
    return Failure(
        requirement=wrong.requirement,
        message=wrong.message,
        late=wrong.late,
        deviation=in_its_words(deviation) if last.who in executor.uid_only else deviation,
        shape=shape_of(wrong.group, last),
        phase=phase,
        exchanges=tuple(executor.exchanges),
        fixture=executor.fixture.name,
        start=start,
        expected=" / ".join(expected),
        received=wrong.received[:400],
        transcript=_lines(executor),
    )


def _observed(breach: Breach, shape: str, executor: Executor, phase: str, start: str) -> Failure:
    return Failure(
        requirement=breach.requirement,
        message=breach.message,
        shape=shape,
        phase=phase,
        exchanges=tuple(executor.exchanges),
        fixture=executor.fixture.name,
        start=start,
        expected=breach.expected,
        received=breach.received,
        source=breach.source,
        deviation=breach.deviation,
        offending=breach.offending,
        transcript=breach.excerpt or _lines(executor),
    )


def shape_of(requirement: str, exchange: Exchange) -> str:
    """Say what tells one cause from another: the rule, and the command that shows it broken."""
    verb = _VERB.match(exchange.shown)
    return f"{requirement} {verb[0].upper() if verb else ''}"


def _lines(executor: Executor) -> tuple[Line, ...]:
    return executor.transcript()[-_LINES:]
