"""The verb `proxy`, as it is used: with a mail program, with the suite itself, with mistakes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.results.reader import read
from conformance.targets.dovecot import DovecotTarget
from conformance.wire.session import Endpoint, Session

TOOL = [sys.executable, "-m", "conformance.cli", "proxy"]
PATIENCE = 60.0

MBSYNC = """\
IMAPAccount far
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account far

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
"""


@pytest.fixture(scope="module")
def mbsync() -> str:
    """The mail program of Debian's isync is there, or the test is skipped."""
    found = shutil.which("mbsync")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and mbsync (Debian: isync) is missing", pytrace=False)
        pytest.skip("mbsync (Debian: isync) is not installed")
    return found


class Running:
    """The verb in a process of its own, and where it listens."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port
        self.said = ""

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.wait()

    def wait(self) -> int:
        self.said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@contextlib.contextmanager
def proxy(*words: str) -> Iterator[Running]:
    with subprocess.Popen(
        [*TOOL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"127\.0\.0\.1:(\d+)$", line.strip())
            assert found is not None, line
            yield Running(process, int(found[1]))
        finally:
            process.kill()


def url(target: DovecotTarget) -> str:
    return f"imap://{target.accounts[0].user}@{target.endpoint}"


@pytest.mark.dovecot
def test_a_mail_program_synchronises_through_it(
    mbsync: str, dovecot_target: DovecotTarget, tmp_path: Path
) -> None:
    account = dovecot_target.accounts[1]
    near = tmp_path / "near"
    for folder in ("INBOX", "work"):
        for part in ("cur", "new", "tmp"):
            (near / folder / part).mkdir(parents=True)
        (near / folder / "new" / "1.a.b").write_text(f"Subject: {folder}\n\nhello\n")
    kept = tmp_path / "kept"
    with proxy(url(dovecot_target), "--output", str(kept)) as running:
        configuration = tmp_path / "mbsyncrc"
        configuration.write_text(
            MBSYNC.format(
                port=running.port, user=account.user, password=account.password, folder=near
            )
        )
        for _ in range(2):
            subprocess.run(
                [mbsync, "-c", configuration, "all"],
                check=True,
                capture_output=True,
                timeout=PATIENCE,
                env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
            )
        assert running.end() == 0
    assert "2 sessions" in running.said
    assert "server: 0 MUST, 0 SHOULD; client: 0 MUST, 0 SHOULD" in running.said
    with Session(dovecot_target.endpoint, timeout=20.0) as session:
        session.open()
        session.login(account.user, account.password)
        reply = session.command(b"STATUS work (MESSAGES)")
        assert b"MESSAGES 1" in reply.untagged[0].frame.text
        session.command(b"DELETE work")
        session.logout()
    transcripts = sorted(kept.iterdir())
    assert [path.name for path in transcripts] == ["session-0001.txt", "session-0002.txt"]
    assert all(account.password not in path.read_text() for path in transcripts)
    assert main(["lint", *map(str, transcripts)]) == 0


@pytest.mark.slow
@pytest.mark.dovecot
def test_the_suite_comes_to_the_same_verdicts_through_it(
    dovecot_target: DovecotTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = dovecot_target.accounts[0]
    monkeypatch.setenv("IMAP_CONFORMANCE_PASSWORD", account.password)
    part = ["rfc3501/6.3", "rfc3501/6.2.2", "rfc3501/5"]

    def verdicts(server: str, folder: str) -> dict[str, str]:
        words = ["run", f"imap://{account.user}@{server}", "--quiet"]
        subprocess.run(
            [*TOOL[:-1], *words, "--output", str(tmp_path / folder), *part],
            check=False,
            capture_output=True,
            timeout=900,
        )
        return {r.id: r.verdict for r in read(tmp_path / folder / "results.jsonl").results}

    direct = verdicts(str(dovecot_target.endpoint), "direct")
    with proxy(url(dovecot_target)) as running:
        through = verdicts(f"127.0.0.1:{running.port}", "through")
        running.end()
    assert through == direct
    assert len(direct) > 100


def test_it_ends_after_so_many_sessions_and_says_what_was_found() -> None:
    with proxy("--server", "pymap", "--sessions", "1") as running:
        with Session(Endpoint("127.0.0.1", running.port), timeout=20.0) as session:
            session.open()
            session.command(b"SELECT INBOX")
            session.logout()
        assert running.wait() == 1
    assert "client breaks a MUST: 3501-3-client-state" in running.said
    assert "1 session, 2 commands" in running.said
    assert "1 x client 3501-3-client-state" in running.said


def test_json_is_a_finding_a_line() -> None:
    with proxy("--server", "pymap", "--sessions", "1", "--json", "--side", "client") as running:
        with Session(Endpoint("127.0.0.1", running.port), timeout=20.0) as session:
            session.open()
            session.command(b"SELECT INBOX")
        assert running.wait() == 1
    found = [json.loads(line) for line in running.said.splitlines()]
    assert [(f["requirement"], f["session"]) for f in found] == [
        ("3501-3-client-state", "1"),
        ("3501-3.4-client-logout", "1"),
    ]


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_good_order(by: signal.Signals) -> None:
    with proxy("--server", "pymap") as running:
        with socket.create_connection(("127.0.0.1", running.port), 20.0) as client:
            assert client.recv(4) == b"* OK"
            assert running.end(by) == 0
        assert "1 session, 0 commands" in running.said


def test_the_time_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", "--server", "pymap", "--for", "0.1"]) == 0
    assert "0 sessions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no target"),
        (["imap://u@localhost", "--server", "pymap"], "not both"),
        (["imap://u@localhost", "imap://u@localhost"], "one server only"),
        (["http://u@localhost"], "unknown URL scheme"),
        (["imap://u@localhost", "--listen", "0.0.0.0:0"], "--allow-remote"),
        (["imap://u@localhost", "--listen", "[::]:0"], "--allow-remote"),
        (["imap://u@localhost", "--output", __file__], "File exists"),
        (["imaps://u@localhost", "--ca-file", "/nowhere"], "not readable"),
        (["imap://u@localhost", "--listen", "127.0.0.1:{taken}"], "cannot listen"),
        (
            ["imap://u@localhost", "--listen", "nowhere.invalid:0", "--allow-remote"],
            "cannot listen",
        ),
    ],
)
def test_a_wrong_word_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["proxy", *(word.format(taken=port) for word in words)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("address", ["127.0.0.1", "x:y", "::1:143", ":143", "[::1]", "x:99999"])
def test_an_address_that_is_none_is_refused(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["proxy", "--server", "pymap", "--listen", address])
    assert ended.value.code == 2
    assert "--listen" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["lint", "proxy"])
def test_help_ends_with_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"imap-conformance {verb} " in capsys.readouterr().out.rstrip().splitlines()[-1]
