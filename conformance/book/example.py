"""An example of a chapter as HTML: the page of it, the wire beside it, and the command.

All text of a server goes through `results.markup`, which escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.book.chapter import Chapter, ChapterPart, Example, Grid, Script
from conformance.book.places import Places
from conformance.casefile.document import Case
from conformance.casefile.script import STATEMENT
from conformance.catalogue.levels import LEVELS
from conformance.results.markup import Html, join, tag
from conformance.results.records import Finding, RecordedLine, Result, Verdict
from conformance.results.text import end_visible

_PLACEHOLDER = re.compile(r"(\{\{|\{[^}]*\})")
_NEWLINE = Html("\n")
_SYMBOLS: Mapping[Verdict, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.WARN: "!",
    Verdict.YES: "+",
    Verdict.NO: "−",  # noqa: RUF001  # a minus sign, beside the plus
    Verdict.SKIP: "○",
    Verdict.BLOCKED: "■",
    Verdict.ERROR: "?",
}


@dataclass(frozen=True)
class RecordedRun:
    """What the record of a run says of each case. `server` is how the server is called."""

    server: str
    results: Mapping[str, Result]
    findings: Mapping[str, Sequence[Finding]]
    """Of checks, by case; what the case itself found is in its result."""


def badge(verdict: Verdict) -> Html:
    """Return a verdict in words, sign and colour."""
    said = f"{_SYMBOLS[verdict]} {verdict.value}"
    return tag("span", said, class_=f"verdict v-{verdict.value}")


def chapter_body(chapter: Chapter, places: Places, heard: RecordedRun | None) -> Html:
    """Return what stands on the page of a chapter."""
    shown = _ShownExample(places, heard)
    legend = tag("a", "How to read an example", href="index.html#reading")
    return join(
        tag("h1", chapter.title),
        tag("div", chapter.intro, class_="intro"),
        tag("p", legend),
        *map(shown.example, chapter.examples),
    )


@dataclass(frozen=True, slots=True)
class _ShownExample:
    places: Places
    heard: RecordedRun | None

    def example(self, example: Example) -> Html:
        return tag(
            "section",
            tag("h2", tag("a", example.title, href=f"#{example.id}", class_="self")),
            tag("p", *map(self._label, example.labels), class_="labels"),
            *(self._part(part, example) for part in example.parts),
            class_="example",
            id=example.id,
        )

    def _label(self, label: str) -> Html:
        if label in LEVELS:
            return tag("span", label, class_="label level")
        key, _, value = label.rpartition("=")
        if key == "allow":
            return tag("span", f"{key}=", self.places.rule(value), class_="label")
        return self.places.rule(label, class_="label")

    def _part(self, part: ChapterPart, example: Example) -> Html:
        if isinstance(part, Grid):
            return self._grid(part, example)
        if isinstance(part, Script):
            return join(*(self._pair(part, case) for case in example.cases))
        return tag("div", part, class_="prose")

    def _pair(self, script: Script, case: Case) -> Html:
        lines = script.lines if script.program else map(_statement, script.lines)
        page = tag(
            "figure",
            tag("figcaption", "The program" if script.program else "The example"),
            _pre(lines, "The example"),
        )
        wire = self._wire(case)
        both = "pair two" if wire else "pair"
        return join(tag("div", page, wire, class_=both), self._repeat(case))

    def _wire(self, case: Case) -> Html:
        """Return what a server said to a case; nothing where nobody asked one."""
        if self.heard is None:
            return Html("")
        result = self.heard.results.get(case.id)
        if result is None:
            return tag("figure", tag("figcaption", f"Not played against {self.heard.server}"))
        known = f" (known: {result.known.reason})" if result.excused and result.known else ""
        return tag(
            "figure",
            tag("figcaption", f"{self.heard.server}: ", badge(result.verdict), known),
            tag("p", result.reason, class_="seen") if result.reason else None,
            *map(self._finding, self.heard.findings.get(case.id, ())),
            _pre(_wire_lines(result.transcript), f"What {self.heard.server} was told and said")
            if result.transcript
            else None,
        )

    def _finding(self, finding: Finding) -> Html:
        rule = self.places.rule(finding.requirement)
        return tag("p", rule, f" ({finding.level.value}): {finding.message}", class_="seen")

    def _repeat(self, case: Case) -> Html:
        result = self.heard.results.get(case.id) if self.heard else None
        command = result.repeat if result else f"imap-conformance run --server pymap {case.id}"
        button = tag("button", "Copy", type="button", class_="copy", hidden=True)
        return tag("p", tag("code", command), Html(" "), button, class_="repeat")

    def _grid(self, grid: Grid, example: Example) -> Html:
        by_id = {case.id: case for case in example.cases}
        heads = (*grid.heads, *([self.heard.server] if self.heard else []))
        rows = []
        for name, cells in grid.rows:
            case = by_id[f"{example.id}/{name}"]
            wire = self._wire(case)
            rows.append(
                tag(
                    "tr",
                    tag("th", name, scope="row"),
                    *(tag("td", cell) for cell in cells),
                    tag("td", self._folded(case, wire)) if wire else None,
                    id=case.id,
                )
            )
        head = tag("tr", *(tag("th", name, scope="col") for name in heads))
        table = tag("table", tag("thead", head), tag("tbody", *rows))
        return tag("div", table, class_="wide", tabindex="0", role="group", aria_label="Cases")

    def _folded(self, case: Case, wire: Html) -> Html:
        result = self.heard.results.get(case.id) if self.heard else None
        said = badge(result.verdict) if result else "not played"
        return tag("details", tag("summary", said), wire, self._repeat(case))


def _pre(lines: Iterator[object] | Sequence[object], label: str) -> Html:
    """Return lines as they are; one can get there by keyboard, since it may have to scroll."""
    text = join(*(line or Html(" ") for line in lines), by=_NEWLINE)
    return tag("pre", text, tabindex="0", role="group", aria_label=label)


def _statement(line: str) -> Html:
    """Return a line of a block with its marks and placeholders told apart."""
    found = STATEMENT.fullmatch(line)
    if not found or line.startswith("#"):
        return tag("span", line, class_="n")
    who = f"{found['who']} " if found["who"] else ""
    head = tag("span", f"{who}{found['side']}{found['mark']}", class_="m")
    pieces = _PLACEHOLDER.split(found["text"] or "")
    text = (tag("span", each, class_="h") if number % 2 else each
            for number, each in enumerate(pieces))  # fmt: skip
    return tag("span", head, Html(" "), *text, class_=found["side"].lower())


def _wire_lines(lines: Sequence[RecordedLine]) -> Iterator[Html]:
    several = len({line.session for line in lines}) > 1
    for line in lines:
        who = f"{line.session} " if several else ""
        said = f"{who}{line.direction}: {end_visible(line.text)}"
        side = "n" if line.direction == "-" else line.direction.lower()
        yield tag("span", tag("mark", f"→ {said}") if line.mark else said, class_=side)
