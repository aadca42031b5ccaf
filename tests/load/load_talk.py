"""A ledger written from a conversation, and runs of the verb in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.load.keeper import Keeper
from conformance.results.reader import RunRecording, read
from conformance.wire.account import Account
from conformance.wire.dialogue import Arrival, Dialogue
from conformance.wire.transcript import Transcript
from conformance.wire.transport import Endpoint

WAIT = 300.0  # seconds; what takes longer hangs
ROOT = Path(__file__).parents[2]


class Heard:
    """One session that a keeper hears: lines of both sides, as octets."""

    def __init__(self, keeper: Keeper, monitor: Monitor, name: str = "one") -> None:
        self.name, self.dialogue, self.transcript = name, Dialogue(), Transcript()
        self._observers = (keeper, monitor)
        self.say(b"S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] ready")

    def say(self, *lines: bytes) -> None:
        for line in lines:
            side, octets = line[:1], line[3:] + b"\r\n"
            if side == b"C":
                for command in self.dialogue.sent(octets, 0.0):
                    for observer in self._observers:
                        observer.command(self, command)
                continue
            self.dialogue.received(octets)
            while isinstance(arrival := self.dialogue.next_arrival(0.0), Arrival):
                for observer in self._observers:
                    observer.arrival(self, arrival)


def hear(*lines: bytes) -> tuple[Keeper, list[Breach]]:
    """Return what a keeper and a monitor make of one session that has selected `box`, 1 and 7."""
    found: list[Breach] = []
    monitor = Monitor(found.append)
    keeper = Keeper(monitor)
    Heard(keeper, monitor).say(*SELECTED, *lines)
    return keeper, found


SELECTED: Iterable[bytes] = (
    b"C: a1 SELECT box",
    b"S: * FLAGS (\\Seen \\Deleted \\Flagged)",
    b"S: * 2 EXISTS",
    b"S: * 0 RECENT",
    b"S: * OK [UIDVALIDITY 9] is so",
    b"S: * OK [UIDNEXT 8] is next",
    b"S: a1 OK [READ-WRITE] done",
    b"C: a2 FETCH 1:2 (UID FLAGS)",
    b"S: * 1 FETCH (UID 1 FLAGS ())",
    b"S: * 2 FETCH (UID 7 FLAGS ())",
    b"S: a2 OK done",
)


def need_locust() -> None:
    """Skip without Locust; fail instead where CI is set."""
    if find_spec("locust") is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and Locust is not installed", pytrace=False)
        pytest.skip("Locust is not installed: the extra `load`")


def start(account: Account, where: Endpoint, *words: str) -> subprocess.Popen[str]:
    """Start a load run, or a worker of one, against a server that runs."""
    environ = os.environ | {
        "PYTHONPATH": str(ROOT),
        "IMAP_CONFORMANCE_PASSWORD": account.password,
        "PYTHONUNBUFFERED": "1",
    }
    url = f"imap://{account.user}@{where}"
    return subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", "load", url, *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def records(folder: Path) -> RunRecording:
    """Return the record that a run has left."""
    return read(folder / "results.jsonl")
