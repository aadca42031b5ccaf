"""Whether one fault that much leans on is reported once, under its own rule, and blinds nothing.

All cases are played against the flawed server, or a sample: those that prove the rules of the flaw
and others, spread evenly. What counts is what the untouched server does not show: findings, by what
deviated, and cases that could not be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.casefile.document import Case
from conformance.casefile.fixtures import Fixture
from conformance.casefile.leading import roles
from conformance.flaws.attribution import Attribution
from conformance.results.records import Finding, Level, Result, Verdict
from conformance.selfcheck.stand import SeenBreach, Stand, StandRun
from conformance.wire.errors import TargetError

_COUNTED = frozenset({Level.MUST, Level.SHOULD})
_REFUSAL = re.compile(r"\S+ (?:NO|BAD)\b(?!\|)")
_VARIABLE = re.compile(r"\b(?:[a-z]+)?\d+\b|imapconf-\S+")


@dataclass(frozen=True, slots=True)
class AttributedFinding:
    """A finding that the flaw gave rise to, and how many cases showed it."""

    requirement: str
    level: str
    deviation: str
    message: str
    case: str
    cases: int


@dataclass(frozen=True, slots=True)
class Blinded:
    """Cases that could not be judged for one cause."""

    cause: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attributed:
    """What came of one row: `findings` in the order in which they came.

    `blinded` are cases that the row does not allow to be blocked, `blocked` counts the others.
    `errors` are cases that the suite itself failed in. `played` counts the cases that were played,
    `alike` those that were not, as the flaw does nothing in them. `trouble` says why none could.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    most: int
    findings: tuple[AttributedFinding, ...] = ()
    blinded: tuple[Blinded, ...] = ()
    blocked: int = 0
    errors: tuple[str, ...] = ()
    played: int = 0
    alike: int = 0
    whole: bool = True
    seconds: float = 0.0
    trouble: str = ""

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is amiss, one sentence each; none is how it should be."""
        if self.trouble:
            return (f"it could not be played: {self.trouble}",)
        return (*self._of_findings(), *self._of_cases())

    def _of_findings(self) -> Iterable[str]:
        if len(self.findings) > self.most:
            yield f"{len(self.findings)} findings, at most {self.most} are right"
        if self.findings and self.most and self.findings[0].requirement not in self.rules:
            yield (
                f"the first finding is under {self.findings[0].requirement},"
                f" right were {', '.join(self.rules)}"
            )
        if self.whole and self.most and not self.findings:
            yield "nothing is found of it"

    def _of_cases(self) -> Iterable[str]:
        count = sum(len(each.cases) for each in self.blinded)
        if count:
            yield f"{count} cases are blocked that another way could have played"
        if self.errors:
            yield f"{len(self.errors)} cases end in an error of the suite"

    @property
    def good(self) -> bool:
        """Whether it is reported as it should be."""
        return not self.complaints


@dataclass(slots=True)
class _AttributionTally:
    """What has come up so far."""

    stand: Stand
    row: Attribution
    findings: dict[str, AttributedFinding] = field(default_factory=dict)
    blinded: dict[str, list[str]] = field(default_factory=dict)
    blocked: int = 0
    errors: list[str] = field(default_factory=list)

    def play(self, run: StandRun, case: Case, before: SeenBreach) -> None:
        """Play a case and count what is new in it."""
        seen = run.play(case.id)
        verdict = seen.result.verdict
        # The same deviation may be there in other cases without the flaw: here it is new. Of what
        # is beyond the first shapes of a rule there is nothing but the rule to tell it by.
        self.count((f for f in seen.findings if not before.shows(f)), case.id)
        if verdict is before.result.verdict:
            return
        if verdict is Verdict.ERROR:
            self.errors.append(case.id)
        elif verdict is Verdict.BLOCKED:
            sent = what_is_sent(case, self.stand.fixture_of(case), self.stand.commands_of(case.id))
            own = not set(self.row.rules).isdisjoint(case.labels.requirements)
            if own or re.search(self.row.needs, sent, re.MULTILINE):
                self.blocked += 1
            else:
                self.blinded.setdefault(cause_of(seen.result), []).append(case.id)

    def count(self, findings: Iterable[Finding], where: str) -> None:
        """Count findings; the rule is the one that they stand under in the end."""
        for finding in findings:
            if finding.level in _COUNTED:
                known = self.findings.get(finding.deviation)
                self.findings[finding.deviation] = AttributedFinding(
                    finding.requirement,
                    finding.level.value,
                    finding.deviation,
                    finding.message,
                    known.case if known else where,
                    len(finding.cases),
                )


def what_is_sent(case: Case, fixture: Fixture, program: Iterable[str] = ()) -> str:
    """Return the id of a case and all that its client sends, a line each, behind who sends it.

    Refusals that it awaits are there as well, behind `awaits`, what it proves by behind `proves`.
    Of a case that is a `program` these are the lines that it has sent. The messages that are put
    into its mailbox before have a line each as well, with their flags and dates.
    """
    lines = [case.id]
    for window, role in zip(case.windows, roles(case.windows), strict=True):
        lines += (f"{window.who} {send.text}" for send in window.sends)
        awaited = [expect.alternatives[0].text for expect in window.expects]
        lines += (f"awaits {text}" for text in awaited if _REFUSAL.match(text))
        lines += (f"proves {text}" for text in awaited if role.proves)
    if case.program is not None:
        lines += (f"main {line}" for line in program)
    for message in fixture.messages:
        date = f'"{message.date}" ' if message.date else ""
        lines.append(f"before ({' '.join(message.flags)}) {date}".rstrip(" "))
    return "\n".join(lines)


def cause_of(result: Result) -> str:
    """Return what blocks a case: the deviation, else the reason without what differs by case."""
    return result.deviation or _VARIABLE.sub("_", result.reason)


def attribute(stand: Stand, row: Attribution, *, sample: int = 0, full: bool = False) -> Attributed:
    """Play a row over all cases, or over so many and those that prove its rules.

    Of these only cases are played in whose conversation the flaw does something, unless `full`.
    """
    cases = spread([case for case, _ in stand.cases.values()], sample, row.rules)
    tally = _AttributionTally(stand, row)
    before = stand.untouched([case.id for case in cases])
    touched = set(before) if full else stand.touched(row.flaw, before)
    try:
        with stand.open(row.flaw) as run:
            tally.count(stand.new(run.all()), "before all cases")
            for case in cases:
                if case.id in touched:
                    tally.play(run, case, before[case.id])
            tally.count(stand.new(run.all()), "behind all cases")
            seconds = run.seconds
    except TargetError as error:
        return Attributed(row.id, row.flaw.title, row.rules, row.most, trouble=str(error))
    return Attributed(
        row.id,
        row.flaw.title,
        row.rules,
        row.most,
        findings=tuple(tally.findings.values()),
        blinded=tuple(
            Blinded(cause, tuple(names))
            for cause, names in sorted(tally.blinded.items(), key=lambda each: -len(each[1]))
        ),
        blocked=tally.blocked,
        errors=tuple(tally.errors),
        played=len(touched),
        alike=len(cases) - len(touched),
        whole=len(cases) == len(stand.cases),
        seconds=seconds,
    )


def spread(cases: Sequence[Case], count: int, rules: Sequence[str]) -> list[Case]:
    """Return so many of the cases, at even distances, and those of the rules; all of them for 0."""
    if not 0 < count < len(cases):
        return list(cases)
    places = {number * len(cases) // count for number in range(count)}
    return [
        case
        for place, case in enumerate(cases)
        if place in places or not set(rules).isdisjoint(case.labels.requirements)
    ]
