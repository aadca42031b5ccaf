"""What changed between two runs of one server: violations come and gone, verdicts, cases.

From records only. A violation is the same in both when its deviation is. One that
was not seen again counts as fixed only if a case that showed it was played and judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from conformance.results.collector import OTHER
from conformance.results.reader import RunRecording
from conformance.results.records import (
    FUZZ,
    NOT_JUDGED,
    REV1,
    Finding,
    Level,
    Result,
    Run,
    Verdict,
)
from conformance.results.summary import violations


@dataclass(frozen=True, slots=True)
class Turn:
    """A case that came to another verdict."""

    id: str
    before: Verdict
    after: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """From a first run to a second.

    `new`: violations of MUST rules that the first run did not have. `fixed`: those of the first
    that the second looked for and did not see. `unseen`: those of the first that the second could
    not have seen, since no case that showed them was judged: generated sessions that did not meet
    one again say nothing of it. `warnings_new` and `warnings_fixed` are the same for SHOULD rules.
    `added` and `removed` are ids of cases.
    """

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    unseen: tuple[Finding, ...]
    warnings_new: tuple[Finding, ...]
    warnings_fixed: tuple[Finding, ...]
    turns: tuple[Turn, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether there is a new violation of a MUST that is not listed as known."""
        return any(not finding.excused for finding in self.new)

    @property
    def any(self) -> bool:
        """Whether anything at all is different."""
        return any(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since an earlier run, and when that was (ISO 8601)."""

    started: str
    changes: Changes

    @property
    def words(self) -> str:
        """Say it in one sentence."""
        made = self.changes
        counts = (
            (len(made.new), "new violation"),
            (len(made.fixed), "fixed violation"),
            (len(made.unseen), "violation not looked for again"),
            (len(made.warnings_new), "new warning"),
            (len(made.warnings_fixed), "warning gone"),
            (len(made.turns), "case with another verdict"),
            (len(made.added), "case added"),
            (len(made.removed), "case not played"),
        )
        said = [
            f"{count} {_plural(words) if count > 1 else words}" for count, words in counts if count
        ]
        return ", ".join(said) + "." if said else "Nothing changed."


def _plural(words: str) -> str:
    for noun in ("violation", "warning", "case"):
        words = words.replace(noun, f"{noun}s")
    return words


def same_server(first: Run, second: Run) -> bool:
    """Whether two runs are of one server, perhaps in two versions.

    A server that the tool starts goes by its name, one of a URL by its host.
    """
    names = [run.target.name.casefold() or run.target.label for run in (first, second)]
    return names[0] == names[1]


def changes(first: RunRecording, second: RunRecording) -> Changes:
    """Return what changed from the first run to the second."""
    before = violations(first.results, first.findings)
    after = violations(second.results, second.findings)
    cases = _by_id(first.results), _by_id(second.results)
    new = _missing(after, before)
    gone = _missing(before, after)
    looked = [finding for finding in gone if _looked_for(finding, cases[1])]
    return Changes(
        new=_of(new, Level.MUST),
        fixed=_of(looked, Level.MUST),
        unseen=tuple(f for f in gone if f.level is Level.MUST and f not in looked),
        warnings_new=_of(new, Level.SHOULD),
        warnings_fixed=_of(looked, Level.SHOULD),
        turns=tuple(_turns(*cases)),
        added=tuple(_shown(key) for key in cases[1] if key not in cases[0]),
        removed=tuple(_shown(key) for key in cases[0] if key not in cases[1]),
    )


_Key: TypeAlias = tuple[str, str]
"""A revision of IMAP4 and the id of a case that was played under it."""


def _by_id(results: Iterable[Result]) -> Mapping[_Key, Result]:
    return {(result.protocol, result.id): result for result in results}


def _shown(key: _Key) -> str:
    protocol, id_ = key
    return id_ if protocol == REV1 else f"{id_} ({protocol})"


def _missing(these: Iterable[Finding], those: Iterable[Finding]) -> list[Finding]:
    """Return `these` without what is among `those`."""
    keys = {(finding.protocol, finding.deviation, finding.level) for finding in those}
    # Of a rule broken in very many ways the last are counted together: any may be among them.
    crowded = {(f.protocol, f.requirement) for f in those if f.shape == OTHER}
    return [
        finding
        for finding in these
        if (finding.protocol, finding.deviation, finding.level) not in keys
        and (finding.protocol, finding.requirement) not in crowded
    ]


def _looked_for(finding: Finding, played: Mapping[_Key, Result]) -> bool:
    """Whether a case that showed a finding was judged again, or it was seen outside of cases."""
    cases = [(finding.protocol, case) for case in finding.cases if "/" in case]
    judged = (
        played[case].kind != FUZZ and played[case].verdict not in NOT_JUDGED
        for case in cases
        if case in played
    )
    return any(judged) or not cases


def _of(findings: Iterable[Finding], level: Level) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.level is level)


def _turns(before: Mapping[_Key, Result], after: Mapping[_Key, Result]) -> Iterable[Turn]:
    for key, result in after.items():
        if key in before and before[key].verdict is not result.verdict:
            yield Turn(_shown(key), before[key].verdict, result.verdict, result.reason)
