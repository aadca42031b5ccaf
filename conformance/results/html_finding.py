"""Violations in `report.html`: rule, evidence, explained transcript, and how to see it again.

Pieces of HTML from records; which of them stand where on the page is in `html`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from conformance.extending.documents import place_of
from conformance.results.annotate import annotate
from conformance.results.diagram import wire
from conformance.results.markup import Html, join, tag
from conformance.results.others import published
from conformance.results.paste import paste
from conformance.results.records import Finding, Level, Run
from conformance.results.right import right_of
from conformance.results.summary import by_section
from conformance.results.text import counted, end_visible
from conformance.syntax import grammar

_CASES = 5
"""Cases that a violation names."""
_LINES = 8000
"""Lines of transcripts that are told in all: a page of a server that fails everywhere must open."""
_MARKS = (
    "The example of the case. C: the client sends. S: the server has to send, S? may send, "
    "S! must not send. Words in braces stand for values."
)
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")


def anchor(kind: str, name: str) -> str:
    """Return the id of the place on the page where something is told."""
    return f"{kind}-{_NO_WORD.sub('-', name).strip('-')}"


def case_anchor(case: str) -> str:
    """Return the id of the row of a case: short, for it stands there and in each link to it."""
    octets = case.encode("utf-8", "replace")
    return f"case-{hashlib.blake2s(octets, digest_size=5).hexdigest()}"


def code(value: str) -> Html:
    """Return text that went over the wire, or a command, as code; empty for nothing."""
    return tag("code", end_visible(value)) if value else Html("")


def facts(*pairs: tuple[str, object]) -> Html:
    """Return a list of names and values, those without a value left out."""
    rows = [join(tag("dt", name), tag("dd", value)) for name, value in pairs if value]
    return tag("dl", *rows) if rows else Html("")


class Teller:
    """Tells the violations of one run; every anchor is given out once."""

    def __init__(
        self,
        run: Run,
        examples: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._run = run
        self._examples = examples or {}
        self._name = f"{run.target.name} {run.target.version}".strip()
        self._grammar = grammar.load(run.capabilities)
        self._told: set[str] = set()
        self._lines = 0

    def group(self, heading: str, findings: Sequence[Finding]) -> Html:
        """Return a part of the page: the violations under the sections that they break."""
        if not findings:
            return Html("")
        return tag("section", tag("h2", f"{heading} ({len(findings)})"), *self._sections(findings))

    def _sections(self, findings: Sequence[Finding]) -> Iterator[Html]:
        for (rfc, section), group in by_section(findings):
            yield tag("h3", place_of(rfc, section))
            yield from map(self.finding, group)

    def finding(self, finding: Finding) -> Html:
        """Return one violation with all that proves it."""
        kind = "ic-known" if finding.excused else "" if finding.level is Level.MUST else "ic-warn"
        known = ", known" if finding.excused else ""
        times = f", seen {finding.count} times" if finding.count > 1 else ""
        return tag(
            "article",
            tag("h4", finding.requirement),
            tag("p", f"{finding.level.value}{known}{times}", class_="ic-level"),
            tag("p", finding.rule, class_="ic-rule") if finding.rule else None,
            facts(
                ("clause", place_of(finding.rfc, finding.section)),
                ("seen", finding.under),
                ("found", finding.message if finding.message != finding.rule else ""),
                ("expected", code(finding.expected)),
                ("right", join(*map(code, right_of(finding, self._run.capabilities)), by=" or ")),
                ("received", code(finding.received)),
                ("octets", code(_octets(finding))),
                ("known", finding.known.reason if finding.known else ""),
                ("deviation", code(finding.deviation)),
                ("also breaks", ", ".join(finding.also)),
                ("blocks", _many_cases(finding.blocks)),
                ("other servers", self._others(finding)),
                ("cases", _cases(finding)),
                ("repeat", tag("span", code(finding.repeat), class_="ic-copy")),
            ),
            self._transcript(finding),
            self._right(finding),
            self._raw(finding),
            id=self._anchor(finding),
            class_=f"ic-finding {kind}".strip(),
        )

    def _anchor(self, finding: Finding) -> str | None:
        name = anchor("rule", finding.requirement)
        if name in self._told:
            return None
        self._told.add(name)
        return name

    def _transcript(self, finding: Finding) -> Html:
        if not finding.transcript:
            return Html("")
        self._lines += len(finding.transcript)
        if self._lines > _LINES:
            return tag("p", "Its transcript is in results.jsonl: there are too many for this page.")
        notes = annotate(finding.transcript, self._grammar, finding.message)
        return tag("details", tag("summary", "Transcript"), wire(finding.transcript, notes))

    def _others(self, finding: Finding) -> str:
        """Return what published servers do about the rule, as long as there is room."""
        told = self._lines <= _LINES
        return published().of(finding.requirement, self._name) if told else ""

    def _right(self, finding: Finding) -> Html:
        """Return the example of the case that found it: what the RFC has for right."""
        example = self._examples.get(finding.cases[0]) if finding.cases else None
        if not example or finding.source != "case" or self._lines > _LINES:
            return Html("")
        return tag(
            "details",
            tag("summary", "What is right"),
            tag("p", _MARKS, class_="ic-level"),
            tag("pre", tag("code", join(*example, by=Html("\n"))), tabindex="0"),
        )

    def _raw(self, finding: Finding) -> Html:
        commands = paste(finding.transcript, self._run.target)
        if not commands or self._lines > _LINES:
            return Html("")
        # Line by line: markup spells out line ends as it does whatever steers a display.
        lines = join(*commands.split("\n"), by=Html("\n"))
        return tag(
            "details",
            tag("summary", "What the client sent, for a shell"),
            tag("pre", tag("code", lines), class_="ic-copy", tabindex="0"),
        )


def _octets(finding: Finding) -> str:
    """Return the octets at fault where they say more than what was received."""
    said = finding.offending.replace("\\\\", "\\").removesuffix("\\r\\n")
    return "" if said == finding.received else finding.offending


def _many_cases(count: int) -> str:
    """Return how many cases, empty where there are none."""
    return f"{counted(count, 'case')}, which could not be judged" if count else ""


def _cases(finding: Finding) -> Html:
    if not finding.cases:
        return Html("")
    links = [
        tag("a", case, href=f"#{case_anchor(case)}") if "/" in case else code(case)
        for case in finding.cases[:_CASES]
    ]
    more = ["..."] if len(finding.cases) > _CASES else []
    return tag("ul", *(tag("li", each) for each in (*links, *more)), class_="ic-plain")


def mention(finding: Finding) -> Html:
    """Return one line that leads to where the violation is told."""
    said = f"{finding.requirement} ({finding.level.value})"
    link = tag("a", said, href=f"#{anchor('rule', finding.requirement)}")
    return tag("p", link, f": {finding.message}")
