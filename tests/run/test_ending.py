"""Runs that are ended before their time: within a bound, whatever the server does."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from in_process import call

from conformance.casefile.document import Case
from conformance.hostile.catalogue import BEHAVIOURS
from conformance.hostile.server import HostileServer
from conformance.results.records import Result
from conformance.run import ending
from conformance.run.campaign import Campaign
from conformance.targets.credentials import PASSWORD

PATIENT = ("rfc3501/6.1.2-noop", "--quiet", "--timeout", "600")
BUSY = 20.0  # seconds more that a machine may take on which others work, too


@pytest.fixture(autouse=True)
def _left_behind() -> Iterator[None]:
    """What was broken off may be left open: it goes here, not while another test is watched."""
    yield
    gc.collect()


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


MANY = ("rfc3501/6.1.2-noop", "--quiet", "--profile", "none")
SMALL = ("run", "--server", "pymap", "rfc3501/6.1.2-noop/noop-ch", "--quiet")


def interrupt_and_lose_it(*_: object) -> None:
    """Have a signal come where the interpreter drops what is raised."""

    class Dropping:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    del (kept := [Dropping()])[0]
    assert not kept


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_is_lost_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = []
    play = Campaign.play

    def noted(campaign: Campaign, case: Case, *more: Any) -> Result:
        result = play(campaign, case, *more)
        played.append(case.id)
        if len(played) == 2:
            interrupt_and_lose_it()
        return result

    monkeypatch.setattr(Campaign, "play", noted)
    ran = call("run", "--server", "pymap", *MANY, "--output", tmp_path)
    assert (ran.returncode, len(played)) == (2, 2), ran.stderr


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["_end_causes", "unread"])
def test_what_fails_after_an_interruption_is_no_fault_of_the_tool(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("something was left in the middle")

    def interrupting(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Campaign, name, failing)
    monkeypatch.setattr(Campaign, "play", interrupting)
    ran = call("run", "--server", "pymap", *MANY, "--output", tmp_path)
    assert (ran.returncode, ran.stderr) == (2, "imap-conformance: interrupted\n")


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds of our processor that a small run takes."""
    began = time.process_time()
    call(*SMALL, "--output", tmp_path_factory.mktemp("whole"))
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("draw", range(6))
def test_a_run_that_is_interrupted_anywhere_says_so(
    draw: int, taken: float, tmp_path: Path
) -> None:
    """At a drawn moment of our processor's time."""
    moment = Random(draw).uniform(0.01, 0.9) * taken  # noqa: S311  # no secret
    before = signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, moment)
        ran = call(*SMALL, "--output", tmp_path)
        came = signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert not came or ran.returncode == 2, ran.stderr
