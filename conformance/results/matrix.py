"""Several runs side by side: what each came to, rule by rule and section by section.

From records only. What changed between two runs is in `changes`, how a matrix looks in
`matrix_text`, `matrix_html` and `matrix_json`.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from conformance.extending.documents import turn_of
from conformance.results.reader import RunRecording
from conformance.results.records import (
    FUZZ,
    NOT_JUDGED,
    End,
    Finding,
    Level,
    Run,
    Verdict,
    section_key,
)
from conformance.results.summary import RuleSection, SectionRow, section_rows, violations

GRAMMAR_RESULT = "ambient/syntax"
"""Id of the result that stands for the whole formal syntax, whose rules no result names."""

_ID = re.compile(r"(\d+)-([0-9A-Z]+(?:\.\d+)*)-")


class CellState(enum.StrEnum):
    """What one run says of one rule, the worst first; the values are words for people."""

    BROKEN = "broken"
    UNMET = "SHOULD unmet"
    KEPT = "kept"
    PARTLY = "in part"
    YES = "yes"
    NO = "no"
    UNJUDGED = "not judged"
    ABSENT = "not run"

    @property
    def said(self) -> bool:
        """Whether it says something of the server."""
        return self not in (CellState.UNJUDGED, CellState.ABSENT)


class RuleFacts(Protocol):
    """What a catalogue knows of a rule."""

    @property
    def rfc(self) -> str:
        """Number of the RFC."""
        ...

    @property
    def section(self) -> str:
        """Section of the RFC that states it."""
        ...

    @property
    def level(self) -> str:
        """MUST, SHOULD or MAY."""
        ...

    @property
    def rule(self) -> str:
        """The rule in our own words."""
        ...

    @property
    def origin(self) -> str:
        """The rule of an earlier RFC that it is from; empty where it is new."""
        ...

    @property
    def same_cases(self) -> bool:
        """Whether the cases of that rule prove this one, too."""
        ...


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule in one run: `passed` of `cases` that name it, and the violations of it."""

    state: CellState
    violations: tuple[Finding, ...] = ()
    passed: int = 0
    cases: int = 0

    @property
    def known(self) -> bool:
        """Whether every violation is listed as known."""
        return bool(self.violations) and all(finding.excused for finding in self.violations)

    @property
    def text(self) -> str:
        """The cell in words: `broken x2 (known)`."""
        times = f" x{len(self.violations)}" if len(self.violations) > 1 else ""
        return f"{self.state}{times}{' (known)' if self.known else ''}"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in every run; cells in the order of the columns."""

    id: str
    rfc: str
    section: str
    level: Level
    text: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether two servers were judged and do not do the same."""
        return len({cell.state for cell in self.cells if cell.state.said}) > 1

    @property
    def broken(self) -> bool:
        """Whether a MUST is broken in one of the runs."""
        return any(cell.state is CellState.BROKEN for cell in self.cells)


@dataclass(frozen=True)
class Column:
    """One run: its label in the table, unique there, and what it holds."""

    label: str
    recording: RunRecording
    found: tuple[Finding, ...] = field(repr=False)

    @property
    def run(self) -> Run:
        """The head of the run."""
        return self.recording.run

    @property
    def end(self) -> End | None:
        """The foot of the run."""
        return self.recording.end

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        """Results by verdict."""
        return Counter(result.verdict for result in self.recording.results)

    @property
    def violations(self) -> int:
        """Distinct violations of MUST rules, known ones too."""
        return sum(finding.level is Level.MUST for finding in self.found)

    @property
    def known(self) -> int:
        """How many of these are listed as known."""
        return sum(finding.level is Level.MUST and finding.excused for finding in self.found)

    @property
    def warnings(self) -> int:
        """Distinct violations of SHOULD rules."""
        return sum(finding.level is Level.SHOULD for finding in self.found)

    @cached_property
    def sections(self) -> Mapping[RuleSection, SectionRow]:
        """How each section fared."""
        rows = section_rows(self.recording.results, self.found)
        return {(row.rfc, row.section): row for row in rows}


@dataclass(frozen=True)
class Matrix:
    """The runs and the rules that any of them says something of, in the order of the RFCs."""

    columns: tuple[Column, ...]
    rules: tuple[RuleRow, ...]

    @cached_property
    def sections(self) -> tuple[RuleSection, ...]:
        """Every section that a run has results or findings of, in the order of the RFCs."""
        places = {place for column in self.columns for place in column.sections}
        return tuple(sorted(places, key=_place_key))

    def section(self, place: RuleSection) -> tuple[str, ...]:
        """Return how a section fared in each run: `46/48, 2 broken, 1 unmet, 1 known`."""
        return tuple(_fared(column.sections.get(place)) for column in self.columns)

    def interesting(self) -> tuple[RuleRow, ...]:
        """Return the rules that a server breaks, or on which servers differ."""
        return tuple(row for row in self.rules if row.broken or row.differs)


def matrix(
    recordings: Sequence[RunRecording], catalogue: Mapping[str, RuleFacts] | None = None
) -> Matrix:
    """Put runs side by side; `catalogue` knows rules by id, where a run tells only the id.

    What became of a rule in a later RFC, with the same cases, stands in the row of that rule: so
    IMAP4rev1 and IMAP4rev2 are side by side.
    """
    labels = _labels([recording.run for recording in recordings])
    columns = tuple(
        Column(" ".join(filter(None, (label, name))), part, violations(part.results, part.findings))
        for label, recording in zip(labels, recordings, strict=True)
        for name, part in _by_revision(recording)
    )
    views = [_View(column, catalogue or {}) for column in columns]
    ids = dict.fromkeys(id_ for view in views for id_ in view.ids)
    syntax = {
        finding.requirement
        for column in columns
        for finding in column.found
        if finding.source in ("syntax", "framing")
    }
    syntax |= {rule.origin for key in syntax if (rule := (catalogue or {}).get(key)) is not None}
    rows = [
        _row(id_, [view.cell(id_, syntax=id_ in syntax) for view in views], views, catalogue or {})
        for id_ in ids
    ]
    return Matrix(columns, tuple(sorted(rows, key=_row_key)))


_REVISIONS = {"rev1": "IMAP4rev1", "rev2": "IMAP4rev2"}


def _by_revision(recording: RunRecording) -> Iterator[tuple[str, RunRecording]]:
    """Part a record by the revision of IMAP4 that was spoken; one of IMAP4rev1 needs no name."""
    spoken = [name for name in _REVISIONS if any(r.protocol == name for r in recording.results)]
    if spoken in ([], ["rev1"]):
        yield "", recording
        return
    for name in spoken:
        results = tuple(result for result in recording.results if result.protocol == name)
        findings = tuple(finding for finding in recording.findings if finding.protocol == name)
        yield _REVISIONS[name], replace(recording, results=results, findings=findings)


class _View:
    """One run by rule."""

    def __init__(self, column: Column, catalogue: Mapping[str, RuleFacts]) -> None:
        self._catalogue = catalogue
        self.verdicts: dict[str, Counter[Verdict]] = {}
        self.found: dict[str, list[Finding]] = {}
        self.facts: dict[str, tuple[str, str, Level]] = {}
        self._grammar = False
        for result in column.recording.results:
            self._grammar |= result.id == GRAMMAR_RESULT and result.verdict not in NOT_JUDGED
            if result.kind == FUZZ:  # it names what it found, and that is told by its findings
                continue
            for id_ in dict.fromkeys(map(self._row, result.requirements)):
                self.verdicts.setdefault(id_, Counter())[result.verdict] += 1
                self.facts.setdefault(id_, (result.rfc, result.section, result.level))
        for finding in column.found:
            id_ = self._row(finding.requirement)
            self.found.setdefault(id_, []).append(finding)
            self.facts.setdefault(id_, (finding.rfc, finding.section, finding.level))

    def _row(self, id_: str) -> str:
        """Return in which row a rule stands."""
        rule = self._catalogue.get(id_)
        return rule.origin if rule and rule.origin and rule.same_cases else id_

    @property
    def ids(self) -> Iterable[str]:
        """The rules that the run says anything of."""
        return self.facts

    def cell(self, id_: str, *, syntax: bool) -> Cell:
        """Judge one rule. `syntax`: the formal syntax has it, so it is held at every response."""
        verdicts = self.verdicts.get(id_, Counter())
        found = tuple(self.found.get(id_, ()))
        passed = verdicts[Verdict.PASS] + verdicts[Verdict.YES]
        state = _state(verdicts, {finding.level for finding in found})
        if state is CellState.ABSENT and syntax and self._grammar:
            state = CellState.KEPT
        return Cell(state, found, passed, verdicts.total())


def _state(verdicts: Counter[Verdict], levels: set[Level]) -> CellState:
    if Level.MUST in levels:
        return CellState.BROKEN
    if Level.SHOULD in levels:
        return CellState.UNMET
    if verdicts[Verdict.PASS]:
        return CellState.KEPT
    yes, no = verdicts[Verdict.YES], verdicts[Verdict.NO] or Level.MAY in levels
    if yes and no:
        return CellState.PARTLY
    if yes or no:
        return CellState.YES if yes else CellState.NO
    # A case that failed accuses its first rule; of the others that it names it says nothing.
    return CellState.UNJUDGED if verdicts else CellState.ABSENT


def _row(
    id_: str, cells: Sequence[Cell], views: Sequence[_View], catalogue: Mapping[str, RuleFacts]
) -> RuleRow:
    known = catalogue.get(id_)
    text = next((finding.rule for cell in cells for finding in cell.violations), "")
    if known is not None:
        return RuleRow(
            id_, known.rfc, known.section, Level(known.level), known.rule or text, tuple(cells)
        )
    rfc, section, level = next(view.facts[id_] for view in views if id_ in view.facts)
    parts = _ID.match(id_)
    if parts:
        rfc, section = parts.groups()
    return RuleRow(id_, rfc, section, level, text, tuple(cells))


def _row_key(row: RuleRow) -> tuple[object, ...]:
    return (*_place_key((row.rfc, row.section)), row.level.rank, row.id)


def _place_key(place: RuleSection) -> tuple[object, ...]:
    return (place[0] != "3501", turn_of(place[0]), section_key(place[1]))  # the base protocol first


def _fared(row: SectionRow | None) -> str:
    if row is None:
        return CellState.ABSENT
    judged = sum(n for verdict, n in row.verdicts.items() if verdict not in NOT_JUDGED)
    unmet = row.verdicts[Verdict.FAIL] + row.verdicts[Verdict.WARN]
    parts = [f"{judged - unmet}/{judged}"] if judged else []
    if row.findings[Level.MUST]:
        parts.append(f"{row.findings[Level.MUST]} broken")
    if row.findings[Level.SHOULD]:
        parts.append(f"{row.findings[Level.SHOULD]} unmet")
    if row.known:
        parts.append(f"{row.known} known")
    return ", ".join(parts) or CellState.UNJUDGED


def name_of(run: Run) -> str:
    """Return name and version of what was tested, or how the user called it."""
    return f"{run.target.name} {run.target.version}".strip() or run.target.label


def _labels(runs: Sequence[Run]) -> list[str]:
    """Return what tells the runs apart: name and version, else with date, else with a number."""
    names = [name_of(run) for run in runs]
    dated = [
        f"{name}, {run.started[:16].replace('T', ' ')}" if names.count(name) > 1 else name
        for name, run in zip(names, runs, strict=True)
    ]
    return [
        f"{label} ({number})" if dated.count(label) > 1 else label
        for number, label in enumerate(dated, 1)
    ]
