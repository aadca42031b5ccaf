"""Which extensions change each other: pairs that have rules, each with the cases that show them.

Read from the labels of the cases, so that it says what is played and nothing else: a case that
needs two extensions is about both. Revisions of the base, ENABLE, and spellings of literals are not
counted as a partner: nearly everything may be said with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from conformance.casefile.document import Case

_NO_PARTNER = frozenset({"ENABLE", "IMAP4REV1", "IMAP4REV2", "LITERAL+", "LITERAL-"})


@dataclass(frozen=True, slots=True)
class CapabilityPair:
    """Two capabilities in alphabetical order, the rules about both, and their cases."""

    capabilities: tuple[str, str]
    rules: tuple[str, ...]
    cases: tuple[str, ...]

    def to_json(self) -> Mapping[str, object]:
        """Return the JSON form."""
        return {
            "capabilities": list(self.capabilities),
            "rules": list(self.rules),
            "cases": list(self.cases),
        }


def pairs(cases: Iterable[Case]) -> tuple[CapabilityPair, ...]:
    """Return every pair that a case is about."""
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for case in cases:
        needed = sorted({name for each in case.labels.needs if (name := _name(each))})
        for one, other in combinations(needed, 2):
            rules, ids = found.setdefault((one, other), ({}, {}))
            rules.update(dict.fromkeys(case.labels.requirements))
            ids[case.id] = None
    return tuple(
        CapabilityPair(key, tuple(rules), tuple(ids)) for key, (rules, ids) in sorted(found.items())
    )


def _name(alternatives: Iterable[str]) -> str:
    """Return what a case needs by one name, of alternatives the first; "" for no partner."""
    names = sorted(alternatives)
    if _NO_PARTNER.intersection(names) or names[0].startswith("AUTH="):
        return ""
    return names[0].removesuffix("=")
