"""Pieces of `report.html`, which pytest-html writes; the plugin's hooks call these.

Table cells, extras, summary pieces and the values of the environment table are put into the
page as HTML, so each of these escapes what it is given. No piece needs anything from outside the
file. The page around them is in `page`, a violation and its transcript in `html_finding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from conformance.extending.documents import label_of
from conformance.results.changes import Since
from conformance.results.diagram import wire
from conformance.results.html_finding import Teller, case_anchor, code, facts, mention
from conformance.results.html_overview import capabilities, causes, profile, sections, sign
from conformance.results.known import Unexpected
from conformance.results.markup import Html, join, tag, text
from conformance.results.records import (
    End,
    Finding,
    Level,
    RecordedFact,
    Result,
    Run,
    Verdict,
)
from conformance.results.summary import (
    by_reason,
    totals_line,
    unjudged,
    verdict_line,
    violations,
)
from conformance.results.text import visible

_COLUMNS = ("case", "section", "level", "verdict", "time")
_LINES = 40  # of a transcript in a row of the table
_OUTCOME = re.compile(r">([^<]*)<")
_SECURITY = {"none": "no TLS", "starttls": "STARTTLS", "implicit": "TLS"}


def title(run: Run) -> str:
    """Return the title of the report, as text: the page's template escapes this one itself."""
    name = f"{run.target.name} {run.target.version}".strip() or run.target.label
    return visible(f"IMAP conformance of {name}")


def environment(run: Run) -> dict[str, str]:
    """Return the rows of the environment table: names as text, values as HTML."""
    rows: Mapping[str, str] = {
        "Target": run.target.label,
        "Security": _SECURITY.get(run.target.security, run.target.security),
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
    since: Since | None = None,
    examples: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Return the parts of the page before the table, for the list that pytest-html calls prefix.

    `since` is what changed since an earlier run, if one was named; `examples` are the lines of the
    cases that have found something, as they are written.
    """
    found = violations(results, findings)
    new = [finding for finding in found if not finding.excused]
    teller = Teller(run, examples)
    groups = (
        ("Violations of MUST rules", [f for f in new if f.level is Level.MUST]),
        ("Warnings: SHOULD rules", [f for f in new if f.level is not Level.MUST]),
        ("Known violations, not counted", [f for f in found if f.excused]),
    )
    parts = [
        _first_screen(run, results, found, end),
        _changed(since),
        causes(new),
        sections(results, found),
        capabilities(run, results, found),
        *(teller.group(heading, each) for heading, each in groups),
        _not_met(unexpected),
        _reasons("Errors of the suite", results, Verdict.ERROR),
        _reasons("Blocked: a precondition failed", results, Verdict.BLOCKED),
        _reasons("Skipped", results, Verdict.SKIP),
        _unjudged(run, end),
        _facts(end.facts),
        profile(results),
    ]
    return [part for part in parts if part]


def _first_screen(run: Run, results: Sequence[Result], found: Sequence[Finding], end: End) -> Html:
    good = end.exit_code == 0
    security = _SECURITY.get(run.target.security, run.target.security)
    tested = (
        f"{run.target.label} ({security}), {run.started}, {run.suite.name} {run.suite.version}: "
        f"{totals_line(results, end)}"
    )
    return join(
        tag(
            "p",
            sign("good" if good else "bad"),
            " ",
            verdict_line(results, found, end),
            class_="ic-verdict " + ("ic-good" if good else "ic-bad"),
        ),
        tag("p", tested, class_="ic-tested"),
    )


def _changed(since: Since | None) -> Html:
    if since is None:
        return Html("")
    made = since.changes
    parts = [
        ("New violations", made.new),
        ("Fixed", made.fixed),
        ("Not looked for again", made.unseen),
        ("New warnings", made.warnings_new),
        ("Warnings that are gone", made.warnings_fixed),
    ]
    return tag(
        "section",
        tag("h2", f"Since the run of {since.started}"),
        tag("p", since.words),
        *(
            tag(
                "details",
                tag("summary", f"{heading} ({len(group)})"),
                tag("ul", *(tag("li", mention(each)) for each in group)),
                open=heading.startswith("New"),
            )
            for heading, group in parts
            if group
        ),
    )


# -- the table of all results ------------------------------------------------------------


def table_header(cells: list[str]) -> None:
    """Put our columns in the place of those of pytest-html's table head."""
    cells[:] = [tag("th", name.capitalize(), scope="col", data_column=name) for name in _COLUMNS]


def table_row(cells: list[str], node_id: str, result: Result | None) -> None:
    """Fill our columns of one row, in place.

    `result` is None for what is not a case: a file that could not be loaded, say.
    """
    if result is None:
        outcome = _OUTCOME.search(cells[0])
        cells[:] = [
            tag("td", node_id),
            tag("td"),
            tag("td"),
            tag("td", outcome[1].lower() if outcome else ""),
            tag("td"),
        ]
        return
    heading = tag("b", result.title) if result.title else None
    label = join(heading, tag("code", result.id), by=" ")
    known = " (known)" if result.excused else ""
    cells[:] = [
        tag("td", label, id=case_anchor(result.id)),
        tag("td", result.section, title=label_of(result.rfc)),
        tag("td", result.level.value),
        tag("td", f"{result.verdict.value}{known}", class_=f"ic-{result.verdict.value}"),
        tag("td", f"{result.duration * 1000:.0f} ms"),
    ]


def result_extra(result: Result, findings: Sequence[Finding] = ()) -> str:
    """Return what unfolds in a row: why, what was seen, how to repeat it.

    `findings` are those that were seen in this case; they are told above the table. The
    transcript is here only where none of them has it. Empty for a case that passed cleanly.
    """
    if not (result.reason or result.transcript):  # it passed; that is all there is to say
        return join(*map(mention, findings))
    told = any(finding.cases[:1] == (result.id,) and finding.transcript for finding in findings)
    where = f"{result.file}:{result.line}" if result.line else result.file
    return join(
        facts(
            ("reason", result.reason),
            ("cause", result.cause),
            ("known", result.known.reason if result.known else ""),
            ("requirements", " ".join(result.requirements)),
            ("case file", where),
            # What does not apply to this server is skipped again, however often it is asked for.
            ("repeat", "" if result.verdict is Verdict.SKIP else code(result.repeat)),
        ),
        *map(mention, findings),
        None if told else _transcript(result),
    )


def _transcript(result: Result) -> Html:
    shown = result.transcript[-_LINES:]
    left = len(result.transcript) - len(shown)
    before = tag("p", f"The {left} lines before these are in results.jsonl.") if left else None
    return join(before, wire(shown))


# -- parts of the page -------------------------------------------------------------------


def _not_met(entries: Sequence[Unexpected]) -> Html:
    if not entries:
        return Html("")
    items = [tag("li", code(entry.entry.deviation), f": {entry.why}") for entry in entries]
    heading = tag("h2", "Known deviations that are not met any more")
    return tag("section", heading, tag("ul", *items))


def _reasons(heading: str, results: Sequence[Result], verdict: Verdict) -> Html:
    groups = by_reason(results, verdict)
    if not groups:
        return Html("")
    total = sum(len(group) for _, group in groups)
    items = [
        tag("li", f"{reason} ({len(group)}): ", join(*_links(group), by=" "))
        for reason, group in groups
    ]
    return tag(
        "section",
        tag("h2", f"{heading} ({total})"),
        tag("details", tag("summary", "Reasons and cases"), tag("ul", *items)),
    )


def _unjudged(run: Run, end: End) -> Html:
    """Return what the run can say nothing of for want of a grammar."""
    lines = unjudged(run, end)
    if not lines:
        return Html("")
    heading = tag("h2", "Not judged, for want of a grammar")
    return tag("section", heading, tag("ul", *(tag("li", line) for line in lines)))


def _facts(learned: Sequence[RecordedFact]) -> Html:
    """Return the facts of this server: those that do not hold first."""
    if not learned:
        return Html("")
    names = ("What cases lean on", "This server", "What it said")
    head = tag("tr", *(tag("th", name, scope="col") for name in names))
    rows = [
        tag(
            "tr",
            tag("th", fact.sentence, scope="row"),
            tag("td", "yes" if fact.holds else "no"),
            tag("td", fact.said),
        )
        for fact in sorted(learned, key=lambda fact: fact.holds)
    ]
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="ic-table")
    against = sum(not fact.holds for fact in learned)
    heading = tag("h2", f"Facts of this server ({against} of {len(learned)} do not hold)")
    return tag("section", heading, tag("div", table, class_="ic-scroll", tabindex="0"))


def _links(results: Sequence[Result]) -> Iterator[Html]:
    for result in results:
        yield tag("a", result.id, href=f"#{case_anchor(result.id)}")
