"""Why a case came to nothing: the premise that does not hold, and what else was in its way.

A premise is had only when somebody asks for it, or its own turn comes; what came of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from conformance.casefile.document import Case
from conformance.casefile.player import Outcome
from conformance.casefile.premises import Premise, Premises
from conformance.results.records import Fact, Result


class Causes:
    """What is known of the premises of a suite; `have` plays a case by id, and calls `learn`."""

    def __init__(self, premises: Premises, have: Callable[[str], None]) -> None:
        self._premises = premises
        self._have = have
        self._learned: dict[str, tuple[Outcome, float]] = {}

    def of_premise(self, case_id: str) -> tuple[Outcome, float] | None:
        """Return what came of a premise, and the seconds it took; None while nobody knows."""
        return self._learned.get(case_id)

    def learn(self, case: Case, outcome: Outcome, duration: float) -> None:
        """Keep what came of a case, if it is about a premise."""
        if self._premises.rank(case.id) is not None:
            self._learned[case.id] = outcome, duration

    def explained(self, case: Case, outcome: Outcome) -> Outcome:
        """Return what a case comes to, once what deviated is held against the premises.

        Where one that does not hold explains it, the case is blocked by that. It is skipped where
        the premise is something that a server need not do.
        """
        for premise in self._premises.that_may_explain(outcome.deviation, case.id):
            root = self._if_not_so(premise)
            if root is not None:
                verdict: Literal["skip", "blocked"]
                verdict = "skip" if root.verdict == "skip" else "blocked"
                said = f"this case needs that {_lowered(premise.holds)}, which is not so"
                return replace(
                    outcome, verdict=verdict, reason=said, deviation=root.deviation, expected=""
                )
        if outcome.verdict == "blocked" and outcome.expected:
            return replace(outcome, reason=f"before what this case is about: {outcome.reason}")
        return outcome

    def facts(self, results: Sequence[Result]) -> Iterator[Fact]:
        """Return which premises hold, of those that were had here or in another process."""
        outcomes = {name: (o.verdict, o.reason) for name, (o, _) in self._learned.items()}
        outcomes |= {result.id: (result.verdict.value, result.reason) for result in results}
        for premise in self._premises.entries:
            if premise.case in outcomes:
                verdict, said = outcomes[premise.case]
                holds = verdict == "pass"
                yield Fact(premise.name, premise.holds, holds, "" if holds else said)

    def _if_not_so(self, premise: Premise) -> Outcome | None:
        """Return what came of a premise that does not hold, None of one that does."""
        if premise.case not in self._learned:
            self._have(premise.case)
        outcome, _ = self._learned[premise.case]
        return outcome if outcome.deviation or outcome.verdict == "skip" else None


def _lowered(sentence: str) -> str:
    """Return a sentence as the end of another one; names of commands keep their capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
