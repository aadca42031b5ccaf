"""What `report.html` shows at a glance: bars by section of an RFC, and grids of what was announced.

A bar is as long as its section has cases, and leads to their rows in the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from conformance.extending.documents import folder_of, label_of
from conformance.results.html_finding import anchor, code
from conformance.results.markup import Html, join, tag
from conformance.results.records import Finding, Level, Result, Run, Verdict, section_key
from conformance.results.summary import SectionRow, section_rows
from conformance.results.text import counted
from conformance.syntax.described import OF_THE_BASE, brings
from conformance.syntax.modules import available

_FIRST = 10
"""Causes on the first screen; the others are folded."""
_BASE = "3501"
_SCALE = 100
"""Width of a bar, in units of its own."""


def causes(findings: Sequence[Finding]) -> Html:
    """Return what deviated, the worst first: MUST rules, then what blocks and what is seen most."""
    if not findings:
        return Html("")
    worst = sorted(findings, key=lambda f: (f.level is not Level.MUST, -f.blocks, -f.count))
    items = [_cause(finding) for finding in worst]
    more = tag(
        "details",
        tag("summary", f"{len(items) - _FIRST} more"),
        tag("ol", *items[_FIRST:], class_="ic-causes", start=str(_FIRST + 1)),
    )
    return tag(
        "section",
        tag("h2", f"What deviates ({len(items)})"),
        tag("ol", *items[:_FIRST], class_="ic-causes"),
        more if len(items) > _FIRST else None,
    )


def _cause(finding: Finding) -> Html:
    times = f", seen {finding.count} times" if finding.count > 1 else ""
    blocks = f", blocks {counted(finding.blocks, 'case')}"
    said = tag(
        "small", f"{finding.level.value}{times}{blocks if finding.blocks else ''}: ",
        code(finding.deviation),
    )  # fmt: skip
    link = tag("a", finding.requirement, href=f"#{anchor('rule', finding.requirement)}")
    return tag("li", link, f" {finding.rule or finding.message} ", said)


def sections(results: Sequence[Result], findings: Sequence[Finding]) -> Html:
    """Return how each section fared, RFC by RFC: the one with the most sections lies open."""
    rows = section_rows(results, findings)
    if not rows:
        return Html("")
    names = _section_names(results)
    by_rfc: dict[str, list[SectionRow]] = {}
    for row in rows:
        by_rfc.setdefault(row.rfc, []).append(row)
    parts: list[Html] = []
    for rfc, group in sorted(by_rfc.items(), key=lambda item: -len(item[1])):
        longest = max(sum(_shares(row)) for row in group)
        items = [_section(row, names.get((rfc, row.section), ""), longest) for row in group]
        parts.append(
            tag(
                "details",
                tag("summary", _rfc(rfc, group)),
                tag("ul", *items, class_="ic-sections"),
                class_="ic-rfc",
                open=not parts,
            )
        )
    return tag(
        "section",
        tag("h2", "Compliance by RFC section"),
        *parts,
        tag(
            "details",
            tag("summary", "The same as a table"),
            tag("div", _section_table(rows, results), class_="ic-scroll", tabindex="0"),
        ),
    )


def _rfc(rfc: str, rows: Sequence[SectionRow]) -> Html:
    total = _total(rfc, rows)
    names = sorted({name for each in available() if each.rfc == rfc for name in each.capabilities})
    about = f" ({', '.join(names)})" if names else ""
    return join(
        tag("b", sign(_kind(total)), f" {label_of(rfc)}"),
        f"{about}: {_fared(total)} ",
        _bar(total, 0),
    )


def _total(rfc: str, rows: Sequence[SectionRow]) -> SectionRow:
    """Return how an RFC fared, all sections together."""
    total = SectionRow(rfc, "", known=sum(row.known for row in rows))
    for row in rows:
        total.verdicts.update(row.verdicts)
        total.findings.update(row.findings)
    return total


def _section(row: SectionRow, name: str, longest: int) -> Html:
    link = tag(
        "a",
        tag("b", sign(_kind(row)), f" {row.section} "),
        name,
        tag("span", _fared(row)),
        _bar(row, longest),
        href="#results",
        data_place=f"{label_of(row.rfc)} {row.section}",
    )
    return tag("li", link, class_=f"ic-{_kind(row)}")


def _kind(row: SectionRow) -> str:
    judged = any(row.verdicts[verdict] for verdict in _JUDGED) or row.findings
    return ("good" if row.clean else "bad") if judged else "none"


def _shares(row: SectionRow) -> tuple[int, int, int, int]:
    """Return how many cases were kept, warned of, broken, and not judged."""
    verdicts = row.verdicts
    kept = verdicts[Verdict.PASS] + verdicts[Verdict.YES] + verdicts[Verdict.NO]
    unjudged = verdicts[Verdict.BLOCKED] + verdicts[Verdict.ERROR] + verdicts[Verdict.SKIP]
    return kept, verdicts[Verdict.WARN], verdicts[Verdict.FAIL], unjudged


def _bar(row: SectionRow, longest: int) -> Html:
    """Return a bar as long as the section has cases, `longest` the length that fills the cell."""
    shares = _shares(row)
    if not sum(shares):
        return Html("")
    unit = _SCALE / (longest or sum(shares))
    pieces, at = [], 0.0
    for share, kind in zip(shares, ("good", "warn", "bad", "none"), strict=True):
        if share:
            pieces.append(tag("rect", x=f"{at:.4g}", width=f"{share * unit:.4g}", height="1",
                              class_=f"ic-bar-{kind}"))  # fmt: skip
        at += share * unit
    return tag(
        "svg", *pieces, viewBox=f"0 0 {_SCALE} 1", preserveAspectRatio="none", class_="ic-bar",
        aria_hidden="true",
    )  # fmt: skip


_JUDGED = frozenset(Verdict) - {Verdict.SKIP, Verdict.YES, Verdict.NO}
"""Verdicts of cases that ask whether a rule is kept, and could ask."""

_SIGNS = {"good": ("\u2713", "kept"), "bad": ("\u2717", "broken"), "none": ("\u2013", "not judged")}


def sign(kind: str) -> Html:
    """Return the sign of what is `good`, `bad` or `none` (not judged), with a word for it."""
    shown, word = _SIGNS[kind]
    return tag("span", shown, role="img", aria_label=word, class_="ic-sign")


def _section_names(results: Sequence[Result]) -> dict[tuple[str, str], str]:
    """Return what sections are about: the name of a file that most others of it begin with.

    Of several such files it is the one with the most cases.
    """
    files: dict[tuple[str, str], Counter[str]] = {}
    for result in results:
        path = PurePosixPath(result.file)
        section, _, about = path.stem.partition("-")
        if section == result.section and path.parent.name == folder_of(result.rfc):
            files.setdefault((result.rfc, result.section), Counter())[about] += 1
    return {place: _most_general(counts).replace("-", " ") for place, counts in files.items()}


def _most_general(counts: Counter[str]) -> str:
    def weight(name: str) -> tuple[int, int]:
        return sum(other.startswith(name) for other in counts), counts[name]

    return max(counts, key=weight)


def _fared(row: SectionRow) -> str:
    """Say in few words how a section fared: cases first, findings where no case failed for them."""
    verdicts, broken = row.verdicts, row.findings[Level.MUST]
    unjudged = verdicts[Verdict.BLOCKED] + verdicts[Verdict.ERROR]
    words = [
        (verdicts[Verdict.PASS], "kept"),
        (verdicts[Verdict.FAIL], "failed"),
        (0 if verdicts[Verdict.FAIL] else broken, "seen broken"),
        (verdicts[Verdict.WARN], "warned of"),
        (unjudged, "not judged"),
        (row.known, "known"),
    ]
    return ", ".join(f"{count} {word}" for count, word in words if count) or "nothing to judge"


def _section_table(rows: Sequence[SectionRow], results: Sequence[Result]) -> Html:
    shown = [v for v in Verdict if any(result.verdict is v for result in results)]
    names = (*(v.value for v in shown), "violations", "warnings", "of these known")
    head = tag(
        "tr", tag("th", "Section", scope="col"), *(tag("th", name, scope="col") for name in names)
    )
    body = [
        tag(
            "tr",
            tag("th", f"{label_of(row.rfc)} {row.section}", scope="row"),
            *(tag("td", row.verdicts[verdict] or "") for verdict in shown),
            tag("td", row.findings[Level.MUST] or ""),
            tag("td", row.findings[Level.SHOULD] or ""),
            tag("td", row.known or ""),
        )
        for row in rows
    ]
    return tag("table", tag("thead", head), tag("tbody", *body), class_="ic-table")


def capabilities(run: Run, results: Sequence[Result], findings: Sequence[Finding]) -> Html:
    """Return a grid of the capabilities that were announced: what the suite has seen of each."""
    if not run.capabilities:
        return Html("")
    by_rfc: dict[str, list[SectionRow]] = {}
    for row in section_rows(results, findings):
        by_rfc.setdefault(row.rfc, []).append(row)
    totals = {rfc: _total(rfc, rows) for rfc, rows in by_rfc.items()}
    cells = [_capability(name, totals) for name in run.capabilities]
    heading = tag("h2", f"Announced capabilities ({len(run.capabilities)})")
    return tag("section", heading, tag("ul", *cells, class_="ic-grid"))


def _capability(name: str, rows: Mapping[str, SectionRow]) -> Html:
    brought = {each.rfc for each in available() if brings(each.brought_by, name.upper())}
    rfcs = sorted(brought | ({_BASE} if brings(OF_THE_BASE, name.upper()) else set()))
    fared = [(rfc, rows[rfc]) for rfc in rfcs if rfc in rows]
    kinds = {_kind(row) for _, row in fared}
    kind = next((each for each in ("bad", "good") if each in kinds), "none")
    said = "; ".join(f"{label_of(rfc)}: {_fared(row)}" for rfc, row in fared)
    other = "not in this run" if rfcs else "no cases"
    return tag(
        "li", tag("b", sign(kind), f" {name}"), tag("span", said or other), class_=f"ic-{kind}"
    )


def profile(results: Sequence[Result]) -> Html:
    """Return a grid of what the server does where the RFC leaves it open."""
    chosen = [r for r in results if r.verdict in (Verdict.YES, Verdict.NO)]
    if not chosen:
        return Html("")
    by_rfc: dict[str, list[Result]] = {}
    for result in sorted(chosen, key=lambda r: section_key(r.section)):
        by_rfc.setdefault(result.rfc, []).append(result)
    parts = []
    for rfc, group in sorted(by_rfc.items(), key=lambda item: -len(item[1])):
        cells = [
            tag(
                "li",
                tag("b", _ANSWERS[result.verdict], f" {result.verdict.value}"),
                tag("span", result.title or result.id, f" ({result.section})"),
                class_=f"ic-{result.verdict.value}-cell",
            )
            for result in group
        ]
        parts += [tag("h3", label_of(rfc)), tag("ul", *cells, class_="ic-grid")]
    heading = tag("h2", f"Optional behaviour, MAY ({len(chosen)})")
    return tag("section", heading, *parts)


_ANSWERS = {Verdict.YES: "\u25cf", Verdict.NO: "\u25cb"}
