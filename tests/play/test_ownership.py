"""Whose a mailbox is: ours only by a name that nobody else makes, left behind only by the dead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from play_odd import FIXTURES, odd

from conformance.flaws.acts import answer
from conformance.play import ownership
from conformance.play.workspace import Workspace
from conformance.targets.pymap import PymapTarget

LIVES = "from conformance.play import ownership; print(ownership.new_run(), flush=True); input()"


def elsewhere(*, age: float = 0.0) -> str:
    """Return the name of a run that some other machine has begun some seconds ago."""
    body = f"5bce-000390f-{int(time.time() - age):08x}-0123456789"
    return f"{ownership.STEM}{body}-{ownership._check(body)}"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "imap-conformance" / "runs"


def test_a_run_knows_its_own_until_it_ends() -> None:
    run = ownership.new_run()
    other = ownership.new_run()
    assert run != other
    for mailbox in (run, f"{run}-1", f"{run}-12-copy", f"INBOX.{run}-1", f"{run}-1/sub"):
        assert ownership.run_of(mailbox) == run
    assert not ownership.abandoned(run)
    ownership.end_run(run)
    ownership.end_run(other)
    assert ownership.abandoned(run)


@pytest.mark.parametrize(
    "mailbox",
    [
        "INBOX",
        "",
        "imapconf-",
        "imapconf-of my own",
        "imapconf-5bce-1-6b03c07f-0123456789-0000",  # another check
        "imapconf-5bce-1-6b03c07f-0123456789",
        "imapconf-zzzz-1-6b03c07f-0123456789-1234",
    ],
)
def test_a_mailbox_of_the_user_is_never_ours(mailbox: str) -> None:
    assert ownership.run_of(mailbox) is None


def test_a_name_that_goes_on_in_hexadecimal_is_another_name() -> None:
    run = elsewhere()
    assert ownership.run_of(run + "a") is None
    assert ownership.run_of(run[:-1]) is None


def test_a_process_that_lives_is_left_alone_and_a_killed_one_is_not() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIVES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        run = process.stdout.readline().strip()
        assert not ownership.abandoned(run)
        process.kill()
        process.communicate()
    assert ownership.abandoned(run)


@pytest.mark.parametrize("age", [0, 3600])
def test_in_another_container_of_one_host_name_a_run_is_left_alone(age: float) -> None:
    # It sees neither the process nor the file of the run: its own system says nothing of them.
    assert not ownership.abandoned(elsewhere(age=age))


def test_elsewhere_the_last_sign_of_life_decides() -> None:
    old = elsewhere(age=ownership.MAX_AGE + 60)
    assert ownership.abandoned(old)
    assert not ownership.abandoned(old, time.time() - 60)
    assert ownership.abandoned(old, time.time() - ownership.MAX_AGE - 60)


def test_what_is_no_run_is_not_abandoned() -> None:
    assert not ownership.abandoned("imapconf-of my own")


def test_signs_of_life_are_read_off_names() -> None:
    run = ownership.new_run()
    said = ownership.heartbeat(run)
    names = [f"{run}-1", f"INBOX.{said}", said.upper(), f"{said[:-1]}0", "imapconf-0-alive00000001"]
    (sign,) = ownership.heard(names).values()
    assert abs(time.time() - sign) < 60
    assert ownership.heard([f"{run}-1"]) == {}
    ownership.end_run(run)


def test_files_go_with_what_they_are_about(state: Path) -> None:
    run, left, old = (ownership.new_run() for _ in range(3))
    ownership.end_run(run, clean=True)
    ownership.end_run(left)
    ownership.end_run(old)
    assert sorted(path.name for path in state.iterdir()) == sorted([left, old])
    long_ago = time.time() - ownership.MAX_AGE - 60
    os.utime(state / old, (long_ago, long_ago))
    ownership.end_run(ownership.new_run(), clean=True)
    assert [path.name for path in state.iterdir()] == [left]


def test_a_home_that_can_not_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    run = ownership.new_run()
    assert not ownership.abandoned(run)
    ownership.end_run(run)
    assert ownership.abandoned(run)


def test_a_long_run_gives_signs_of_life_that_others_heed(
    pymap_target: PymapTarget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with odd(pymap_target) as here:
        name, _ = here.fill(FIXTURES["one"])
        run = here.workspace.run
        clock = [time.time() + 3 * ownership.HEARTBEAT]
        monkeypatch.setattr(ownership.time, "time", lambda: clock[0])
        here.workspace.new_case()
        here.workspace.new_case()
        first = [each for each in here.own() if b"-0-alive" in each]
        assert len(first) == 1
        clock[0] += ownership.HEARTBEAT
        here.workspace.new_case()
        second = [each for each in here.own() if b"-0-alive" in each]
        assert len(second) == 1
        assert second != first
        # Another machine, ten hours after the run began.
        clock[0] += ownership.MAX_AGE - 60
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
        descriptor = ownership._held.pop(run)
        with here.connections.survey() as session:
            other = Workspace(session)
            assert name in other.kept()
            clock[0] += 120
            assert name not in other.kept()
            clock[0] -= 120
            assert other.end() == ()
        assert name in here.own()
        ownership._held[run] = descriptor


def test_without_create_there_is_no_sign(
    pymap_target: PymapTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    with odd(pymap_target, answer(b"{tag} NO forbidden\r\n", name="CREATE")) as here:
        later = time.time() + 3 * ownership.HEARTBEAT
        monkeypatch.setattr(ownership.time, "time", lambda: later)
        here.workspace.new_case()
        assert not here.workspace.sign_is_due
