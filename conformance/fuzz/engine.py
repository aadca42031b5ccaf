"""The search: Hypothesis generates, `ExampleRunner` tries; failures are shrunk and reproduced.

Counts bound it, and so the same seed generates the same whatever the server answers and however
long it takes: what is found does not change what is tried after it. A search first tries all that
is generated; then it generates the same again up to what failed, and shrinks that. What was tried
once is not tried again, so that a server that answers now this and now that does not confuse the
shrinking; whether a failure can be reproduced is found out afterwards, and said.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from unittest import SkipTest

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.failure import Failure
from conformance.fuzz.machine import Program, ProgramMachine
from conformance.fuzz.sameness import sameness

T = TypeVar("T")
_Once = Callable[[T], None]
_Look = Callable[[Callable[[T], None], settings], None]
"""Has Hypothesis call something with all that it generates by some settings."""

AGAIN = 3
"""How often a failure is reproduced before it is reported."""
SHRINKS = 60
"""How many smaller things are tried to shrink one failure, unless told otherwise."""
LATE_SHRINKS = 6
"""How many are tried where it is that no answer came in time: each takes all our patience."""
_STEPS = 22
"""Steps of a program."""


class ShownFailure(Exception):
    """A failure on its way through Hypothesis."""


class _Enough(KeyboardInterrupt):
    """Nothing more is to be tried: this is what Hypothesis lets through at once."""


@dataclass(slots=True)
class Clock:
    """How long a search may take, in seconds since it was made; without a budget, for ever."""

    budget: float = math.inf
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, not below 0."""
        return max(0.0, self.started + self.budget - time.monotonic())

    @property
    def spent(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self.started

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.left <= 0.0


@dataclass(slots=True)
class _Met:
    """A failure as it was first seen, and how to see it again."""

    failure: Failure
    key: str
    again: Callable[[], Failure | None]


class Engine:
    """Searches with one `ExampleRunner`, and keeps each failure once."""

    def __init__(
        self,
        runner: ExampleRunner,
        *,
        database: ExampleDatabase | None = None,
        replay: bool = True,
        progress: Callable[[], None] = lambda: None,
        only_first: bool = False,
        shrinks: int = SHRINKS,
        shorten: Callable[[Failure], Failure] = lambda failure: failure,
    ) -> None:
        """Make an engine; `only_first`: it stops searching when it has found something.

        What fails is kept in `database`; `replay`: what was kept there before is tried first.
        `shrinks` is how many smaller things are tried for each failure that was generated;
        `shorten` takes out of what was found what is not needed.
        """
        self._shorten = shorten
        self._shrinks = shrinks
        self._runner = runner
        self._only_first = only_first
        self._database = database
        self._replay = replay
        self._progress = progress
        self.failures: list[Failure] = []
        self.planned = 0
        """How many things were to be tried, those for shrinking left out."""
        self.done = 0
        """How many of them were."""
        self.cut = False
        """Whether the clock has kept it from trying the others."""
        self.late = 0
        """How often an answer did not come in time once, and came when it was asked for again."""
        self._seen: set[str] = set()
        self._wanted = ""
        self._open: list[_Met] = []

    @property
    def shapes(self) -> frozenset[str]:
        """The shapes that are passed over: all that were seen, but for the one looked into."""
        return frozenset(self._seen - {self._wanted})

    # -- in order ----------------------------------------------------------------------

    def every(self, things: Iterable[T], play: Callable[[T], Failure | None], clock: Clock) -> int:
        """Try all of `things` in order, as long as there is time; return how many were tried."""
        chosen = list(things)
        self.planned += len(chosen)
        count = 0
        for thing in chosen:
            if self._ends(clock):
                break
            count += 1
            self.done += 1
            for failure in self._new(thing, play):
                self._keep(failure, partial(play, thing))
        return count

    # -- by chance ---------------------------------------------------------------------

    def draw(
        self,
        name: str,
        strategy: SearchStrategy[T],
        play: Callable[[T], Failure | None],
        *,
        examples: int,
        number: int,
        clock: Clock,
    ) -> None:
        """Try as many `examples` of a strategy as are told, by the seed `number`.

        `name` is what examples that failed are kept under; `play` tries one.
        """

        def look(once: _Once[T], wanted: settings) -> None:
            def fuzz(generated: T) -> None:
                once(generated)

            fuzz.__name__ = f"fuzz_{name}"
            # In this order: a seed takes the database out of settings that were given before.
            wanted(seed(number)(given(strategy)(fuzz)))()

        self._search(look, play, examples, clock)

    def programs(
        self,
        play: Callable[[Program], Failure | None],
        *,
        examples: int,
        number: int,
        clock: Clock,
    ) -> None:
        """Try as many programs of several sessions as are told, generated by the state machine."""

        def look(once: _Once[Program], wanted: settings) -> None:
            machine = type("Generated", (ProgramMachine,), {"done": staticmethod(once)})
            run_state_machine_as_test(seed(number)(machine), settings=wanted)

        self._search(look, play, examples, clock)

    def _search(
        self, look: _Look[T], play: Callable[[T], Failure | None], examples: int, clock: Clock
    ) -> None:
        self.planned += examples
        make = partial(
            settings,
            max_examples=max(1, examples),
            stateful_step_count=_STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        try:
            with sameness():
                if self._replay and self._database is not None and not self._ends(clock):
                    kept = make(database=self._database, phases=[Phase.reuse])
                    _have(look, self._kept_before(play, clock), kept)
                generated = make(database=None, phases=[Phase.generate])
                _have(look, self._generated(play, clock), generated)
                while self._open:
                    met = self._open[0]
                    shrunk = make(
                        database=self._database,
                        phases=[Phase.generate, Phase.shrink],
                        report_multiple_bugs=False,
                    )
                    self._shrink(look, play, shrunk, met)
                    self._open.remove(met)
        except KeyboardInterrupt:
            # Somebody has had enough: what there is is told, without trying it again.
            self.failures += [met.failure for met in self._open]
            raise

    def _kept_before(self, play: Callable[[T], Failure | None], clock: Clock) -> _Once[T]:
        """Make what tries what failed in other runs; it changes nothing of what is generated."""

        def once(generated: T) -> None:
            if self._ends(clock):
                raise _Enough
            shown = False
            for failure in self._new(generated, play):
                shown = True
                self._keep(failure, partial(play, generated))
            if shown:
                raise ShownFailure  # Hypothesis forgets an example that does not fail again

        return once

    def _generated(self, play: Callable[[T], Failure | None], clock: Clock) -> _Once[T]:
        """Make what tries all that is generated, and notes what was wrong without a word."""
        tried: set[str] = set()

        def once(generated: T) -> None:
            if self._ends(clock):
                raise _Enough
            self.done += 1
            key = repr(generated)
            if key in tried:
                return
            for failure in self._new(generated, play):
                self._open.append(_Met(failure, key, partial(play, generated)))
            tried.add(key)

        return once

    def _shrink(
        self,
        look: _Look[T],
        play: Callable[[T], Failure | None],
        wanted: settings,
        met: _Met,
    ) -> None:
        """Generate the same again up to a failure, find the smallest that shows it, and keep it."""
        outcomes: dict[str, Failure | None] = {met.key: met.failure}
        best = met
        most = 1 + (min(LATE_SHRINKS, self._shrinks) if met.failure.late else self._shrinks)
        reached = False

        def once(generated: T) -> None:
            nonlocal best, reached
            key = repr(generated)
            reached = reached or key == met.key
            if not reached:
                return
            if key not in outcomes:
                if len(outcomes) >= most or self._runner.environment.gone:
                    raise _Enough
                outcomes[key] = play(generated)
                self._progress()
            failure = outcomes[key]
            if failure is None or failure.shape != met.failure.shape:
                return
            # Of equal ones the last: it is simpler by the order that Hypothesis shrinks in.
            if key != best.key and failure.weight <= best.failure.weight:
                best = _Met(failure, key, partial(play, generated))
            raise ShownFailure

        self._wanted = met.failure.shape
        # The octets of a response show what an ambient check has seen, whatever led to them.
        if met.failure.source == "case":
            _have(look, once, wanted)
        self._wanted = ""
        if not self._keep(best.failure, best.again, sure=best is met) and best is not met:
            self._keep(met.failure, met.again)

    # -- trying ------------------------------------------------------------------------

    def _new(self, thing: T, play: Callable[[T], Failure | None]) -> Iterator[Failure]:
        """Try a thing until it shows nothing that was not seen yet; give all that it shows."""
        while not self._runner.environment.gone:
            failure = self._sure(thing, play)
            if failure is None or failure.shape in self._seen:
                return
            self._seen.add(failure.shape)
            yield failure
            if self._only_first:
                return

    def _sure(self, thing: T, play: Callable[[T], Failure | None]) -> Failure | None:
        """Try a thing; that no answer came in time counts if none comes with more patience."""
        failure = play(thing)
        self._progress()
        if failure is None or not failure.late:
            return failure
        with self._patient(failure):
            for _ in range(AGAIN):
                other = play(thing)
                self._progress()
                if other is not None or self._runner.environment.gone:
                    return other or failure
        self.late += 1
        return None

    def _patient(self, failure: Failure) -> AbstractContextManager[Any]:
        return self._runner.environment.patiently() if failure.late else nullcontext()

    def _ends(self, clock: Clock) -> bool:
        """Whether there is no time left, nobody to talk to, or nothing more to look for."""
        if self._runner.environment.gone or (self._only_first and (self.failures or self._open)):
            return True
        self.cut = self.cut or clock.over
        return clock.over

    def _keep(
        self, failure: Failure, again: Callable[[], Failure | None], *, sure: bool = True
    ) -> bool:
        """Have a failure again, and keep it; not `sure`: only if it shows each time."""
        self._wanted = failure.shape
        seen = 0
        with self._patient(failure):
            for _ in range(AGAIN):
                if self._runner.environment.gone:
                    break
                other = again()
                self._progress()
                seen += other is not None and other.shape == failure.shape
        graded = failure.graded(seen, AGAIN)
        if graded.repeatable or sure:
            self.failures.append(self._shorten(graded) if graded.repeatable else graded)
        self._wanted = ""
        return graded.repeatable


def _have(look: _Look[T], once: _Once[T], wanted: settings) -> None:
    """Have Hypothesis generate; a failure on its way out has been noted already."""
    try:
        look(once, wanted)
    except (ShownFailure, _Enough, SkipTest):  # the last where nothing was kept
        pass
    except BaseExceptionGroup as group:
        if group.split(ShownFailure)[1] is not None:
            raise
