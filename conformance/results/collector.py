"""Collects findings while a run goes on: the same fault again is counted, not kept again.

Bounded whatever a server does: so many shapes a requirement, so many octets a text.
What is a fault is decided by those who add it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from conformance.results.records import (
    REV1,
    Finding,
    Level,
    LineDirection,
    RecordedLine,
    Source,
    section_key,
)
from conformance.results.text import KEPT, as_on_the_wire, escape_octets, kept
from conformance.secrecy.secrets import Secrets

_SOURCES: dict[str, Source] = {
    "syntax": "syntax",
    "framing": "framing",
    "ambient": "ambient",
    "case": "case",
}
CASES = 100
"""How many cases a finding names."""
_SHAPES = 20
_LINES = 40
_LINE_END = re.compile(r"\r\n|\\r\\n")
_TELLING = 120  # octets by which the line at fault is found in a transcript
_HEAD = 4
_Key: TypeAlias = tuple[str, str]
"""A revision of IMAP4, and a deviation, a rule or a case there."""
OTHER = "(other)"
"""Shape that counts what came after the first shapes of a requirement."""


class ExcerptLine(Protocol):
    """A line of a transcript as the wire layer renders it."""

    @property
    def when(self) -> float:
        """Seconds since the session began."""
        ...

    @property
    def direction(self) -> str:
        """C, S, or anything else for a note."""
        ...

    @property
    def text(self) -> str:
        """What went over the wire, escaped."""
        ...


class Violation(Protocol):
    """A fault as a check reports it, before it is counted."""

    @property
    def requirement(self) -> str:
        """Id of the rule that is broken."""
        ...

    @property
    def level(self) -> str:
        """MUST, SHOULD or MAY."""
        ...

    @property
    def section(self) -> str:
        """Section of the RFC that states the rule."""
        ...

    @property
    def message(self) -> str:
        """What is wrong, in one sentence."""
        ...

    @property
    def expected(self) -> str:
        """What the rule would have allowed."""
        ...

    @property
    def received(self) -> str:
        """What came instead."""
        ...

    @property
    def shape(self) -> str:
        """The same for the same fault seen again."""
        ...

    @property
    def deviation(self) -> str:
        """What deviated, the same for the same cause; empty where nobody can say."""
        ...

    @property
    def source(self) -> str:
        """syntax, framing, ambient or case."""
        ...

    @property
    def excerpt(self) -> Sequence[ExcerptLine]:
        """The transcript around the fault."""
        ...

    @property
    def offending(self) -> bytes:
        """The octets at fault."""
        ...


def transcript(
    lines: Sequence[ExcerptLine],
    *,
    session: str = "main",
    limit: int = _LINES,
    mask: Callable[[str], str] | None = None,
) -> tuple[RecordedLine, ...]:
    """Return wire lines as records, at most `limit` of them: the head, a note, the tail."""
    mask = mask or Secrets()
    cut = len(lines) - limit
    if cut > 0:
        head, tail = lines[:_HEAD], lines[_HEAD + cut + 1 :]
        note = RecordedLine(tail[0].when, session, "-", f"({cut + 1} lines left out)")
        before, after = (tuple(_line(x, session, mask) for x in part) for part in (head, tail))
        return (*before, note, *after)
    return tuple(_line(line, session, mask) for line in lines)


def _line(line: ExcerptLine, session: str, mask: Callable[[str], str]) -> RecordedLine:
    directions: dict[str, LineDirection] = {"C": "C", "S": "S"}
    return RecordedLine(
        t=line.when,
        session=getattr(line, "session", "") or session,
        direction=directions.get(line.direction, "-"),
        text=kept(line.text, mask),
        mark=getattr(line, "mark", False),
    )


def mark_line(lines: tuple[RecordedLine, ...], first: str) -> tuple[RecordedLine, ...]:
    """Mark the last line of the server that begins so; none where none does."""
    for number in range(len(lines) - 1, -1, -1):
        if first and lines[number].direction == "S" and lines[number].text.startswith(first):
            return _with_mark(lines, number)
    return lines


def _with_mark(lines: tuple[RecordedLine, ...], number: int) -> tuple[RecordedLine, ...]:
    marked = dataclasses.replace(lines[number], mark=True)
    return (*lines[:number], marked, *lines[number + 1 :])


def mark_last(lines: tuple[RecordedLine, ...]) -> tuple[RecordedLine, ...]:
    """Mark the server's last line, unless a line is marked already."""
    if any(line.mark for line in lines):
        return lines
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].direction == "S":
            return _with_mark(lines, number)
    return lines


class Findings:
    """The distinct violations of a run.

    `rule` gives a requirement in our own words, `repeat` the command that runs one case,
    `mask` takes secrets out of what is kept. What was seen under one revision of IMAP4 and what was
    seen under another are different findings: `protocol` says which one is spoken now.
    """

    def __init__(
        self,
        *,
        rule: Callable[[str], str] | None = None,
        repeat: Callable[[str], str] | None = None,
        mask: Callable[[str], str] | None = None,
    ) -> None:
        self._rule = rule
        self._repeat = repeat
        self._mask = mask or Secrets()
        self.protocol = REV1
        self._found: dict[_Key, Finding] = {}
        self._shapes: dict[_Key, int] = {}
        self._by_case: dict[_Key, dict[_Key, None]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self, violation: Violation, case_id: str, *, session: str = "main", repeat: str = ""
    ) -> bool:
        """Count `violation`, seen in `case_id` on `session`; True if it was not seen before.

        The same deviation seen again is the same finding, whichever rule it is reported under.
        `repeat` is the command that shows it, if it is not the one that runs the case.
        """
        deviation = kept(violation.deviation or default_deviation(violation), self._mask)
        key = self._room_for(self.protocol, deviation, violation.requirement)
        self._by_case.setdefault((self.protocol, case_id), {})[key] = None
        seen = self._found.get(key)
        if seen is None:
            self._found[key] = self._first(violation, key, case_id, session, repeat)
            return True
        if Level(violation.level).rank < seen.level.rank:
            # The stronger rule is the one that is broken; the weaker was seen first.
            first = self._first(violation, key, case_id, session, repeat)
            seen = _seen_again(first, seen.count - 1, seen.cases, (seen.requirement, *seen.also))
        self._found[key] = _seen_again(seen, 1, (case_id,), (violation.requirement,))
        return False

    def again(self, deviation: str, case_id: str) -> bool:
        """Count what has the cause of an earlier finding, by its deviation; False without one."""
        key = self.protocol, deviation
        seen = self._found.get(key)
        if seen is not None:
            self._by_case.setdefault((self.protocol, case_id), {})[key] = None
            self._found[key] = _seen_again(seen, 1, (case_id,), ())
        return seen is not None

    def merge_all(self, findings: Iterable[Finding]) -> None:
        """Have these findings, of other processes with the same rules and mask, and no others.

        They come in the order in which one process would have seen them: what it would have seen
        first is what is told, and what it would have had no room for is counted together.
        """
        for kept_so_far in (self._found, self._shapes, self._by_case):
            kept_so_far.clear()
        for finding in findings:
            self.merge(finding)

    def merge(self, finding: Finding) -> None:
        """Count a finding of another process, made with the same rules and mask."""
        key = self._room_for(finding.protocol, finding.deviation, finding.requirement)
        for case in finding.cases:
            self._by_case.setdefault((finding.protocol, case), {})[key] = None
        seen = self._found.get(key)
        if seen is None:
            self._found[key] = dataclasses.replace(finding, deviation=key[1])
            return
        if finding.level.rank < seen.level.rank:
            seen, finding = finding, seen
        rules = (finding.requirement, *finding.also)
        merged = _seen_again(seen, finding.count, finding.cases, rules)
        self._found[key] = dataclasses.replace(merged, deviation=key[1])

    def _room_for(self, protocol: str, deviation: str, requirement: str) -> _Key:
        """Have room for a deviation; what a rule has too much of is counted together."""
        key, rule = (protocol, deviation), (protocol, requirement)
        if key not in self._found and self._shapes.get(rule, 0) >= _SHAPES:
            key = protocol, f"{requirement} {OTHER}"
        if key not in self._found:
            self._shapes[rule] = self._shapes.get(rule, 0) + 1
        return key

    def _first(
        self, violation: Violation, key: _Key, case_id: str, session: str, repeat: str
    ) -> Finding:
        protocol, deviation = key
        lines = transcript(violation.excerpt, session=session, mask=self._mask)
        if violation.source == "case":  # which may fail for what did not come
            first = _LINE_END.split(violation.received[:_TELLING])[0]
            lines = mark_line(lines, kept(first, self._mask))
        else:
            octets = violation.offending[:_TELLING].partition(b"\r\n")[0]
            lines = mark_last(mark_line(lines, kept(as_on_the_wire(octets), self._mask)))
        return Finding(
            requirement=violation.requirement,
            level=Level(violation.level),
            section=violation.section,
            rule=self._rule(violation.requirement) if self._rule else "",
            message=kept(violation.message, self._mask),
            expected=kept(violation.expected, self._mask),
            received=kept(violation.received, self._mask),
            offending=kept(escape_octets(violation.offending[: 4 * KEPT]), self._mask),
            source=_SOURCES[violation.source],
            shape=OTHER if deviation.endswith(OTHER) else kept(violation.shape, self._mask),
            deviation=deviation,
            protocol=protocol,
            cases=(case_id,),
            repeat=repeat or (self._repeat(case_id) if self._repeat else ""),
            transcript=lines,
        )

    def violations(self, level: Level = Level.MUST) -> int:
        """Return the number of distinct findings of this level so far."""
        return sum(finding.level is level for finding in self._found.values())

    def of_case(self, case_id: str, protocol: str = "") -> tuple[Finding, ...]:
        """Return the findings that were seen in `case_id`, as they stand now.

        Those under `protocol`, by default the revision that is spoken now.
        """
        case = protocol or self.protocol, case_id
        return tuple(self._found[key] for key in self._by_case.get(case, ()))

    def all(self) -> tuple[Finding, ...]:
        """Return every finding, worst level first, then by RFC, section and requirement."""
        return tuple(sorted(self._found.values(), key=finding_key))


def default_deviation(violation: Violation) -> str:
    """Return what stands for a deviation that nobody has put into words."""
    return f"{violation.requirement} {violation.shape}".strip()


def _seen_again(seen: Finding, count: int, cases: Sequence[str], rules: Sequence[str]) -> Finding:
    """Return a finding with what was seen of it elsewhere; `rules` it was reported under there."""
    also = dict.fromkeys((*seen.also, *rules))
    also.pop(seen.requirement, None)
    return dataclasses.replace(
        seen,
        count=seen.count + count,
        cases=tuple(dict.fromkeys((*seen.cases, *cases)))[:CASES],
        also=tuple(also),
    )


def finding_key(finding: Finding) -> tuple[Any, ...]:
    """Sort key: level, RFC and section, then what was seen most often."""
    return (
        finding.level.rank,
        finding.rfc,
        section_key(finding.section),
        -finding.count,
        finding.requirement,
        finding.deviation,
    )
