"""Pieces of `report.html`, which pytest-html writes; the plugin's hooks call these.

pytest-html puts table cells, extras, summary pieces and the values of its environment
table into the page as HTML, so each of these escapes what it is given. No piece needs
anything from outside the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from conformance.results.known import Unexpected
from conformance.results.markup import Html, join, tag, text
from conformance.results.records import (
    End,
    Finding,
    Level,
    Line,
    Result,
    Run,
    Verdict,
    section_key,
)
from conformance.results.summary import (
    by_reason,
    by_section,
    section_rows,
    totals_line,
    verdict_line,
    violations,
)
from conformance.results.text import end_visible, visible

_COLUMNS = ("level", "section", "verdict")


def title(run: Run) -> str:
    """Return the title of the report, as text: pytest-html escapes this one itself."""
    name = f"{run.target.name} {run.target.version}".strip() or run.target.label
    return visible(f"IMAP conformance of {name}")


def environment(run: Run) -> dict[str, str]:
    """Return the rows of the environment table: names as text, values as HTML."""
    rows: Mapping[str, str] = {
        "Target": run.target.label,
        "Security": run.target.security,
        "Server": f"{run.target.name} {run.target.version}".strip(),
        "Says of itself": run.server,
        "Capabilities": " ".join(run.capabilities),
        "Grammar": " ".join(run.grammar),
        "Account": "made for this run" if run.target.disposable else "an existing one",
        "Suite": f"{run.suite.name} {run.suite.version}",
        "Python": run.python,
        "Started": run.started,
        "Options": ", ".join(f"{key}={value}" for key, value in run.options.items()),
        "Seed": "" if run.seed is None else str(run.seed),
    }
    # str(): the plugins that show these rows expect plain strings.
    return {name: str(text(value)) for name, value in rows.items() if value}


def summary(
    run: Run,
    results: Sequence[Result],
    findings: Sequence[Finding],
    end: End,
    *,
    unexpected: Sequence[Unexpected] = (),
) -> list[str]:
    """Return the pieces of the summary section, for the list that pytest-html calls prefix."""
    found = violations(results, findings)
    css = files("conformance.results").joinpath("report.css").read_text(encoding="utf-8")
    new = [finding for finding in found if not finding.excused]
    return [
        tag("style", Html(css)),
        tag(
            "p",
            verdict_line(results, found, end),
            class_="ic-verdict " + ("ic-good" if end.exit_code == 0 else "ic-bad"),
        ),
        tag("p", f"{run.target.label}: {totals_line(results, end)}"),
        _section_table(results, found),
        _group("Violations of MUST rules", [f for f in new if f.level is Level.MUST]),
        _group("Warnings: SHOULD rules", [f for f in new if f.level is not Level.MUST]),
        _group("Known violations, not counted", [f for f in found if f.excused]),
        _not_met(unexpected),
        _reasons("Errors of the suite", results, Verdict.ERROR),
        _reasons("Blocked: a precondition failed", results, Verdict.BLOCKED),
        _reasons("Skipped", results, Verdict.SKIP),
        _profile(results),
    ]


def table_header(cells: list[str]) -> None:
    """Add the columns level, section and verdict to pytest-html's table head, in place."""
    cells[1:1] = [
        tag("th", name.capitalize(), class_="sortable", data_column_type=name) for name in _COLUMNS
    ]


def table_row(cells: list[str], node_id: str, result: Result | None) -> None:
    """Fill the columns of one row, in place, and escape its test id.

    `result` is None for what is not a case: a file that could not be loaded, say.
    """
    if result is None:
        cells[1] = tag("td", node_id, class_="col-testId")
        cells[1:1] = [tag("td", class_=f"col-{name}") for name in _COLUMNS]
        return
    label = join(result.id, tag("br"), result.title) if result.title else result.id
    cells[1] = tag("td", label, class_="col-testId")
    # pytest-html sorts by the inside of the cell, so what it should sort by comes first.
    order = ".".join(f"{number:04d}{rest}" for number, rest in section_key(result.section))
    section = join(tag("span", f"{result.rfc} {order}", hidden=True), f"{result.section}")
    known = " (known)" if result.excused else ""
    cells[1:1] = [
        tag("td", result.level.value, class_="col-level"),
        tag("td", section, class_="col-section", title=f"RFC {result.rfc}"),
        tag("td", f"{result.verdict.value}{known}", class_="col-verdict"),
    ]


def result_extra(result: Result, findings: Sequence[Finding] = ()) -> str:
    """Return what unfolds below a row: why, what was seen, how to repeat it.

    `findings` are those that were seen in this case; one that was seen in another case before is
    only named. Empty for a case that passed cleanly.
    """
    if not (result.reason or result.transcript or findings):
        return ""
    where = f"{result.file}:{result.line}" if result.line else result.file
    return tag(
        "div",
        _facts(
            ("reason", result.reason),
            ("cause", result.cause),
            ("known", result.known.reason if result.known else ""),
            ("requirements", " ".join(result.requirements)),
            ("case file", where),
            ("repeat", _code(result.repeat)),
        ),
        _wire(result.transcript),
        *(
            _finding(each) if each.cases[:1] == (result.id,) else _mention(each)
            for each in findings
        ),
        class_="ic-result",
    )


def _code(value: str) -> Html:
    return tag("code", end_visible(value)) if value else Html("")


def _facts(*facts: tuple[str, object]) -> Html:
    rows = [join(tag("dt", name), tag("dd", value)) for name, value in facts if value]
    return tag("dl", *rows, class_="ic-facts") if rows else Html("")


def _wire(lines: Sequence[Line]) -> Html:
    if not lines:
        return Html("")
    several = len({line.session for line in lines}) > 1
    return tag("div", *(_wire_line(line, several) for line in lines), class_="ic-wire")


def _wire_line(line: Line, several: bool) -> Html:
    kind = {"C": "ic-c", "S": "ic-s"}.get(line.direction, "ic-note")
    session = f"{line.session} " if several else ""
    row = f"{line.t:8.3f} {session}{line.direction}: {end_visible(line.text)}"
    if not line.mark:
        return tag("span", row, class_=kind)
    return tag("span", tag("mark", row), class_=f"{kind} ic-mark", title="the line at fault")


def _mention(finding: Finding) -> Html:
    first = finding.cases[0] if finding.cases else ""
    said = f"{finding.requirement} ({finding.level.value}): {finding.message}"
    return tag("p", said, join(" Seen first in ", _code(first)) if first else None)


def _finding(finding: Finding) -> Html:
    kind = "ic-known" if finding.excused else "" if finding.level is Level.MUST else "ic-warn"
    cases = [*finding.cases[:5], *(["..."] if len(finding.cases) > 5 else [])]
    head = f"{finding.requirement} ({finding.level.value}, RFC {finding.rfc} {finding.section})"
    times = f", seen {finding.count} times" if finding.count > 1 else ""
    return tag(
        "div",
        tag("h4", head + times),
        tag("p", finding.rule) if finding.rule else None,
        _facts(
            ("found", finding.message if finding.message != finding.rule else ""),
            ("expected", _code(finding.expected)),
            ("received", _code(finding.received)),
            ("octets", _code(finding.offending)),
            ("known", finding.known.reason if finding.known else ""),
            ("cases", join(*map(_code, cases), by=" ")),
            ("repeat", _code(finding.repeat)),
        ),
        tag("details", tag("summary", "Transcript"), _wire(finding.transcript))
        if finding.transcript
        else None,
        class_=f"ic-finding {kind}".strip(),
    )


def _group(heading: str, findings: Sequence[Finding]) -> Html:
    if not findings:
        return Html("")
    parts: list[Html] = [tag("h3", f"{heading} ({len(findings)})")]
    for (rfc, section), group in by_section(findings):
        parts.append(tag("h4", f"RFC {rfc} section {section}"))
        parts += map(_finding, group)
    return join(*parts)


def _section_table(results: Sequence[Result], findings: Sequence[Finding]) -> Html:
    shown = [v for v in Verdict if any(result.verdict is v for result in results)]
    head = tag(
        "tr",
        tag("th", "Section", scope="col"),
        *(tag("th", verdict.value, scope="col") for verdict in shown),
        tag("th", "violations", scope="col"),
        tag("th", "warnings", scope="col"),
        tag("th", "of these known", scope="col"),
    )
    rows = [
        tag(
            "tr",
            tag("td", f"RFC {row.rfc} {row.section}"),
            *(tag("td", row.verdicts[verdict] or "") for verdict in shown),
            tag("td", row.findings[Level.MUST] or ""),
            tag("td", row.findings[Level.SHOULD] or ""),
            tag("td", row.known or ""),
            class_="ic-good" if row.clean else "ic-bad",
        )
        for row in section_rows(results, findings)
    ]
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="ic-table")
    return tag(
        "details",
        tag("summary", "Compliance by RFC section"),
        tag("div", table, class_="ic-scroll"),
        open=True,
    )


def _not_met(entries: Sequence[Unexpected]) -> Html:
    if not entries:
        return Html("")
    items = [tag("li", _code(entry.deviation.id), f": {entry.why}") for entry in entries]
    return join(tag("h3", "Known deviations that are not met any more"), tag("ul", *items))


def _reasons(heading: str, results: Sequence[Result], verdict: Verdict) -> Html:
    groups = by_reason(results, verdict)
    if not groups:
        return Html("")
    total = sum(len(group) for _, group in groups)
    items = [
        tag("li", f"{reason} ({len(group)}): ", join(*(_code(r.id) for r in group), by=" "))
        for reason, group in groups
    ]
    return tag("details", tag("summary", f"{heading} ({total})"), tag("ul", *items))


def _profile(results: Sequence[Result]) -> Html:
    chosen = [r for r in results if r.verdict in (Verdict.YES, Verdict.NO)]
    if not chosen:
        return Html("")
    rows = [tag("tr", tag("td", r.title or r.id), tag("td", r.verdict.value)) for r in chosen]
    return tag(
        "details",
        tag("summary", f"Optional behaviour, MAY ({len(chosen)})"),
        tag("table", *rows, class_="ic-table"),
    )
