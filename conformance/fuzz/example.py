"""Having something once and saying what was wrong: the frame around every drawn session.

`Trial.run` gives what plays a `Conduct`, turns what it raises and what the ambient checks saw into
at most one `Failure`, and sees to it that the server is well for the next one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Container
from dataclasses import replace

from conformance.casefile.compose import Exchange
from conformance.casefile.fixtures import Fixture
from conformance.checks.finding import Finding
from conformance.fuzz.deviation import deviation_of
from conformance.fuzz.environment import Lab
from conformance.fuzz.executor import Conduct, Over
from conformance.fuzz.failure import Failure
from conformance.model.view import Disagreement
from conformance.play.errors import Blocked, Skip
from conformance.wire.errors import TargetError
from conformance.wire.transcript import Line

Play = Callable[[Conduct], None]

_VERB = re.compile(r"(?:UID )?[A-Z]+", re.IGNORECASE)
_GONE = "3501-2.2.2-one-completion"
_LINES = 60


class Trial:
    """Tries things on one lab; failures whose shape is in `known` are passed over."""

    def __init__(self, lab: Lab, known: Container[str] = ()) -> None:
        self.lab = lab
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
        if self.lab.gone:
            return None
        self.tried += 1
        conduct: Conduct | None = None
        failure: Failure | None = None
        try:
            if isinstance(fixture, str):
                fixture = self.lab.fixtures[fixture]
            conduct = Conduct(self.lab, fixture, f"fuzz/{phase}", fill=fill)
            play(conduct)
        except Over:
            pass
        except (Blocked, Skip, TargetError):
            self.blocked += 1
            self.have_server_back()
        except Disagreement as wrong:
            if conduct is not None:
                failure = _failure(wrong, conduct, phase, start)
        finally:
            if conduct is not None:
                self.commands += len(conduct.exchanges)
                conduct.close()
        if failure is not None and failure.requirement == _GONE:
            failure = self._see_whether_it_hangs(failure)
        if failure is not None and failure.shape not in self.known:
            return failure
        return self._ambient(conduct, phase, start) if conduct is not None else None

    def _ambient(self, conduct: Conduct, phase: str, start: str) -> Failure | None:
        for breach in self.lab.breaches():
            shape = f"{breach.requirement} {breach.shape}"
            if shape not in self.known:
                return _observed(breach, shape, conduct, phase, start)
        return None

    def have_server_back(self) -> None:
        """See to it that what comes next meets a server, whatever has become of this one."""
        with contextlib.suppress(TargetError):
            self.lab.look_after()

    def _see_whether_it_hangs(self, failure: Failure) -> Failure:
        with contextlib.suppress(TargetError):
            if self.lab.look_after():
                return failure
        return replace(
            failure,
            message=f"{failure.message}; after that the server answered nobody any more",
            shape=f"hang {failure.shape}",
            deviation=f"{failure.deviation}, and nobody is answered any more",
        )


def _failure(wrong: Disagreement, conduct: Conduct, phase: str, start: str) -> Failure:
    last = conduct.exchanges[-1]
    # A tagged response that no line awaits would itself be a failure.
    awaited = any("TAG" in line for line in wrong.expected)
    last.expects = [*wrong.expected, *([] if awaited else last.expects)]
    return Failure(
        requirement=wrong.requirement,
        message=wrong.message,
        late=wrong.late,
        deviation=deviation_of(wrong, last.shown),
        shape=shape_of(wrong.group, last),
        phase=phase,
        exchanges=tuple(conduct.exchanges),
        fixture=conduct.fixture.name,
        start=start,
        expected=" / ".join(wrong.expected),
        received=wrong.received[:400],
        transcript=_lines(conduct),
    )


def _observed(breach: Finding, shape: str, conduct: Conduct, phase: str, start: str) -> Failure:
    return Failure(
        requirement=breach.requirement,
        message=breach.message,
        shape=shape,
        phase=phase,
        exchanges=tuple(conduct.exchanges),
        fixture=conduct.fixture.name,
        start=start,
        expected=breach.expected,
        received=breach.received,
        source=breach.source,
        deviation=breach.deviation,
        offending=breach.offending,
        transcript=breach.excerpt or _lines(conduct),
    )


def shape_of(requirement: str, exchange: Exchange) -> str:
    """Say what tells one cause from another: the rule, and the command that shows it broken."""
    verb = _VERB.match(exchange.shown)
    return f"{requirement} {verb[0].upper() if verb else ''}"


def _lines(conduct: Conduct) -> tuple[Line, ...]:
    return conduct.transcript()[-_LINES:]
