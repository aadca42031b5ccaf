"""A private Courier: every way in, the system's own left alone, and nothing left of it."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
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
)

from conformance.targets import SERVERS, courier, private
from conformance.targets.courier import CourierTarget
from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.process import free_ports

SYSTEM = (Path("/etc/courier"), Path("/run/courier"))

installed = pytest.mark.usefixtures("courier_installed")
pytestmark = pytest.mark.courier


def namespace(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return ""  # it has ended


def everybody() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def namespace_of(folder: Path) -> str:
    """The namespace of the server that works in a folder; nobody else is in it."""
    ours = namespace(os.getpid())
    for pid in everybody():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(folder) in words and namespace(pid) not in ("", ours):
            return namespace(pid)
    raise AssertionError(f"no server in {folder}")


def living_in(space: str) -> list[int]:
    return [pid for pid in everybody() if namespace(pid) == space]


def system_files() -> list[tuple[str, int]]:
    paths = [path for folder in SYSTEM for path in [folder, *folder.rglob("*")]]
    return sorted((str(path), path.lstat().st_mtime_ns) for path in paths)


@installed
def test_says_what_it_is(courier_target: CourierTarget) -> None:
    assert courier_target.name == "courier"
    assert courier_target.version.startswith("5.")
    assert courier_target.label == "--server courier"
    assert courier_target.disposable
    assert [account.user for account in courier_target.accounts] == ["user1", "user2"]
    assert courier_target.endpoint is courier_target.endpoints["none"]
    assert isinstance(SERVERS["courier"](), CourierTarget)


@installed
@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(courier_target: CourierTarget, way: str) -> None:
    check_imapclient_gets_in(courier_target, way)
    check_a_session_gets_in(courier_target, way)


@installed
@pytest.mark.slow  # Courier waits five seconds before it refuses a password
def test_many_connections_and_wrong_passwords(courier_target: CourierTarget) -> None:
    check_many_connections_and_wrong_passwords(courier_target)


@installed
def test_only_this_machine_can_connect(courier_target: CourierTarget) -> None:
    ports = {f"{endpoint.port:04X}" for endpoint in courier_target.endpoints.values()}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    rows += [row.split() for row in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].split(":")[1] in ports]
    assert sorted(listening) == sorted(f"0100007F:{port}" for port in ports)


@installed
def test_stop_leaves_nothing_and_the_system_as_it_was() -> None:
    before = system_files()
    with CourierTarget() as target:
        folder, port = folder_of(target), target.endpoint.port
        space = namespace_of(folder)
        assert len(living_in(space)) > 3
        with logged_in(target.endpoint, target.accounts[0]) as client:
            client.append("INBOX", MESSAGE)
        assert system_files() == before
    assert not living_in(space)
    assert not folder.exists()
    assert not target.endpoints
    assert system_files() == before
    check_nothing_listens(port)
    target.stop()


@installed
def test_the_store_is_fresh_at_each_start_and_kept_by_restart() -> None:
    target = CourierTarget()
    check_the_store(target, lambda: min(living_in(namespace_of(folder_of(target)))))


@installed
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_we_die(end: signal.Signals) -> None:
    with holder("courier") as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        space = namespace_of(folder)
        process.send_signal(end)
        process.wait(20)
    assert await_true(lambda: not living_in(space))
    assert await_true(lambda: not folder.exists())


@installed
def test_taken_ports_are_given_up_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with greeting_server(b"* OK a stranger\r\n") as taken:
        offers = [free_ports()._replace(plain=taken), free_ports()]
        monkeypatch.setattr(private, "free_ports", lambda: offers.pop(0))
        with CourierTarget() as target, logged_in(target.endpoint, target.accounts[0]):
            assert not offers
        socket.create_connection(("127.0.0.1", taken)).close()


@installed
def test_a_stranger_on_the_port_is_not_taken_for_the_server() -> None:
    with CourierTarget() as target:
        port, space = target.endpoint.port, namespace_of(folder_of(target))
        for pid in living_in(space):
            with suppress(ProcessLookupError):  # the first one takes the others with it
                os.kill(pid, signal.SIGKILL)
        assert await_true(lambda: not living_in(space))
        with greeting_server(b"* OK a stranger\r\n", port=port):
            with pytest.raises(ServerFailed, match="already in use"):
                target.restart()
            socket.create_connection(("127.0.0.1", port)).close()
        target.restart()


@installed
def test_death_at_start_shows_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "courier.sh"
    script.write_text("echo 'no way to go' >&2\nexit 1\n")
    monkeypatch.setattr(courier, "_SCRIPT", script)
    with pytest.raises(ServerFailed, match=r"courier died at its start: no way to go"):
        CourierTarget().__enter__()


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(tmp_path))
    monkeypatch.setattr("conformance.targets.programs._SYSTEM_FOLDERS", ())
    with pytest.raises(ServerMissing, match=r"^\w+ is not installed .*courier"):
        CourierTarget().__enter__()


@installed
def test_without_root_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ServerMissing, match="by root only"):
        CourierTarget().__enter__()
