"""`summary.md`: what a run came to, for the page that a CI system shows of a job.

Short whatever a server does: so many violations are told, the rest are counted. Everything is in
`findings.md` and `report.html`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.results.known import Unexpected
from conformance.results.markdown import code, name, prose, table
from conformance.results.records import End, Finding, Level, Result, Run, Verdict
from conformance.results.summary import (
    by_reason,
    by_section,
    totals_line,
    unjudged,
    verdict_line,
    violations,
)
from conformance.syntax.shown import clip

_TOLD = 50
_WIDTH = 400  # characters of a message
_REASONS = 10


def job_page(
    run: Run,
    results: Sequence[Result],
    findings: Sequence[Finding],
    end: End,
    *,
    unexpected: Sequence[Unexpected] = (),
    left_out: str = "",
) -> str:
    """Return the page; what is not known comes first, with the command that repeats it.

    `left_out` says in words what was not played.
    """
    found = violations(results, findings)
    lines = [
        *_head(run, results, found, end),
        *(("", f"Left out: {prose(left_out)}.") if left_out else ()),
        *_violations([f for f in found if f.level is Level.MUST and not f.excused]),
        *_reasons(results, Verdict.ERROR, "Errors of the suite"),
        *_reasons(results, Verdict.BLOCKED, "Blocked: a precondition failed"),
        *_gone(unexpected),
        *_unjudged(run, end),
        *_counted("Known violations, not counted", [f for f in found if f.excused]),
        *_counted(
            "Warnings (SHOULD rules)",
            [f for f in found if f.level is Level.SHOULD and not f.excused],
        ),
    ]
    return "\n".join(lines) + "\n"


def _head(run: Run, results: Sequence[Result], found: Sequence[Finding], end: End) -> Iterator[str]:
    who = f"{run.target.name} {run.target.version}".strip() or run.target.label
    mark = "✅" if end.exit_code == 0 else "❌"
    yield f"## {mark} IMAP conformance of {prose(who)}"
    yield ""
    yield f"**{prose(verdict_line(results, found, end))}**"
    yield ""
    yield prose(totals_line(results, end))
    if run.options:
        options = ", ".join(f"{key}={value}" for key, value in run.options.items())
        yield ""
        yield f"Options: {code(options)}"


def _violations(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield from ("", "### Violations of MUST rules", "")
    told = [finding for _, group in by_section(findings) for finding in group]
    yield from table(
        ("rule", "RFC", "found", "repeat"),
        [
            (
                name(finding.requirement),
                f"{finding.rfc} section {finding.section}",
                prose(clip(finding.message, _WIDTH)),
                name(finding.repeat),
            )
            for finding in told[:_TOLD]
        ],
    )
    if len(told) > _TOLD:
        yield from ("", f"And {len(told) - _TOLD} more: see `findings.md`.")


def _reasons(results: Sequence[Result], verdict: Verdict, heading: str) -> Iterator[str]:
    groups = by_reason([result for result in results if result.decides], verdict)
    if not groups:
        return
    yield from ("", f"### {heading}", "")
    for reason, group in groups[:_REASONS]:
        yield f"* {prose(clip(reason, _WIDTH))} ({len(group)}), first in {name(group[0].id)}"
    if len(groups) > _REASONS:
        yield f"* and {len(groups) - _REASONS} more reasons"


def _gone(unexpected: Sequence[Unexpected]) -> Iterator[str]:
    if not unexpected:
        return
    yield from ("", "### Known deviations that are not met any more", "")
    for entry in unexpected[:_TOLD]:
        yield f"* {name(entry.entry.deviation)}: {prose(entry.why)}"
    if len(unexpected) > _TOLD:
        yield f"* and {len(unexpected) - _TOLD} more"


def _unjudged(run: Run, end: End) -> Iterator[str]:
    lines = unjudged(run, end)
    if lines:
        yield from ("", "### Not judged, for want of a grammar", "")
        yield from (f"* {prose(clip(line, _WIDTH))}" for line in lines[:_REASONS])


def _counted(what: str, findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield from ("", f"{what}: {len(findings)}, told in `report.html`.")
