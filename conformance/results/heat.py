"""Runs side by side as heat: how much of each extension is broken, and which causes servers share.

From a matrix. A cell has its number in words as well as its heat, so that nobody needs colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from conformance.results.matrix import CellState, Column, Matrix, RuleRow
from conformance.results.records import Finding, Level
from conformance.syntax.modules import available

HOTTEST = 4
"""The heats are 0 (nothing broken) to this; a cell without one was not judged."""

_SHARES = (0.05, 0.15, 0.4)  # of rules broken, up to which the heat is 1, 2, 3
_TIMES = (1, 9, 99)  # how often a cause was seen, up to which it is 1, 2, 3
_NAMES = 3  # capabilities that a row names


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell; `heat` is None where the run says nothing."""

    text: str
    heat: int | None = None


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One extension or cause in every run; `more` are words behind the label."""

    label: str
    more: str
    cells: tuple[HeatCell, ...]


def by_extension(matrix: Matrix) -> tuple[HeatRow, ...]:
    """Return a row for each RFC, with what brings it in; rules of MAY have no part in it."""
    rules: dict[str, list[RuleRow]] = {}
    for row in matrix.rules:
        if row.level is not Level.MAY:
            rules.setdefault(row.rfc, []).append(row)
    return tuple(
        HeatRow(
            f"RFC {rfc}",
            _capabilities().get(rfc, ""),
            tuple(_share([row.cells[n].state for row in rows]) for n in range(len(matrix.columns))),
        )
        for rfc, rows in rules.items()
    )


def by_cause(matrix: Matrix) -> tuple[HeatRow, ...]:
    """Return a row for each deviation from a MUST that several runs show, the most common first."""
    found: dict[str, list[Finding | None]] = {}
    for number, column in enumerate(matrix.columns):
        for finding in _of_must(column):
            cells = found.setdefault(finding.deviation, [None] * len(matrix.columns))
            cells[number] = finding
    shared = [
        (deviation, cells)
        for deviation, cells in found.items()
        if sum(cell is not None for cell in cells) > 1
    ]
    shared.sort(key=lambda each: sum(cell is None for cell in each[1]))
    return tuple(
        HeatRow(deviation, _first(cells).rule, tuple(map(_seen, cells)))
        for deviation, cells in shared
    )


def _of_must(column: Column) -> Iterator[Finding]:
    return (f for f in column.found if f.level is Level.MUST and f.deviation)


def _first(cells: Sequence[Finding | None]) -> Finding:
    return next(cell for cell in cells if cell is not None)


def _share(states: Sequence[CellState]) -> HeatCell:
    judged = [state for state in states if state.said]
    broken = sum(state in (CellState.BROKEN, CellState.UNMET) for state in judged)
    if not judged:
        return HeatCell(CellState.UNJUDGED)
    return HeatCell(f"{broken} of {len(judged)}", _heat(broken / len(judged), _SHARES))


def _seen(finding: Finding | None) -> HeatCell:
    if finding is None:
        return HeatCell("not seen")
    times = "once" if finding.count == 1 else f"{finding.count} times"
    known = ", known" if finding.excused else ""
    return HeatCell(f"{times}{known}", _heat(finding.count, _TIMES))


def _heat(value: float, bounds: Sequence[float]) -> int:
    return 0 if value <= 0 else 1 + sum(value > bound for bound in bounds)


@cache
def _capabilities() -> Mapping[str, str]:
    """Return the capabilities of each RFC that has a grammar, in words."""
    found: dict[str, set[str]] = {}
    for module in available():
        found.setdefault(module.rfc, set()).update(module.capabilities)
    return {rfc: _words(sorted(filter(_whole, names))) for rfc, names in found.items() if names}


def _whole(name: str) -> bool:
    """Whether a name is one that servers announce, and no beginning of several."""
    return not name.endswith("=")


def _words(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more
