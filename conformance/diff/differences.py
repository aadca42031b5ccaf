"""Records of one and the same run on several servers: where they differ.

From records only. Servers that answer alike are one group; a case in which there is one group is no
difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, TypeAlias

from conformance.diff.answers import AnsweredLine, exchanges
from conformance.extending.documents import place_of
from conformance.results.reader import RunRecording
from conformance.results.records import FUZZ, NOT_JUDGED, Finding, Level, Result, Verdict

ServerLabels: TypeAlias = tuple[str, ...]
"""Labels of servers that do the same."""


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """One answer and who gave it; `said` as the first of them said it."""

    servers: ServerLabels
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DifferingCommand:
    """A command that is answered differently; without answers: some servers were not asked it."""

    session: str
    sent: str
    answers: tuple[SharedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A case, or a deviation of generated sessions, in which not all servers do the same.

    `verdicts` are groups by what the case came to on them; `violating` the servers that break a
    MUST there, as far as that is not known.
    """

    id: str
    title: str
    place: str
    verdicts: Mapping[str, ServerLabels]
    points: tuple[DifferingCommand, ...]
    violating: ServerLabels
    reasons: Mapping[str, str]
    """By server: why it did not pass."""

    @property
    def one_sided(self) -> bool:
        """Whether some break a MUST here that others keep."""
        judged = [
            name for word, names in self.verdicts.items() if word not in _UNJUDGED for name in names
        ]
        return bool(self.violating) and bool(set(judged) - set(self.violating))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "title": self.title,
            "place": self.place,
            "verdicts": {word: list(names) for word, names in self.verdicts.items()},
            "violating": list(self.violating),
            "one_sided": self.one_sided,
            "reasons": dict(self.reasons),
            "commands": [
                {
                    "session": point.session,
                    "sent": point.sent,
                    "answers": [
                        {"servers": list(answer.servers), "said": list(answer.said)}
                        for answer in point.answers
                    ],
                }
                for point in self.points
            ],
        }


_UNJUDGED = frozenset(verdict.value for verdict in NOT_JUDGED)


@dataclass(frozen=True, slots=True)
class Differences:
    """What several servers do differently; `alike` counts the cases in which they do the same."""

    servers: ServerLabels
    found: tuple[Difference, ...]
    alike: int
    not_compared: int
    """Cases that fewer than two servers could be asked."""

    @property
    def exit_code(self) -> int:
        """1 where some break a MUST that others keep, else 0."""
        return int(any(each.one_sided for each in self.found))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "servers": list(self.servers),
            "alike": self.alike,
            "not_compared": self.not_compared,
            "exit_code": self.exit_code,
            "differences": [each.to_json() for each in self.found],
        }


def differences(recordings: Mapping[str, RunRecording]) -> Differences:
    """Compare runs of the same cases, by the labels of their servers."""
    results: dict[str, dict[str, Result]] = {}
    for label, recording in recordings.items():
        for result in recording.results:
            if result.kind == "case":
                results.setdefault(result.id, {})[label] = result
    found: list[Difference] = []
    alike = not_compared = 0
    for by_server in results.values():
        judged = [r for r in by_server.values() if r.verdict not in NOT_JUDGED]
        if len(judged) < 2:
            not_compared += 1
            continue
        difference = _of_case(recordings, by_server)
        if difference is None:
            alike += 1
        else:
            found.append(difference)
    found += _generated(recordings)
    return Differences(tuple(recordings), tuple(found), alike, not_compared)


def _of_case(
    recordings: Mapping[str, RunRecording], by_server: Mapping[str, Result]
) -> Difference | None:
    verdicts = _grouped({label: result.verdict.value for label, result in by_server.items()})
    judged = {n: r for n, r in by_server.items() if r.verdict not in NOT_JUDGED}
    days = {label: _day(recordings[label]) for label in judged}
    points = tuple(_points({n: list(exchanges(r.transcript)) for n, r in judged.items()}, days))
    if len({result.verdict for result in judged.values()}) < 2 and not points:
        return None
    result = next(iter(by_server.values()))
    return Difference(
        id=result.id,
        title=result.title,
        place=place_of(result.rfc, result.section),
        verdicts=verdicts,
        points=points,
        violating=tuple(n for n, r in judged.items() if _violates(recordings[n], r)),
        reasons={n: r.reason for n, r in by_server.items() if r.reason},
    )


def _violates(recording: RunRecording, result: Result) -> bool:
    if result.verdict is Verdict.FAIL and not result.excused and not result.by_should:
        return True
    return any(
        finding.level is Level.MUST and not finding.excused and result.id in finding.cases
        for finding in recording.findings
    )


def _points(
    spoken: Mapping[str, Sequence[AnsweredLine]], days: Mapping[str, str]
) -> Iterator[DifferingCommand]:
    """Return the commands that were answered differently, up to where different ones were sent."""
    labels = list(spoken)
    for row in zip_longest(*spoken.values()):
        asked = {exchange.asked for exchange in row if exchange is not None}
        if len(asked) > 1:
            return
        present = [(n, x) for n, x in zip(labels, row, strict=True) if x is not None]
        groups = _grouped({label: x.compared(days[label]) for label, x in present})
        if len(groups) > 1:
            said = {label: exchange.said for label, exchange in present}
            ((session, sent),) = asked
            answers = tuple(SharedAnswer(names, said[names[0]]) for names in groups.values())
            yield DifferingCommand(session, sent, answers)


def _generated(recordings: Mapping[str, RunRecording]) -> Iterator[Difference]:
    """Return what generated sessions have found on some servers and not on others."""
    seen: dict[str, dict[str, Finding]] = {}
    for label, recording in recordings.items():
        for finding in recording.findings:
            if any(case.startswith(f"{FUZZ}/") for case in finding.cases):
                seen.setdefault(finding.deviation, {})[label] = finding
    for deviation, by_server in seen.items():
        others = tuple(label for label in recordings if label not in by_server)
        if not others:
            continue
        first = next(iter(by_server.values()))
        yield Difference(
            id=first.cases[0],
            title=f"{first.requirement}: {deviation}",
            place=place_of(first.rfc, first.section),
            verdicts={"found": tuple(by_server), "not found": others},
            points=(),
            violating=tuple(
                n for n, f in by_server.items() if f.level is Level.MUST and not f.excused
            ),
            reasons={label: finding.message for label, finding in by_server.items()},
        )


def _grouped(values: Mapping[str, Any]) -> dict[Any, ServerLabels]:
    groups: dict[Any, list[str]] = {}
    for label, value in values.items():
        groups.setdefault(value, []).append(label)
    return {value: tuple(names) for value, names in groups.items()}


def _day(recording: RunRecording) -> str:
    return datetime.fromisoformat(recording.run.started).strftime("%d-%b-%Y")
