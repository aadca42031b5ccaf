"""Why a case came to nothing: the premise that does not hold, and what else was in its way.

A premise is had only when somebody asks for it, or its own turn comes; what came of it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from conformance.casefile.document import Case
from conformance.casefile.premises import Premise, Premises
from conformance.play.player import Outcome
from conformance.play.said import commands_in
from conformance.results.records import RecordedFact, Result

_REFUSED = re.compile(r"(?P<form>.+): (?:NO|BAD) instead of OK")
_PLAIN = frozenset({"ALL", "UID"})
"""Words of a form that make it no other one: every message, and named by unique identifiers."""
_OF_A_PROGRAM = "other values"
"""How the deviation of a program begins: of which of its commands the values are is not said."""


class Causes:
    """What is known of the premises of a suite.

    `have` plays a case by id, and calls `learn`; `form` returns the form of the command that a
    case proves by, as in deviations.
    """

    def __init__(
        self, premises: Premises, have: Callable[[str], None], form: Callable[[str], str]
    ) -> None:
        self._premises = premises
        self._have = have
        self._form = form
        self._learned: dict[str, tuple[Outcome, float]] = {}
        self._over = False

    def of_premise(self, case_id: str) -> tuple[Outcome, float] | None:
        """Return what came of a premise, and the seconds it took; None while nobody knows."""
        return self._learned.get(case_id)

    def learn(self, case: Case, outcome: Outcome, duration: float) -> None:
        """Keep what came of a case, if it is about a premise."""
        if self._premises.rank(case.id) is not None:
            self._learned[case.id] = outcome, duration

    def end(self) -> None:
        """Have no more premises: what is known of them is all that there will be."""
        self._over = True

    def explained(self, case: Case, outcome: Outcome) -> Outcome:
        """Return what a case comes to, once what deviated is held against the premises.

        Where one that does not hold explains it, the case is blocked by that. It is skipped where
        the premise is something that a server need not do.
        """
        before, mailbox = self._premises.before(case.id), case.labels.mailbox
        for premise, root in self._roots(before, outcome, mailbox):
            verdict: Literal["skip", "blocked"] = "skip" if root.verdict == "skip" else "blocked"
            said = f"this case needs that {_lowered(premise.holds)}, which is not so"
            return replace(
                outcome,
                verdict=verdict,
                reason=said,
                deviation=root.deviation,
                expected="",
                by_should=root.verdict == "warn" or root.by_should,
            )
        if outcome.verdict == "blocked" and outcome.expected:
            return replace(outcome, reason=f"before what this case is about: {outcome.reason}")
        return outcome

    def behind(self, deviation: str, case_id: str = "", *, mailbox: str | None = None) -> str:
        """Return what deviated where a premise does not hold and explains this, else "".

        For a case only premises count that it can lean on, and on its fixture, if that is said.
        """
        outcome = Outcome("fail", deviation=deviation)
        roots = self._roots(self._premises.before(case_id), outcome, mailbox)
        return next((root.deviation for _, root in roots), "")

    def facts(self, results: Sequence[Result]) -> Iterator[RecordedFact]:
        """Return which premises hold, of those that were had here or in another process."""
        outcomes = {name: (o.verdict, o.reason) for name, (o, _) in self._learned.items()}
        outcomes |= {result.id: (result.verdict.value, result.reason) for result in results}
        for premise in self._premises.entries:
            if premise.case in outcomes:
                verdict, said = outcomes[premise.case]
                holds = verdict == "pass"
                yield RecordedFact(premise.name, premise.holds, holds, "" if holds else said)

    def _roots(
        self, premises: Sequence[Premise], outcome: Outcome, mailbox: str | None = None
    ) -> Iterator[tuple[Premise, Outcome]]:
        """Return those that explain what deviated and do not hold, with what came of them."""
        refused = _REFUSED.fullmatch(outcome.deviation)
        told = [outcome.deviation]
        sent = commands_in(outcome.transcript)
        if not outcome.deviation.startswith(_OF_A_PROGRAM):
            told += (f"{told[0]} in {form}" for form in sent[-1:])  # it is what deviated itself
            sent = sent[:-1]
        told += (f"{told[0]} behind {form}" for form in dict.fromkeys(sent))
        for premise in premises:
            named = premise.may_explain(*told, mailbox=mailbox)
            if not named and not (refused and _covers(self._form(premise.case), refused["form"])):
                continue
            root = self._if_not_so(premise)
            if root is not None and (named or _REFUSED.fullmatch(root.deviation)):
                yield premise, root

    def _if_not_so(self, premise: Premise) -> Outcome | None:
        """Return what came of a premise that does not hold, None of one that does."""
        if premise.case not in self._learned and not self._over:
            self._have(premise.case)
        if premise.case not in self._learned:
            return None
        outcome, _ = self._learned[premise.case]
        return outcome if outcome.deviation or outcome.verdict == "skip" else None


def _lowered(sentence: str) -> str:
    """Return a sentence as the end of another one; names of commands keep their capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _covers(form: str, other: str) -> bool:
    """Whether who refuses commands of one form refuses those of another one for the same reason.

    They are of one command, and all keywords of the first are in the second.
    """
    name, words = _taken_apart(form)
    others_name, others_words = _taken_apart(other)
    return (
        bool(name)
        and name in (others_name, others_name.removeprefix("UID "))
        and (words - _PLAIN <= others_words)
    )


def _taken_apart(form: str) -> tuple[str, frozenset[str]]:
    words = form.split()
    length = 2 if words[:1] == ["UID"] else 1
    return " ".join(words[:length]), frozenset(words[length:])
