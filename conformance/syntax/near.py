"""What somebody may have meant who mistyped a name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST = 3


def near(name: str, among: Iterable[str], *, within: bool = True) -> list[str]:
    """Return the few names that are most like one, whatever the letter case; none if none is.

    `within`: also such that have it in them.
    """
    names = {each.lower(): each for each in among}
    word = name.lower()
    found = difflib.get_close_matches(word, names, n=_MOST, cutoff=0.65)
    if within and word:
        found += [each for each in names if word in each and each not in found][:_MOST]
    return [names[each] for each in found[: 2 * _MOST]]


def question(name: str, among: Iterable[str], *, within: bool = True, none: str = "") -> str:
    """Return what is near a name as the end of a message: `: this or that?`; else `none`."""
    found = near(name, among, within=within)
    return f": {' or '.join(found)}?" if found else none
