"""What every view of a run says alike: counts, groups, their order, the verdict in one line.

From records only; how it looks is the business of the view.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.extending.documents import turn_of
from conformance.results.collector import CASES, finding_key, mark_last
from conformance.results.known import Unexpected, exit_code
from conformance.results.records import (
    DECISIVE,
    FUZZ,
    LOAD,
    End,
    Finding,
    Level,
    RecordedFact,
    Result,
    Run,
    Verdict,
    section_key,
)
from conformance.results.text import counted

_UNCLEAR = {
    (Verdict.BLOCKED, False): ("blocked case", "blocked cases"),
    (Verdict.BLOCKED, True): (
        "blocked phase of generated sessions",
        "blocked phases of generated sessions",
    ),
    (Verdict.ERROR, False): ("error of the suite", "errors of the suite"),
}
"""What verdicts are called that say nothing of the server, of cases and of generated sessions."""

RuleSection = tuple[str, str]
"""RFC number and section."""


@dataclass(slots=True)
class SectionRow:
    """How one section of an RFC fared: results by verdict and distinct findings by level.

    `known` counts the findings that are listed as known; they are in `findings` too.
    """

    rfc: str
    section: str
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    findings: Counter[Level] = field(default_factory=Counter)
    known: int = 0

    @property
    def clean(self) -> bool:
        """Whether no MUST is broken here and everything could be judged."""
        decisive = any(self.verdicts[verdict] for verdict in DECISIVE)
        return not decisive and not self.findings[Level.MUST]


def end_record(
    results: Sequence[Result],
    findings: Sequence[Finding],
    *,
    duration: float,
    unexpected: Sequence[Unexpected] = (),
    strict: bool = False,
    interrupted: bool = False,
    lost: str = "",
    facts: Sequence[RecordedFact] = (),
    left_behind: Sequence[str] = (),
    unjudged: Mapping[str, int] = MappingProxyType({}),
    figures: Mapping[str, Any] = MappingProxyType({}),
) -> End:
    """Return the foot of a results file; `duration` in seconds, records with their `known`.

    `lost` says why the server is gone, if that is why the run was cut short.
    """
    totals = Counter(result.verdict for result in results)
    levels = Counter(finding.level for finding in findings)
    return End(
        totals={verdict.value: totals[verdict] for verdict in Verdict},
        findings={level.value: levels[level] for level in Level},
        duration=duration,
        exit_code=exit_code(
            results, findings, unexpected=unexpected, strict=strict, interrupted=interrupted
        ),
        interrupted=interrupted,
        lost=lost,
        facts=tuple(facts),
        unexpected=tuple(dict.fromkeys(entry.entry.deviation for entry in unexpected)),
        left_behind=tuple(left_behind),
        unjudged=dict(sorted(unjudged.items())),
        figures=figures,
    )


def violations(results: Sequence[Result], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return `findings` and, in the form of findings, the results that none of them explains.

    So no view can pass over a case that failed. Worst level first, then by section.
    """
    told = {(finding.protocol, case) for finding in findings for case in finding.cases}
    rules = {(finding.protocol, finding.requirement) for finding in findings}
    many = {
        (finding.protocol, finding.requirement)
        for finding in findings
        if len(finding.cases) >= CASES
    }

    def explained(result: Result) -> bool:
        # A check's own result names no case; a finding in many cases does not name them all.
        unnamed = rules if result.kind == "ambient" else many
        return (result.protocol, result.id) in told or any(
            (result.protocol, rule) in unnamed for rule in result.requirements
        )

    others = [
        _as_finding(result)
        for result in results
        if result.verdict in (Verdict.FAIL, Verdict.WARN) and not explained(result)
    ]
    return tuple(sorted((*findings, *others), key=finding_key))


def _as_finding(result: Result) -> Finding:
    level = Level.MUST if result.verdict is Verdict.FAIL else Level.SHOULD
    return Finding(
        requirement=result.requirements[0] if result.requirements else result.id,
        level=level,
        section=result.section,
        rule=result.title,
        message=result.reason or result.cause,
        expected="",
        received="",
        offending="",
        source="ambient" if result.kind == "ambient" else "case",
        shape=result.cause,
        cases=(result.id,),
        repeat=result.repeat,
        transcript=mark_last(result.transcript) if result.kind == "ambient" else result.transcript,
        known=result.known,
        protocol=result.protocol,
    )


def by_section(findings: Sequence[Finding]) -> list[tuple[RuleSection, list[Finding]]]:
    """Return findings by RFC section, the section with the most of them first."""
    groups: dict[RuleSection, list[Finding]] = {}
    for finding in sorted(findings, key=finding_key):
        groups.setdefault((finding.rfc, finding.section), []).append(finding)
    return sorted(
        groups.items(),
        key=lambda item: (
            min(finding.level.rank for finding in item[1]),
            -len(item[1]),
            item[0][0],
            section_key(item[0][1]),
        ),
    )


def section_rows(results: Sequence[Result], findings: Sequence[Finding]) -> list[SectionRow]:
    """Return one row for every section that a result or finding belongs to, in RFC order.

    Generated sessions are about no section as a whole: what they found counts where its rule
    stands.
    """
    rows: dict[RuleSection, SectionRow] = {}

    def row(rfc: str, section: str) -> SectionRow:
        return rows.setdefault((rfc, section), SectionRow(rfc, section))

    for result in results:
        if result.kind != FUZZ:
            row(result.rfc, result.section).verdicts[result.verdict] += 1
    for finding in findings:
        its = row(finding.rfc, finding.section)
        its.findings[finding.level] += 1
        its.known += finding.excused
    return sorted(rows.values(), key=lambda r: (turn_of(r.rfc), section_key(r.section)))


def by_reason(results: Sequence[Result], verdict: Verdict) -> list[tuple[str, list[Result]]]:
    """Return the results of one verdict grouped by their reason, the most frequent first."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        if result.verdict is verdict:
            groups.setdefault(result.reason or "no reason given", []).append(result)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def verdict_line(results: Sequence[Result], findings: Sequence[Finding], end: End) -> str:
    """Return what the run came to, in one sentence or two."""
    played = sum(result.kind == "case" for result in results)
    generated = sum(result.kind == FUZZ for result in results)
    if end.interrupted:
        why = f" ({end.lost})" if end.lost else ""
        cases = counted(played, "case")
        return f"Cut short after {cases}{why}: this says what was seen until then."
    loaded = sum(result.kind == LOAD for result in results)
    if not played and not generated and not loaded:
        return "No case was played, so nothing can be said about this server."
    must = [finding for finding in findings if finding.level is Level.MUST]
    new = [finding for finding in must if not finding.excused]
    excused = len(must) - len(new)
    parts = []
    if new:
        sections = len({(finding.rfc, finding.section) for finding in new})
        beyond = " beyond the known ones" if excused else ""
        violations_ = counted(len(new), "distinct violation")
        parts.append(f"{violations_} of MUST rules{beyond}, in {counted(sections, 'section')}")
    deciding = Counter((r.verdict, r.kind == FUZZ) for r in results if r.decides)
    for key, nouns in _UNCLEAR.items():
        if count := deciding[key]:
            parts.append(counted(count, *nouns))
    if end.unexpected and end.exit_code == 1:
        parts.append(f"{counted(len(end.unexpected), 'known deviation')} not met any more")
    if parts:
        return "; ".join(parts) + "."
    if excused:
        return f"Nothing beyond {counted(excused, 'known violation')} of MUST rules."
    where = [counted(played, "case")] if played else []
    where += [counted(generated, "phase") + " of generated sessions"] if generated else []
    where += ["many sessions at once"] if loaded else []
    return f"No MUST rule was seen broken in {' and '.join(where)}."


def unjudged(run: Run, end: End) -> list[str]:
    """Say which capabilities no grammar describes, and which responses were not judged for it."""
    lines = [unread(name, count) for name, count in end.unjudged.items()]
    if run.undescribed:
        names = " ".join(run.undescribed)
        lines.insert(0, f"announced, and described by no grammar of the suite: {names}")
    return lines


def unread(name: str, count: int) -> str:
    """Say that so many responses with something of this name have gone by unjudged."""
    what = "1 response was" if count == 1 else f"{count} responses were"
    return f"{what} judged in part or not at all, for there is no grammar of {name}"


def totals_line(results: Sequence[Result], end: End) -> str:
    """Return the counts in one line: `230 results in 12.3 s: 220 pass, 4 fail, 6 skip`."""
    counts = [f"{end.totals[v]} {v.value}" for v in Verdict if end.totals.get(v)]
    told = ", ".join(counts) or "none"
    return f"{counted(len(results), 'result')} in {end.duration:.1f} s: {told}"
