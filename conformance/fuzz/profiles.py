"""Profiles and phases of a search: how much of what is tried. A table, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PHASES: tuple[str, ...] = ("commands", "mutants", "programs", "content")
"""What a search is made of, in this order."""

TITLES: Mapping[str, str] = {
    "commands": "Commands generated from the grammar are answered rightly in every state.",
    "mutants": "Commands broken in one place are refused, and the server stays in step.",
    "programs": "Whatever several sessions do, all of them and a fresh one agree with the model.",
    "content": "What FETCH and SEARCH say of generated messages is what the messages hold.",
}

SECTIONS: Mapping[str, str] = {
    "commands": "6",
    "mutants": "2.2.2",
    "programs": "5.2",
    "content": "6.4.5",
}
"""The section of RFC 3501, and of RFC 9051, that a phase is filed under."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How much a search tries. Counts say it, so that it is the same on every machine."""

    every_state: bool
    """Try the cover in all states, also where a command is out of place."""
    pairs: bool
    """Cover every pair of alternatives, not only every alternative."""
    generated: int
    """Commands generated from the grammar."""
    every_mutant: int
    """Of all mutants of the cover, each so-manieth is sent in each state."""
    broken: int
    """Mutants of generated commands, in each state."""
    programs: int
    messages: int
    shrinks: int
    """Smaller things that are tried to shrink each failure that was generated."""
    seconds: float | None = None
    """Where somebody asks for a time: each phase begins again with another seed for so long,
    unless the command line gives a budget."""


PROFILES: Mapping[str, Profile] = {
    "quick": Profile(
        every_state=False,
        pairs=False,
        generated=50,
        every_mutant=241,
        broken=10,
        programs=30,
        messages=20,
        shrinks=16,
    ),
    "thorough": Profile(
        every_state=True,
        pairs=True,
        generated=2000,
        every_mutant=5,
        broken=1000,
        programs=1200,
        messages=800,
        shrinks=150,
    ),
    "soak": Profile(
        every_state=True,
        pairs=False,
        generated=1000,
        every_mutant=7,
        broken=300,
        programs=400,
        messages=300,
        shrinks=100,
        seconds=450.0,
    ),
}
