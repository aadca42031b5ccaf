"""What the words of the protocol mean, in one line each: the reader of `grammar/*.toml`.

`meanings.toml` has the kinds of words (command, response code, flag, ...) and the words of RFC
3501; the words of another RFC stand in a file of its name, beside its grammar. A word is known by
its kind, or by the rule of the formal syntax in which it stands as a keyword. Parsing, and showing
a meaning to anybody, is elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from conformance import data
from conformance.extending.documents import document_of, place_of, turn_of
from conformance.syntax.modules import state_of

COMMAND = "command"
"""The kind whose words are commands."""
RULE = "rule"
"""The kind whose words are the names of rules."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word means.

    `word` is spelt as the protocol does, `kind` names its table, `of` says the kind in plain
    words. `section` is one of RFC number `rfc`.
    """

    kind: str
    of: str
    word: str
    rfc: str
    section: str
    says: str

    @property
    def state(self) -> str:
        """The state in which a command is valid, as a grammar file says; empty for other words."""
        return state_of(self.word) if self.kind == COMMAND else ""

    @property
    def reference(self) -> str:
        """The section with its RFC, for people."""
        return place_of(self.rfc, self.section)


class Meanings:
    """All meanings, by kind and word and by the rules in which the words stand."""

    def __init__(self, tables: Mapping[str, Mapping[str, object]]) -> None:
        """Take the tables of the first file, which says what the kinds are.

        Raises:
            KeyError, TypeError: an entry lacks something, or has too much.
        """
        self._of = {kind: str(table["of"]) for kind, table in tables.items()}
        self._kinds: dict[str, dict[str, Meaning]] = {kind: {} for kind in tables}
        self._by_rule: dict[str, list[str]] = {}
        self.add("3501", tables)

    def add(self, rfc: str, tables: Mapping[str, Mapping[str, object]]) -> None:
        """Take the tables of a further file, whose words are those of a document.

        What is known already stays: the RFC that came first has a word.

        Raises:
            KeyError, TypeError: an entry lacks something, or has too much; no such kind.
        """
        for kind, table in tables.items():
            known, words = self._kinds[kind], table.get("words", {})
            if not isinstance(words, Mapping):
                raise TypeError(f"{kind}: words is no table")
            for word, entry in words.items():
                meaning = Meaning(kind, self._of[kind], word, **{"rfc": rfc, **entry})
                known.setdefault(word.upper(), meaning)
            for rule in str(table.get("rules", "")).split():
                self._by_rule.setdefault(rule, []).append(kind)

    def of_kind(self, kind: str) -> Mapping[str, Meaning]:
        """Return the meanings of one kind, by the word in capitals."""
        return MappingProxyType(self._kinds[kind])

    def get(self, kind: str, word: str) -> Meaning | None:
        """Return the meaning of a word of a kind, whatever its letter case; None if unknown."""
        return self._kinds[kind].get(word.upper())

    def rule(self, name: str) -> Meaning | None:
        """Return what a rule of the formal syntax, by its ABNF name, stands for."""
        return self.get(RULE, name)

    def keyword(self, rule: str, word: str) -> Meaning | None:
        """Return what `word` means as a keyword of `rule` (ABNF name)."""
        found = (self.get(kind, word) for kind in self._by_rule.get(rule, ()))
        return next((meaning for meaning in found if meaning), None)

    def is_explained(self, rule: str) -> bool:
        """Whether the keywords of a rule (ABNF name) are words of some kind."""
        return rule in self._by_rule


@lru_cache(maxsize=1)
def load_meanings() -> Meanings:
    """Read the files; they are read once."""
    with (data.GRAMMAR / "meanings.toml").open("rb") as file:
        meanings = Meanings(tomllib.load(file))
    others = (file for file in data.GRAMMAR.glob("*.toml") if document_of(file.stem))
    for path in sorted(others, key=lambda each: turn_of(document_of(each.stem))):
        with path.open("rb") as file:
            meanings.add(document_of(path.stem), tomllib.load(file))
    return meanings
