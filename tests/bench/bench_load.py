# ruff: noqa: E402 - sockets have to be cooperative before anybody has them
"""What a load run costs: users on one mailbox with all checks, and the same users with none.

    python tests/bench/bench_load.py [--rounds N] [--commands N] [--users N] [--one-core]

Users of a mix, run by Locust as `load` runs them, on one mailbox of a private Dovecot and without
pauses. With checks is what `load` does; without, a session is followed as far as commands can be
filled in, and nothing is judged or remembered; bare is imaplib asking for one message's flags again
and again in as many threads of gevent. Milliseconds of this process for a command, and commands a
second: with `--one-core` the server shares the processor. Rounds take turns; only the ratios of one
run mean something. `--profile FILE` keeps where the time goes, for `python -m pstats`.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse
import cProfile
import imaplib
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import NamedTuple

import gevent

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.load import engine
from conformance.load.keeper import Keeper
from conformance.load.letters import letter
from conformance.load.mix import load_mix, parse_mix
from conformance.load.outages import Outages
from conformance.load.user import LoadClient, TimedCommand, UsersPlace
from conformance.targets.dovecot import DovecotTarget
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.exchange import Ending, Literal
from conformance.wire.observed import Observed

LONG = 600.0
"""Seconds after which a round ends however few its commands were."""


class Following(Monitor):
    """Knows of a session what commands are filled in from, and judges nothing."""

    def arrival(self, session: Observed, arrival: Arrival) -> None:
        self.follow(session, arrival)


class Deaf(Keeper):
    """Writes no ledger."""

    def command(self, session: Observed, command: Command) -> None:
        pass

    def arrival(self, session: Observed, arrival: Arrival) -> None:
        pass

    def ended(self, session: Observed, ending: Ending) -> None:
        pass


class Cost(NamedTuple):
    """What a round took, in seconds: of this process, and by the clock."""

    commands: int
    processor: float
    clock: float


@contextmanager
def measured(costs: list[Cost], commands: Callable[[], int]) -> Iterator[None]:
    processor, clock = time.process_time(), time.perf_counter()
    yield
    spent = time.process_time() - processor, time.perf_counter() - clock
    costs.append(Cost(commands(), *spent))


def place_on(target: DovecotTarget, mix_name: str, name: bytes, *, checks: bool) -> UsersPlace:
    """Make one mailbox and fill it; `checks`: whether what comes from it is judged."""
    found: list[Breach] = []
    monitor = (Monitor if checks else Following)(found.append)
    keeper = (Keeper if checks else Deaf)(monitor)
    monitor.begin("bench")
    mix = replace(parse_mix(*load_mix(mix_name)), mailboxes=1, pause=(0.0, 0.0))
    place = UsersPlace(
        target.endpoint, target.accounts[0], mix, (name,), name, monitor, keeper, Outages(), 30.0
    )
    rng = Random(1)  # noqa: S311 - no secret
    with place.session("filling") as session:
        session.command(b"CREATE " + name)
        for _ in range(mix.messages):
            session.command(b"APPEND " + name + b" ", Literal(letter(rng).octets))
        session.command(b"SELECT " + name)
        session.command(b"FETCH 1:3 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)")
    return place


def load(place: UsersPlace, users: int, commands: int, costs: list[Cost]) -> None:
    def make(name: str, rng: Random, told: Callable[[TimedCommand], None]) -> LoadClient:
        return LoadClient(place, name, rng, told)

    env = engine.environment(make, seed=1, where=lambda: "u", patience=30.0)
    env.create_local_runner()
    with measured(costs, lambda: int(env.stats.total.num_requests)):
        engine.run_for(env, users, 0.0, LONG, commands, lambda: None)
    env.runner.quit()


def bare(target: DovecotTarget, name: bytes, users: int, commands: int, costs: list[Cost]) -> None:
    account, endpoint = target.accounts[0], target.endpoint

    def user() -> None:
        with imaplib.IMAP4(endpoint.host, endpoint.port) as session:
            session.login(account.user, account.password)
            session.select(name.decode())
            for _ in range(commands // users):
                session.uid("FETCH", "1", "(FLAGS)")

    with measured(costs, lambda: commands):
        gevent.joinall([gevent.spawn(user) for _ in range(users)], raise_error=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--commands", type=int, default=3000)
    parser.add_argument("--users", type=int, default=10)
    parser.add_argument("--mix", default="everyday")
    parser.add_argument("--one-core", action="store_true")
    parser.add_argument("--profile", metavar="FILE")
    options = parser.parse_args()
    if options.one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the server inherits it
    profile = cProfile.Profile(time.process_time)
    costs: dict[str, list[Cost]] = {"checks": [], "none": [], "bare": []}
    with DovecotTarget() as target:
        for number in range(options.rounds + 1):  # the first builds the tables
            for way in ("checks", "none"):
                name = b"%s%d" % (way.encode(), number)
                place = place_on(target, options.mix, name, checks=way == "checks")
                if options.profile and way == "checks" and number:
                    profile.enable()
                load(place, options.users, options.commands, costs[way])
                profile.disable()
            bare(target, name, options.users, options.commands, costs["bare"])
    each = {way: [1000 * c.processor / c.commands for c in costs[way][1:]] for way in costs}
    middle = {way: statistics.median(times) for way, times in each.items()}
    for way, rounds in costs.items():
        rate = statistics.median(c.commands / c.clock for c in rounds[1:])
        rows = ", ".join(f"{ms:.2f}" for ms in each[way])
        print(f"{way:7} {middle[way]:.2f} ms a command ({rows}), {rate:.0f} commands a second")
    print(f"checks/none {middle['checks'] / middle['none']:.2f} in processor time")
    if options.profile:
        profile.dump_stats(options.profile)


if __name__ == "__main__":
    main()
