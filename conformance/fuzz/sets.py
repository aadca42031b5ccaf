"""Choosing among the messages that a session knows, and writing what was chosen.

Numbers that were generated choose among what is there, so that every program can be had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.casefile.compose import ComposedPiece
from conformance.fuzz.executor import FLAGS, Executor
from conformance.model.store import Flags, StoredMessage


def choose(picks: Sequence[int], among: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return the messages that generated numbers choose, in the order of the mailbox."""
    if not among:
        return []
    chosen = {among[pick % len(among)] for pick in picks}
    return [message for message in among if message in chosen]


def sequence(
    executor: Executor, who: str, picks: Sequence[int], *, by_uid: bool, gone: bool = True
) -> tuple[list[StoredMessage], list[ComposedPiece]]:
    """Choose messages and write their set; empty when there is nothing to choose.

    `gone`: by UID also those that were removed and that the session still knows.
    """
    view = executor.views[who]
    chosen = choose(picks, view.told if by_uid and gone else view.alive)
    if by_uid:
        executor.learn_uids(who, [message for message in chosen if not message.gone])
        # A message that went away can be named if its UID was ever shown.
        chosen = [message for message in chosen if executor.has_shown(message)]
        names: list[ComposedPiece] = []
        for message in chosen:
            names += [b",", executor.uid(message)]
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


def generated_flags(executor: Executor, picks: Iterable[int]) -> list[bytes]:
    """Return the flags that generated numbers choose, of those that the mailboxes keep."""
    usable = [
        flag
        for flag in FLAGS
        if (flag not in executor.fleeting if flag.startswith(b"\\") else executor.keywords)
    ]
    return list(dict.fromkeys(usable[pick % len(usable)] for pick in picks)) if usable else []


def upper(flags: Iterable[bytes]) -> Flags:
    """Return flags in capitals, as the model has them."""
    return frozenset(flag.upper() for flag in flags)
