"""The pages that lead across the book: every rule with what proves it, and section by section.

What proves a rule and what was seen to break it is `coverage`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.book.chapter import Chapter
from conformance.book.frame import Page
from conformance.book.places import Places, file_of, listed
from conformance.catalogue.requirements import Requirement
from conformance.coverage.proofs import AMBIENT, GRAMMAR, bare
from conformance.coverage.rules import Coverage
from conformance.extending.documents import place_of, turn_of
from conformance.flaws.catalogue import FLAWS
from conformance.results.markup import Html, join, tag
from conformance.results.records import Finding, section_key

_FLAW = "flaw:"


@dataclass(frozen=True)
class Reference:
    """Makes the pages. `findings` are those of a run by the rule that they break."""

    coverage: Coverage
    places: Places
    chapters: Sequence[Chapter]
    server: str = ""
    findings: Mapping[str, Sequence[Finding]] | None = None

    # -- the rules ---------------------------------------------------------------------

    def rules(self) -> Page:
        """Return the page of all rules of the catalogue."""
        intro = (
            "Every rule of the catalogue in our own words: the cases and checks that prove it, and "
            "the servers and the flaws that were seen to break it."
        )
        parts = [
            join(
                tag("h2", _name(place), id=_anchor(place)),
                tag("dl", *map(self._rule, its)),
            )
            for place, its in self._by_section().items()
        ]
        return Page("rules.html", "Rules", join(tag("h1", "Rules"), tag("p", intro), *parts))

    def _by_section(self) -> dict[tuple[str, str], list[Requirement]]:
        found: dict[tuple[str, str], list[Requirement]] = {}
        for rule in self.coverage.requirements:
            found.setdefault((rule.rfc, rule.section), []).append(rule)
        return found

    def _rule(self, rule: Requirement) -> Html:
        proofs = [self.places.proof(word) for word in self.coverage.proofs[rule.id]]
        failing = [_breaker(word) for word in self.coverage.failing.get(rule.id, ())]
        found = (self.findings or {}).get(rule.id, ())
        return join(
            tag(
                "dt",
                tag("a", rule.id, href=f"#{rule.id}"),
                Html(" "),
                tag("span", rule.level, class_="label level"),
                id=rule.id,
            ),
            tag(
                "dd",
                tag("p", rule.rule),
                self._origin(rule),
                tag("p", f"No client can see it: {rule.unobservable}")
                if rule.unobservable
                else None,
                self._broken(found),
                _field("Proven by", listed(proofs, "proofs")),
                _field("Seen to be broken by", listed(failing, "servers and flaws")),
            ),
        )

    def _origin(self, rule: Requirement) -> Html | None:
        if not rule.origin:
            return None
        return tag(
            "p", "From ", self.places.rule(rule.origin), f": {rule.changed or 'word for word'}."
        )

    def _broken(self, findings: Sequence[Finding]) -> Html | None:
        if not findings:
            return None
        cases = dict.fromkeys(case for finding in findings for case in finding.cases)
        links = listed(map(self.places.case, cases), "cases")
        return tag("div", f"{self.server} breaks it, seen in", links, class_="seen")

    # -- section by section ------------------------------------------------------------

    def sections(self) -> Page:
        """Return the page that leads from each section to rules, cases and grammar."""
        rules = self._by_section()
        chapters: dict[tuple[str, str], list[Chapter]] = {}
        for chapter in self.chapters:
            for case in chapter.cases[:1]:
                chapters.setdefault((case.rfc, case.section), []).append(chapter)
        places = sorted(
            rules.keys() | chapters.keys(), key=lambda p: (turn_of(p[0]), section_key(p[1]))
        )
        parts = [self._section(p, rules.get(p, ()), chapters.get(p, ())) for p in places]
        intro = "Each section of the RFCs with its rules, what proves them, and the formal syntax."
        title = "Section by section"
        return Page("sections.html", title, join(tag("h1", title), tag("p", intro), *parts))

    def _section(
        self, place: tuple[str, str], rules: Sequence[Requirement], chapters: Sequence[Chapter]
    ) -> Html:
        links = (tag("a", each.title, href=file_of(each.id)) for each in chapters)
        heads = ("Rule", "Cases and checks", "Formal syntax")
        head = tag("tr", *(tag("th", name, scope="col") for name in heads))
        rows = map(self._row, rules)
        return join(
            tag("h2", _name(place), id=_anchor(place)),
            listed(links, "chapters"),
            tag("table", tag("thead", head), tag("tbody", *rows)) if rules else None,
        )

    def _row(self, rule: Requirement) -> Html:
        words = self.coverage.proofs[rule.id]
        syntax = [self.places.syntax(name) for name in rule.grammar]
        proofs = [self.places.proof(word) for word in words if not bare(word).startswith(GRAMMAR)]
        cases = sum(not bare(word).startswith((GRAMMAR, AMBIENT)) for word in words)
        what = "cases" if cases == len(proofs) else "cases and checks"
        return tag(
            "tr",
            tag("th", self.places.rule(rule.id), scope="row"),
            tag("td", listed(proofs, what)),
            tag("td", listed(syntax, "rules")),
        )


def _name(place: tuple[str, str]) -> str:
    rfc, section = place
    return place_of(rfc, section)


def _anchor(place: tuple[str, str]) -> str:
    return "-".join(place)


def _breaker(word: str) -> Html:
    name = word.removeprefix(_FLAW)
    if name == word:
        return join(word)
    title = FLAWS[name].title if name in FLAWS else ""
    return join("flaw ", tag("code", name), f": {title}" if title else "")


def _field(name: str, value: Html) -> Html | None:
    return tag("div", f"{name} ", value) if value else None
