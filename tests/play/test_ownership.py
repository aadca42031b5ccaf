"""Whose a mailbox is: ours only by a name that nobody else makes, left behind only by the dead."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from conformance.play import ownership


def made(*, host: str | None = None, pid: int, age: float = 0.0) -> str:
    """Return the name of a run on some host, by some process, some seconds ago."""
    host = ownership._host() if host is None else host
    body = f"{host}-{pid:x}-{int(time.time() - age):08x}-0123456789"
    return f"{ownership.STEM}{body}-{ownership._check(body)}"


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
    run = made(pid=1)
    assert ownership.run_of(run + "a") is None
    assert ownership.run_of(run[:-1]) is None


def test_a_process_that_lives_is_left_alone_and_a_dead_one_is_not() -> None:
    words = [sys.executable, "-c", "input()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
        run = made(pid=process.pid)
        assert not ownership.abandoned(run)
        process.communicate(b"\n")
    assert ownership.abandoned(run)


def test_process_one_lives() -> None:
    assert not ownership.abandoned(made(pid=1))


@pytest.mark.parametrize(
    ("age", "over"), [(0, False), (3600, False), (ownership.MAX_AGE + 60, True)]
)
def test_on_another_host_age_decides(age: float, over: bool) -> None:
    other = "0000" if ownership._host() != "0000" else "1111"
    assert ownership.abandoned(made(host=other, pid=1, age=age)) is over


def test_what_is_no_run_is_not_abandoned() -> None:
    assert not ownership.abandoned("imapconf-of my own")
