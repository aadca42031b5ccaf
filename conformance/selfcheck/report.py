"""What a self-check says, for people or as JSON: the score, survivors, false accusations."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from rich.console import Console

from conformance.results.text import counted
from conformance.selfcheck.attribution import Attributed
from conformance.selfcheck.check import Fairness, FlawVerdict


@dataclasses.dataclass(frozen=True, slots=True)
class SelfcheckReport:
    """Everything that was checked."""

    flaws: Sequence[FlawVerdict]
    allowed: Sequence[Fairness]
    attributed: Sequence[Attributed] = ()

    @property
    def found(self) -> int:
        """How many flaws the suite found."""
        return sum(verdict.found for verdict in self.flaws)

    @property
    def score(self) -> float:
        """The share of the flaws that were found, from 0 to 1; 1 where there were none."""
        return self.found / len(self.flaws) if self.flaws else 1.0

    @property
    def good(self) -> bool:
        """Whether everything was found, and filed as it should be, and nothing allowed accused."""
        return (
            self.found == len(self.flaws)
            and all(each.fair for each in self.allowed)
            and all(each.good for each in self.attributed)
        )

    @property
    def failing(self) -> tuple[str, ...]:
        """The rules that were reported, and so are able to fail."""
        return tuple(sorted({rule for each in self.flaws for rule in each.record.rules}))

    def to_json(self) -> str:
        """Return everything as one JSON object."""
        return json.dumps(
            {
                "flaws": [dataclasses.asdict(v) | {"found": v.found} for v in self.flaws],
                "allowed": [dataclasses.asdict(f) | {"fair": f.fair} for f in self.allowed],
                "attributed": [
                    dataclasses.asdict(a) | {"good": a.good, "complaints": a.complaints}
                    for a in self.attributed
                ],
                "total": len(self.flaws),
                "found": self.found,
                "score": round(self.score, 4),
                "failing": self.failing,
            },
            indent=1,
        )


def line_of(checked: FlawVerdict | Fairness | Attributed) -> str:
    """Return one line for the progress."""
    if isinstance(checked, Attributed):
        word = "right" if checked.good else "WRONG"
        blinded = sum(len(each.cases) for each in checked.blinded)
        what = f"{counted(len(checked.findings), 'finding')}, {counted(blinded, 'case')} blinded"
    elif isinstance(checked, FlawVerdict):
        word = "found" if checked.found else "SURVIVED"
        what = counted(len(checked.findings), "distinct finding")
    else:
        word = "allowed" if checked.fair else "ACCUSED"
        what = counted(len(checked.failures), "false failure")
    what = checked.trouble or f"{what}, {counted(checked.played, 'case')}"
    return f"{word:8}  {checked.id:42}  {checked.seconds:5.1f} s  {what}"


_SHOWN = 6
"""Findings and causes of one flaw that are printed."""


def print_report(console: Console, report: SelfcheckReport) -> None:
    """Print the score and what is amiss."""
    if report.attributed:
        _print_attributed(console, report.attributed)
    if report.flaws or report.allowed:
        _print_checked(console, report)


def _print_attributed(console: Console, rows: Sequence[Attributed]) -> None:
    wrong = [row for row in rows if not row.good]
    if wrong:
        console.print("\nFlaws that are not reported as what they are:")
    for row in wrong:
        console.print(f"  {row.id}: {row.title}", markup=False)
        for complaint in row.complaints:
            console.print(f"    {complaint}", markup=False)
        for told in row.findings[:_SHOWN] if len(row.findings) > row.most else ():
            line = f"{told.requirement}, {told.level}, {told.cases} cases: {told.deviation}"
            console.print(f"      {line[:200]}", markup=False)
        for blinded in row.blinded[:_SHOWN]:
            line = f"{len(blinded.cases)} blocked, as {blinded.cases[0]}: {blinded.cause}"
            console.print(f"      {line[:240]}", markup=False)
        for name in row.errors[:_SHOWN]:
            console.print(f"      error: {name}", markup=False)
    findings = sum(len(row.findings) for row in rows)
    console.print(
        f"\n{len(rows) - len(wrong)} of {len(rows)} flaws reported as what they are,"
        f" {findings} findings in all."
    )


def _print_checked(console: Console, report: SelfcheckReport) -> None:
    survivors = [verdict for verdict in report.flaws if not verdict.found]
    accused = [each for each in report.allowed if not each.fair]
    if survivors:
        console.print("\nFlaws that survived:")
    for verdict in survivors:
        console.print(f"  {verdict.id}: {verdict.title}", markup=False)
        for text in verdict.findings[:3]:
            console.print(f"    reported instead: {text[:160]}", markup=False)
    if accused:
        console.print("\nAllowed behaviour that was accused:")
    for each in accused:
        console.print(f"  {each.id}: {each.title}", markup=False)
        for text in each.failures:
            console.print(f"    {text[:240]}", markup=False)
    warned = [(each.id, text) for each in report.allowed for text in each.warnings]
    if warned:
        console.print("\nAllowed behaviour that was warned of:")
    for name, text in warned:
        console.print(f"  {name}: {text[:200]}", markup=False)
    counts = sorted(len(verdict.findings) for verdict in report.flaws if verdict.found)
    console.print(
        f"\n{report.found} of {len(report.flaws)} flaws found ({report.score:.1%}),"
        f" {len(accused)} of {len(report.allowed)} allowed behaviours accused,"
        f" {counted(len(report.failing), 'rule')} seen failing."
    )
    if counts:
        console.print(
            f"Distinct findings a flaw: {counts[len(counts) // 2]} in the middle,"
            f" {counts[-1]} at most."
        )
