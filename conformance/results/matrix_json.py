"""A matrix of runs, and what changed between two, as JSON; docs/results.md describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from conformance.results.changes import Changes
from conformance.results.matrix import Cell, Column, Matrix, RuleRow
from conformance.results.records import Finding, Level, Verdict

COMPARISON = 1
"""Version of the format. Fields may be added within a version; none changes or goes."""


def matrix_json(matrix: Matrix, changed: Changes | None = None) -> str:
    """Return the whole matrix as one JSON object; `changes` is null where there are none."""
    whole = {
        "comparison": COMPARISON,
        "runs": list(map(_run, matrix.columns)),
        "sections": [_section(matrix, place) for place in matrix.sections],
        "rules": list(map(_rule, matrix.rules)),
        "changes": None if changed is None else _changes(changed),
    }
    return json.dumps(whole, indent=1) + "\n"


def _run(column: Column) -> dict[str, Any]:
    run = column.run.to_json()
    del run["type"]
    return run | {
        "name": column.label,
        "totals": {verdict.value: column.verdicts[verdict] for verdict in Verdict},
        "violations": column.violations,
        "known": column.known,
        "warnings": column.warnings,
    }


def _section(matrix: Matrix, place: tuple[str, str]) -> dict[str, Any]:
    cells = []
    for column in matrix.columns:
        row = column.sections.get(place)
        cells.append(
            row
            and {
                "verdicts": {verdict.value: row.verdicts[verdict] for verdict in Verdict},
                "violations": row.findings[Level.MUST],
                "warnings": row.findings[Level.SHOULD],
                "known": row.known,
            }
        )
    return {"rfc": place[0], "section": place[1], "cells": cells}


def _rule(row: RuleRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "rfc": row.rfc,
        "section": row.section,
        "level": row.level.value,
        "rule": row.text,
        "cells": list(map(_cell, row.cells)),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "state": cell.state.value,
        "known": cell.known,
        "passed": cell.passed,
        "cases": cell.cases,
        "violations": _found(cell.violations),
    }


def _found(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "requirement": finding.requirement,
            "level": finding.level.value,
            "message": finding.message,
            "shape": finding.shape,
            "known": finding.excused,
            "cases": list(finding.cases),
            "repeat": finding.repeat,
        }
        for finding in findings
    ]


def _changes(changed: Changes) -> dict[str, Any]:
    return {
        "new": _found(changed.new),
        "fixed": _found(changed.fixed),
        "unseen": _found(changed.unseen),
        "warnings_new": _found(changed.warnings_new),
        "warnings_fixed": _found(changed.warnings_fixed),
        "verdicts": [
            {"id": t.id, "before": t.before.value, "after": t.after.value, "reason": t.reason}
            for t in changed.turns
        ],
        "added": list(changed.added),
        "removed": list(changed.removed),
    }
