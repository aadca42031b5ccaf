"""What a search has found: one failure, shrunk, with all that is needed to have it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from conformance.casefile.compose import Exchange
from conformance.catalogue.requirements import Requirement
from conformance.checks.finding import Breach, Source
from conformance.wire.transcript import Line

Rules = Callable[[str], Requirement | None]
"""Looks a requirement up in the catalogue."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which the server was wrong.

    Failures of the same `shape` have one cause as far as can be told, and are reported once. The
    `exchanges` are the session as a case file writes it; `start` and `fixture` are its labels.
    """

    requirement: str
    message: str
    shape: str
    phase: str
    exchanges: tuple[Exchange, ...]
    fixture: str
    start: str = "auth"
    expected: str = ""
    received: str = ""
    source: Source = "case"
    offending: bytes = b""
    transcript: tuple[Line, ...] = ()
    messages: Mapping[str, bytes] = field(default_factory=dict)
    """Messages that were generated, by the name of their fixture."""
    seen: int = 0
    """How many of `tries` attempts to have it again showed it."""
    tries: int = 0
    late: bool = False
    """Whether all that is wrong is that something has not come in time."""
    deviation: str = ""
    """What the server did otherwise, as findings name it; empty: it has no words of its own."""

    @property
    def size(self) -> int:
        """How many lines the client sends before it is seen."""
        return len(self.exchanges)

    @property
    def weight(self) -> tuple[int, int]:
        """What shrinking makes small: the commands, then their octets."""
        return len(self.exchanges), sum(len(each.shown) for each in self.exchanges)

    @property
    def repeatable(self) -> bool:
        """Whether each attempt to have it again has shown it."""
        return self.tries > 0 and self.seen == self.tries

    def graded(self, seen: int, tries: int) -> Failure:
        """Say how often it was seen again."""
        return replace(self, seen=seen, tries=tries)

    def finding(self, rules: Rules, label: str) -> Breach:
        """Say it as a check would; the level is that of the rule in the catalogue."""
        rule = rules(self.requirement)
        return Breach(
            requirement=self.requirement,
            level=rule.level if rule else "MUST",
            section=rule.section if rule else "9",
            message=self.message,
            expected=self.expected,
            received=self.received,
            # An ambient finding is the same one that the checks of a run report.
            shape=self.shape if self.source == "case" else self.shape.partition(" ")[2],
            source=self.source,
            excerpt=self.transcript,
            offending=self.offending,
            label=label,
            session=self.transcript[-1].session if self.transcript else "main",
            deviation=self.deviation,
        )
