"""Which breaches that ambient checks saw in a case are told: what is told in other words is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.checks.finding import Breach
from conformance.play.said import last_refused
from conformance.results.collector import default_deviation
from conformance.run.causes import Causes


def worth_telling(
    held: Iterable[Breach], told: str, causes: Causes | None, mailbox: str | None
) -> Iterator[Breach]:
    """Return those breaches that neither `told` nor a premise tells of already.

    `told` is what deviated, if that is reported; `mailbox` the fixture of the case. Without
    `causes` a case stands by itself.
    """
    silent = set[str]()
    for breach in held:
        if told and _says_more(told, breach.deviation):
            continue
        own = words = breach.deviation or default_deviation(breach)
        refused = words.endswith(": BAD instead of OK")
        if refused and breach.excerpt:
            words = last_refused(breach.excerpt)  # names the form of the command as well
        explained = causes is not None and causes.behind(words, mailbox=mailbox)
        # What was reported before has no excerpt, so that the form can not be told.
        if explained and (breach.excerpt or not refused):
            silent.add(own)
        if own not in silent:
            yield breach


def _says_more(deviation: str, other: str) -> bool:
    """Whether a deviation is another one in more words: of the same command, with the same end."""
    command, _, what = other.partition(": ")
    return deviation.startswith(command) and deviation.endswith(f": {what}")
