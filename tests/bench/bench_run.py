"""What the suite costs beside the server: a run, and a plain socket script that says the same.

    python tests/bench/bench_run.py [--rounds N]

Each round starts a private Dovecot, lets the tool run against it while what goes over its sockets
is noted, and replays the same octets to a fresh Dovecot with nothing but sockets. Cases that wait
on purpose (polling, pauses, silence) are left out: a script would not wait. Prints milliseconds
for a command and the ratio, round by round, and the peak memory of a whole run.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from conformance.casefile.plan import Step
from conformance.casefile.suite import Suite, load_all
from conformance.cli import main as cli
from conformance.targets.dovecot import DovecotTarget
from conformance.wire import session as wire_session
from conformance.wire import transport
from conformance.wire.dialogue import Dialogue
from conformance.wire.transport import Endpoint, Transport

SLOW = {"pause", "poll"}
PATIENCE = 0.5
"""Seconds that the plain script waits for lines that do not come this time."""


@dataclass
class Event:
    """One connection opened or closed, octets sent, or lines received."""

    kind: Literal["open", "close", "send", "lines"]
    connection: int
    data: bytes = b""
    count: int = 0


@dataclass
class Notes:
    """What went over the sockets of a run."""

    events: list[Event] = field(default_factory=list)
    connections: int = 0


def noting(notes: Notes) -> type[Transport]:
    """Return a transport that notes what it does."""

    class Noting(Transport):
        def __init__(self, endpoint: Endpoint, timeout: float) -> None:
            super().__init__(endpoint, timeout)
            notes.connections += 1
            self.number = notes.connections
            notes.events.append(Event("open", self.number))

        def send_some(self, data: memoryview, deadline: float) -> int | transport.Gone:
            sent = super().send_some(data, deadline)
            if isinstance(sent, int):
                notes.events.append(Event("send", self.number, bytes(data[:sent])))
            return sent

        def receive(
            self, timeout: float, into: memoryview | None = None
        ) -> memoryview | transport.Gone:
            got = super().receive(timeout, into)
            if isinstance(got, memoryview):
                lines = bytes(got).count(b"\n")
                notes.events.append(Event("lines", self.number, count=lines))
            return got

        def close(self) -> None:
            notes.events.append(Event("close", self.number))
            super().close()

    return Noting


def quick(steps: tuple[Step, ...]) -> bool:
    """Whether a case never waits on purpose."""
    kinds = {send.kind for step in steps for send in step.sends}
    listens = any(not any(e.required for e in step.expects) for step in steps if step.expects)
    return not kinds & SLOW and not listens and "tls" not in kinds


def suite_run(target: DovecotTarget, ids: list[str], notes: Notes) -> float:
    """Run the tool, noting its traffic; return the seconds it took."""
    endpoint, account = target.endpoint, target.accounts[0]
    os.environ["IMAP_CONFORMANCE_PASSWORD"] = account.password
    url = f"imap://{account.user}@{endpoint.host}:{endpoint.port}"
    wire_session.Transport = noting(notes)  # type: ignore[attr-defined]  # ours for a while
    try:
        with tempfile.TemporaryDirectory() as output, contextlib.redirect_stdout(io.StringIO()):
            started = time.perf_counter()
            cli.main(["run", url, "--disposable", "--quiet", "--output", output, *ids])
            return time.perf_counter() - started
    finally:
        wire_session.Transport = Transport  # type: ignore[attr-defined]  # as above


def replay(target: DovecotTarget, notes: Notes) -> float:
    """Say the same with plain sockets, waiting for as many lines; return the seconds it took.

    Waits in vain are taken off.
    """
    address = (target.endpoint.host, target.endpoint.port)
    sockets: dict[int, socket.socket] = {}
    idle = 0.0
    started = time.perf_counter()
    for event in notes.events:
        if event.kind == "open":
            sockets[event.connection] = socket.create_connection(address, 10)
            sockets[event.connection].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sockets[event.connection].settimeout(PATIENCE)
        elif event.kind == "send":
            sockets[event.connection].sendall(event.data)
        elif event.kind == "lines":
            left = event.count
            try:
                while left > 0 and (data := sockets[event.connection].recv(65536)):
                    left -= data.count(b"\n")
            except TimeoutError:
                idle += PATIENCE  # an answer came in other lines than before: not its time
        elif event.connection in sockets:
            sockets.pop(event.connection).close()
    took = time.perf_counter() - started - idle
    for each in sockets.values():
        each.close()
    return took


def count_commands(notes: Notes) -> int:
    """Count the commands in what was sent, literals and continuation lines left aside."""
    dialogues = {number: Dialogue() for number in range(1, notes.connections + 1)}
    sends = [event for event in notes.events if event.kind == "send"]
    return sum(len(dialogues[event.connection].sent(event.data, 0.0)) for event in sends)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    ids = [case.id for case, steps in load_all(Suite()) if quick(steps)]
    ratios = []
    for number in range(1, rounds + 1):
        notes = Notes()
        with DovecotTarget() as target:
            suite = suite_run(target, ids, notes)
        with DovecotTarget() as target:
            plain = replay(target, notes)
        commands = count_commands(notes)
        ratios.append(suite / plain)
        print(
            f"round {number}: {len(ids)} cases, {commands} commands;"
            f" suite {1000 * suite / commands:.2f} ms a command,"
            f" plain script {1000 * plain / commands:.2f} ms; ratio {suite / plain:.2f}"
        )
    print(f"median ratio {statistics.median(ratios):.2f}")
    with tempfile.TemporaryDirectory() as output:
        words = [sys.executable, "-m", "conformance.cli", "run", "--server", "dovecot", "--quiet"]
        subprocess.run(
            [*words, "--output", str(Path(output))], stdout=subprocess.DEVNULL, check=False
        )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of a whole run: {peak:.0f} MB")


if __name__ == "__main__":
    main()
