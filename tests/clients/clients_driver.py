"""Leads a client through the proxy to a server, and says what it has sent and what was found."""

from __future__ import annotations

import importlib.util
import os
import pty
import re
import select
import shutil
import string
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients_table import Client

from conformance.passive.proxy import WatchingProxy
from conformance.passive.verdicts import DistinctFinding, Verdicts
from conformance.syntax.modules import commands
from conformance.targets import Target
from conformance.wire.account import Account
from conformance.wire.session import Literal, Session

CONFIGURATIONS = Path(__file__).parent / "configurations"
MODULES = f"{os.environ.get('IMAP_CONFORMANCE_CLIENTS', '/opt/imap-clients')}/node_modules"
"""Where npm has put ImapFlow."""
PATIENCE = 90.0  # seconds for all that a client does
_SETTLING = 10.0  # seconds in which the proxy has to see that a client is gone
_SIZE = (40, 120)  # lines and columns of a terminal
_COMMAND = re.compile(r"^[\d.]+ C: \S+ ((?:UID )?[A-Za-z]+)(?: |$)", re.MULTILINE)
_STEERING = re.compile(rb"\x1b(?:\[[0-9;?]* ?[A-Za-z]|\][^\x1b]*\x1b\\|[()][A-Z0-9]|[=>])")

LETTERS = tuple(
    f"From: {name}@example.com\r\nTo: you@example.com\r\nSubject: the {name} letter\r\n"
    f"Date: Sun, 29 Nov 2026 10:0{number}:00 +0000\r\nMessage-ID: <{name}@example.com>\r\n"
    f"\r\nHello {name} time.\r\n".encode()
    for number, name in enumerate(("one", "second", "third"))
)


@dataclass(slots=True)
class Led:
    """What came of it: names of commands that went through, and the findings."""

    commands: frozenset[str]
    entries: list[DistinctFinding]
    output: str

    def to_json(self) -> dict[str, Any]:
        """Return what is recorded."""
        found = {
            (entry.side, entry.seen.finding.requirement, entry.seen.finding.level)
            for entry in self.entries
        }
        return {
            "commands": sorted(self.commands),
            "findings": [list(each) for each in sorted(found)],
        }


def is_there(client: Client) -> bool:
    """Whether a client is on this machine."""
    if client.package.startswith("PyPI"):
        return importlib.util.find_spec(client.needs) is not None
    if client.package.startswith("npm"):
        return shutil.which("node") is not None and (Path(MODULES) / client.needs).is_dir()
    return shutil.which(client.needs) is not None


def lead(client: Client, target: Target, folder: Path) -> Led:
    """Have a client do what it is for, with mailboxes made anew; `folder` is its home.

    Raises:
        subprocess.CalledProcessError: it has failed.
        TimeoutError: it has not come to an end.
    """
    account = target.accounts[1]
    _prepare(target, account)
    verdicts, said = Verdicts(), []
    home, kept = folder / "home", folder / "kept"
    maildirs = (f"mail/{box}/{part}" for box in ("INBOX", "work") for part in ("cur", "new", "tmp"))
    for each in (kept, *(home / name for name in maildirs)):
        each.mkdir(parents=True)
    (home / "mail/work/new/1.a.b").write_bytes(LETTERS[0].replace(b"\r\n", b"\n"))
    (home / "letter").write_bytes(LETTERS[0])
    with WatchingProxy(
        target.endpoint, verdicts.add, said.append, host="127.0.0.1", port=0, output=kept
    ) as proxy:
        fill = _filler(account, proxy.port, home)
        for name, source in client.files.items():
            file = home / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(fill((CONFIGURATIONS / source).read_text(encoding="utf-8")))
            file.chmod(0o600)
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "NODE_PATH": MODULES,
            "PYTHONPATH": "",
        }
        command = [fill(word) for word in client.command]
        output = ""
        for _ in range(client.times):
            run = _in_terminal if client.terminal else _run
            output += run(client, command, environment, home)
        _until(lambda: proxy.ended_sessions >= proxy._connections)
    transcripts = "".join(path.read_text() for path in sorted(kept.iterdir()))
    names = {" ".join(name.upper().split()) for name in _COMMAND.findall(transcripts)}
    sent = frozenset(name for name in names if name.removeprefix("UID ") in commands())
    return Led(sent, verdicts.entries, output)


def _filler(account: Account, port: int, home: Path) -> Callable[[str], str]:
    values = {
        "port": str(port),
        "user": account.user,
        "password": account.password,
        "home": str(home),
        "configurations": str(CONFIGURATIONS),
    }
    return lambda text: string.Template(text).safe_substitute(values)


def _prepare(target: Target, account: Account) -> None:
    """Leave an account with an INBOX of three messages, and nothing else that can be removed."""
    with Session(target.endpoint, timeout=20.0) as session:
        session.open()
        session.login(account.user, account.password)
        for reply in session.command(b'LIST "" "*"').untagged:
            name = reply.frame.text.rpartition(b" ")[2].strip().strip(b'"')
            if name.upper() != b"INBOX":
                session.command(b'DELETE "%s"' % name)
        session.command(b"SELECT INBOX")
        session.command(rb"STORE 1:* +FLAGS.SILENT (\Deleted)")
        session.command(b"CLOSE")
        for letter in LETTERS:
            session.command(b"APPEND INBOX ", Literal(letter))
        session.logout()


def _run(client: Client, command: list[str], environment: dict[str, str], home: Path) -> str:
    done = subprocess.run(
        command,
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    said = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, f"{client.name} ended with {done.returncode}: {said}"
    return said


def _in_terminal(
    client: Client, command: list[str], environment: dict[str, str], home: Path
) -> str:
    """Run a program that draws on a terminal, typing what it is to be told."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, _SIZE)
    with subprocess.Popen(
        [shutil.which("setsid") or "setsid", "--ctty", *command],
        cwd=home,
        env=environment,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as process:
        os.close(follower)
        try:
            return _type(client, process, leader)
        finally:
            process.kill()
            os.close(leader)


def _type(client: Client, process: subprocess.Popen[bytes], leader: int) -> str:
    keys = list(client.keys)
    screen, seen = b"", 0
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # nobody holds the other end any more
                break
            if not piece:
                break
            screen += piece
        plain = _STEERING.sub(b"", screen[seen:])
        if keys and keys[0][0].encode() in plain:
            os.write(leader, keys.pop(0)[1].encode())
            seen = len(screen)
    else:
        shown = _STEERING.sub(b"", screen[-4000:]).decode("utf-8", "replace")
        raise TimeoutError(f"{client.name} did not end; it waits for {keys[:1]} on {shown!r}")
    code = process.wait(PATIENCE)
    assert code == 0, f"{client.name} ended with {code}"
    return _STEERING.sub(b"", screen).decode("utf-8", "replace")


def _until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SETTLING
    while not met():
        assert time.monotonic() < deadline, "the client has not let go of its connection"
        time.sleep(0.02)
