"""A private Cyrus of each series: every way in, as root and not, and nothing left of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from targets_clients import WAYS, logged_in
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

from conformance.targets import SERVERS
from conformance.targets.cyrus import CyrusTarget
from conformance.targets.errors import ServerMissing

VERSIONS = {"cyrus": "3.", "cyrus310": "3.10."}
LISTENERS = 3
"""IMAP, IMAP with TLS from the start, POP3."""
ANNOUNCED = """
IMAP4rev1 IMAP4rev2 ACL ANNOTATE-EXPERIMENT-1 APPENDLIMIT=10485760 BINARY CATENATE CHILDREN
COMPRESS=DEFLATE CONDSTORE CREATE-SPECIAL-USE ENABLE ESEARCH ESORT ID IDLE LIST-EXTENDED
LIST-METADATA LIST-MYRIGHTS LIST-STATUS LITERAL+ MAILBOX-REFERRALS METADATA MOVE MULTIAPPEND
MULTISEARCH NAMESPACE NOTIFY OBJECTID PREVIEW QRESYNC QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE
QUOTA=RES-ANNOTATION-STORAGE QUOTA=RES-MAILBOX QUOTASET REPLACE RIGHTS=kxten SAVEDATE SEARCH=FUZZY
SEARCHRES SORT SORT=DISPLAY SPECIAL-USE STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES
THREAD=REFS UIDONLY UIDPLUS UNSELECT URL-PARTIAL URLAUTH URLAUTH=BINARY WITHIN
AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256-PLUS
"""
"""What 3.10 tells after login over TLS: the rules of these have a server to be seen on."""

pytestmark = pytest.mark.cyrus


@pytest.fixture(params=VERSIONS)
def edition(request: pytest.FixtureRequest) -> str:
    """That of a series which is installed."""
    request.getfixturevalue(f"{request.param}_installed")
    return str(request.param)


@pytest.fixture
def running(edition: str, request: pytest.FixtureRequest) -> CyrusTarget:
    """The one that all tests share."""
    target = request.getfixturevalue(f"{edition}_target")
    assert isinstance(target, CyrusTarget)
    return target


def leader(folder: Path) -> int:
    return int((folder / "conf" / "master.pid").read_text())


def test_says_what_it_is(edition: str, running: CyrusTarget) -> None:
    assert running.name == "cyrus"
    assert running.version.startswith(VERSIONS[edition])
    assert running.label == f"--server {edition}"
    assert running.disposable
    assert [account.user for account in running.accounts] == ["user1", "user2"]
    assert isinstance(SERVERS[edition](), CyrusTarget)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(running: CyrusTarget, way: str) -> None:
    check_imapclient_gets_in(running, way)
    check_a_session_gets_in(running, way)


def test_what_is_switched_on_is_announced(cyrus310_target: CyrusTarget) -> None:
    check_announces(cyrus310_target, ANNOUNCED)
    check_pop3_greets(cyrus310_target)


def test_many_connections_and_wrong_passwords(running: CyrusTarget) -> None:
    check_many_connections_and_wrong_passwords(running)


def test_only_this_machine_can_connect(running: CyrusTarget) -> None:
    text = (folder_of(running) / "cyrus.conf").read_text()
    assert text.count("listen=") == text.count('listen="127.0.0.1:') == LISTENERS


def test_stop_leaves_nothing(edition: str) -> None:
    with CyrusTarget(edition) as target:
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
    target = CyrusTarget(edition)
    check_the_store(target, lambda: leader(folder_of(target)))


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(tmp_path))
    monkeypatch.setattr("conformance.targets.cyrus._FOLDERS", (str(tmp_path / "none"),))
    with pytest.raises(ServerMissing, match=r"^master is not installed .*cyrus-common\)$"):
        CyrusTarget().__enter__()
    nowhere = rf"^master is not installed .*; master of Debian's trixie .* in {tmp_path}/trixie$"
    with pytest.raises(ServerMissing, match=nowhere):
        CyrusTarget("cyrus310").__enter__()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
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
