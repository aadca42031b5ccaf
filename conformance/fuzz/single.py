"""Single commands as the engine has them: a session shared by those that change nothing.

Which answers are right is in `commands`.
"""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis.strategies import SearchStrategy, sampled_from, tuples

from conformance.fuzz import commands
from conformance.fuzz.domain import WORDS_HERE, is_unsafe, values
from conformance.fuzz.example import ExampleRunner, shape_of
from conformance.fuzz.executor import Executor, ProgramOver
from conformance.fuzz.failure import Failure
from conformance.fuzz.judged import STARTS, StartState
from conformance.model.view import Disagreement
from conformance.play.errors import Blocked, Skip
from conformance.syntax.derivations import Derivation
from conformance.syntax.exercised import Exercised
from conformance.syntax.strategies import Strategies
from conformance.wire.errors import TargetError

PHASE = "commands"
FIXTURES: dict[StartState, str] = {
    "greeted": "empty",
    "auth": "empty",
    "empty": "empty",
    "full": "search-after-others",
}
_PROVES = frozenset(
    {
        "NOOP",
        commands.IN_PLACE_OF_CHECK.decode(),
        *(text.decode() for text, _ in commands.PROOFS.values()),
    }
)


class Single:
    """Tries single commands; one session is kept for as long as nothing else happens."""

    def __init__(self, runner: ExampleRunner, exercised: Exercised) -> None:
        self._runner = runner
        self._exercised = exercised
        self._shared: tuple[StartState, Executor] | None = None

    def play(self, generated: tuple[Derivation, StartState]) -> Failure | None:
        """Have one command in one state."""
        derivation, start = generated
        if is_unsafe(derivation) and not self._runner.environment.connections.disposable:
            return None
        self._exercised.add("command", derivation)
        if commands.judged(derivation).shares:
            if not self._wrong(derivation, start):
                self._runner.tried += 1
                return None
            # Where the command has hung the server, it is to be reproduced on one that is well.
            self._runner.have_server_back()
        self.close()
        return self._runner.run(
            lambda executor: commands.have(executor, derivation, start),
            fixture=FIXTURES[start],
            phase=PHASE,
            start="greeted" if start == "greeted" else "auth",
            fill=start != "greeted",
        )

    def _wrong(self, derivation: Derivation, start: StartState) -> bool:
        """Whether a command shows something wrong in the shared session; it is reproduced then."""
        known = self._runner.known
        try:
            executor = self._open(start)
            executor.exchanges.clear()
            commands.have(executor, derivation, start)
        except Disagreement as wrong:
            # What only returns wrong data leaves the session as good as before.
            last = executor.exchanges[-1]
            asked = commands.judged(derivation).asks and last.expects == [": TAG OK"]
            if not asked or last.shown in _PROVES or shape_of(wrong.group, last) not in known:
                return True
        except (ProgramOver, Blocked, Skip, TargetError):
            return True
        self._runner.commands += len(executor.exchanges)
        found = self._runner.environment.breaches()
        return any(f"{each.requirement} {each.shape}" not in known for each in found)

    def _open(self, start: StartState) -> Executor:
        if self._shared is None or self._shared[0] != start:
            self.close()
            environment = self._runner.environment
            fixture = environment.fixtures[FIXTURES[start]]
            executor = Executor(environment, fixture, f"fuzz/{PHASE}", fill=start != "greeted")
            self._shared = (start, executor)
        return self._shared[1]

    def close(self) -> None:
        """End the shared session."""
        if self._shared is not None:
            self._shared[1].close()
            self._shared = None


def in_states(
    derivations: Iterator[Derivation], *, every_state: bool
) -> list[tuple[Derivation, StartState]]:
    """Pair commands with the states to try them in, those that can share a session together."""
    pairs = [
        (derivation, start)
        for derivation in derivations
        for start in (STARTS if every_state else commands.natural(derivation))
    ]
    return sorted(
        pairs, key=lambda each: (not commands.judged(each[0]).shares, STARTS.index(each[1]))
    )


def generated(runner: ExampleRunner) -> SearchStrategy[tuple[Derivation, StartState]]:
    """Draw commands of the grammar with values that make sense here, each in a state."""
    environment = runner.environment
    strategies = Strategies(
        commands.spoken(environment.connections.announced.after, environment.enabled),
        "command",
        words=WORDS_HERE,
        values=values(disposable=environment.connections.disposable),
    )
    return tuples(strategies.rule("command"), sampled_from(tuple(reversed(STARTS))))
