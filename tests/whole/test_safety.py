"""Safe on a real account: nothing that was there changes, and nothing of ours stays."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_account import ours, seed, snapshot
from whole_runs import environ, run, url, words

from conformance.fuzz.profiles import PHASES
from conformance.targets.dovecot import DovecotTarget

CASES_THAT_MAKE_MAILBOXES = ("rfc3501/6.3", "rfc3501/6.4")


@pytest.fixture
def target(dovecot_installed: None) -> Iterator[DovecotTarget]:  # noqa: ARG001
    """A Dovecot for one test alone, with an account in use."""
    with DovecotTarget() as started:
        seed(started)
        yield started


@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.whole
def test_the_whole_suite_leaves_an_account_as_it_was(target: DovecotTarget, tmp_path: Path) -> None:
    before = snapshot(target)
    assert before[b"INBOX"][0][b"RECENT"] == 2
    account = target.accounts[0]
    generated = ("--profile", "quick", "--budget", "16")
    ran = run(tmp_path, *url(target.endpoint, account), "--quiet", *generated, account=account)
    assert {f"fuzz/{phase}" for phase in PHASES} <= ran.verdicts().keys()
    assert ran.code in (0, 1), ran.error
    assert not ran.recording.truncated
    assert snapshot(target) == before
    assert not ours(target)
    for file in filter(Path.is_file, tmp_path.rglob("*")):
        assert account.password.encode() not in file.read_bytes(), file


def await_ours(target: DovecotTarget, process: subprocess.Popen[bytes], count: int) -> None:
    """Wait until the suite has made some mailboxes."""
    deadline = time.monotonic() + 120
    while len(ours(target)) < count:
        assert process.poll() is None, "the suite ended before it was looked at"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def interrupted(target: DovecotTarget, output: Path, how: signal.Signals) -> tuple[int, str]:
    """Start the suite, and end it by a signal once it has made mailboxes; return what it said."""
    account = target.accounts[0]
    command = words(output, *url(target.endpoint, account), *CASES_THAT_MAKE_MAILBOXES, "--quiet")
    said = output.with_suffix(".txt")
    with (
        said.open("w") as file,
        subprocess.Popen(
            [*command, "--traceback"],
            env=environ(account),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        ) as process,
    ):
        await_ours(target, process, 5)
        process.send_signal(how)
        code = process.wait(60)
    return code, said.read_text()


@pytest.mark.dovecot
@pytest.mark.slow
def test_the_next_run_removes_what_a_killed_run_left(target: DovecotTarget, tmp_path: Path) -> None:
    before = snapshot(target)
    interrupted(target, tmp_path / "killed", signal.SIGKILL)
    assert ours(target)
    account = target.accounts[0]
    ran = run(tmp_path / "next", *url(target.endpoint, account), "rfc3501/6.1.2", account=account)
    assert ran.code in (0, 1), ran.error
    assert not ours(target)
    assert snapshot(target) == before


@pytest.mark.dovecot
@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_removes_its_own(
    target: DovecotTarget, tmp_path: Path, how: signal.Signals
) -> None:
    before = snapshot(target)
    code, said = interrupted(target, tmp_path / "ended", how)
    assert code == 2, said
    assert not ours(target)
    assert snapshot(target) == before
