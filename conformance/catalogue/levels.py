"""Levels of requirement (BCP 14) and what a case of each level may end in."""

from __future__ import annotations

from typing import Literal, TypeAlias

Level: TypeAlias = Literal["MUST", "SHOULD", "MAY"]
Verdict: TypeAlias = Literal["pass", "fail", "warn", "yes", "no", "skip", "blocked", "error"]

LEVELS: tuple[Level, ...] = ("MUST", "SHOULD", "MAY")
"""Strongest first."""

MET: dict[Level, Verdict] = {"MUST": "pass", "SHOULD": "pass", "MAY": "yes"}
UNMET: dict[Level, Verdict] = {"MUST": "fail", "SHOULD": "warn", "MAY": "no"}


def strongest(levels: list[Level]) -> Level:
    """Return the strongest of some levels."""
    return min(levels, key=LEVELS.index)
