"""A private Cyrus: every way in, and nothing left however it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from targets_clients import WAYS, await_true, folder_of, in_group, logged_in

from conformance.targets import SERVERS
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.errors import ServerMissing

MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"

pytestmark = [pytest.mark.cyrus, pytest.mark.usefixtures("cyrus_installed")]


def leader(folder: Path) -> int:
    return int((folder / "conf" / "master.pid").read_text())


def test_says_what_it_is(cyrus_target: CyrusTarget) -> None:
    assert cyrus_target.name == "cyrus"
    assert cyrus_target.version.startswith("3.")
    assert cyrus_target.label == "--server cyrus"
    assert cyrus_target.disposable
    assert [account.user for account in cyrus_target.accounts] == ["user1", "user2"]
    assert isinstance(SERVERS["cyrus"](), CyrusTarget)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(cyrus_target: CyrusTarget, way: str) -> None:
    for account in cyrus_target.accounts:
        with logged_in(cyrus_target.endpoints[way], account) as client:
            assert client.select_folder("INBOX")[b"READ-WRITE"]


def test_only_this_machine_can_connect(cyrus_target: CyrusTarget) -> None:
    text = (folder_of(cyrus_target) / "cyrus.conf").read_text()
    assert text.count("listen=") == text.count('listen="127.0.0.1:') == 2


def test_stop_leaves_nothing() -> None:
    with CyrusTarget() as target:
        folder, port = folder_of(target), target.endpoint.port
        group = leader(folder)
        assert in_group(group)
        with logged_in(target.endpoint, target.accounts[0]) as client:
            client.append("INBOX", MESSAGE)
    assert not in_group(group)
    assert not folder.exists()
    assert not target.endpoints
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    target.stop()


def test_mail_is_kept_by_restart_and_fresh_at_each_start() -> None:
    with CyrusTarget() as target:
        port = target.endpoint.port
        with logged_in(target.endpoint, target.accounts[0]) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 0
            client.append("INBOX", MESSAGE)
        first = leader(folder_of(target))
        target.restart()
        assert leader(folder_of(target)) != first
        assert not in_group(first)
        assert target.endpoint.port == port
        with logged_in(target.endpoint, target.accounts[0]) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 1
    with target, logged_in(target.endpoint, target.accounts[0]) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(tmp_path))
    monkeypatch.setattr("conformance.targets.cyrus._FOLDERS", (str(tmp_path / "none"),))
    with pytest.raises(ServerMissing, match=r"^imapd is not installed .*cyrus-imapd"):
        CyrusTarget().__enter__()


HOLDER = """
import sys
from conformance.targets.cyrus import CyrusTarget
with CyrusTarget() as target:
    print(target.endpoint.ca_file.parent, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_we_die(end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        group = leader(folder)
        assert in_group(group)
        holder.send_signal(end)
        holder.wait(20)
    assert await_true(lambda: not in_group(group))
    assert await_true(lambda: not folder.exists())
