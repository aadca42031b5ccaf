"""Known deviations: what a target is known to do wrong, and the exit code that follows.

One TOML file a target, of entries like

    [[deviation]]
    deviation = "SEARCH: no untagged SEARCH"  # what deviates, as findings and results name it
    rule = "3501-6.4.4-response"              # the rule that it was reported under
    verdict = "fail"                          # what it is expected to come to
    reason = "..."                            # why it is so and who says it is
    cases = ["rfc3501/..."]                   # optional: only in these; "fuzz": generated sessions

An entry excuses what deviates so, and the cases that it blocks, and nothing else. Words that do
not tell one cause from another (a value that differs, a command that is accepted) go with the
cases in which it is known.

Judging only: the records that come in are not changed but returned anew with their
`known` set.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from conformance.extending.documents import turn_of
from conformance.results.collector import CASES, finding_key
from conformance.results.errors import KnownError
from conformance.results.records import (
    FUZZ,
    NOT_JUDGED,
    Finding,
    Known,
    Result,
    Verdict,
    section_key,
)
from conformance.results.tables import read_tables
from conformance.results.text import visible

LISTABLE = (Verdict.FAIL, Verdict.WARN, Verdict.BLOCKED)
"""Verdicts that an entry may expect. An `error` is a fault of the suite, not of a target."""

_TELLING = re.compile(r"syntax \S+: .*|.*: no (?:tagged|untagged|continuation) .*|"
                      r".*: (?:NO|BAD) instead of OK", re.DOTALL)  # fmt: skip
"""Deviations whose words say what is wrong wherever it is seen."""

_OLD = frozenset({"id", "case"})
_KEYS = ("deviation", "rule", "verdict", "reason")


@dataclass(frozen=True, slots=True)
class KnownDeviation:
    """One entry of the file; without `cases` it holds wherever the deviation is seen."""

    deviation: str
    rule: str
    verdict: Verdict
    reason: str
    cases: tuple[str, ...] = ()

    @property
    def generated(self) -> bool:
        """Whether it is about generated sessions, which cannot say that something is gone."""
        return self.cases == (FUZZ,)

    def covers(self, cases: Iterable[str]) -> bool:
        """Whether the deviation is known in all of these."""
        return not self.cases or all(kin(case) in self.cases for case in cases)


@dataclass(frozen=True, slots=True)
class Unexpected:
    """An entry that was not met: the deviation seems to be gone."""

    entry: KnownDeviation
    why: str


def kin(case: str) -> str:
    """Return what an entry calls a phase of generated sessions, one for all; cases go alone."""
    return FUZZ if case.startswith(f"{FUZZ}/") else case


def is_telling(deviation: str) -> bool:
    """Whether a deviation has one cause wherever it is seen, so that its entry needs no cases."""
    return _TELLING.fullmatch(deviation) is not None


def key_of(result: Result) -> str:
    """Return what an entry calls the deviation of a result; a word for one that has no name."""
    return result.deviation or f"{result.verdict.value} {result.cause}".strip()


@dataclass(frozen=True, slots=True)
class KnownDeviations:
    """The entries of one file; empty where a target has none."""

    entries: tuple[KnownDeviation, ...] = ()
    source: str = ""
    _by_deviation: dict[str, tuple[KnownDeviation, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_deviation: dict[str, tuple[KnownDeviation, ...]] = {}
        for entry in self.entries:
            by_deviation[entry.deviation] = (*by_deviation.get(entry.deviation, ()), entry)
        object.__setattr__(self, "_by_deviation", by_deviation)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `path`. Raises `KnownError`, also where the file cannot be read."""
        return cls(tuple(_entries(read_tables(path), path)), str(path))

    def of(self, deviation: str) -> tuple[KnownDeviation, ...]:
        """Return the entries of a deviation, whatever their verdicts and cases."""
        return self._by_deviation.get(deviation, ())

    def mark_result(self, result: Result, findings: Iterable[Finding] = ()) -> Result:
        """Return `result` with `known` set if its deviation is listed.

        A case that is blocked is known with the deviation that blocks it. An ambient check or a
        search is known when `findings`, already marked, hold violations of its requirements and
        all of those are excused.
        """
        if result.kind != "case":
            its = [
                finding
                for finding in findings
                if finding.requirement in result.requirements and finding.verdict is result.verdict
            ]
            if its and all(finding.excused for finding in its):
                return dataclasses.replace(result, known=its[0].known)
            return result
        for entry in self.of(key_of(result)):
            if _excuses(entry, result):
                return dataclasses.replace(result, known=Known(result.verdict, entry.reason))
        return result

    def mark_finding(self, finding: Finding) -> Finding:
        """Return `finding` with `known` set if an entry covers it, in all cases that saw it."""
        for entry in self.of(finding.deviation):
            # Beyond so many cases nobody has written down which.
            full = bool(entry.cases) and len(finding.cases) >= CASES
            if entry.verdict is finding.verdict and not full and entry.covers(finding.cases):
                return dataclasses.replace(finding, known=Known(entry.verdict, entry.reason))
        return finding

    def unexpected(
        self, results: Sequence[Result], findings: Sequence[Finding], *, complete: bool
    ) -> tuple[Unexpected, ...]:
        """Return the entries that were not met.

        `complete` says that every case of the suite was played: only then does a deviation that
        was not seen anywhere say anything. What generated sessions alone have seen is never said to
        be gone.
        """
        met: dict[str, set[str]] = {}
        for finding in findings:
            met.setdefault(finding.deviation, set()).update(map(kin, finding.cases))
        for result in results:
            if result.verdict in LISTABLE:
                met.setdefault(key_of(result), set()).add(result.id)
        crowded = {finding.deviation for finding in findings if len(finding.cases) >= CASES}
        by_id = _judged_best(results)
        found: list[Unexpected] = []
        for entry in self.entries:
            if entry.generated or entry.deviation in crowded:
                continue
            seen = met.get(entry.deviation, set())
            if entry.cases:
                why = _gone_from(entry, seen, by_id, complete)
            elif seen or not complete:
                continue
            else:
                naming = [result for result in results if entry.rule in result.requirements]
                unjudged = any(result.verdict in NOT_JUDGED for result in naming)
                why = "" if unjudged else "not seen any more"
            if why:
                found.append(Unexpected(entry, why))
        return tuple(found)


def _judged_best(results: Iterable[Result]) -> dict[str, Result]:
    """Return results by id; of a case under two revisions of IMAP4 one that was judged."""
    found: dict[str, Result] = {}
    for result in results:
        if result.id not in found or found[result.id].verdict in NOT_JUDGED:
            found[result.id] = result
    return found


def _excuses(entry: KnownDeviation, result: Result) -> bool:
    if result.verdict is Verdict.BLOCKED and entry.verdict is not Verdict.BLOCKED:
        return True  # what blocks it is known where it was found
    if entry.verdict is not result.verdict and result.verdict is not Verdict.WARN:
        return False
    return entry.covers([result.id])


def _gone_from(
    entry: KnownDeviation, seen: set[str], by_id: dict[str, Result], complete: bool
) -> str:
    """Say in which of its cases a deviation is not seen any more."""
    played = [by_id[case] for case in entry.cases if case in by_id]
    gone = [r.id for r in played if r.verdict not in NOT_JUDGED and r.id not in seen]
    if gone:
        return f"not seen in {', '.join(gone)}"
    missing = [case for case in entry.cases if case not in by_id and "/" in case]
    return f"no such case was run: {', '.join(missing)}" if missing and complete else ""


# -- the file --------------------------------------------------------------------------------


def is_old(table: dict[str, Any]) -> bool:
    """Whether an entry is one for a rule or a case, as files had before deviations had names."""
    return bool(_OLD & table.keys()) and "deviation" not in table


def _entries(tables: Sequence[dict[str, Any]], path: Path) -> Iterator[KnownDeviation]:
    if any(map(is_old, tables)):
        raise KnownError(
            f"{path}: its entries are for rules and cases, which excused too much; "
            f"`imap-conformance known migrate {path} --results FILE` rewrites it, with the "
            "results.jsonl of a new run"
        )
    seen: dict[tuple[str, Verdict], int] = {}
    for number, table in enumerate(tables, 1):
        where = f"{path}: deviation {number}"
        entry = _entry(table, where)
        first = seen.setdefault((entry.deviation, entry.verdict), number)
        if first != number:
            raise KnownError(
                f"{where} ({visible(entry.deviation)}): listed already as deviation {first}"
            )
        yield entry


def _entry(table: dict[str, Any], where: str) -> KnownDeviation:
    if isinstance(table.get("deviation"), str):
        where += f" ({visible(table['deviation'])})"
    for key, value in table.items():
        if key == "cases":
            if not _are_texts(value):
                raise KnownError(f"{where}: cases must be a list of ids that is not empty")
        elif key not in _KEYS:
            raise KnownError(f"{where}: unknown key {visible(repr(key))}")
        elif not isinstance(value, str) or not value.strip():
            raise KnownError(f"{where}: {key} must be a text that is not empty")
    for key in _KEYS:
        if key not in table:
            raise KnownError(f"{where}: {key} is missing")
    if table["verdict"] not in LISTABLE:
        allowed = ", ".join(LISTABLE)
        raise KnownError(
            f"{where}: verdict is {visible(repr(table['verdict']))}; it can be one of {allowed}"
        )
    return KnownDeviation(
        table["deviation"],
        table["rule"],
        Verdict(table["verdict"]),
        table["reason"].strip(),
        tuple(table.get("cases", ())),
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v for v in value)


# -- writing ---------------------------------------------------------------------------------


def entries_of(
    results: Sequence[Result], findings: Sequence[Finding], old: KnownDeviations | None = None
) -> list[KnownDeviation]:
    """Return entries that excuse what decides the exit code of this run.

    Reasons that `old` has for a deviation stay; others begin as what was seen, to be rewritten
    by a person who knows why. Errors of the suite are never listed.
    """
    old = old or KnownDeviations()
    entries = [
        KnownDeviation(
            finding.deviation,
            finding.requirement,
            finding.verdict,
            _reason(old, finding.deviation, finding.message),
            _listed(finding.deviation, finding.cases),
        )
        for finding in sorted(findings, key=finding_key)
        if finding.verdict in (Verdict.FAIL, Verdict.BLOCKED)
    ]
    known = KnownDeviations(tuple(entries))
    blocked: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda r: (turn_of(r.rfc), section_key(r.section), r.id)):
        marked = known.mark_result(dataclasses.replace(result, known=None))
        if marked.decides and result.kind == "case" and result.verdict is not Verdict.ERROR:
            blocked.setdefault(key_of(result), []).append(result)
    return entries + [
        KnownDeviation(
            deviation,
            its[0].requirements[0],
            its[0].verdict,
            _reason(old, deviation, its[0].reason or its[0].cause),
            _listed(deviation, [result.id for result in its]),
        )
        for deviation, its in blocked.items()
    ]


def _reason(old: KnownDeviations, deviation: str, seen: str) -> str:
    reasons = [entry.reason for entry in old.of(deviation)]
    return reasons[0] if reasons else seen.strip() or "recorded without a reason"


def _listed(deviation: str, cases: Sequence[str]) -> tuple[str, ...]:
    if is_telling(deviation) or len(cases) >= CASES:
        return ()
    return tuple(sorted(dict.fromkeys(map(kin, cases))))


def write_known(
    results: Sequence[Result],
    findings: Sequence[Finding],
    *,
    title: str = "",
    old: KnownDeviations | None = None,
) -> str:
    """Return a known-deviations file with `entries_of` this run."""
    return file_of(entries_of(results, findings, old), title)


def file_of(entries: Sequence[KnownDeviation], title: str = "") -> str:
    """Return entries as a file, below its title."""
    head = [f"# {visible(line)}" for line in title.splitlines()]
    return "\n".join([*head, *map(_table, entries)]) + "\n" if head or entries else ""


def title_of(text: str) -> str:
    """Return the title that a known-deviations file begins with, as `write_known` takes it."""
    head = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in head)


def _table(entry: KnownDeviation) -> str:
    lines = [
        "",
        "[[deviation]]",
        f"deviation = {_string(entry.deviation)}",
        f"rule = {_string(entry.rule)}",
        f"verdict = {_string(entry.verdict)}",
        f"reason = {_string(entry.reason)}",
    ]
    if len(entry.cases) == 1:
        lines.append(f"cases = [{_string(entry.cases[0])}]")
    elif entry.cases:
        lines += ["cases = [", *(f"  {_string(case)}," for case in entry.cases), "]"]
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
