"""Leaving out of a failure's session what is not needed to see it.

Shrinking makes the program small; what the program's end asked of all sessions stands behind it.
Here questions that change nothing are left out, and the rest is played as the case file that it
will be. What is kept is what still fails as the whole session did.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from conformance.casefile.compose import Exchange, script
from conformance.casefile.document import Case
from conformance.casefile.labels import Labels, Start
from conformance.casefile.plan import make_plan
from conformance.casefile.script import PROOF, LineError, read_script
from conformance.fuzz.environment import Environment
from conformance.fuzz.failure import Failure
from conformance.play.player import Player

_NUMBERS = re.compile(r"[a-z]?[0-9]+")  # tags among them
_IDLE_WORDS = frozenset({"LIST", "LSUB", "STATUS"})
"""Commands that neither change anything nor bring a session up to date.

Nothing else is left out: a flawed server may fail without it just the same, and the case would then
ask of a correct server what nobody made so.
"""
_ENOUGH = 3  # exchanges: to open a mailbox, to do something, to see it


class How(NamedTuple):
    """How a session fails: the cause, what was awaited and what came, numbers left out."""

    cause: str
    awaited: str
    came: str


class Shortener:
    """Shortens what was found on one environment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __call__(self, failure: Failure) -> Failure:
        """Return the failure with as few exchanges as still show it."""
        if failure.late or failure.messages or failure.source != "case" or failure.size <= _ENOUGH:
            return failure
        kept = list(failure.exchanges)
        how = self._fails(failure, kept)
        if not how:
            return failure  # not by the case file alone: it stays as it was seen
        # From the end: what the program's end asked goes first, and is most.
        for index in range(len(kept) - 2, -1, -1):
            shorter = kept[:index] + kept[index + 1 :]
            if self._environment.gone:
                break
            if kept[index].shown.partition(" ")[0] not in _IDLE_WORDS:
                continue
            if self._fails(failure, shorter) == how:
                kept = shorter
        return replace(failure, exchanges=tuple(kept))

    def _fails(self, failure: Failure, exchanges: Sequence[Exchange]) -> How | None:
        """Say how a session fails at its last exchange; None where it does not, or elsewhere."""
        lines = script(exchanges)
        last = len(lines) - len(script(exchanges[:-1])) if len(exchanges) > 1 else len(lines)
        try:
            windows = tuple(read_script(enumerate((PROOF, *lines))))  # all of it proves
            steps = make_plan(list(windows), self._environment.grammar)
        except LineError:
            return None  # a UID that nothing has shown any more
        case = Case(
            id="fuzz/shorten/it",
            title=failure.message,
            path=Path("fuzz"),
            line=0,
            section="",
            labels=_labels(failure),
            prose="",
            windows=windows,
        )
        self._environment.begin("fuzz/shorten")
        player = Player(
            self._environment.connections, self._environment.workspace, self._environment.fixtures
        )
        outcome = player.play(case, steps)
        if outcome.cause in ("timeout", "closed", "flood"):
            self._environment.look_after()
        if outcome.verdict != "fail" or outcome.line <= len(lines) - last:
            return None
        awaited, came = (_NUMBERS.sub("n", t) for t in (outcome.expected, outcome.received))
        return How(outcome.cause or "", awaited, came)


def _labels(failure: Failure) -> Labels:
    start: Start = "greeted" if failure.start == "greeted" else "auth"
    return Labels("MUST", (failure.requirement,), state=start, mailbox=failure.fixture)
