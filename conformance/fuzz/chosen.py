"""Choosing messages by numbers that were drawn, and naming them in a command.

Expunged messages that a session still knows are left out of sets of numbers, for RFC 2180 section 4
leaves servers many ways to answer those; by UID they are named.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.casefile.compose import Piece
from conformance.fuzz.conduct import Conduct
from conformance.model.store import Message


def choose(picks: Sequence[int], among: Sequence[Message]) -> list[Message]:
    """Return the messages that drawn numbers choose, in the order of the mailbox."""
    if not among:
        return []
    chosen = {among[pick % len(among)] for pick in picks}
    return [message for message in among if message in chosen]


def name_some(
    conduct: Conduct, who: str, picks: Sequence[int], *, by_uid: bool
) -> tuple[list[Message], list[Piece]]:
    """Choose messages and write their set; empty when a session has nothing to choose from."""
    view = conduct.views[who]
    if view.adrift or view.mailbox is None:
        return [], []
    chosen = choose(picks, view.told if by_uid else view.alive)
    if by_uid:
        conduct.learn_uids(who, [message for message in chosen if not message.gone])
        # A message that went away can be named if its UID was ever shown.
        chosen = [message for message in chosen if conduct.has_shown(message)]
        names: list[Piece] = []
        for message in chosen:
            names += [b",", conduct.uid(message)]
        return chosen, names[1:]
    return chosen, [ranges([view.number(message) for message in chosen])] if chosen else []


def ranges(numbers: Sequence[int]) -> bytes:
    """Write ascending numbers as a sequence-set, neighbours as a range."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return b",".join(b":".join(b"%d" % end for end in span) for span in spans)
