"""What was found on both sides, each distinct breach once: as text for people, and as JSON.

Text that stems from a recording or from the network is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.casefile.suite import Suite
from conformance.catalogue.catalogue import Catalogue
from conformance.extending.documents import document_in, place_of
from conformance.passive import client, client_syntax, pop3_rules
from conformance.passive.exchanges import Refused
from conformance.passive.recording import Place
from conformance.passive.watch import Seen
from conformance.results.text import escape_octets, visible
from conformance.syntax.shown import clip
from conformance.wire.transcript import Direction

SIDES: dict[Direction, str] = {"S": "server", "C": "client"}
_MOST = 10_000
_WIDTH = 160  # characters of one line
_OFFENDING = 400  # octets that JSON shows
_CONTEXT = 8  # lines of transcript
_PLACES = 5


@dataclass(slots=True)
class DistinctFinding:
    """One distinct finding and where it was seen first; `count` says how often."""

    seen: Seen
    count: int = 1
    places: list[Place] = field(default_factory=list)

    @property
    def side(self) -> str:
        """Who broke the rule: `server` or `client`."""
        return SIDES[self.seen.side]

    @property
    def decides(self) -> bool:
        """Whether it makes the exit code 1: a MUST is broken."""
        return self.seen.finding.level == "MUST"

    @property
    def rfc(self) -> str:
        """Number of the RFC."""
        return document_in(self.seen.finding.requirement)

    @property
    def rule(self) -> str:
        """The rule in our own words; empty where the catalogue does not have it."""
        return _sentence(self.seen.finding.requirement)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        finding = self.seen.finding
        return {
            "side": self.side,
            "requirement": finding.requirement,
            "level": finding.level,
            "rfc": self.rfc,
            "section": finding.section,
            "rule": self.rule,
            "message": visible(finding.message),
            "expected": visible(finding.expected),
            "received": visible(finding.received),
            "offending": escape_octets(finding.offending[:_OFFENDING]),
            "file": visible(self.seen.place.file),
            "place": {self.seen.place.unit: self.seen.place.number},
            "session": visible(finding.session),
            "count": self.count,
            "also": [{place.unit: place.number} for place in self.places[1:]],
        }

    def lines(self) -> Iterator[str]:
        """Return it for people, a line each."""
        finding = self.seen.finding
        often = f", {self.count} times" if self.count > 1 else ""
        yield f"{self.side} breaks a {finding.level}: {finding.requirement}"
        yield f"  clause    {place_of(self.rfc, finding.section)}"
        if self.rule:
            yield f"  rule      {self.rule}"
        yield f"  where     {_one(str(self.seen.place))}, session {_one(finding.session)}{often}"
        yield f"  found     {_one(finding.message)}"
        yield f"  expected  {_one(finding.expected)}"
        yield f"  {'received' if self.side == 'server' else 'sent    '}  {_one(finding.received)}"
        for line in finding.excerpt[-_CONTEXT:]:
            yield f"    {line.direction}: {_one(line.text)}".rstrip()


@cache
def _rules() -> Mapping[str, str]:
    """Return what the rules for clients say, by id."""
    checked = (rule for check in client.CHECKS for rule in check.rules)
    own = (*checked, *client_syntax.RULES, *pop3_rules.CLIENT_RULES)
    return {rule.requirement: rule.sentence for rule in own}


@cache
def _catalogue() -> Catalogue:
    return Suite().catalogue


def _sentence(requirement: str) -> str:
    """Return what a rule says, empty where nothing is written down."""
    own = _rules().get(requirement)
    if own is None and requirement in _catalogue():
        return _catalogue()[requirement].rule
    return own or ""


class Verdicts:
    """Gathers what is seen; two breaches of one rule in the same way are one entry."""

    def __init__(self, sides: Iterable[Direction] = ("S", "C")) -> None:
        self.entries: list[DistinctFinding] = []
        self.refused: list[Refused] = []
        """Commands that were refused, each with whose fault that is."""
        self._sides = frozenset(sides)
        self._by_key: dict[tuple[str, str, str], DistinctFinding] = {}

    def add(self, seen: Seen) -> DistinctFinding | None:
        """Take a finding; return its entry if it is a new one."""
        if seen.side not in self._sides:
            return None
        key = (seen.side, seen.finding.requirement, seen.finding.shape)
        known = self._by_key.get(key)
        if known is not None:
            known.count += 1
            if len(known.places) < _PLACES:
                known.places.append(seen.place)
            return None
        entry = DistinctFinding(seen, places=[seen.place])
        if len(self.entries) < _MOST:
            self._by_key[key] = entry
            self.entries.append(entry)
        return entry

    def add_refused(self, refused: Refused) -> None:
        """Take a refusal; with one side to judge, those that are the other's fault do not count."""
        faults = {SIDES[side] for side in self._sides}
        if len(self.refused) < _MOST and (refused.fault in faults or len(faults) > 1):
            self.refused.append(refused)

    @property
    def exit_code(self) -> int:
        """1 when a MUST is broken, otherwise 0."""
        return int(any(entry.decides for entry in self.entries))

    def summary(self) -> str:
        """Return the last line: how many distinct breaches on which side."""
        parts = []
        for name in SIDES.values():
            mine = [entry for entry in self.entries if entry.side == name]
            must = sum(entry.decides for entry in mine)
            parts.append(f"{name}: {must} MUST, {len(mine) - must} SHOULD")
        return "distinct breaches  " + "; ".join(parts)


def _one(text: str) -> str:
    return clip(visible(text), _WIDTH)
