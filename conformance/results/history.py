"""What the runs of published servers came to over time: a line of JSON for each run that was kept.

Servers are told apart by the names of their folders, `dovecot-2.3.19`: what stands before the last
hyphen is the server, what stands behind it the version.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.results.reader import ResultsError, RunRecording
from conformance.results.records import NOT_JUDGED, Level
from conformance.results.summary import violations

_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One run: when it began (ISO 8601), the version of the suite, and what it came to.

    `judged` counts results, `broken` distinct violations of a MUST, `known` those of them that are
    listed as known, `unmet` those of a SHOULD.
    """

    started: str
    suite: str
    judged: int
    broken: int
    known: int
    unmet: int


def point_of(recording: RunRecording) -> HistoryPoint:
    """Return what a run came to."""
    found = violations(recording.results, recording.findings)
    return HistoryPoint(
        recording.run.started,
        recording.run.suite.version,
        sum(result.verdict not in NOT_JUDGED for result in recording.results),
        sum(finding.level is Level.MUST for finding in found),
        sum(finding.level is Level.MUST and finding.excused for finding in found),
        sum(finding.level is Level.SHOULD for finding in found),
    )


def read_history(path: Path) -> tuple[HistoryPoint, ...]:
    """Read what was kept, the oldest run first; nothing where there is no such file.

    Raises:
        ResultsError: it is no such file.
        OSError: it can not be read.
    """
    if not path.exists():
        return ()
    points = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            points.append(HistoryPoint(**_checked(json.loads(line))))
        except (ValueError, TypeError) as error:
            raise ResultsError(f"{path}:{number}: no run of a history: {error}") from None
    return tuple(sorted(points, key=lambda point: point.started))


def _checked(values: object) -> Mapping[str, Any]:
    if not isinstance(values, dict):
        raise TypeError("no object")
    for each in dataclasses.fields(HistoryPoint):
        wanted = str if each.name in ("started", "suite") else int
        if not isinstance(values.get(each.name), wanted):
            raise TypeError(f"{each.name} is missing or of another type")
    if strange := values.keys() - {each.name for each in dataclasses.fields(HistoryPoint)}:
        raise TypeError(f"{min(strange)} is unknown")
    return values


def add(path: Path, point: HistoryPoint) -> None:
    """Keep a run; one that began at the same time is replaced.

    Raises:
        ResultsError: what is there is no history.
        OSError: it can not be read or written.
    """
    kept = [*joined(read_history(path), point)]
    text = "".join(f"{json.dumps(dataclasses.asdict(each))}\n" for each in kept)
    path.write_text(text, encoding="utf-8")


def joined(points: Iterable[HistoryPoint], last: HistoryPoint) -> Sequence[HistoryPoint]:
    """Return the points with this one, the oldest first."""
    others = (point for point in points if point.started != last.started)
    return sorted((*others, last), key=lambda point: point.started)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a server, by its folder, with its runs."""

    server: str
    version: str
    points: Sequence[HistoryPoint]


def versions(runs: Mapping[str, Sequence[HistoryPoint]]) -> Mapping[str, Sequence[Version]]:
    """Put runs, by the name of their folder, together by server; versions in their order."""
    found: dict[str, list[Version]] = {}
    for folder, points in runs.items():
        server, _, version = folder.rpartition("-")
        name = server or version
        found.setdefault(name, []).append(Version(name, version if server else "", points))
    for each in found.values():
        each.sort(key=lambda one: _order(one.version))
    return dict(sorted(found.items()))


def _order(version: str) -> list[tuple[int, int, str]]:
    """Return what puts 3.10 behind 3.6."""
    parts = _NUMBER.split(version)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
