"""A private Dovecot: every way in, as root and not, and nothing left however it ends."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
from targets_clients import WAYS, greeting_server, logged_in
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
    python,
)

from conformance.targets import SERVERS, dovecot, private
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.process import free_ports

NOBODY = 65534

pytestmark = [pytest.mark.dovecot, pytest.mark.usefixtures("dovecot_installed")]


def leader(folder: Path) -> int:
    return int((folder / "run" / "master.pid").read_text())


def test_says_what_it_is(dovecot_target: DovecotTarget) -> None:
    assert dovecot_target.name == "dovecot"
    assert dovecot_target.version.startswith("2.3.")
    assert dovecot_target.label == "--server dovecot"
    assert dovecot_target.disposable
    assert [account.user for account in dovecot_target.accounts] == ["user1", "user2"]
    assert dovecot_target.endpoint is dovecot_target.endpoints["none"]
    assert isinstance(SERVERS["dovecot"](), DovecotTarget)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(dovecot_target: DovecotTarget, way: str) -> None:
    check_imapclient_gets_in(dovecot_target, way)
    check_a_session_gets_in(dovecot_target, way)


def test_many_connections_and_wrong_passwords(dovecot_target: DovecotTarget) -> None:
    check_many_connections_and_wrong_passwords(dovecot_target)


def test_only_this_machine_can_connect(dovecot_target: DovecotTarget) -> None:
    text = (folder_of(dovecot_target) / "dovecot.conf").read_text()
    assert text.count("listen =") == 1
    assert "listen = 127.0.0.1\n" in text


def test_stop_leaves_nothing() -> None:
    with DovecotTarget() as target:
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
    target = DovecotTarget()
    check_the_store(target, lambda: leader(folder_of(target)))


def test_a_server_that_ignores_the_signal_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.targets.process._STOP", 0.2)
    with DovecotTarget() as target:
        folder = folder_of(target)
        group = leader(folder)
        os.killpg(group, signal.SIGSTOP)
    assert await_true(lambda: not in_group(group))
    assert not folder.exists()


def test_taken_ports_are_given_up_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with greeting_server(b"* OK a stranger\r\n") as taken:
        offers = [(taken, free_ports()[1]), free_ports()]
        monkeypatch.setattr(private, "free_ports", lambda: offers.pop(0))
        with DovecotTarget() as target, logged_in(target.endpoint, target.accounts[0]):
            assert not offers
        socket.create_connection(("127.0.0.1", taken)).close()


def test_a_stranger_on_the_port_is_not_taken_for_the_server_after_a_crash() -> None:
    with DovecotTarget() as target:
        folder, port = folder_of(target), target.endpoint.port
        group = leader(folder)
        os.killpg(group, signal.SIGKILL)
        assert await_true(lambda: not in_group(group))
        with greeting_server(b"* OK a stranger\r\n", port=port):
            with pytest.raises(ServerFailed, match="already in use"):
                target.restart()
            socket.create_connection(("127.0.0.1", port)).close()
        target.restart()
        with logged_in(target.endpoint, target.accounts[0]):
            pass


def test_death_at_start_shows_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configuration = tmp_path / "dovecot.conf"
    configuration.write_text("no_such_setting = \x1b[31m\n")
    monkeypatch.setattr(dovecot, "_CONFIGURATION", configuration)
    made: list[Path] = []
    real = private.make_folder
    monkeypatch.setattr(private, "make_folder", lambda: made.append(real()) or made[0])
    with pytest.raises(
        ServerFailed, match=r"dovecot died at its start: .*no_such_setting"
    ) as caught:
        DovecotTarget().__enter__()
    assert str(caught.value).isprintable()
    assert made
    assert not made[0].exists()


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("conformance.targets.process._SYSTEM_FOLDERS", ())
    with pytest.raises(ServerMissing, match=r"^dovecot is not installed .*dovecot-imapd"):
        DovecotTarget().__enter__()


@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        ("echo 2.4.1-4 (abc)", ServerMissing, "Dovecot 2.4.1-4 is installed, but only 2.3.x"),
        ("true", ServerMissing, "Dovecot ? is installed"),
        ("exit 1", ServerFailed, "--version does not work"),
    ],
)
def test_other_versions_are_refused(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    script: str,
    error: type[Exception],
    message: str,
) -> None:
    program = tmp_path / "dovecot"
    program.write_text(f"#!/bin/sh\n{script.replace('(', '[').replace(')', ']')}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(error) as caught:
        DovecotTarget().__enter__()
    assert message in str(caught.value)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_we_die(end: signal.Signals) -> None:
    with holder("conformance.targets.dovecot", "DovecotTarget") as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        group = leader(folder)
        assert in_group(group)
        process.send_signal(end)
        process.wait(20)
    assert await_true(lambda: not in_group(group))
    assert await_true(lambda: not folder.exists())


# The first start, as root, loads every module: nobody may not be able to read them.
AS_NOBODY = f"""
import os, pwd
from pathlib import Path
from targets_clients import WAYS, logged_in
from conformance.targets.dovecot import DovecotTarget
def use():
    with DovecotTarget() as target:
        for way in WAYS:
            for account in target.accounts:
                with logged_in(target.endpoints[way], account) as client:
                    client.append("INBOX", b"Subject: x\\r\\n\\r\\nx\\r\\n")
                    count = client.select_folder("INBOX")[b"EXISTS"]
        folder = target.endpoint.ca_file.parent
        owners = {{path.stat().st_uid for path in [folder, *folder.rglob("*")]}}
    return count, owners, folder.exists()
use()
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
print(use(), flush=True)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="everything else here runs without root already")
def test_without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    with python(AS_NOBODY) as process:
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.strip() == f"(3, {{{NOBODY}}}, False)"
