"""Many flaws checked on servers of our own, several at a time in processes of their own."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from conformance.casefile.suite import Suite
from conformance.flaws.allowed import ALLOWED
from conformance.flaws.catalogue import FLAWS
from conformance.flaws.found import load_found
from conformance.selfcheck.check import Fairness, Verdict, check, check_allowed
from conformance.selfcheck.stand import Stand
from conformance.targets import SERVERS

DEFAULT_SERVER = "dovecot"
"""The server for everything that does not ask for another."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one process does: flaws and allowed behaviours in front of one server."""

    server: str
    flaws: tuple[str, ...]
    allowed: tuple[str, ...]
    full: bool
    thorough: bool
    output: Path | None


def share_out(
    names: Sequence[str],
    *,
    server: str,
    full: bool,
    thorough: bool,
    jobs: int,
    output: Path | None,
) -> list[Work]:
    """Share flaws and allowed behaviours out to so many processes for each server that they need.

    `server` is for those that do with any.
    """
    rows = {name: FLAWS.get(name) or ALLOWED[name] for name in names}
    works: list[Work] = []
    for each in sorted({row.backend or server for row in rows.values()}):
        here = [name for name, row in rows.items() if (row.backend or server) == each]
        for number in range(min(jobs, len(here))):
            mine = here[number::jobs]
            flaws = tuple(name for name in mine if name in FLAWS)
            allowed = tuple(name for name in mine if name in ALLOWED)
            works.append(Work(each, flaws, allowed, full, thorough, output))
    return works


def do(work: Work) -> Iterator[Verdict | Fairness]:
    """Start the server of a share of the work and check what is in it, one by one.

    Raises:
        TargetError: the server can not be started.
    """
    found = load_found()
    with SERVERS[work.server]() as server, tempfile.TemporaryDirectory() as folder:
        stand = Stand(server, Suite(), work.output or Path(folder))
        for name in work.flaws:
            yield check(stand, FLAWS[name], found.get(name), full=work.full, thorough=work.thorough)
        for name in work.allowed:
            yield check_allowed(stand, ALLOWED[name], full=work.full)


def _all_of(work: Work) -> list[Verdict | Fairness]:
    return list(do(work))


def check_all(works: Sequence[Work]) -> Iterator[Verdict | Fairness]:
    """Do all of the work, the shares beside one another.

    Raises:
        TargetError: a server can not be started.
    """
    if len(works) == 1:
        yield from do(works[0])
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(works), mp_context=context) as pool:
        for done in as_completed([pool.submit(_all_of, work) for work in works]):
            yield from done.result()
