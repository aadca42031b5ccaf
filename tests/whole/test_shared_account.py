"""Several runs on one account in use, killed, restarted, refused: nothing of it changes.

On four servers. With `--disposable` INBOX itself is used, and all else is left alone.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from whole_account import ours, seed, snapshot
from whole_runs import environ, run, url, words

from conformance.flaws.acts import answer
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.proxy import FlawedServer
from conformance.results.reader import read
from conformance.targets import SERVERS, Target
from conformance.targets.pymap import PymapTarget

PART = ("rfc3501/6.3.4", "rfc3501/6.3.11-append", "rfc3501/6.4.3", "--quiet")
WAYS = ((), ("--disposable",))
MOMENTS = sorted(Random(3).sample(range(2, 30), 3))  # noqa: S311 - no secret
"""Mailboxes that are there when a run is killed."""

pytestmark = [pytest.mark.slow, pytest.mark.whole]


@pytest.fixture(
    params=[
        pytest.param("dovecot", marks=pytest.mark.dovecot),
        pytest.param("cyrus", marks=pytest.mark.cyrus),
        pytest.param("courier", marks=pytest.mark.courier),
        pytest.param("pymap"),
    ]
)
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """A server for one test alone, with an account in use."""
    if request.param != "pymap":  # which is always there
        request.getfixturevalue(f"{request.param}_installed")
    with SERVERS[request.param]() as started:
        seed(started)
        yield started


def begun(target: Target, output: Path, *more: str) -> subprocess.Popen[bytes]:
    account = target.accounts[0]
    return subprocess.Popen(
        words(output, *url(target.endpoint, account), *PART, *more),
        env=environ(account),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kept(seen: dict[str, Any], way: tuple[str, ...]) -> dict[Any, Any]:
    """What has to be as it was: without `--disposable` all of it."""
    return {name: was for name, was in seen.items() if not way or name not in ("INBOX", b"INBOX")}


@pytest.mark.parametrize("way", WAYS, ids=["in use", "disposable"])
def test_two_runs_at_once_leave_each_other_alone(
    way: tuple[str, ...], target: Target, tmp_path: Path
) -> None:
    before = kept(snapshot(target), way)
    runs = [begun(target, tmp_path / name, *way) for name in ("one", "two")]
    codes = [process.wait(600) for process in runs]
    assert set(codes) <= {0, 1}
    for name in ("one", "two"):
        record = read(tmp_path / name / "results.jsonl")
        assert record.end is not None
        assert record.end.left_behind == ()
        gone = [r for r in record.results if r.verdict.value == "error" or "TRYCREATE" in r.reason]
        assert not gone, "a mailbox of one was removed by the other"
    assert not ours(target)
    assert kept(snapshot(target), way) == before


def test_several_processes_leave_nothing(target: Target, tmp_path: Path) -> None:
    before = snapshot(target)
    account = target.accounts[0]
    ran = run(tmp_path, *url(target.endpoint, account), *PART, "-n", "2", account=account)
    assert ran.code in (0, 1), ran.error
    assert not ours(target)
    assert snapshot(target) == before


def test_what_killed_runs_leave_the_next_one_removes(target: Target, tmp_path: Path) -> None:
    before = snapshot(target)
    for count in MOMENTS:
        with begun(target, tmp_path / str(count)) as process:
            most = 0
            deadline = time.monotonic() + 120
            while most < count and process.poll() is None and time.monotonic() < deadline:
                most = max(most, len(ours(target)))
            process.send_signal(signal.SIGKILL)
    account = target.accounts[0]
    run(tmp_path / "next", *url(target.endpoint, account), "rfc3501/6.1.2", account=account)
    assert not ours(target)
    assert snapshot(target) == before


def test_a_restart_in_the_middle_costs_nothing_of_the_owner(target: Target, tmp_path: Path) -> None:
    if isinstance(target, PymapTarget):
        pytest.skip("it keeps its mail in memory")
    before = snapshot(target)
    with begun(target, tmp_path / "run") as process:
        deadline = time.monotonic() + 120
        while not ours(target) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        target.restart()
        assert process.wait(300) in (0, 1, 2)
    account = target.accounts[0]
    run(tmp_path / "next", *url(target.endpoint, account), "rfc3501/6.1.2", account=account)
    assert not ours(target)
    assert snapshot(target) == before


REFUSALS: dict[str, tuple[Act, ...]] = {
    "a full quota": (
        answer(b"{tag} NO [OVERQUOTA] Full\r\n", name="APPEND, COPY, UID COPY", since=4),
    ),
    "no right to create": (answer(b"{tag} NO [NOPERM] Not you\r\n", name="CREATE"),),
    "no right to delete messages": (
        answer(b"{tag} NO [NOPERM] Not you\r\n", name="STORE, UID STORE, EXPUNGE, UID EXPUNGE"),
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusals_do_no_harm(refusal: str, target: Target, tmp_path: Path) -> None:
    before = snapshot(target)
    account = target.accounts[0]
    with FlawedServer(target.endpoint, flaw("x", "Refuses", "", "", *REFUSALS[refusal])) as served:
        ran = run(tmp_path, *url(served.endpoint, account), *PART, account=account)
    assert ran.code in (0, 1, 2), ran.error
    assert not ours(target)
    assert snapshot(target) == before
