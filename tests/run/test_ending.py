"""Runs that are ended before their time: within a bound, whatever the server does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from in_process import call

from conformance.hostile.catalogue import BEHAVIOURS
from conformance.hostile.server import HostileServer
from conformance.run import ending
from conformance.targets.credentials import PASSWORD

PATIENT = ("rfc3501/6.1.2-noop", "--quiet", "--timeout", "600")
BUSY = 20.0  # seconds more that a machine may take on which others work, too


def environ() -> dict[str, str]:
    return {**os.environ, PASSWORD: "any"}


def url(server: HostileServer) -> str:
    return f"imap://user1@{server.endpoint}"


@pytest.mark.parametrize("name", ["no-answer", "flood-before-completion"])
def test_sigterm_ends_a_run_within_a_bound(name: str, tmp_path: Path) -> None:
    with HostileServer(BEHAVIOURS[name]) as server:
        words = ["run", url(server), *PATIENT, "--output", str(tmp_path)]
        with subprocess.Popen(
            [sys.executable, "-m", "conformance.cli", *words],
            env=environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            deadline = time.monotonic() + 120
            while server.open < 2 and time.monotonic() < deadline:
                time.sleep(0.05)  # the first connection is the suite's own
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert process.wait(60) == 2
            assert time.monotonic() - began < ending.WITHIN + BUSY


def test_a_run_ends_when_its_time_is_over(tmp_path: Path) -> None:
    with HostileServer(BEHAVIOURS["no-answer"]) as server:
        words = ["run", url(server), *PATIENT, "--output", tmp_path, "--run-timeout", 3]
        ran = call(*words, environ=environ())
    assert ran.returncode == 2
    assert "its time, 3 s, was over" in " ".join(ran.stdout.split())
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_cleaning_up_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(ending, "CLEANING", 0.01)
    monkeypatch.setattr(os, "_exit", lambda _: ended.set())
    limit = ending.Limit(0.01)
    before = signal.getsignal(signal.SIGALRM)
    try:
        limit.begin()
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10)
        assert limit.over
        assert ended.wait(10)
    finally:
        limit.end()
        signal.signal(signal.SIGALRM, before)


def test_a_run_that_ends_in_time_is_not_touched(tmp_path: Path) -> None:
    ran = call("run", "--server", "pymap", "rfc3501/6.1.2-noop/noop-changes", "--output", tmp_path,
               "--run-timeout", 300)  # fmt: skip
    assert ran.returncode in (0, 1)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
