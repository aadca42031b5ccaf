"""Known deviations: what a target is known to do wrong, and the exit code that follows.

One TOML file a target, of entries like

    [[deviation]]
    id = "rfc3501/6.3.1-select/..."   # a case id (has a "/") or a requirement id
    verdict = "fail"                  # what it is expected to come to
    reason = "..."                    # why it is so and who says it is
    case = "rfc3501/..."              # optional, with a requirement id: only in this case,
                                      # or with "fuzz" only in drawn sessions

Judging only: the records that come in are not changed but returned anew with their
`known` set.
"""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from conformance.results.collector import CASES, finding_key
from conformance.results.records import (
    FUZZ,
    NOT_JUDGED,
    Finding,
    Known,
    Result,
    Verdict,
    section_key,
)
from conformance.results.text import visible

LISTABLE = (Verdict.FAIL, Verdict.WARN, Verdict.BLOCKED)
"""Verdicts that an entry may expect. An `error` is a fault of the suite, not of a target."""


class KnownError(ValueError):
    """The known-deviations file is wrong; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One entry of the file."""

    id: str
    verdict: Verdict
    reason: str
    case: str | None = None

    @property
    def is_case(self) -> bool:
        """Whether `id` is a case id."""
        return "/" in self.id

    @property
    def drawn(self) -> bool:
        """Whether it is about drawn sessions, which do not say what is gone: they may not look."""
        return FUZZ in (self.id.partition("/")[0], (self.case or "").partition("/")[0])

    def covers(self, case: str) -> bool:
        """Whether a requirement listed for a case, or for drawn sessions, is so in this one."""
        return self.case is not None and self.case in (case, _kin(case))

    @property
    def known(self) -> Known:
        """What a record that matches carries."""
        return Known(self.verdict, self.reason)


@dataclass(frozen=True, slots=True)
class Unexpected:
    """An entry that was not met: the deviation seems to be gone."""

    deviation: Deviation
    why: str


@dataclass(frozen=True, slots=True)
class KnownDeviations:
    """The entries of one file; empty where a target has none."""

    entries: tuple[Deviation, ...] = ()
    source: str = ""
    _by_id: dict[str, tuple[Deviation, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id: dict[str, tuple[Deviation, ...]] = {}
        for entry in self.entries:
            by_id[entry.id] = (*by_id.get(entry.id, ()), entry)
        object.__setattr__(self, "_by_id", by_id)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `path`. Raises `KnownError`, also where the file cannot be read."""
        try:
            with path.open("rb") as file:
                data = tomllib.load(file)
        except OSError as error:
            raise KnownError(f"{path}: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise KnownError(f"{path}: {error}") from None
        return cls(tuple(_entries(data, path)), str(path))

    def mark_result(self, result: Result, findings: Iterable[Finding] = ()) -> Result:
        """Return `result` with `known` set if its id is listed.

        An ambient check or a search is known too when `findings`, already marked, hold
        violations of its requirements and all of those are excused.
        """
        listed = self._by_id.get(result.id)
        if listed:
            return dataclasses.replace(result, known=listed[0].known)
        if result.kind != "case":
            its = [
                finding
                for finding in findings
                if finding.requirement in result.requirements and finding.verdict is result.verdict
            ]
            if its and all(finding.excused for finding in its):
                return dataclasses.replace(result, known=its[0].known)
        return result

    def mark_finding(self, finding: Finding) -> Finding:
        """Return `finding` with `known` set if an entry covers it.

        It is covered by its requirement, or case by case: by its requirement within a case,
        or, where a case rather than an ambient check made it, by the entry of that case.
        """
        listed = self._by_id.get(finding.requirement, ())
        for entry in listed:
            if entry.case is None:
                return dataclasses.replace(finding, known=entry.known)
        if len(finding.cases) >= CASES:  # it may have been seen in others too
            return finding
        covering = [self._covering(finding, case, listed) for case in finding.cases]
        if covering and None not in covering and covering[0] is not None:
            return dataclasses.replace(finding, known=covering[0].known)
        return finding

    def _covering(
        self, finding: Finding, case: str, listed: Sequence[Deviation]
    ) -> Deviation | None:
        for entry in listed:
            if entry.covers(case):
                return entry
        by_case = self._by_id.get(case, ())
        return by_case[0] if by_case and finding.source == "case" else None

    def unexpected(
        self, results: Sequence[Result], findings: Sequence[Finding], *, complete: bool
    ) -> tuple[Unexpected, ...]:
        """Return the entries that were not met.

        `complete` says that every case of the suite was played: only then does a violation
        that was not seen, or an id that nothing has, say anything. What drawn sessions alone
        have seen is never said to be gone.
        """
        by_id = {result.id: result for result in results}
        found: list[Unexpected] = []
        for entry in self.entries:
            if entry.drawn:
                continue
            if entry.is_case or entry.id in by_id:
                why = _case_passes(by_id.get(entry.id), complete)
            else:
                why = _requirement_kept(entry, by_id, results, findings, complete)
            if why:
                found.append(Unexpected(entry, why))
        return tuple(found)


def _kin(case: str) -> str:
    """Return what an entry for all drawn sessions calls one of their phases; cases go alone."""
    return FUZZ if case.startswith(f"{FUZZ}/") else case


def _case_passes(result: Result | None, complete: bool) -> str:
    if result is None:
        return "no such case was run" if complete else ""
    return "passes" if result.verdict in (Verdict.PASS, Verdict.YES) else ""


def _requirement_kept(
    entry: Deviation,
    by_id: dict[str, Result],
    results: Sequence[Result],
    findings: Sequence[Finding],
    complete: bool,
) -> str:
    its = [finding for finding in findings if finding.requirement == entry.id]
    if entry.case is not None:
        result = by_id.get(entry.case)
        judged = result is not None and result.verdict not in NOT_JUDGED
        seen = any(entry.case in f.cases or len(f.cases) >= CASES for f in its)
        return "not violated in that case" if judged and not seen else ""
    if its or not complete:
        return ""
    naming = [result for result in results if entry.id in result.requirements]
    return "" if any(result.verdict in NOT_JUDGED for result in naming) else "not violated"


def _entries(data: dict[str, Any], path: Path) -> Iterable[Deviation]:
    for key in data:
        if key != "deviation":
            raise KnownError(f"{path}: unknown key {visible(repr(key))}; only [[deviation]] may be")
    tables = data.get("deviation", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise KnownError(f"{path}: write each deviation as [[deviation]]")
    seen: dict[tuple[str, str | None], int] = {}
    for number, table in enumerate(tables, 1):
        where = f"{path}: deviation {number}"
        entry = _entry(table, where)
        first = seen.setdefault((entry.id, entry.case), number)
        if first != number:
            raise KnownError(f"{where} ({visible(entry.id)}): listed already as deviation {first}")
        yield entry


def _entry(table: dict[str, Any], where: str) -> Deviation:
    if isinstance(table.get("id"), str):
        where += f" ({visible(table['id'])})"
    for key, value in table.items():
        if key not in ("id", "verdict", "reason", "case"):
            raise KnownError(f"{where}: unknown key {visible(repr(key))}")
        if not isinstance(value, str) or not value.strip():
            raise KnownError(f"{where}: {key} must be a text that is not empty")
    for key in ("id", "verdict", "reason"):
        if key not in table:
            raise KnownError(f"{where}: {key} is missing")
    if table["verdict"] not in LISTABLE:
        allowed = ", ".join(LISTABLE)
        raise KnownError(
            f"{where}: verdict is {visible(repr(table['verdict']))}; it can be one of {allowed}"
        )
    if "case" in table and "/" in table["id"]:
        raise KnownError(f"{where}: case goes with a requirement id, and this is a case id")
    return Deviation(
        table["id"], Verdict(table["verdict"]), table["reason"].strip(), table.get("case")
    )


def write_known(results: Sequence[Result], findings: Sequence[Finding], *, title: str = "") -> str:
    """Return a known-deviations file that excuses what decides the exit code of this run.

    Reasons that the records carry from an older file stay; others begin as what was seen,
    to be rewritten by a person who knows why. Errors of the suite are never listed.
    """
    entries = [
        _record_entry(result.id, result, result.reason or result.cause)
        for result in sorted(results, key=lambda r: (r.rfc, section_key(r.section), r.id))
        if result.kind == "case" and _worth_listing(result)
    ]
    by_case = KnownDeviations(tuple(entries))
    bare = [dataclasses.replace(finding, known=None) for finding in findings]
    named: dict[tuple[str, str | None], Deviation] = {}
    for finding, unmarked in sorted(
        zip(findings, bare, strict=True), key=lambda p: finding_key(p[0])
    ):
        if _worth_listing(finding) and not by_case.mark_finding(unmarked).excused:
            entry = _record_entry(finding.requirement, finding, finding.message)
            if {FUZZ} == {_kin(case) for case in finding.cases}:
                entry = dataclasses.replace(entry, case=FUZZ)
            named.setdefault((entry.id, entry.case), entry)
    entries += [
        entry for (id_, case), entry in named.items() if not case or (id_, None) not in named
    ]
    so_far = KnownDeviations(tuple(entries))
    marked = [so_far.mark_finding(finding) for finding in bare]
    entries += [
        _record_entry(result.id, result, result.reason)
        for result in results
        if result.kind != "case"
        and _worth_listing(result)
        and not so_far.mark_result(dataclasses.replace(result, known=None), marked).excused
    ]
    head = [f"# {visible(line)}" for line in title.splitlines()]
    return "\n".join([*head, *map(_table, entries)]) + "\n" if head or entries else ""


def title_of(text: str) -> str:
    """Return the title that a known-deviations file begins with, as `write_known` takes it."""
    head = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in head)


def _worth_listing(record: Result | Finding) -> bool:
    return record.verdict in (Verdict.FAIL, Verdict.BLOCKED)


def _record_entry(id_: str, record: Result | Finding, seen: str) -> Deviation:
    reason = record.known.reason if record.known else seen.strip()
    return Deviation(id_, record.verdict, reason or "recorded without a reason")


def _table(entry: Deviation) -> str:
    lines = [
        "",
        "[[deviation]]",
        f"id = {_string(entry.id)}",
        f"verdict = {_string(entry.verdict)}",
        f"reason = {_string(entry.reason)}",
        *([f"case = {_string(entry.case)}"] if entry.case else []),
    ]
    return "\n".join(lines)


def _string(text: str) -> str:
    """Return `text` as a TOML basic string; control characters are spelt out first."""
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def exit_code(
    results: Sequence[Result],
    findings: Sequence[Finding],
    *,
    unexpected: Sequence[Unexpected] = (),
    strict: bool = False,
    interrupted: bool = False,
) -> int:
    """Return what the run says to its caller; records carry their `known`.

    0: nothing decisive beyond what is known. 1: findings, or with `strict` an entry that was
    not met. 2: the run was interrupted, or no case was played.
    """
    if interrupted or all(result.kind == "ambient" for result in results):
        return 2
    if any(r.decides for r in results) or any(f.decides for f in findings):
        return 1
    return 1 if strict and unexpected else 0
