"""SEARCH=FUZZY (RFC 6203): a score for each message, and the best first where they are sorted."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4731 import read
from conformance.checks.table import Check, Report
from conformance.checks.view import View, number_in
from conformance.syntax.values import Group
from conformance.wire.dialogue import Arrival

SCORE = Rule("6203-4-score", "SHOULD", "4", "Each message that is found has a score.")
HIGHEST_FIRST = Rule(
    "6203-6-highest-first",
    "MUST",
    "6",
    "In the order RELEVANCY the message with the highest score comes first.",
)

_BY_SCORE = re.compile(rb"RETURN \([^()]*\) \(RELEVANCY\b", re.IGNORECASE)
_SORTS = frozenset({"SORT", "UID SORT"})
_PARTS = frozenset({b"MIN", b"MAX", b"PARTIAL"})
"""Items beside which it is not plain whose scores there are."""


def scored(view: View, arrival: Arrival, report: Report) -> None:
    """Report more or fewer scores than messages, and scores of a sorted search that go up."""
    result = read(arrival.response)
    item = result.items.get(b"RELEVANCY")
    if not isinstance(item, Group) or view.muddled:
        return
    scores = [number_in(leaf) or 0 for leaf in item.items]
    count = len(result.found) if result.found is not None else result.numbers.get(b"COUNT")
    if count not in (None, len(scores)) and _PARTS.isdisjoint(result.items.keys()):
        message = f"There are {len(scores)} scores for {count} messages."
        report(Fault(SCORE, message, f"{count} scores"))
    command = next((each for each in arrival.in_flight if each.tag == result.tag), None)
    if command is None or command.name not in _SORTS or not _BY_SCORE.match(command.arguments):
        return
    if scores != sorted(scores, reverse=True):
        message = "Scores of a search in the order RELEVANCY go up."
        report(Fault(HIGHEST_FIRST, message, "the highest score first"))


CHECKS = (Check("relevancy", ("ESEARCH",), scored, (SCORE, HIGHEST_FIRST), needs="SEARCH=FUZZY"),)
