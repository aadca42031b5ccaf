"""A matrix of runs, and what changed between two, as a Markdown page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.extending.documents import label_of
from conformance.results.changes import Changes
from conformance.results.markdown import name, prose, table
from conformance.results.matrix import Matrix, RuleRow
from conformance.results.records import Finding


def matrix_page(matrix: Matrix, changed: Changes | None = None, *, whole: bool = False) -> str:
    """Return the page; `whole`: with the rules that every server keeps alike."""
    return "\n".join(_page(matrix, changed, whole)) + "\n"


def _page(matrix: Matrix, changed: Changes | None, whole: bool) -> Iterator[str]:
    labels = [prose(column.label) for column in matrix.columns]
    yield f"# {' and '.join(labels) if len(labels) < 3 else f'{len(labels)} servers'} compared"
    yield ""
    heads = ("server", "tested", "suite", "results", "MUST broken", "known", "SHOULD unmet")
    yield from table(
        heads,
        [
            (
                label,
                prose(column.run.started[:10]),
                prose(column.run.suite.version),
                str(len(column.recording.results)),
                *map(str, (column.violations, column.known, column.warnings)),
            )
            for label, column in zip(labels, matrix.columns, strict=True)
        ],
    )
    if changed is not None:
        yield from _changes(changed)
    yield from ("", "## By section", "", "Results kept of those judged, and violations.", "")
    yield from table(
        ("section", *labels),
        [
            (prose(f"{label_of(place[0])} {place[1]}"), *map(prose, matrix.section(place)))
            for place in matrix.sections
        ],
    )
    rows = matrix.rules if whole else matrix.interesting()
    yield from ("", "## By rule", "")
    if not whole:
        yield f"{len(rows)} of {len(matrix.rules)} rules are broken, or servers differ there."
        yield ""
    yield from table(("rule", "level", *labels, "in words"), map(_rule, rows))


def _rule(row: RuleRow) -> Sequence[str]:
    cells = [prose(cell.text) for cell in row.cells]
    return (name(row.id), row.level.value, *cells, prose(row.text))


def _changes(changed: Changes) -> Iterator[str]:
    yield from ("", "## What changed", "")
    if not changed.any:
        yield "Nothing."
    yield from _found("New violations", changed.new)
    yield from _found("Fixed", changed.fixed)
    yield from _found("Not looked for again", changed.unseen)
    yield from _found("New warnings", changed.warnings_new)
    yield from _found("Warnings fixed", changed.warnings_fixed)
    if changed.turns:
        yield from (f"### Changed verdicts ({len(changed.turns)})", "")
        rows = ((name(t.id), t.before.value, t.after.value, prose(t.reason)) for t in changed.turns)
        yield from table(("case", "before", "after", "reason"), rows)
        yield ""
    yield from _ids("Cases added", changed.added)
    yield from _ids("Cases removed", changed.removed)


def _found(heading: str, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield from (f"### {heading} ({len(findings)})", "")
    for finding in findings:
        known = " (known)" if finding.excused else ""
        yield f"* {name(finding.requirement)}{known}: {prose(finding.message)}"
    yield ""


def _ids(heading: str, ids: Sequence[str]) -> Iterator[str]:
    if ids:
        yield from (f"### {heading} ({len(ids)})", "", *(f"* {name(id_)}" for id_ in ids), "")
