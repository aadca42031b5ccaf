"""Locust around users: starts and stops them, in this process or in those of workers, and counts.

The master makes the mailboxes and tells the workers of them before the first user; at the end
each worker sends its ledger and its findings, in pieces, by messages of Locust's own protocol. A
password never goes over it: each worker is given the target as the master is.

Locust runs on gevent: nothing here may be imported before sockets are made cooperative.
"""

from __future__ import annotations

import logging
import socket
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import gevent
import locust
from locust import argument_parser
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_STOPPED

from conformance.load.ledger import LoadLedger
from conformance.load.user import LoadClient, TimedCommand
from conformance.results.records import Finding
from conformance.wire.errors import TargetError

PROTOCOL: Final = "IMAP"
PLAN: Final = "imap-conformance-plan"
TOLD: Final = "imap-conformance-told"
LATE: Final = 120.0
"""Seconds in which workers tell the master what they have learnt."""
SERVED: Final = 30.0
"""Seconds in which the page listens."""
STEP: Final = 0.2

logging.getLogger("locust").setLevel(logging.WARNING)


@dataclass(slots=True)
class Gathered:
    """What the master has heard of workers: ledgers merged, findings one by one."""

    ledger: LoadLedger = field(default_factory=LoadLedger)
    findings: list[Finding] = field(default_factory=list)
    workers: set[str] = field(default_factory=set)
    """Those that were there when the users came."""
    done: set[str] = field(default_factory=set)
    """Those that have told all that they learnt."""

    def take(self, worker: str, piece: Mapping[str, Any]) -> None:
        """Take one message of a worker."""
        if "ledger" in piece:
            self.ledger.take(piece["ledger"])
        if "finding" in piece:
            self.findings.append(Finding.from_json(piece["finding"]))
        if "done" in piece:
            self.done.add(worker)


MakeClient = Callable[[str, Random, Callable[[TimedCommand], None]], LoadClient]


def environment(
    make: MakeClient, *, seed: int, where: Callable[[], str], patience: float
) -> Environment:
    """Return Locust's environment with users of one kind, whom `make` gives their clients.

    `where` says how names of users begin, so that those of several processes differ; `patience` is
    how long a user that is to stop may take for what it is about, in seconds.
    """
    made = iter(range(1, 1 << 62))
    ends = Environment(user_classes=[], stop_timeout=patience)

    class Mailer(locust.User):  # type: ignore[misc]  # Locust says nothing of its types
        """One user of the mix."""

        def __init__(self, environment: Environment) -> None:
            super().__init__(environment)
            number = next(made)
            self._rng = Random(f"{seed} {where()} {number}")  # noqa: S311 - no secret
            self._client = make(f"{where()}{number}", self._rng, self._told)

        @locust.task  # type: ignore[untyped-decorator]
        def turn(self) -> None:
            """Play one step of the mix."""
            self._client.turn()

        def wait_time(self) -> float:
            """Say how long to wait before the next step, in seconds."""
            return self._client.pause()

        def on_stop(self) -> None:
            """Log out."""
            self._client.leave()

        def _told(self, heard: TimedCommand) -> None:
            self.environment.events.request.fire(
                request_type=PROTOCOL,
                name=heard.name,
                response_time=heard.seconds * 1000,
                response_length=heard.octets,
                exception=RuntimeError(heard.failed) if heard.failed else None,
                context={},
            )

    ends.user_classes.append(Mailer)
    return ends


def run_for(
    env: Environment,
    users: int,
    ramp: float,
    seconds: float,
    commands: int,
    meanwhile: Callable[[], None],
) -> None:
    """Have so many users at work, all of them after `ramp` seconds; then stop.

    They stop after `seconds`, or when all together have sent so many commands; 0: however many.
    `meanwhile` is called again and again.
    """

    def over() -> bool:
        meanwhile()
        sent = int(env.stats.total.num_requests)
        return bool(runner.state == STATE_STOPPED) or 0 < commands <= sent

    runner = env.runner
    starting = gevent.spawn(runner.start, users, spawn_rate=users / ramp if ramp else users)
    try:
        _wait(seconds, over)
    finally:
        starting.kill()
        runner.stop()


def serve_page(env: Environment, server: str, listening: tuple[str, int], users: int) -> Any:
    """Serve Locust's page, by which users are started and stopped; return what serves it.

    `listening` is host and port; `server` and `users` stand on the page.

    Raises:
        TargetError: nothing can listen there.
    """
    # The page would read the options of this program as if they were those of Locust.
    argument_parser.ui_extra_args_dict = dict
    env.host = server
    own = {"num_users": users, "spawn_rate": users}
    env.parsed_options = Namespace(**argument_parser.default_args_dict() | own)
    try:
        socket.create_server(listening).close()
    except OSError as error:
        host, port = listening
        raise TargetError(f"no page can be served at {host}:{port}: {error.strerror}") from None
    page = env.create_web_ui(*listening)
    _wait(SERVED, lambda: bool(page.server and page.server.started))
    return page


def idle(seconds: float, meanwhile: Callable[[], None]) -> None:
    """Let others work for so many seconds; `meanwhile` is called again and again."""

    def never() -> bool:
        meanwhile()
        return False

    _wait(seconds, never)


def _wait(seconds: float, over: Callable[[], bool]) -> bool:
    """Wait until something is over, or so many seconds; say whether it is."""
    end = time.monotonic() + seconds
    while not over():
        if time.monotonic() >= end:
            return False
        gevent.sleep(STEP)
    return True


# -- several processes -------------------------------------------------------------------


def wait_for_workers(env: Environment, count: int, seconds: float) -> bool:
    """Wait until so many workers are ready; say whether they are."""
    return _wait(seconds, lambda: len(env.runner.clients.ready) >= count)


@contextmanager
def leading(env: Environment, plan: Mapping[str, Any], gathered: Gathered) -> Iterator[None]:
    """Tell workers of the plan, and gather what they tell at the end, all of it within bounds."""
    runner = env.runner

    def told(environment: Environment, msg: Any) -> None:  # noqa: ARG001 - names are Locust's
        gathered.take(msg.node_id, msg.data)

    runner.register_message(TOLD, told)
    runner.send_message(PLAN, dict(plan))
    gathered.workers = set(runner.clients)
    yield
    _wait(LATE, lambda: gathered.workers <= gathered.done)
    for worker in gathered.workers:  # Locust forgets them for a while after they have stopped
        runner.server.send_to_client(Message("quit", None, worker))


def follow(
    env: Environment,
    begin: Callable[[Mapping[str, Any]], None],
    tell: Callable[[], Iterator[dict[str, Any]]],
) -> None:
    """Be a worker until the master has had enough: `begin` gets the plan, `tell` what is told."""
    runner = env.runner

    def planned(environment: Environment, msg: Any) -> None:  # noqa: ARG001 - names are Locust's
        begin(msg.data)

    def stopped(environment: Environment, **_: Any) -> None:  # noqa: ARG001
        for piece in tell():
            runner.send_message(TOLD, piece)
        runner.send_message(TOLD, {"done": True})

    runner.register_message(PLAN, planned)
    env.events.test_stop.add_listener(stopped)
    runner.greenlet.join()
