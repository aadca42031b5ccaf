"""A private Dovecot of each series: every way in, as root and not, and nothing left of it."""

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
    check_announces,
    check_imapclient_gets_in,
    check_many_connections_and_wrong_passwords,
    check_nobody_can_start_it,
    check_nothing_listens,
    check_pop3_greets,
    check_the_store,
    folder_of,
    holder,
    in_group,
)

from conformance.targets import SERVERS, private
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.process import free_ports

VERSIONS = {"dovecot": "2.3.", "dovecot24": "2.4."}
_BOTH = """
IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS
THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS
LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH
LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW PREVIEW=FUZZY STATUS=SIZE
SAVEDATE NOTIFY METADATA LITERAL+ ACL RIGHTS=texk URLAUTH URLAUTH=BINARY
"""
ANNOUNCED = {
    "dovecot": _BOTH,
    "dovecot24": _BOTH + "REPLACE SPECIAL-USE INPROGRESS UTF8=ACCEPT QUOTA LIST-MYRIGHTS",
}
"""What each tells after login: the rules of these have a server to be seen on."""

pytestmark = pytest.mark.dovecot


@pytest.fixture(params=VERSIONS)
def edition(request: pytest.FixtureRequest) -> str:
    """That of a series which is installed."""
    request.getfixturevalue(f"{request.param}_installed")
    return str(request.param)


@pytest.fixture
def running(edition: str, request: pytest.FixtureRequest) -> DovecotTarget:
    """The one that all tests share."""
    target = request.getfixturevalue(f"{edition}_target")
    assert isinstance(target, DovecotTarget)
    return target


def leader(folder: Path) -> int:
    return int((folder / "run" / "master.pid").read_text())


def test_says_what_it_is(edition: str, running: DovecotTarget) -> None:
    assert running.name == "dovecot"
    assert running.version.startswith(VERSIONS[edition])
    assert running.label == f"--server {edition}"
    assert running.disposable
    assert [account.user for account in running.accounts] == ["user1", "user2"]
    assert running.endpoint is running.endpoints["none"]
    assert isinstance(SERVERS[edition](), DovecotTarget)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(running: DovecotTarget, way: str) -> None:
    check_imapclient_gets_in(running, way)
    check_a_session_gets_in(running, way)


def test_what_is_switched_on_is_announced(edition: str, running: DovecotTarget) -> None:
    check_announces(running, ANNOUNCED[edition])


def test_mail_is_there_by_pop3_as_well(dovecot24_target: DovecotTarget) -> None:
    check_pop3_greets(dovecot24_target)


def test_many_connections_and_wrong_passwords(running: DovecotTarget) -> None:
    check_many_connections_and_wrong_passwords(running)


def test_only_this_machine_can_connect(running: DovecotTarget) -> None:
    text = (folder_of(running) / "dovecot.conf").read_text()
    assert text.count("listen =") == 1
    assert "listen = 127.0.0.1\n" in text


def test_stop_leaves_nothing(edition: str) -> None:
    with DovecotTarget(edition) as target:
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


def test_the_store_is_fresh_at_each_start_and_kept_by_restart(edition: str) -> None:
    target = DovecotTarget(edition)
    check_the_store(target, lambda: leader(folder_of(target)))


def test_a_server_that_ignores_the_signal_is_killed(
    edition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.targets.process._STOP", 0.2)
    with DovecotTarget(edition) as target:
        folder = folder_of(target)
        group = leader(folder)
        os.killpg(group, signal.SIGSTOP)
    assert await_true(lambda: not in_group(group))
    assert not folder.exists()


def test_taken_ports_are_given_up_for_others(edition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with greeting_server(b"* OK a stranger\r\n") as taken:
        offers = [free_ports()._replace(plain=taken), free_ports()]
        monkeypatch.setattr(private, "free_ports", lambda: offers.pop(0))
        with DovecotTarget(edition) as target, logged_in(target.endpoint, target.accounts[0]):
            assert not offers
        socket.create_connection(("127.0.0.1", taken)).close()


def test_a_stranger_on_the_port_is_not_taken_for_the_server_after_a_crash(edition: str) -> None:
    with DovecotTarget(edition) as target:
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


def test_death_at_start_shows_the_log(
    edition: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = DovecotTarget(edition)
    target.configuration = tmp_path / "dovecot.conf"
    good = DovecotTarget(edition).configuration.read_text()
    target.configuration.write_text(f"{good}no_such_setting = \x1b[31m\n")
    made: list[Path] = []
    real = private.make_folder
    monkeypatch.setattr(private, "make_folder", lambda: made.append(real()) or made[0])
    died = r"dovecot died at its start: .*no_such_setting"
    with pytest.raises(ServerFailed, match=died) as caught:
        target.__enter__()
    assert str(caught.value).isprintable()
    assert made
    assert not made[0].exists()


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(tmp_path))
    monkeypatch.setattr("conformance.targets.programs._SYSTEM_FOLDERS", ())
    with pytest.raises(ServerMissing, match=r"^dovecot is not installed .*dovecot-imapd\)$"):
        DovecotTarget().__enter__()
    nowhere = rf"^dovecot is not installed .*; dovecot of Debian's trixie .* in {tmp_path}/trixie$"
    with pytest.raises(ServerMissing, match=nowhere):
        DovecotTarget("dovecot24").__enter__()


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
def test_nothing_is_left_when_we_die(edition: str, end: signal.Signals) -> None:
    with holder(edition) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        group = leader(folder)
        assert in_group(group)
        process.send_signal(end)
        process.wait(20)
    assert await_true(lambda: not in_group(group))
    assert await_true(lambda: not folder.exists())


@pytest.mark.skipif(os.geteuid() != 0, reason="everything else here runs without root already")
def test_without_root(edition: str) -> None:
    check_nobody_can_start_it(edition)
