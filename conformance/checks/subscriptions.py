"""Which checks look at a response: all that there are, by the name of it and by what is in it.

Most checks are about few responses, and most responses have nothing that most checks are about. So
who looks is found once for each kind of response, and kept: a response costs those that look.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from conformance.checks.table import Check, Judge
from conformance.extending import registry
from conformance.extending.offered import INCLUDED, offers, speaks_rev2
from conformance.wire.dialogue import Arrival

CHECKS: tuple[Check, ...] = registry.rows(__name__, "CHECKS", Check)
"""Every check of a response, in the order in which they look."""

Looking: TypeAlias = tuple[tuple[str, Judge], ...]
"""Checks in their order: the name of each, and what it does."""

_KINDS_KEPT = 2_000

_BY_WORDS = frozenset(key for check in CHECKS if check.words for key in check.keys)
_WORDS = re.compile(
    b"|".join(
        re.escape(word)
        for word in sorted(
            {word for check in CHECKS for word in check.words}, key=len, reverse=True
        )
    )
)


class Table:
    """The checks of sessions that know the same extensions; asked for each of their responses."""

    def __init__(self, announced: frozenset[str], enabled: frozenset[str]) -> None:
        if "IMAP4REV2" in announced and speaks_rev2(announced, enabled):
            announced |= INCLUDED
        self._by_key: dict[str, list[Check]] = {}
        for check in CHECKS:
            if offers(announced, check.needs) and (not check.enabled or check.enabled in enabled):
                for key in check.keys:
                    self._by_key.setdefault(key, []).append(check)
        self._all: dict[str, Looking] = {
            key: tuple((check.name, check.judge) for check in checks)
            for key, checks in self._by_key.items()
        }
        self._kinds: dict[tuple[str, tuple[bytes, ...]], Looking] = {}

    def looking(self, key: str, arrival: Arrival) -> Looking:
        """Return the checks that look at a response, whose key this is (see `view.key_of`)."""
        if key not in _BY_WORDS:
            return self._all.get(key, ())
        # What a FETCH response has is known by the names of its items, where these are plain.
        there = arrival.response.names if key == "FETCH" else None
        if there is None:
            there = tuple(_WORDS.findall(arrival.frame.text.upper()))
        found = self._kinds.get((key, there))
        if found is None:
            found = tuple(
                (check.name, check.judge)
                for check in self._by_key.get(key, ())
                if not check.words or any(word in each for word in check.words for each in there)
            )
            if len(self._kinds) >= _KINDS_KEPT:  # clients choose names of sections
                self._kinds.clear()
            self._kinds[key, there] = found
        return found


@lru_cache(maxsize=256)
def table_of(announced: frozenset[str], enabled: frozenset[str]) -> Table:
    """Return the checks under what is announced and enabled, both in capitals."""
    return Table(announced, enabled)
