"""Many flaws checked on servers of our own, several at a time in processes of their own."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import queue
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing.queues import Queue
from pathlib import Path
from typing import TypeAlias

from conformance.casefile.suite import Suite
from conformance.flaws.attribution import ATTRIBUTIONS
from conformance.flaws.catalogue import ALLOWED, FACADES, FLAWS
from conformance.flaws.found import Found, load_found
from conformance.play.protocol import Protocol
from conformance.results.known import KnownDeviations
from conformance.selfcheck.attribution import Attributed, attribute
from conformance.selfcheck.check import Fairness, FlawVerdict, check, check_allowed
from conformance.selfcheck.stand import FlawedTarget, Stand
from conformance.targets import SERVERS

Checked: TypeAlias = FlawVerdict | Fairness | Attributed

_LEAST = 6
"""Flaws for which a server is worth its start."""
_AHEAD = 10
"""Flaws whose cases are played on the untouched server together: alone, each case costs a run."""
_LOOK = 0.2
"""Seconds between two looks at whether a process has died."""
_LATE = 10.0
"""Seconds in which what a process has handed over arrives."""

DEFAULT_SERVER = "dovecot"
"""The server for everything that does not ask for another."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How everything is checked.

    `full` and `thorough` are those of `check`. With `attribution` it is seen where the findings of
    a flaw are filed, over all cases, or over `sample` of them. `output` keeps the records.
    """

    full: bool = False
    thorough: bool = False
    attribution: bool = False
    sample: int = 0
    output: Path | None = None
    known: Path | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What one process does: flaws and allowed behaviours in front of one server.

    `facade` makes the server speak an extension that it does not know; see `Flaw.facade`. `rev2`:
    cases are played under IMAP4rev2. `number` counts the shares of one such server.
    """

    server: str
    facade: str
    flaws: tuple[str, ...]
    allowed: tuple[str, ...]
    manner: Manner
    rev2: bool = False
    number: int = 1

    @property
    def apart(self) -> str:
        """The folder, beside those of the flaws, for what no other share may write to."""
        words = ("untouched", self.server, self.facade, "rev2" * self.rev2, str(self.number))
        return "-".join(filter(None, words))


def share_out(
    names: Sequence[str],
    *,
    server: str,
    jobs: int,
    manner: Manner,
) -> list[Work]:
    """Share flaws and allowed behaviours out, those of one server to few shares, largest first.

    `server` is for those that do with any.
    """
    rows = {name: FLAWS.get(name) or ALLOWED[name] for name in names}
    works: list[Work] = []
    # What is known is known of one server, which is played for whatever was named.
    behind = {
        name: ((not manner.known and row.backend) or server, row.facade, row.of_rev2)
        for name, row in rows.items()
    }
    for each in sorted(set(behind.values())):
        here = [name for name, its in behind.items() if its == each]
        shares = min(jobs, math.ceil(len(here) / _LEAST))
        for number in range(shares):
            mine = here[number::shares]
            flaws = tuple(name for name in mine if name in FLAWS)
            allowed = tuple(name for name in mine if name in ALLOWED)
            name_of_server, facade, rev2 = each
            works.append(Work(name_of_server, facade, flaws, allowed, manner, rev2, number + 1))
    return sorted(works, key=lambda work: -len(work.flaws) - len(work.allowed))


@cache
def _suite() -> Suite:
    """The suite, which a process reads once for all of its shares."""
    return Suite()


def do(work: Work) -> Iterator[Checked]:
    """Start the server of a share of the work and check what is in it, one by one.

    Raises:
        TargetError: the server can not be started.
        KnownError: the file of known deviations is wrong.
    """
    manner = work.manner
    found = load_found()
    known = KnownDeviations.load(manner.known) if manner.known else None
    with ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory()))
        server = open_.enter_context(SERVERS[work.server]())
        if work.facade:
            server = open_.enter_context(FlawedTarget(server, FACADES[work.facade], folder))
        protocol: Protocol = "rev2" if work.rev2 else "rev1"
        stand = Stand(server, _suite(), manner.output or folder, known, protocol, apart=work.apart)
        stand.warm_up()
        if manner.attribution:
            for name in (*work.flaws, *work.allowed):
                row = ATTRIBUTIONS[name]
                yield attribute(stand, row, sample=manner.sample, full=manner.full)
            return
        for place, name in enumerate(work.flaws):
            if place % _AHEAD == 0 and not manner.full:
                stand.untouched(_recorded(work.flaws[place : place + _AHEAD], found, stand))
            flaw = FLAWS[name]
            yield check(stand, flaw, found.get(name), full=manner.full, thorough=manner.thorough)
        for name in work.allowed:
            yield check_allowed(stand, ALLOWED[name], full=manner.full)


def _recorded(flaws: Sequence[str], found: Mapping[str, Found], stand: Stand) -> list[str]:
    """Return the cases that are recorded of these flaws, each once, and that there are."""
    rows = [found[name] for name in flaws if name in found]
    named = (case for row in rows for case in (*row.cases, *row.alone.values()))
    return [case for case in dict.fromkeys(named) if case in stand.cases]


_results: Queue[Checked]
"""Where a process of the pool hands over what it has checked."""


def _begin(results: Queue[Checked]) -> None:
    global _results  # noqa: PLW0603  # a queue reaches a process of a pool when it starts only
    _results = results


def _hand_over(work: Work) -> int:
    """Do a share of the work; return how much was handed over."""
    number = 0
    for checked in do(work):
        _results.put(checked)
        number += 1
    return number


def check_all(works: Sequence[Work], jobs: int) -> Iterator[Checked]:
    """Do all of the work, so many shares beside one another; what is checked comes at once.

    Raises:
        TargetError: a server can not be started.
    """
    if len(works) == 1:
        yield from do(works[0])
        return
    context = multiprocessing.get_context("spawn")
    results: Queue[Checked] = context.Queue()
    with ProcessPoolExecutor(
        min(jobs, len(works)), mp_context=context, initializer=_begin, initargs=(results,)
    ) as pool:
        try:
            yield from _as_they_come(pool, works, results)
        except BaseException:  # Ctrl-C, too: what waits is not begun, what goes on is ended
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _as_they_come(
    pool: ProcessPoolExecutor, works: Sequence[Work], results: Queue[Checked]
) -> Iterator[Checked]:
    shares = {pool.submit(_hand_over, work) for work in works}
    owed = 0
    while shares:
        with contextlib.suppress(queue.Empty):
            yield results.get(timeout=_LOOK)
            owed -= 1
        done = {share for share in shares if share.done()}
        owed += sum(share.result() for share in done)
        shares -= done
    for _ in range(owed):
        yield results.get(timeout=_LATE)
