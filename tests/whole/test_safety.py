"""Safe on a real account: nothing that was there changes, and nothing of ours stays."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from whole_runs import environ, run, url, words

from conformance.fuzz.profiles import PHASES
from conformance.play.ownership import STEM
from conformance.targets.dovecot import DovecotTarget

MAIL = b"From: me@example.com\r\nSubject: %s\r\n\r\n%s\r\n"
OWN = f"{STEM}of my own"
BOXES = ("Work", "Work/2024", "Archive", "Entw&APw-rfe", OWN)
CASES_THAT_MAKE_MAILBOXES = ("rfc3501/6.3", "rfc3501/6.4")


@pytest.fixture
def target(dovecot_installed: None) -> Iterator[DovecotTarget]:  # noqa: ARG001
    """A Dovecot for one test alone, with an account in use."""
    with DovecotTarget() as started:
        seed(started)
        yield started


def client(target: DovecotTarget) -> IMAPClient:
    endpoint, account = target.endpoint, target.accounts[0]
    made = IMAPClient(endpoint.host, endpoint.port, ssl=False, timeout=30)
    made.folder_encode = False
    made.login(account.user, account.password)
    return made


def seed(target: DovecotTarget) -> None:
    """Mail, flags, keywords, subscriptions and mailboxes, as their owner left them."""
    with client(target) as c:
        for box in BOXES:
            c.create_folder(box)
        c.create_folder("Gone since")
        for box in ("Work", "Entw&APw-rfe", "Gone since"):
            c.subscribe_folder(box)
        c.delete_folder("Gone since")
        for number, box in enumerate(("INBOX", "INBOX", *BOXES)):
            flags = (b"\\Seen", b"\\Flagged", b"$Mine") if number % 2 else ()
            octets = MAIL % (b"subject %d" % number, b"caf\xe9 %d" % number)
            c.append(box, octets, flags=flags)
        c.select_folder("Work")
        c.add_flags([1], [b"\\Deleted"])


def snapshot(target: DovecotTarget) -> dict[str, Any]:
    """Everything in the account, looked at without touching it."""
    seen: dict[str, Any] = {}
    with client(target) as c:
        folders = sorted((name, sorted(flags)) for flags, _, name in c.list_folders())
        seen["LIST"] = folders
        seen["LSUB"] = sorted(name for _, _, name in c.list_sub_folders())
        for name, _ in folders:
            opened = c.select_folder(name, readonly=True)
            items = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]"]
            messages = c.fetch(c.search(), items) if opened[b"EXISTS"] else {}
            keep = {k: opened[k] for k in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS", b"RECENT")}
            seen[name] = (keep, {uid: dict(data) for uid, data in messages.items()})
    return seen


def ours(target: DovecotTarget) -> list[str]:
    with client(target) as c:
        names = [name for _, _, name in (*c.list_folders(), *c.list_sub_folders())]
    texts = {name.decode() if isinstance(name, bytes) else name for name in names}
    return sorted(name for name in texts if name.startswith(STEM) and name != OWN)


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


def interrupted(target: DovecotTarget, output: Path, how: signal.Signals) -> int:
    """Start the suite, and end it by a signal once it has made mailboxes."""
    account = target.accounts[0]
    command = words(output, *url(target.endpoint, account), *CASES_THAT_MAKE_MAILBOXES, "--quiet")
    with subprocess.Popen(
        command,
        env=environ(account),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        await_ours(target, process, 5)
        process.send_signal(how)
        return process.wait(60)


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
    assert interrupted(target, tmp_path, how) == 2
    assert not ours(target)
    assert snapshot(target) == before
