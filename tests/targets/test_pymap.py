"""The embedded server: every way in, two users, a fresh store, and no trace afterwards."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from targets_clients import WAYS, logged_in

from conformance.targets import SERVERS
from conformance.targets.errors import ServerFailed
from conformance.targets.loopback import certificate_in
from conformance.targets.pymap import PymapTarget
from conformance.wire.session import Session

MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"


def test_says_what_it_is(pymap_target: PymapTarget) -> None:
    assert pymap_target.name == "pymap"
    assert pymap_target.version.startswith("0.36.")
    assert pymap_target.label == "--server pymap"
    assert pymap_target.disposable
    assert [account.user for account in pymap_target.accounts] == ["user1", "user2"]
    assert "pass1" not in repr(pymap_target.accounts) + repr(pymap_target)
    assert pymap_target.endpoint is pymap_target.endpoints["none"]
    assert list(pymap_target.endpoints) == list(WAYS)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(pymap_target: PymapTarget, way: str) -> None:
    for account in pymap_target.accounts:
        with logged_in(pymap_target.endpoints[way], account) as client:
            assert client.select_folder("INBOX")[b"READ-WRITE"]


@pytest.mark.parametrize("way", WAYS)
def test_a_session_gets_in(pymap_target: PymapTarget, way: str) -> None:
    account = pymap_target.accounts[0]
    with Session(pymap_target.endpoints[way], timeout=10) as session:
        session.open()
        if way == "starttls":
            session.start_tls()
        assert session.login(account.user, account.password).ok


def test_starttls_is_not_offered_inside_tls(pymap_target: PymapTarget) -> None:
    with logged_in(pymap_target.endpoints["implicit"], pymap_target.accounts[0]) as client:
        assert b"STARTTLS" not in client.capabilities()


def test_users_do_not_share_their_mail(pymap_target: PymapTarget) -> None:
    first, second = pymap_target.accounts
    with logged_in(pymap_target.endpoint, first) as client:
        client.create_folder("Only mine")
    with logged_in(pymap_target.endpoint, second) as client:
        assert not client.folder_exists("Only mine")
    with logged_in(pymap_target.endpoint, first) as client:
        client.delete_folder("Only mine")


def test_many_bad_commands_and_wrong_passwords(pymap_target: PymapTarget) -> None:
    with Session(pymap_target.endpoint, timeout=10) as session:
        session.open()
        assert not any(session.command(b"NONSENSE").ok for _ in range(20))
        assert not any(session.command(b"LOGIN user1 wrong").ok for _ in range(20))
        assert session.command(b"NOOP").ok


def test_the_store_is_fresh_at_each_start() -> None:
    target = PymapTarget()
    for _ in range(2):
        with target, logged_in(target.endpoint, target.accounts[0]) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 0
            client.append("INBOX", MESSAGE)
            assert client.select_folder("INBOX")[b"EXISTS"] == 1


def test_two_at_once() -> None:
    with PymapTarget() as one, PymapTarget() as other:
        assert one.endpoint.port != other.endpoint.port
        with logged_in(one.endpoint, one.accounts[0]) as client:
            client.append("INBOX", MESSAGE)
        with logged_in(other.endpoint, other.accounts[0]) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_stop_leaves_nothing() -> None:
    with PymapTarget() as target:
        port, certificate = target.endpoint.port, target.endpoint.ca_file
        assert certificate is not None
        assert certificate.exists()
    assert not certificate.parent.exists()
    assert not target.endpoints
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    target.stop()


@contextmanager
def connected(target: PymapTarget, way: str) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", target.endpoints[way].port), 10) as connection:
        yield connection


def test_stop_with_clients_in_every_stage(capfd: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as stack:
        with PymapTarget() as target:
            context = ssl.create_default_context(cafile=str(target.endpoint.ca_file))
            stack.enter_context(connected(target, "implicit"))  # never begins TLS
            plain = stack.enter_context(connected(target, "none"))
            plain.recv(1000)
            plain.sendall(b"a LOGIN {5}\r\n")
            assert plain.recv(1000).startswith(b"+")
            secure = context.wrap_socket(
                stack.enter_context(connected(target, "implicit")), server_hostname="localhost"
            )
            stack.enter_context(secure)
            assert secure.recv(1000).startswith(b"* OK")
            idle = stack.enter_context(logged_in(target.endpoint, target.accounts[0]))
            idle.select_folder("INBOX")
            idle.idle()
        assert plain.recv(1000) == b""
    assert capfd.readouterr() == ("", "")


def test_faults_inside_do_not_reach_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with PymapTarget() as target:
        with connected(target, "none") as connection, connection.makefile("rb") as stream:
            stream.readline()
            connection.sendall(b"a NOOP " + b"x" * 70_000 + b"\r\n")
            assert b"BYE" in stream.readline()
        with connected(target, "implicit") as connection:
            connection.sendall(b"this is no TLS\r\n\r\n")
            while connection.recv(1000):
                pass
        with logged_in(target.endpoint, target.accounts[0]):
            pass
    assert capfd.readouterr() == ("", "")


def test_a_start_that_fails_is_told_and_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.targets.pymap.issue_certificate", certificate_in)
    target = PymapTarget()
    with pytest.raises(ServerFailed, match="the embedded pymap died at its start"), target:
        pytest.fail("started")
    assert not target.endpoints


def test_a_server_that_loops_is_ended_and_started_again() -> None:
    with PymapTarget() as target:
        with Session(target.endpoint, timeout=2) as session:
            session.open()
            session.login("user1", "pass1")
            assert session.command(b"CREATE &AOk").ended == "timeout"
        target.restart()
        with logged_in(target.endpoint, target.accounts[0]) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_is_in_the_registry() -> None:
    assert isinstance(SERVERS["pymap"](), PymapTarget)
