"""What became of the rules of one RFC in a later one that revises it or takes it in.

`cases/rfc<new>/from-<old>.toml` has each rule of the old RFC once: carried over word for word,
changed, or gone. A carried rule is written nowhere else: it gets the id `<new>-<section>-<slug>`,
and level, kind and sentence of the old one. What the new RFC states as a rule of its own is `same`
as that; what it has not taken in, so that it binds servers that announce the old RFC, `stays`.
Whoever plays cases of the old RFC under the new one asks `Catalogue.under` what the rules that they
name are called there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.catalogue.errors import CaseError
from conformance.catalogue.levels import LEVELS
from conformance.catalogue.requirements import KINDS, Requirement, line_of, read_toml
from conformance.extending.documents import document_of, parse_id

FILES = "rfc*/from-*.toml"
_TABLES = {
    "without_enable",
    "syntax_gone",
    "lines_gone",
    "carried",
    "changed",
    "same",
    "stays",
    "gone",
    "changes",
}
_SYNTAX = {"9051": "9"}
"""The section that has the formal syntax of an RFC."""
_LINES = {"sent", "answered", "forbidden"}
_CHANGED = {"id", "what", "rule", "level", "kind", "grammar", "unobservable", "cases"}
_GONE = {"why", "instead"}


@dataclass(frozen=True, slots=True)
class RuleGone:
    """Why a rule is gone, with the clause, and the ids of the rules that took its place."""

    why: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A table of `old` and `new` RFC, which are their numbers.

    `rules` are those of the new RFC that were carried over or changed, by the ids of the old ones;
    `same` are ids of rules that the new RFC has by itself, `stays` rules that stay what they are.
    `without_enable` names sections whose rules bind in sessions that have not gone over to the
    new revision. `syntax_gone` has the names of rules of the formal syntax that are no more.
    `sent_gone` and `answered_gone` find lines, of clients and servers, that it does not have, and
    `forbidden_gone` what a server must not send in cases of the old RFC, and has to in the new one.
    `changes` has the items of the new RFC's own list of changes, by number: ids of rules, or why
    an item is found in none.
    """

    old: str
    new: str
    rules: Mapping[str, Requirement]
    gone: Mapping[str, RuleGone]
    without_enable: frozenset[str]
    syntax_gone: frozenset[str]
    sent_gone: re.Pattern[str]
    answered_gone: re.Pattern[str]
    forbidden_gone: re.Pattern[str]
    changes: Mapping[int, tuple[str, ...] | str]
    same: Mapping[str, str]
    stays: frozenset[str]

    @property
    def has_lines(self) -> bool:
        """Whether there are lines that the new RFC does not have."""
        patterns = (self.sent_gone, self.answered_gone, self.forbidden_gone)
        return any(each.pattern != _NO_LINE for each in patterns)

    def now(self, key: str) -> str | None:
        """Return the id in the new RFC of a rule of the old one, None where it is gone.

        Rules of the formal syntax keep their names.
        """
        if key in self.stays:
            return key
        _, section, slug = key.split("-", 2)
        if key in self.gone or slug in self.syntax_gone:
            return None
        if key in self.same:
            return self.same[key]
        section = _SYNTAX.get(self.new, section)
        return self.rules[key].id if key in self.rules else f"{self.new}-{section}-{slug}"


def load_revision(path: Path, old: Mapping[str, Requirement]) -> Revision:
    """Read the table of a file `rfc<new>/from-<old>.toml`; `old` has the rules of the old RFC.

    Raises:
        CaseError: it is not of the form above, a rule of the old RFC stands in it twice or not at
            all, or one that the old RFC does not have.
    """
    table = read_toml(path)
    if unknown := sorted(set(table) - _TABLES):
        raise CaseError(path, line_of(path, unknown[0]), f"unknown key {unknown[0]}")
    carried, changed, gone = (_table(path, table, name) for name in ("carried", "changed", "gone"))
    same, stays = _table(path, table, "same"), frozenset(table.get("stays", ()))
    places = Counter((*carried, *changed, *same, *stays, *gone))
    for key in sorted(key for key in places.keys() | old.keys() if places[key] * (key in old) != 1):
        raise CaseError(path, line_of(path, key), f"{key} does not stand here exactly once")
    new, number = document_of(path.parent.name), path.stem.removeprefix("from-")
    rules = dict(_carried(path, new, carried, old)) | dict(_changed(path, new, changed, old))
    return Revision(
        old=number,
        new=new,
        rules=rules,
        gone={key: _gone(path, key, entry) for key, entry in gone.items()},
        without_enable=frozenset(table.get("without_enable", ())),
        syntax_gone=frozenset(table.get("syntax_gone", ())),
        sent_gone=_lines(path, table, "sent"),
        answered_gone=_lines(path, table, "answered"),
        forbidden_gone=_lines(path, table, "forbidden"),
        changes={
            int(number): item if isinstance(item, str) else tuple(item)
            for number, item in _table(path, table, "changes").items()
        },
        same=same,
        stays=stays,
    )


def _table(path: Path, table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, dict):
        raise CaseError(path, line_of(path, name), f"{name} is a table")
    return found


_NO_LINE = r"(?!)"


def _lines(path: Path, table: Mapping[str, Any], side: str) -> re.Pattern[str]:
    given = _table(path, table, "lines_gone")
    if not set(given) <= _LINES:
        raise CaseError(
            path, line_of(path, "[lines_gone]"), "lines_gone has sent, answered, forbidden"
        )
    try:
        return re.compile(given.get(side, _NO_LINE))
    except re.error as error:
        raise CaseError(path, line_of(path, f"{side} = "), f"{side}: {error}") from None


def _carried(
    path: Path, new: str, carried: Mapping[str, Any], old: Mapping[str, Requirement]
) -> Iterator[tuple[str, Requirement]]:
    for key, section in carried.items():
        slug = key.split("-", 2)[2]
        now = f"{new}-{section}-{slug}"
        _section(path, key, now)
        its = replace(old[key], id=now, rfc=new, section=section, origin=key, same_cases=True)
        yield key, its


def _changed(
    path: Path, new: str, changed: Mapping[str, Any], old: Mapping[str, Requirement]
) -> Iterator[tuple[str, Requirement]]:
    for key, entry in changed.items():
        if not isinstance(entry, dict) or not {"id", "what"} <= set(entry) <= _CHANGED:
            raise _wrong(path, key, "a changed rule has id, what, and what is otherwise now")
        was, same = old[key], entry.get("cases", False)
        level, kind = entry.get("level", was.level), entry.get("kind", was.kind)
        if level not in LEVELS or kind not in KINDS:
            raise _wrong(path, key, f"no level is {level}, or no kind {kind}")
        grammar = entry["grammar"].split() if "grammar" in entry else was.grammar if same else ()
        yield (
            key,
            Requirement(
                id=entry["id"],
                rfc=new,
                section=_section(path, key, entry["id"]),
                level=level,
                kind=kind,
                rule=entry.get("rule", was.rule),
                grammar=tuple(grammar),
                unobservable=entry.get("unobservable", was.unobservable),
                origin=key,
                changed=entry["what"],
                same_cases=same,
            ),
        )


def _section(path: Path, key: str, now: str) -> str:
    parts = parse_id(now)
    if not parts:
        raise _wrong(path, key, f"{now} is no id")
    return parts.section


def _gone(path: Path, key: str, entry: Any) -> RuleGone:
    if not isinstance(entry, dict) or not {"why"} <= set(entry) <= _GONE:
        raise _wrong(path, key, "a rule that is gone has why, and perhaps instead")
    return RuleGone(entry["why"], tuple(entry.get("instead", ())))


def check_same(path: Path, revision: Revision, known: Collection[str]) -> None:
    """See that the rules which a table says to be the same are among those that are known.

    Raises:
        CaseError: one is not.
    """
    for key, now in sorted(revision.same.items()):
        if now not in known:
            raise _wrong(path, key, f"there is no rule {now}")


def _wrong(path: Path, key: str, message: str) -> CaseError:
    return CaseError(path, line_of(path, key), f"{key}: {message}")
