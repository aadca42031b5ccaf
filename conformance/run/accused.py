"""Which rule a case accuses that has failed: its own, or a more general one that was broken first.

A command that is never answered, and a connection that ends in the place of an answer, say nothing
of what the answer would have been. What they break is the same whatever the case is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from conformance.casefile.document import Case
from conformance.checks.closing import UNANNOUNCED
from conformance.checks.finding import Breach
from conformance.checks.tags import ONCE
from conformance.play.player import Outcome

_COUNT = "3501-4.3-count"


def accused(case: Case, outcome: Outcome, seen: Iterable[Breach]) -> str:
    """Return the id of the rule, as RFC 3501 has it where it is none of the case's.

    `seen` is what the ambient checks saw in the case: that a connection ended without BYE counts
    as broken only where they say so. A SHOULD accuses by itself, for nothing stronger is at stake.
    """
    own = case.labels.requirements[0]
    if outcome.verdict != "fail" or case.labels.level != "MUST":
        return own
    if outcome.unanswered:
        return ONCE.requirement
    if outcome.cause == "closed" and any(
        each.requirement == UNANNOUNCED.requirement for each in seen
    ):
        return UNANNOUNCED.requirement
    return own


def lost_place(outcome: Outcome, seen: Iterable[Breach]) -> Breach | None:
    """Return the literal with a wrong count in a case that has failed, if there was one.

    A client that goes by the count loses its place there, so that nothing behind it says anything
    of what the server meant.
    """
    if outcome.verdict != "fail":
        return None
    return next((each for each in seen if each.requirement == _COUNT), None)
