"""A private Cyrus: every way in, and nothing left however it ends."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from targets_clients import WAYS, logged_in
from targets_private import (
    MESSAGE,
    await_true,
    check_a_session_gets_in,
    check_imapclient_gets_in,
    check_many_connections_and_wrong_passwords,
    check_nothing_listens,
    check_the_store,
    folder_of,
    holder,
    in_group,
)

from conformance.targets import SERVERS
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.errors import ServerMissing

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
    check_imapclient_gets_in(cyrus_target, way)
    check_a_session_gets_in(cyrus_target, way)


def test_many_connections_and_wrong_passwords(cyrus_target: CyrusTarget) -> None:
    check_many_connections_and_wrong_passwords(cyrus_target)


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
    check_nothing_listens(port)
    target.stop()


def test_the_store_is_fresh_at_each_start_and_kept_by_restart() -> None:
    target = CyrusTarget()
    check_the_store(target, lambda: leader(folder_of(target)))


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(tmp_path))
    monkeypatch.setattr("conformance.targets.cyrus._FOLDERS", (str(tmp_path / "none"),))
    with pytest.raises(ServerMissing, match=r"^imapd is not installed .*cyrus-imapd"):
        CyrusTarget().__enter__()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_we_die(end: signal.Signals) -> None:
    with holder("conformance.targets.cyrus", "CyrusTarget") as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        group = leader(folder)
        assert in_group(group)
        process.send_signal(end)
        process.wait(20)
    assert await_true(lambda: not in_group(group))
    assert await_true(lambda: not folder.exists())
