"""Which phases of drawn sessions a run has, from its selection and its options.

The phases themselves are in `fuzz`; `runner` makes items of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.campaign import FUZZ, Campaign


def split(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part prefixes of case ids from those that mean drawn sessions (`fuzz`, `fuzz/programs`)."""
    drawn = tuple(word for word in words if word == FUZZ or word.startswith(f"{FUZZ}/"))
    return tuple(word for word in words if word not in drawn), drawn


def phases_of(campaign: Campaign, asked: Sequence[str], *, selecting: bool) -> tuple[str, ...]:
    """Return the phases that a run has.

    `asked` are the words that mean drawn sessions; without any, a run that selects cases draws
    nothing unless it was told a profile.
    """
    drawing = campaign.settings.drawing
    if asked:
        return tuple(
            phase for phase in drawing.phases if f"{FUZZ}/{phase}".startswith(tuple(asked))
        )
    return () if selecting and not drawing.told else drawing.phases
