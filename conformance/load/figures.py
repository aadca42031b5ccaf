"""Figures of a load run out of Locust's counts: rates, and how long commands took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

PERCENTILES: Final = (0.5, 0.9, 0.99, 1.0)
"""Shares of the commands that took at most so long."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One command, or all of them: how many, how many were not answered with OK, and times in ms.

    `rate` is commands a second.
    """

    name: str
    count: int
    failed: int
    rate: float
    mean: float
    times: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the form that the record has."""
        times = {
            f"p{share * 100:g}": round(ms, 1)
            for share, ms in zip(PERCENTILES, self.times, strict=True)
        }
        return {
            "name": self.name, "count": self.count, "failed": self.failed,
            "per_second": round(self.rate, 2), "mean": round(self.mean, 1), **times,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted: rows by command, all commands together, and failures by what they say."""

    rows: tuple[FigureRow, ...]
    total: FigureRow
    failures: tuple[tuple[str, str, int], ...]
    """Command, what it came to, how often."""
    users: int
    workers: int
    """Processes that played, at least 1."""

    @property
    def refused(self) -> int:
        """How often no connection, or no login, was to be had."""
        return sum(row.failed for row in self.rows if row.name in ("(connect)", "LOGIN"))

    @property
    def dropped(self) -> int:
        """How often the server ended a connection."""
        return sum(row.failed for row in self.rows if row.name == "(connection)")


def figures(stats: Any, *, users: int, workers: int) -> Figures:
    """Read Locust's `RequestStats`."""
    rows = tuple(_row(entry) for entry in sorted(stats.entries.values(), key=lambda e: e.name))
    failures = tuple(
        (
            error.name,
            str(error.error).removeprefix("RuntimeError('").removesuffix("')"),
            error.occurrences,
        )
        for error in stats.errors.values()
    )
    return Figures(rows, _row(stats.total), tuple(sorted(failures)), users, workers)


def _row(entry: Any) -> FigureRow:
    return FigureRow(
        name=entry.name,
        count=entry.num_requests,
        failed=entry.num_failures,
        rate=entry.total_rps,
        mean=entry.avg_response_time,
        times=tuple(float(entry.get_response_time_percentile(share)) for share in PERCENTILES),
    )
