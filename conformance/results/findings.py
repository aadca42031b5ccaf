"""The violations of a run as a Markdown page: what `reports/` publishes of a server.

Each distinct violation of a MUST with its rule, clause, transcript and, where the file of known
deviations has it, the sentence that defends it. Pages of two runs differ only in what the server
did: times are left out and the unguessable part of the suite's mailbox names is shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.extending.documents import place_of
from conformance.results.markdown import code, plain, prose
from conformance.results.records import Finding, Level, RecordedLine, Run
from conformance.results.right import right_of
from conformance.results.summary import by_section
from conformance.results.text import visible
from conformance.syntax.shown import clip

_WIDTH = 200  # characters of one line of a transcript
_LINES = 24  # of a transcript; the offending one is near its end
_CASES = 6  # that are named


def findings_page(run: Run, findings: Sequence[Finding]) -> str:
    """Return the page; `findings` are the distinct violations of a run, of any level."""
    must = [finding for finding in findings if finding.level is Level.MUST]
    who = f"{run.target.name} {run.target.version}".strip()
    return "\n".join([*_head(who, must), *_sections(must, run)]) + "\n"


def _head(who: str, must: Sequence[Finding]) -> Iterator[str]:
    yield f"# {visible(who)}: violations of MUST rules"
    yield ""
    yield (
        f"{len(must)} distinct, each with the clause that it breaks." if must else "None was seen."
    )


def _sections(must: Sequence[Finding], run: Run) -> Iterator[str]:
    for (rfc, section), group in by_section(must):
        yield ""
        yield f"## {place_of(rfc, section)}"
        for finding in group:
            yield ""
            yield from _finding(finding, right_of(finding, run.capabilities))


def _finding(finding: Finding, right: Sequence[str]) -> Iterator[str]:
    yield f"### `{finding.requirement}`: {prose(finding.message)}"
    yield ""
    if finding.rule:
        under = f", {finding.under}" if finding.under else ""
        yield f"{place_of(finding.rfc, finding.section)}{under}: {prose(finding.rule)}"
        yield ""
    if finding.known is not None:
        yield f"**Why it stands:** {prose(finding.known.reason)}"
        yield ""
    yield f"* expected: {code(finding.expected)}"
    if right:
        yield f"* right: {' or '.join(map(code, right))}"
    yield f"* received: {code(finding.received or finding.offending)}"
    shown = ", ".join(f"`{case}`" for case in finding.cases[:_CASES])
    more = f" and {len(finding.cases) - _CASES} more" if len(finding.cases) > _CASES else ""
    if shown:
        yield f"* seen in: {shown}{more}"
    if finding.transcript:
        yield ""
        yield "```text"
        yield from map(_line, finding.transcript[-_LINES:])
        yield "```"


def _line(line: RecordedLine) -> str:
    mark = "!" if line.mark else " "
    who = "" if line.session == "main" else f"{line.session} "
    return f"{mark}{who}{line.direction}: {plain(clip(line.text, _WIDTH))}".rstrip()
