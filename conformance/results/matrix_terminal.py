"""A matrix of runs, and what changed between two, on a terminal.

What stems from a results file passes `visible` and is printed without rich markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.results.changes import Changes
from conformance.results.matrix import CellState, Matrix
from conformance.results.records import Finding
from conformance.results.text import visible
from conformance.syntax.shown import clip

_MESSAGE = 200
_STYLES = {
    CellState.BROKEN: "red",
    CellState.UNMET: "yellow",
    CellState.KEPT: "green",
    CellState.UNJUDGED: "dim",
    CellState.ABSENT: "dim",
}


def print_matrix(
    console: Console, matrix: Matrix, changed: Changes | None = None, *, whole: bool = False
) -> None:
    """Print the runs, the sections, the rules, then what changed.

    `whole`: with the rules that every server keeps alike.
    """
    labels = [column.label for column in matrix.columns]
    _heading(console, "Runs")
    _print(
        console,
        ("server", "tested", "suite", "results", "MUST broken", "known", "SHOULD unmet"),
        [
            (
                column.label,
                column.run.started[:10],
                column.run.suite.version,
                *map(str, (len(column.recording.results), column.violations, column.known)),
                str(column.warnings),
            )
            for column in matrix.columns
        ],
    )
    _heading(console, "By section: results kept of those judged, and violations")
    _print(
        console,
        ("RFC", "section", *labels),
        [(*place, *matrix.section(place)) for place in matrix.sections],
    )
    rows = matrix.rules if whole else matrix.interesting()
    of = "" if whole else f": {len(rows)} of {len(matrix.rules)} are broken, or servers differ"
    _heading(console, f"By rule{of}")
    _print(
        console,
        ("rule", "level", *labels),
        [
            (
                row.id,
                row.level.value,
                *(Text(visible(cell.text), _STYLES.get(cell.state, "")) for cell in row.cells),
            )
            for row in rows
        ],
    )
    if changed is not None:
        _changes(console, changed)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(visible(text), "bold"), soft_wrap=True)


def _print(console: Console, heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(Text(visible(head)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(c)) if isinstance(c, str) else c for c in row))
    console.print(table)


def _changes(console: Console, changed: Changes) -> None:
    _heading(console, "What changed")
    if not changed.any:
        console.print("nothing")
    groups = (
        ("New violations of MUST rules", "red", changed.new),
        ("Fixed violations", "green", changed.fixed),
        ("Violations that were not looked for again", "", changed.unseen),
        ("New warnings", "yellow", changed.warnings_new),
        ("Fixed warnings", "green", changed.warnings_fixed),
    )
    for heading, style, findings in groups:
        _lines(console, heading, [_said(finding) for finding in findings], style)
    turns = [f"{t.id}: {t.before} -> {t.after}" for t in changed.turns]
    _lines(console, "Changed verdicts", turns)
    _lines(console, "Cases added", changed.added)
    _lines(console, "Cases removed", changed.removed)


def _said(finding: Finding) -> str:
    known = " (known)" if finding.excused else ""
    return f"{finding.requirement}{known}: {clip(finding.message, _MESSAGE)}"


def _lines(console: Console, heading: str, lines: Sequence[str], style: str = "") -> None:
    if not lines:
        return
    console.print(Text(f"{heading} ({len(lines)})", style), soft_wrap=True)
    for line in lines:
        console.print(Text(f"  {visible(line)}"), soft_wrap=True)
