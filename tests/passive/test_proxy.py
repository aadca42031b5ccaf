"""The proxy passes what it judges, unchanged, and says what is wrong with it."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from passive_proxied import WAIT, Proxied, read_all, read_exactly, scripted

from conformance.passive.lint import lint
from conformance.passive.tap import REFUSAL
from conformance.passive.verdicts import Verdicts
from conformance.targets.dovecot import DovecotTarget
from conformance.targets.pymap import PymapTarget
from conformance.wire.deflate import Deflation
from conformance.wire.session import Literal, Session

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"
STRANGE = (
    bytes(range(256)) * 300 + b"\r\n\n\r* 1 FETCH (BODY[] {99999}\r\n" + bytes(range(255, -1, -1))
)


def test_octets_pass_unchanged_in_both_directions() -> None:
    heard: list[bytes] = []

    def script(server: socket.socket) -> None:
        server.sendall(GREETING + STRANGE)
        heard.append(read_exactly(server, len(STRANGE)))

    with scripted(script) as endpoint, Proxied(endpoint) as proxied, proxied.connect() as client:
        assert read_exactly(client, len(GREETING + STRANGE)) == GREETING + STRANGE
        client.sendall(STRANGE)
        read_all(client)
    assert heard == [STRANGE]


def test_octets_do_not_wait_for_the_end_of_a_line() -> None:
    def script(server: socket.socket) -> None:
        for octet in (b"*", b" ", b"O"):
            server.sendall(octet)
            assert read_exactly(server, 3) == b"x y"

    with scripted(script) as endpoint, Proxied(endpoint) as proxied, proxied.connect() as client:
        for octet in (b"*", b" ", b"O"):
            assert client.recv(1) == octet
            client.sendall(b"x y")
        read_all(client)


def test_the_end_of_a_line_that_looks_like_starttls_is_none() -> None:
    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        assert read_exactly(server, 24) == b"a1 LIST b STARTTLS\r\nover"

    with scripted(script) as endpoint, Proxied(endpoint) as proxied, proxied.connect() as client:
        read_exactly(client, len(GREETING))
        for piece in (b"a1 LIST ", b"b STARTTLS\r\n", b"over"):
            client.sendall(piece)
            time.sleep(0.05)
        client.shutdown(socket.SHUT_WR)
        read_all(client)


def test_findings_of_both_sides_come_with_the_number_of_the_session() -> None:
    def script(server: socket.socket) -> None:
        server.sendall(b"* OK hi\r\n")
        read_exactly(server, len(b"a1 FETCH 1 FLAGS\r\n"))
        server.sendall(b"* 1 FROB\r\na1 BAD no\r\n* BYE now\r\n")

    with scripted(script) as endpoint, Proxied(endpoint) as proxied, proxied.connect() as client:
        read_exactly(client, len(b"* OK hi\r\n"))
        client.sendall(b"a1 FETCH 1 FLAGS\r\n")
        read_all(client)
        client.close()
        proxied.await_end()
    assert ("C", "3501-3-client-state") in proxied.rules
    assert any(side == "S" for side, _ in proxied.rules)
    assert {seen.finding.session for seen in proxied.found} == {"1"}
    assert str(proxied.found[0].place) == "octet 0"


def test_who_closes_is_judged() -> None:
    def closes(server: socket.socket) -> None:
        server.sendall(b"* OK hi\r\n")

    with scripted(closes) as endpoint, Proxied(endpoint) as proxied:
        with proxied.connect() as client:
            read_all(client)
        proxied.await_end()
    assert proxied.rules == [("S", "3501-3.4-bye")]

    def waits(server: socket.socket) -> None:
        server.sendall(b"* OK hi\r\n")
        read_all(server)

    with scripted(waits) as endpoint, Proxied(endpoint) as proxied:
        with proxied.connect() as client:
            read_exactly(client, len(b"* OK hi\r\n"))
        proxied.await_end()
    assert proxied.rules == [("C", "3501-3.4-client-logout")]


@pytest.mark.parametrize(
    "pieces",
    [
        [b"a1 STARTTLS\r\n"],
        [b"a1 st", b"art", b"tls", b"\r", b"\n"],
        [bytes([octet]) for octet in b"a1 StartTLS\r\n"],
    ],
)
def test_starttls_is_refused_and_the_server_does_not_see_it(pieces: list[bytes]) -> None:
    heard: list[bytes] = []

    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        heard.append(read_all(server))

    with scripted(script) as endpoint, Proxied(endpoint) as proxied:
        with proxied.connect() as client:
            assert read_exactly(client, len(GREETING)) == GREETING
            for piece in pieces:
                client.sendall(piece)
                time.sleep(0.01)
            refusal = REFUSAL % b"a1"
            assert read_exactly(client, len(refusal)) == refusal
            client.sendall(b"a2 NOOP\r\n")
        proxied.await_end()
    assert heard == [b"a2 NOOP\r\n"]


def test_starttls_in_a_literal_is_no_command() -> None:
    said = b"a1 LOGIN {13}\r\n", b"a1 STARTTLS\r\n x\r\n"

    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        assert read_exactly(server, len(said[0])) == said[0]
        server.sendall(b"+ go\r\n")
        assert read_exactly(server, len(said[1])) == said[1]

    with scripted(script) as endpoint, Proxied(endpoint) as proxied, proxied.connect() as client:
        read_exactly(client, len(GREETING))
        client.sendall(said[0])
        read_exactly(client, len(b"+ go\r\n"))
        client.sendall(said[1])
        read_all(client)


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with scripted(lambda _: None) as endpoint:
        gone = type(endpoint)("127.0.0.1", port)
        with Proxied(gone) as proxied, proxied.connect() as client:
            assert read_all(client) == b""
            proxied.await_end()
        with socket.create_connection((endpoint.host, endpoint.port)):
            pass
    assert proxied.said[0].startswith(f"session 1: no connection to 127.0.0.1:{port}")


def test_a_server_that_refuses_starttls_is_told() -> None:
    def script(server: socket.socket) -> None:
        server.sendall(b"* OK hi\r\n")
        read_exactly(server, len(b"tls1 STARTTLS\r\n"))
        server.sendall(b"* OK still here\r\ntls1 NO not today\r\n")

    with scripted(script) as plain:
        endpoint = type(plain)(plain.host, plain.port, security="starttls")
        with Proxied(endpoint) as proxied, proxied.connect() as client:
            assert read_all(client) == b""
            proxied.await_end()
    assert "the server refuses it" in proxied.said[0]


def test_a_server_that_keeps_talking_to_nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.wire.pipes.PATIENCE", 0.5)

    def script(server: socket.socket) -> None:
        try:
            while True:
                server.sendall(b"* OK still here\r\n")
                time.sleep(0.02)
        except OSError:
            pass

    with scripted(script) as endpoint, Proxied(endpoint) as proxied:
        proxied.connect().close()
        proxied.await_end()


def test_a_server_that_keeps_talking_before_tls_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conformance.passive.proxy.CONNECT", 0.5)

    def script(server: socket.socket) -> None:
        server.sendall(b"* OK hi\r\n")
        try:
            while True:
                server.sendall(b"* OK still here\r\n")
                time.sleep(0.02)
        except OSError:
            pass

    with scripted(script) as plain:
        endpoint = type(plain)(plain.host, plain.port, security="starttls")
        with Proxied(endpoint) as proxied, proxied.connect() as client:
            assert read_all(client) == b""
            proxied.await_end()
    assert "no TLS" in proxied.said[0]


def test_a_good_conversation_is_passed_and_kept(pymap_target: PymapTarget, tmp_path: Path) -> None:
    account = pymap_target.accounts[0]
    with Proxied(pymap_target.endpoint, output=tmp_path) as proxied:
        with Session(proxied.endpoint, timeout=WAIT) as session:
            session.open()
            session.login(account.user, account.password)
            session.command(b"CREATE proxied")
            message = b"Subject: x\r\n\r\n" + b"x" * 100_000
            assert session.command(b"APPEND proxied ", Literal(message)).ok
            assert session.command(b"DELETE proxied").ok
            session.logout()
        proxied.await_end()
    assert not [rule for rule in proxied.rules if rule[0] == "C"]
    kept = tmp_path / "session-0001.txt"
    text = kept.read_text()
    assert account.password not in text
    assert "APPEND proxied {100014}" in text
    assert kept.stat().st_mode & 0o077 == 0
    verdicts = Verdicts(["C"])
    (read,) = lint([kept], verdicts)
    assert (read.sessions, read.commands) == (1, 5)
    assert verdicts.entries == []


@pytest.mark.dovecot
@pytest.mark.parametrize("way", ["none", "starttls", "implicit"])
def test_tls_is_spoken_to_the_server_and_not_to_the_client(
    way: str, dovecot_target: DovecotTarget
) -> None:
    account = dovecot_target.accounts[0]
    with Proxied(dovecot_target.endpoints[way]) as proxied:
        with Session(proxied.endpoint, timeout=20.0) as session:
            greeting = session.open()
            # With STARTTLS the list in the greeting was that of the connection before TLS.
            assert (session.dialogue.capabilities is None) == (way == "starttls")
            assert greeting.frame.text.startswith(b"* OK ")
            session.command(b"CAPABILITY")
            announced = session.dialogue.capabilities or frozenset()
            assert ("STARTTLS" in announced) == (way == "none")
            session.login(account.user, account.password)
            assert session.command(b"SELECT INBOX").ok
            session.logout()
        proxied.await_end()
    assert proxied.rules == []


@pytest.mark.dovecot
def test_a_certificate_that_is_not_trusted_is_told(dovecot_target: DovecotTarget) -> None:
    trusted = dovecot_target.endpoints["implicit"]
    endpoint = type(trusted)(trusted.host, trusted.port, "implicit", server_name="localhost")
    with Proxied(endpoint) as proxied, proxied.connect() as client:
        assert read_all(client) == b""
        proxied.await_end()
    assert "certificate verify failed" in proxied.said[0]


def test_the_end_of_the_proxy_ends_its_sessions() -> None:
    def script(server: socket.socket) -> None:
        server.sendall(b"* OK hi\r\n")
        read_all(server)

    with scripted(script) as endpoint:
        with Proxied(endpoint) as proxied:
            client = proxied.connect()
            read_exactly(client, len(b"* OK hi\r\n"))
        assert client.recv(1) == b""
        client.close()
    assert proxied.rules == []
    assert proxied.proxy.ended_sessions == 1


def test_a_compressed_connection_passes_unchanged_and_is_seen_through() -> None:
    server_layer, client_layer = Deflation(), Deflation()
    command = client_layer.deflate(b"a2 FETCH 1 FLAGS\r\n")
    answer = server_layer.deflate(b"* 1 FROB\r\na2 BAD no\r\n")

    def script(server: socket.socket) -> None:
        server.sendall(b"* PREAUTH hi\r\n")
        read_exactly(server, len(b"a1 COMPRESS DEFLATE\r\n"))
        server.sendall(b"a1 OK on\r\n")
        assert read_exactly(server, len(command)) == command
        server.sendall(answer)

    with scripted(script) as endpoint, Proxied(endpoint) as proxied, proxied.connect() as client:
        read_exactly(client, len(b"* PREAUTH hi\r\n"))
        client.sendall(b"a1 COMPRESS DEFLATE\r\n")
        read_exactly(client, len(b"a1 OK on\r\n"))
        for octet in command:
            client.sendall(bytes([octet]))
        assert read_exactly(client, len(answer)) == answer
        client.close()
        proxied.await_end()
    assert ("C", "3501-3-client-state") in proxied.rules
    assert any(side == "S" for side, _ in proxied.rules)
