"""What the words of the protocol mean, in one line each: the reader of `grammar/*.toml`.

`meanings.toml` has the kinds of words, and those of RFC 3501; `rfc6851.toml` what that RFC adds. A
word is known by its kind (command, response code, flag, ...) or by the rule of the formal syntax
in which it stands as a keyword. Parsing, and showing a meaning to anybody, is elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from conformance import data
from conformance.syntax.modules import state_of

BASE = "3501"
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
        return f"RFC {self.rfc} section {self.section}"


class Meanings:
    """All meanings, by kind and word and by the rules in which the words stand."""

    def __init__(self, tables: Mapping[str, Mapping[str, object]]) -> None:
        """Take the tables of the file.

        Raises:
            KeyError, TypeError: an entry lacks something, or has too much.
        """
        self._kinds: dict[str, dict[str, Meaning]] = {}
        self._of: dict[str, str] = {}
        self._by_rule: dict[str, list[str]] = {}
        for kind, table in tables.items():
            of, rules, words = str(table["of"]), str(table["rules"]), table["words"]
            if not isinstance(words, Mapping):
                raise TypeError(f"{kind}: words is no table")
            self._of[kind] = of
            self._kinds[kind] = {}
            self._take(kind, rules, words, BASE)

    def add(self, rfc: str, tables: Mapping[str, Mapping[str, object]]) -> None:
        """Take what an RFC adds: `words` of kinds that there are, `rules` that they stand in.

        Raises:
            KeyError, TypeError: an entry lacks something, or has too much, or is there already.
        """
        for kind, table in tables.items():
            words = table.get("words", {})
            if not isinstance(words, Mapping):
                raise TypeError(f"{kind}: words is no table")
            self._take(kind, str(table.get("rules", "")), words, rfc)

    def _take(self, kind: str, rules: str, words: Mapping[str, Any], rfc: str) -> None:
        for word, entry in words.items():
            if word.upper() in self._kinds[kind]:
                raise KeyError(f"{kind}: {word} is there already")
            meaning = Meaning(kind, self._of[kind], word, **{"rfc": rfc, **entry})
            self._kinds[kind][word.upper()] = meaning
        for rule in rules.split():
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
    meanings = Meanings(tomllib.loads((data.GRAMMAR / "meanings.toml").read_text("utf-8")))
    for path in sorted(data.GRAMMAR.glob("rfc*.toml")):
        rfc = path.stem.removeprefix("rfc").partition("_")[0]
        meanings.add(rfc, tomllib.loads(path.read_text("utf-8")))
    return meanings
