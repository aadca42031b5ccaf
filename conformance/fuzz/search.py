"""One phase of a search on one target, from the environment to the failures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from hypothesis.database import ExampleDatabase

from conformance.casefile.fixtures import Fixture
from conformance.fuzz import ending, machine, messages, names, single
from conformance.fuzz.broken import SESSION_STATES, Broken
from conformance.fuzz.commands import spoken
from conformance.fuzz.domain import cover, named, pair_cover
from conformance.fuzz.engine import Clock, Engine
from conformance.fuzz.environment import Environment
from conformance.fuzz.example import ExampleRunner
from conformance.fuzz.executor import Executor
from conformance.fuzz.failure import Failure
from conformance.fuzz.profiles import Profile
from conformance.fuzz.shorten import Shortener
from conformance.fuzz.watched import ExercisedWatch
from conformance.play.connections import Way
from conformance.syntax.derivations import Derivation
from conformance.syntax.exercised import Exercised
from conformance.targets import Target


@dataclass(slots=True)
class Tally:
    """What a phase has done; grows while it runs."""

    tried: int = 0
    commands: int = 0
    seconds: float = 0.0
    blocked: int = 0
    restarts: int = 0
    late: int = 0
    """How often an answer did not come in time once, and came when it was asked for again."""
    rounds: int = 0
    cut: str = ""
    """What the budget has cut off; empty where all was tried."""
    gone: str = ""
    crash: str = ""
    """What of the suite has failed."""
    alternatives: str = ""
    """How much of the command grammar was exercised: `200/204`."""
    failures: list[Failure] = field(default_factory=list)

    def __str__(self) -> str:
        """How far it has come, in one line."""
        rate = self.tried / max(self.seconds, 0.001)
        back = f", had back {self.restarts} times" if self.restarts else ""
        return (
            f"{self.tried} tried, {rate:.0f}/s, {self.commands} commands, "
            f"grammar {self.alternatives}, {len(self.failures)} found{back}"
        )


@dataclass(frozen=True, slots=True)
class Search:
    """What all phases of a search have in common.

    `number` is the seed: with the same one the same is tried, whatever the server answers.
    """

    target: Target
    way: Way
    fixtures: dict[str, Fixture]
    profile: Profile
    number: int = 0
    seconds: float | None = None
    """The most that a phase takes before it begins to shrink; None: the profile says it."""
    database: ExampleDatabase | None = None
    replay: bool = True
    """Try first what was kept in the database before."""
    only_first: bool = False
    """Stop at the first failure."""
    known: frozenset[str] = frozenset()
    """Shapes of failures that were found before: they are not looked for again."""

    def run(
        self, phase: str, progress: Callable[[Tally], None] = lambda _tally: None
    ) -> SearchReport:
        """Run a phase to its end, or until there is no time left, or nobody to talk to.

        Raises:
            TargetError: the server lets nobody in.
        """
        tally = Tally()
        environment = Environment(self.target, self.way, self.fixtures)
        exercised = Exercised(spoken(environment.connections.announced.after, environment.enabled))
        environment.watch(ExercisedWatch(exercised))
        running = _Running(self, environment, tally, exercised, progress)
        try:
            running.have(phase)
        finally:
            environment.close()
            running.count()
        return SearchReport(tally, exercised, environment.left)


@dataclass(frozen=True, slots=True)
class SearchReport:
    """What came of a phase."""

    tally: Tally
    exercised: Exercised
    left: tuple[bytes, ...] = ()
    """Names of mailboxes that could not be removed."""


class _Running:
    """A phase while it runs."""

    def __init__(
        self,
        search: Search,
        environment: Environment,
        tally: Tally,
        exercised: Exercised,
        progress: Callable[[Tally], None],
    ) -> None:
        self._search = search
        self._environment = environment
        self._tally = tally
        self._exercised = exercised
        self._progress = progress
        self._known = _KnownShapes(search.known)
        self._runner = ExampleRunner(environment, self._known)
        self._engine = Engine(
            self._runner,
            database=search.database,
            replay=search.replay,
            progress=self.count,
            only_first=search.only_first,
            shrinks=search.profile.shrinks,
            shorten=Shortener(environment),
        )
        self._known.engine = self._engine
        self._mutants = 0
        self._rounds = search.profile.seconds is not None
        budgets = (search.seconds, search.profile.seconds, math.inf)
        self._clock = Clock(next(each for each in budgets if each is not None))

    def have(self, phase: str) -> None:
        """Have it once, or again and again with other seeds where the profile has a time."""
        number = self._search.number
        while True:
            self._tally.rounds += 1
            _PHASES[phase](self, number)
            number += 1000
            if not self._rounds or self._clock.over or self._environment.gone:
                break
        if self._engine.cut and not self._rounds:
            engine = self._engine
            self._tally.cut = f"stopped after {engine.done} of {engine.planned} by --budget"

    def count(self) -> None:
        """Bring the tally up to date, and show it."""
        tally, runner = self._tally, self._runner
        tally.tried = runner.tried + self._mutants
        tally.commands = runner.commands
        tally.seconds = self._clock.spent
        tally.blocked = runner.blocked
        tally.late = self._engine.late
        tally.restarts = self._environment.restarts
        tally.gone = self._environment.gone
        tally.alternatives = self._exercised.reached("command")
        tally.failures = self._engine.failures
        self._progress(tally)

    def commands(self, number: int) -> None:
        profile = self._search.profile
        grammar = spoken(self._environment.connections.announced.after, self._environment.enabled)
        single_ = single.Single(self._runner, self._exercised)

        def play(covered: Iterable[tuple[object, Derivation]]) -> None:
            commands = single.in_states(
                (derivation for _, derivation in covered), every_state=profile.every_state
            )
            self._engine.every(commands, single_.play, self._clock)

        play(chain(cover(grammar), named(grammar)))
        # Pairs differ little from one another: generated commands come before them.
        share = 0.5 if profile.pairs else 1.0
        self._engine.draw(
            "commands",
            single.generated(self._runner),
            single_.play,
            examples=profile.generated,
            number=number,
            clock=Clock(share * self._clock.left),
        )
        if profile.pairs:
            play(pair_cover(grammar))
        single_.close()

    def mutants(self, number: int) -> None:
        share = self._clock.left / len(SESSION_STATES)
        for place in reversed(SESSION_STATES):  # wrong logins last: they may cost later ones time
            broken = Broken(self._environment, place, self._known)
            chosen = broken.some(number, self._search.profile.every_mutant)
            clock = Clock(share)
            before = broken.tried
            self._engine.every(chosen, broken.spare, clock)
            self._engine.draw(
                f"mutants_{place.start}",
                broken.generated(),
                broken.play,
                examples=self._search.profile.broken,
                number=number,
                clock=clock,
            )
            self._mutants += broken.tried - before
            broken.close()

    def programs(self, number: int) -> None:
        def play(program: machine.Program) -> Failure | None:
            def have(executor: Executor) -> None:
                machine.have(executor, program)
                ending.conclude(executor)

            return self._runner.run(have, fixture=program.fixture, phase="programs")

        self._engine.programs(
            play, examples=self._search.profile.programs, number=number, clock=self._clock
        )

    def content(self, number: int) -> None:
        self._engine.draw(
            "content",
            messages.generated(),
            lambda generated: messages.play(self._runner, generated),
            examples=self._search.profile.messages,
            number=number,
            clock=Clock(0.7 * self._clock.left),
        )
        self._engine.draw(
            "names",
            names.generated(),
            lambda generated: names.play(self._runner, generated),
            examples=self._search.profile.messages // 3,
            number=number,
            clock=self._clock,
        )


class _KnownShapes:
    """The shapes that were found already: they are not looked for again."""

    def __init__(self, before: frozenset[str]) -> None:
        self._before = before
        self.engine: Engine | None = None

    def __contains__(self, shape: object) -> bool:
        return shape in self._before or (self.engine is not None and shape in self.engine.shapes)


_PHASES: Mapping[str, Callable[[_Running, int], None]] = {
    "commands": _Running.commands,
    "mutants": _Running.mutants,
    "programs": _Running.programs,
    "content": _Running.content,
}
