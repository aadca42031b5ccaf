"""A matrix of runs, and what changed between two, as one HTML page that needs no other file.

Everything that stems from a results file is escaped on its way in (`markup`), and the page lets
nothing run but its own script, which only filters.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from conformance.extending.documents import label_of, place_of
from conformance.results.changes import Changes
from conformance.results.heat import by_cause, by_extension
from conformance.results.heat_html import heat_table
from conformance.results.markup import Html, join, tag, text
from conformance.results.matrix import Cell, CellState, Column, Matrix, RuleRow
from conformance.results.records import Finding, Level, Verdict
from conformance.results.scrolling import table

PageLink = tuple[str, str]
"""Words and address, relative to the page."""

_CLASSES = {
    CellState.BROKEN: "broken",
    CellState.UNMET: "unmet",
    CellState.KEPT: "kept",
    CellState.UNJUDGED: "unjudged",
    CellState.ABSENT: "absent",
}
_MANY = 3  # violations of one rule that a cell tells in full
_WHICH = (
    ("differs", "where servers differ, or one breaks it"),
    ("broken", "broken by a server"),
    ("", "all"),
)


def matrix_html(
    matrix: Matrix,
    changed: Changes | None = None,
    *,
    title: str = "",
    intro: Sequence[Html] = (),
    links: Sequence[Sequence[PageLink]] = (),
    history: Html | None = None,
) -> str:
    """Return the page.

    `intro` stands below the title, `links` has for each column what else there is of the run,
    `history` is what earlier runs came to.
    """
    labels = [column.label for column in matrix.columns]
    title = title or f"IMAP conformance compared: {', '.join(labels)}"
    script, style = (_file(f"matrix.{kind}") for kind in ("js", "css"))
    policy = f"default-src 'none'; img-src 'self' data:; style-src '{_hash(style)}'"
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        _meta(f"{policy}; script-src '{_hash(script)}'"),
        tag("title", title),
        tag("style", Html(style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the rules", class_="skip", href="#rules"),
        tag("header", tag("h1", title), *intro),
        tag(
            "main",
            tag("h2", "Runs"),
            _runs(matrix, links),
            _changes(changed) if changed is not None else None,
            join(tag("h2", "By version"), history) if history is not None else None,
            tag("h2", "By extension"),
            _extensions(matrix, labels),
            tag("h2", "By cause"),
            _causes(matrix, labels),
            tag("h2", "By section"),
            _sections(matrix, labels),
            tag("h2", "By rule"),
            _form(),
            _rules(matrix, labels),
        ),
        tag("script", Html(script)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _meta(policy: str) -> Html:
    return Html(f'<meta http-equiv="Content-Security-Policy" content="{text(policy)}">')


def _file(name: str) -> str:
    return files("conformance.results").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _runs(matrix: Matrix, links: Sequence[Sequence[PageLink]]) -> Html:
    heads = ("Server", "Tested", "Suite", "Transport", "Results", "MUST broken", "of these known")
    heads += ("SHOULD unmet", "Passed", "Skipped", *(("More",) if links else ()))
    rows = [
        _run(column, links[number] if links else None)
        for number, column in enumerate(matrix.columns)
    ]
    return table("What was tested, and what it came to", heads, rows)


def _run(column: Column, links: Sequence[PageLink] | None) -> Html:
    numbers = (
        len(column.recording.results),
        column.violations,
        column.known,
        column.warnings,
        column.verdicts[Verdict.PASS],
        column.verdicts[Verdict.SKIP],
    )
    more = [tag("a", words, href=address) for words, address in links or ()]
    return tag(
        "tr",
        tag("th", column.label, scope="row"),
        tag("td", column.run.started[:10], class_="short"),
        tag("td", column.run.suite.version),
        tag("td", {"none": "no TLS"}.get(column.run.target.security, column.run.target.security)),
        *(tag("td", str(number), class_="number") for number in numbers),
        None if links is None else tag("td", join(*more, by=", ")),
    )


def _extensions(matrix: Matrix, labels: Sequence[str]) -> Html:
    caption = "Rules broken of those judged, MUST and SHOULD, by RFC; the warmer, the more"
    return heat_table(caption, "RFC", labels, by_extension(matrix))


def _causes(matrix: Matrix, labels: Sequence[str]) -> Html:
    rows = by_cause(matrix)
    if not rows:
        return tag("p", "No deviation from a MUST is common to several runs.")
    caption = "Deviations from a MUST that several runs show, and how often; the warmer, the more"
    return heat_table(caption, "Deviation", labels, rows)


def _sections(matrix: Matrix, labels: Sequence[str]) -> Html:
    rows = []
    for place in matrix.sections:
        cells = [
            tag("td", said, class_=_mood(column, place))
            for column, said in zip(matrix.columns, matrix.section(place), strict=True)
        ]
        rows.append(tag("tr", tag("th", f"{label_of(place[0])} {place[1]}", scope="row"), *cells))
    caption = "Results kept of those judged, and distinct violations"
    return table(caption, ("Section", *labels), rows)


def _mood(column: Column, place: tuple[str, str]) -> str | None:
    row = column.sections.get(place)
    if row is None:
        return "absent"
    if row.findings[Level.MUST]:
        return "broken"
    return "unmet" if row.findings[Level.SHOULD] else None


def _form() -> Html:
    levels = [tag("option", "all", value="")]
    levels += [tag("option", level.value, value=level.value) for level in Level]
    which = [tag("option", words, value=value) for value, words in _WHICH]
    return join(
        tag(
            "form",
            tag("label", "Words", Html('<input name="words" type="search">')),
            tag("label", "Level", tag("select", *levels, name_="level")),
            tag("label", "Rules", tag("select", *which, name_="which")),
            id="filter",
            hidden=True,
        ),
        tag("p", "", id="count", role="status"),
    )


def _rules(matrix: Matrix, labels: Sequence[str]) -> Html:
    caption = "What each server does about each rule; what is broken unfolds"
    rows = map(_rule, matrix.rules)
    return table(caption, ("Rule", "Level", *labels), rows, "rules")


def _rule(row: RuleRow) -> Html:
    which = [
        *(["broken"] if row.broken else []),
        *(["differs"] if row.broken or row.differs else []),
    ]
    where = f"{place_of(row.rfc, row.section)}. "
    words = tag("span", where, row.text, class_="words")
    return tag(
        "tr",
        tag("th", tag("code", row.id), " ", words, scope="row"),
        tag("td", row.level.value),
        *map(_cell, row.cells),
        data_level=row.level.value,
        data_which=" ".join(which),
    )


def _cell(cell: Cell) -> Html:
    kind = _CLASSES.get(cell.state)
    if not cell.violations:
        return tag("td", cell.text, class_=kind)
    shown = [_violation(finding) for finding in cell.violations[:_MANY]]
    more = len(cell.violations) - _MANY
    return tag(
        "td",
        tag(
            "details",
            tag("summary", cell.text),
            *shown,
            tag("p", f"and {more} more") if more > 0 else None,
        ),
        class_=kind,
    )


def _violation(finding: Finding) -> Html:
    why = finding.known.reason if finding.known else ""
    return join(
        tag("p", finding.message),
        tag("p", tag("code", finding.repeat)) if finding.repeat else None,
        tag("p", "Known: ", why) if why else None,
    )


def _changes(changed: Changes) -> Html:
    groups = (
        ("New violations", "worse", changed.new),
        ("Fixed", "better", changed.fixed),
        ("Not looked for again", "", changed.unseen),
        ("New warnings", "unmet", changed.warnings_new),
        ("Warnings fixed", "better", changed.warnings_fixed),
    )
    parts = [_found(heading, kind, findings) for heading, kind, findings in groups if findings]
    if changed.turns:
        rows = [
            tag("tr", tag("th", tag("code", turn.id), scope="row"), *map(_td, told))
            for turn in changed.turns
            for told in [(turn.before, turn.after, turn.reason)]
        ]
        heads = ("Case", "Before", "After", "Reason")
        parts.append(_folded("Changed verdicts", len(rows), table("Cases", heads, rows)))
    for heading, ids in (("Cases added", changed.added), ("Cases removed", changed.removed)):
        if ids:
            items = [tag("li", tag("code", id_)) for id_ in ids]
            parts.append(_folded(heading, len(ids), tag("ul", *items)))
    return join(tag("h2", "What changed"), *(parts or [tag("p", "Nothing.")]))


def _td(value: str) -> Html:
    return tag("td", str(value))


def _found(heading: str, kind: str, findings: Sequence[Finding]) -> Html:
    items = [
        tag(
            "li",
            tag("code", finding.requirement),
            " (known): " if finding.excused else ": ",
            finding.message,
        )
        for finding in findings
    ]
    return join(tag("h3", f"{heading} ({len(findings)})", class_=kind or None), tag("ul", *items))


def _folded(heading: str, number: int, content: Html) -> Html:
    return tag("details", tag("summary", f"{heading} ({number})"), content)
