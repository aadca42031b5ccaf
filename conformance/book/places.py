"""Where in the book everything stands, and links to it.

Only what the book has can be linked to: an id that stands for nothing stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.book.definitions import Definitions
from conformance.casefile.document import Case
from conformance.catalogue.catalogue import Catalogue
from conformance.coverage.proofs import GRAMMAR, bare
from conformance.results.markup import Html, join, tag

_SYNTAX = re.compile(r"\d+-[0-9A-Z.]+-(?P<name>[a-z0-9-]+)")
FEW = 3
"""How many links stand in a row; more of them are folded up."""


def file_of(case_id: str) -> str:
    """Return the page of a case."""
    folder, stem, *_ = case_id.split("/")
    return f"{folder}-{stem}.html"


@dataclass(frozen=True)
class Places:
    """What the book has: the cases of its chapters, the rules, and those of the grammar."""

    cases: tuple[Case, ...]
    catalogue: Catalogue
    definitions: Definitions

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The titles of the headings, by id."""
        titles: dict[str, str] = {}
        for case in self.cases:
            row = case.id.removeprefix(case.heading).removeprefix("/")
            title = case.title.removesuffix(f": {row}") if row else case.title
            titles.setdefault(case.heading, title)
        return titles

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset((*self.titles, *(case.id for case in self.cases)))

    @cached_property
    def _catalogued(self) -> frozenset[str]:
        return frozenset(self.catalogue)  # without the rules of the formal syntax

    def case(self, case_id: str) -> Html:
        """Return a link to a case, or to a heading, under its title."""
        heading = "/".join(case_id.split("/")[:3])
        row = case_id.removeprefix(heading).removeprefix("/")
        if case_id not in self._ids:
            return tag("code", case_id)
        title = f"{self.titles[heading]}: {row}" if row else self.titles[heading]
        return tag("a", title, href=f"{file_of(case_id)}#{case_id}")

    def rule(self, key: str, *, class_: str | None = None) -> Html:
        """Return a link to a rule of the catalogue or of the formal syntax, under its id."""
        href = self._rule(key)
        return tag("a" if href else "span", key, href=href, class_=class_)

    def _rule(self, key: str) -> str | None:
        if key in self._catalogued:
            return f"rules.html#{key}"
        found = _SYNTAX.fullmatch(key)
        name = found["name"].replace("-", "_") if found else ""
        return f"grammar.html#{name}" if name in self.definitions.by_name else None

    def syntax(self, abnf: str) -> Html:
        """Return a link to a rule of the grammar, under the name given."""
        name = abnf.lower().replace("-", "_")
        if name not in self.definitions.by_name:
            return tag("code", abnf)
        return tag("a", tag("code", abnf), href=f"grammar.html#{name}")

    def proof(self, word: str) -> Html:
        """Return what proves a rule, with a link: a case, a check, a rule of the grammar."""
        if bare(word) != word:
            return join(self.proof(bare(word)), ", held under IMAP4rev2")
        kind, colon, name = word.partition(":")
        if word.startswith(GRAMMAR):
            return join("formal syntax: ", self.syntax(name))
        return join(f"{kind} check: ", tag("code", name)) if colon else self.case(word)


def listed(items: Iterable[Html], what: str) -> Html:
    """Return the items, folded up under their number if there are more than a few."""
    parts = [tag("li", item) for item in items]
    if not parts:
        return Html("")
    whole = tag("ul", *parts, class_="plain")
    if len(parts) <= FEW:
        return whole
    return tag("details", tag("summary", f"{len(parts)} {what}"), whole)
