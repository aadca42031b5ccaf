"""Old files of known deviations made new, by what a new run of the same server found.

Entries were for rules and cases once, and excused all that was seen under the rule or in the
case. Each deviation of the new run that one of them excused becomes an entry of its own, with
the reasons that people gave. Nothing is read or written here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from conformance.results.errors import KnownError
from conformance.results.known import (
    KnownDeviation,
    entries_of,
    is_old,
    key_of,
    kin,
)
from conformance.results.records import FUZZ, NOT_JUDGED, Finding, Result
from conformance.results.tables import read_tables
from conformance.results.text import visible

Fate = Literal["carried over", "split", "dropped", "not found"]
FATES: Mapping[Fate, str] = {
    "carried over": "one deviation is what it was about",
    "split": "it was about several deviations",
    "dropped": "nothing of it is seen any more",
    "not found": "its case was not run, or not judged: nobody can say",
}
"""What becomes of an old entry, and what that means."""


@dataclass(frozen=True, slots=True)
class Old:
    """An entry as files had them before: for a rule, perhaps in one case, or for a case."""

    id: str
    verdict: str
    reason: str
    case: str = ""

    @property
    def name(self) -> str:
        """How it is called: its id, and the case where it was for one."""
        return f"{self.id} in {self.case}" if self.case else self.id

    def excused(self, rules: Sequence[str], cases: Sequence[str], *, ambient: bool) -> bool:
        """Whether it was about what broke one of these rules in one of these cases.

        An entry for a case was not about what an ambient check saw in it.
        """
        if "/" in self.id and not self.id.startswith("ambient/"):
            return self.id in cases and not ambient
        if self.id.removeprefix("ambient/") not in rules:
            return False
        return not self.case or self.case in map(kin, cases)


@dataclass(frozen=True, slots=True)
class Migrated:
    """The new entries, what became of each old one, and deviations that none was about."""

    entries: tuple[KnownDeviation, ...]
    fates: tuple[tuple[Old, Fate, tuple[str, ...]], ...]
    """With the deviations that it has become."""
    new: tuple[KnownDeviation, ...]


def load_old(path: Path) -> tuple[Old, ...]:
    """Read a file of before.

    Raises:
        KnownError: it can not be read, or is none of before.
    """
    tables = read_tables(path)
    for number, table in enumerate(tables, 1):
        if not is_old(table):
            raise KnownError(f"{path}: deviation {number} is up to date: nothing to convert")
        if not all(isinstance(table.get(key), str) for key in ("id", "verdict", "reason")):
            raise KnownError(f"{path}: deviation {number} lacks an id, a verdict or a reason")
    return tuple(map(_old, tables))


def _old(table: dict[str, Any]) -> Old:
    return Old(table["id"], table["verdict"], table["reason"].strip(), str(table.get("case", "")))


def migrate(old: Sequence[Old], results: Sequence[Result], findings: Sequence[Finding]) -> Migrated:
    """Make new entries of old ones, by the record of a new run."""
    bare = [dataclasses.replace(result, known=None) for result in results]
    unmarked = [dataclasses.replace(finding, known=None) for finding in findings]
    cases = _cases(bare, unmarked)
    rules = {finding.deviation: (finding.requirement, *finding.also) for finding in unmarked}
    ambient = {finding.deviation for finding in unmarked if finding.source != "case"}
    kept: list[KnownDeviation] = []
    new: list[KnownDeviation] = []
    becomes: dict[Old, list[str]] = {entry: [] for entry in old}
    for entry in entries_of(bare, unmarked):
        its_rules = rules.get(entry.deviation, (entry.rule,))
        its = [
            each
            for each in old
            if each.excused(its_rules, cases[entry.deviation], ambient=entry.deviation in ambient)
        ]
        if not its:
            new.append(entry)
            continue
        for each in its:
            becomes[each].append(entry.deviation)
        reasons = dict.fromkeys(each.reason for each in its)
        kept.append(dataclasses.replace(entry, reason=" / ".join(reasons)))
    by_id = {result.id: result for result in bare}
    fates = [(each, _fate(each, seen, by_id), tuple(seen)) for each, seen in becomes.items()]
    return Migrated(tuple(kept), tuple(fates), tuple(new))


def _cases(results: Sequence[Result], findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Return the cases in which each deviation was seen, or that it blocked."""
    cases: dict[str, list[str]] = {}
    for finding in findings:
        cases.setdefault(finding.deviation, []).extend(finding.cases)
    for result in results:
        cases.setdefault(key_of(result), []).append(result.id)
    return cases


def _fate(old: Old, seen: Sequence[str], by_id: Mapping[str, Result]) -> Fate:
    if seen:
        return "split" if len(seen) > 1 else "carried over"
    case = old.case or (old.id if "/" in old.id else "")
    if not case:
        return "dropped"
    if case == FUZZ:
        generated = any(result.kind == FUZZ for result in by_id.values())
        return "dropped" if generated else "not found"
    result = by_id.get(case)
    return "not found" if result is None or result.verdict in NOT_JUDGED else "dropped"


def account_of(migrated: Migrated) -> str:
    """Say what became of each old entry, and what is in the record that none was about."""
    lines: list[str] = []
    for fate, meaning in FATES.items():
        its = [(old, seen) for old, what, seen in migrated.fates if what == fate]
        if its:
            lines.append(f"{fate} ({len(its)}): {meaning}")
        for old, seen in its:
            lines.append(f"  {visible(old.name)}")
            lines += [f"    -> {visible(deviation)}" for deviation in seen]
    if migrated.new:
        lines.append(f"not known before ({len(migrated.new)}): not written")
        lines += [f"  {visible(entry.deviation)} ({entry.rule})" for entry in migrated.new]
    counts = ", ".join(
        f"{sum(what == fate for _, what, _ in migrated.fates)} {fate}" for fate in FATES
    )
    lines.append(f"{len(migrated.fates)} entries of before: {counts}")
    lines.append(f"{len(migrated.entries)} entries now")
    return "\n".join(lines)
