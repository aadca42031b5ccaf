"""What every server that the suite starts itself has to do, whichever it is."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from imapclient.exceptions import LoginError
from targets_clients import logged_in

from conformance.targets import Target
from conformance.targets.loopback import HOST
from conformance.targets.private import PrivateServer
from conformance.wire.account import Account
from conformance.wire.session import Session

MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"
NOBODY = 65534

# The first start, as root, loads every module: nobody may not be able to read them.
AS_NOBODY = f"""
import os, sys
from contextlib import suppress
from pathlib import Path
sys.path.append({str(Path(__file__).parent)!r})
from targets_clients import WAYS, logged_in
from conformance.targets import SERVERS
from conformance.targets.errors import ServerMissing
def use():
    with SERVERS[sys.argv[1]]() as target:
        for way in WAYS:
            for account in target.accounts:
                with logged_in(target.endpoints[way], account) as client:
                    client.append("INBOX", {MESSAGE!r})
                    count = client.select_folder("INBOX")[b"EXISTS"]
        folder = target.endpoint.ca_file.parent
        owners = set()
        for path in [folder, *folder.rglob("*")]:
            with suppress(FileNotFoundError):  # of a process that has ended since
                owners.add(path.stat().st_uid)
    return count, owners, folder.exists()
use()
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
try:
    print(use(), flush=True)
except ServerMissing as missing:
    print(missing, flush=True)
"""


def folder_of(target: Target) -> Path:
    certificate = target.endpoint.ca_file
    assert certificate is not None
    return certificate.parent


def in_group(group: int) -> list[str]:
    """The living processes of a group; one that is dead and not yet waited for does not count."""
    listing = subprocess.run(
        [shutil.which("ps") or "/bin/ps", "-A", "-o", "pgid=,stat=,args="],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    rows = [line.split(maxsplit=2) for line in listing.splitlines()]
    return [" ".join(row) for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def await_true(condition: Callable[[], object], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def holder(name: str) -> subprocess.Popen[str]:
    """A process that starts a server, prints its folder, and keeps it as long as it lives."""
    return python(
        "import sys\nfrom conformance.targets import SERVERS\n"
        f"with SERVERS[{name!r}]() as target:\n"
        "    print(target.endpoint.ca_file.parent, flush=True)\n    sys.stdin.read()\n"
    )


def check_imapclient_gets_in(target: Target, way: str) -> None:
    for account in target.accounts:
        with logged_in(target.endpoints[way], account) as client:
            assert client.select_folder("INBOX")[b"READ-WRITE"]


def check_a_session_gets_in(target: Target, way: str) -> None:
    account = target.accounts[0]
    with Session(target.endpoints[way], timeout=10) as session:
        session.open()
        if way == "starttls":
            session.start_tls()
        assert session.login(account.user, account.password).ok


def check_many_connections_and_wrong_passwords(target: Target) -> None:
    account = target.accounts[0]
    with pytest.raises(LoginError), logged_in(target.endpoint, Account(account.user, "wrong")):
        pytest.fail("logged in")
    sessions = [Session(target.endpoint, timeout=10) for _ in range(30)]
    try:
        for session in sessions:
            session.open()
            assert session.login(account.user, account.password).ok
        assert all(session.command(b"SELECT INBOX").ok for session in sessions)
    finally:
        for session in sessions:
            session.close()


def check_announces(target: Target, capabilities: str) -> None:
    account = target.accounts[0]
    with logged_in(target.endpoints["implicit"], account) as client:
        announced = {each.decode().upper() for each in client.capabilities()}
    assert set(capabilities.upper().split()) <= announced


def check_pop3_greets(target: PrivateServer) -> None:
    with socket.create_connection((HOST, target.ports.pop3), 10) as connection:
        assert connection.recv(512).startswith(b"+OK ")


def check_nobody_can_start_it(name: str) -> None:
    """Or is told why not: a system need not have user namespaces."""
    with python(AS_NOBODY, name) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    if "needs the right to make a mount namespace" in output:
        pytest.skip(output.strip())
    assert output.strip() == f"(3, {{{NOBODY}}}, False)"


def check_nothing_listens(port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def check_the_store(target: Target, which: Callable[[], object]) -> None:
    """Fresh at each start and kept by a restart; `which` names the server that runs."""
    with target:
        port = target.endpoint.port
        with logged_in(target.endpoint, target.accounts[0]) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 0
            client.append("INBOX", MESSAGE)
            validity = client.select_folder("INBOX")[b"UIDVALIDITY"]
        first, held, worked = which(), target.memory, target.cpu_time
        assert held
        assert worked
        target.restart()
        assert which() != first
        # Whoever has asked before is told of the server that runs now.
        assert held() > 1 << 20
        assert worked() > 0
        assert target.endpoint.port == port
        with logged_in(target.endpoint, target.accounts[0]) as client:
            answer = client.select_folder("INBOX")
            assert (answer[b"EXISTS"], answer[b"UIDVALIDITY"]) == (1, validity)
    with pytest.raises(RuntimeError, match="not started"):
        target.restart()
    with target, logged_in(target.endpoint, target.accounts[0]) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
