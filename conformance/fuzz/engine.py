"""The search: Hypothesis draws, `Trial` tries, what fails is shrunk, had again and kept.

Bounded in time and in number whatever the server does. What was tried once in a search is not
tried again, so that a server that answers now this and now that does not confuse the shrinking;
whether a failure can be had again is found out afterwards, and said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from conformance.fuzz.failure import Failure
from conformance.fuzz.machine import Program, Programs
from conformance.fuzz.trial import Trial

T = TypeVar("T")

AGAIN = 3
"""How often a failure is had again before it is reported."""
SHRINKING = 12.0
"""Seconds for shrinking what one search has found."""
_STEPS = 22
"""Steps of a program."""


class Shown(Exception):
    """A failure on its way through Hypothesis; subclasses tell causes apart."""


class _TimeUp(KeyboardInterrupt):
    """There is no time left: this is what Hypothesis lets through at once."""


@dataclass(slots=True)
class Clock:
    """How long a search may take, in seconds since it was made."""

    budget: float
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


class Engine:
    """Searches with one `Trial`, and keeps each failure once."""

    def __init__(
        self,
        trial: Trial,
        *,
        database: ExampleDatabase | None = None,
        progress: Callable[[], None] = lambda: None,
        only_first: bool = False,
        shorten: Callable[[Failure], Failure] = lambda failure: failure,
    ) -> None:
        """Make an engine; `only_first`: it stops searching when it has found something.

        `shorten` takes out of what was found what is not needed.
        """
        self._shorten = shorten
        self._trial = trial
        self._only_first = only_first
        self._database = database
        self._progress = progress
        self.failures: list[Failure] = []
        self._kinds: dict[str, type[Shown]] = {}

    # -- without chance ----------------------------------------------------------------

    def every(self, things: Iterable[T], play: Callable[[T], Failure | None], clock: Clock) -> int:
        """Try all of `things` in order, as long as there is time; return how many were tried."""
        count = 0
        for thing in things:
            if clock.over or self._done:
                break
            count += 1
            failure = play(thing)
            self._progress()
            if failure is not None:
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
        """Draw from a strategy until there is nothing new, by the seed `number`.

        `name` is what examples that failed are kept under; `play` tries one.
        """

        def search(once: Callable[[T], None], wanted: settings, at: int) -> None:
            def fuzz(drawn: T) -> None:
                once(drawn)

            fuzz.__name__ = f"fuzz_{name}"
            # In this order: a seed takes the database out of settings that were given before.
            wanted(seed(at)(given(strategy)(fuzz)))()

        self._until_nothing_new(search, play, examples, number, clock)

    def programs(
        self,
        play: Callable[[Program], Failure | None],
        *,
        examples: int,
        number: int,
        clock: Clock,
    ) -> None:
        """Draw programs of several sessions by the state machine, until there is nothing new."""

        def search(once: Callable[[Program], None], wanted: settings, at: int) -> None:
            machine = type("Drawn", (Programs,), {"done": staticmethod(once)})
            run_state_machine_as_test(seed(at)(machine), settings=wanted)

        self._until_nothing_new(search, play, examples, number, clock)

    def _settings(self, examples: int, *, reuse: bool) -> settings:
        """Make the settings of one search; `reuse`: what failed in other runs is tried first.

        Only the first search of a run may: what it has found is known to those that follow, and
        Hypothesis forgets an example that does not fail again.
        """
        phases = [Phase.generate, Phase.shrink]
        return settings(
            max_examples=max(1, examples),
            stateful_step_count=_STEPS,
            database=self._database,
            phases=[Phase.reuse, *phases] if reuse else phases,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )

    def _once(
        self,
        play: Callable[[T], Failure | None],
        clock: Clock,
        best: dict[str, tuple[Failure, T]],
    ) -> Callable[[T], None]:
        """Make what Hypothesis calls: tries what was not tried, and raises what was wrong.

        The smallest thing for each cause is put into `best`.
        """
        outcomes: dict[Hashable, Failure | None] = {}
        shrinking: dict[str, Clock] = {}

        def once(drawn: T) -> None:
            key = repr(drawn)
            if key not in outcomes:
                # What was found is shrunk also when there is no time to look for more.
                clocks = shrinking.values() or (clock,)
                if any(each.over for each in clocks) or self._done:
                    raise _TimeUp
                outcomes[key] = play(drawn)
                self._progress()
            failure = outcomes[key]
            if failure is not None:
                shrinking.setdefault(failure.shape, Clock(SHRINKING))
                smallest = best.get(failure.shape)
                # Of equal ones the last: it is simpler by the order that Hypothesis shrinks in.
                if smallest is None or failure.weight <= smallest[0].weight:
                    best[failure.shape] = (failure, drawn)
                raise self._kind(failure.shape)(failure.message)

        return once

    @property
    def _done(self) -> bool:
        """Whether there is nobody to talk to any more, or nothing more to look for."""
        return bool(self._trial.lab.gone) or (self._only_first and bool(self.failures))

    def _kind(self, shape: str) -> type[Shown]:
        """One type for each cause: that is what Hypothesis tells failures apart by."""
        if shape not in self._kinds:
            self._kinds[shape] = type(f"Shown{len(self._kinds)}", (Shown,), {})
        return self._kinds[shape]

    def _until_nothing_new(
        self,
        search: Callable[[Callable[[T], None], settings, int], None],
        play: Callable[[T], Failure | None],
        examples: int,
        number: int,
        clock: Clock,
    ) -> None:
        """Search again with another seed after each find, as long as there is time."""
        wanted = self._trial.tried + examples
        reuse = self._database is not None
        while not clock.over and self._trial.tried < wanted and not self._done:
            before = self._trial.tried
            best: dict[str, tuple[Failure, T]] = {}
            try:
                settled = self._settings(wanted - before, reuse=reuse)
                search(self._once(play, clock, best), settled, number)
            except (Shown, _TimeUp):
                pass
            except BaseExceptionGroup as group:
                if group.split(Shown)[1] is not None:
                    raise
            except KeyboardInterrupt:
                # Somebody has had enough: what there is is told, without trying it again.
                self.failures += [failure for failure, _ in best.values()]
                raise
            for failure, drawn in best.values():
                self._keep(failure, partial(play, drawn))
            if self._trial.tried == before:
                return  # everything that can be drawn was drawn
            number += 1
            reuse = False

    def _keep(self, failure: Failure, again: Callable[[], Failure | None]) -> None:
        if failure.shape in {each.shape for each in self.failures}:
            return
        seen = 0
        for _ in range(AGAIN):
            if self._trial.lab.gone:
                break
            other = again()
            seen += other is not None and other.shape == failure.shape
        failure = failure.graded(seen, AGAIN)
        self.failures.append(self._shorten(failure) if failure.repeatable else failure)

    @property
    def shapes(self) -> frozenset[str]:
        """The shapes of all that was found."""
        return frozenset(failure.shape for failure in self.failures)
