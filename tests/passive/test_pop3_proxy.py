"""The proxy for POP3: Python's poplib through it, servers that are wrong, and STLS."""

from __future__ import annotations

import contextlib
import poplib
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from passive_proxied import WAIT, Proxied, read_all, read_exactly, scripted

from conformance.cli.main import main
from conformance.flaws.catalogue import FLAWS
from conformance.flaws.pop3.server import FlawedPop3
from conformance.passive.pop3_proxy import REFUSAL, WatchingPop3Proxy
from conformance.targets.dovecot import DovecotTarget
from conformance.wire.session import Literal, Session
from conformance.wire.transport import Endpoint

GREETING = b"+OK ready\r\n"


def watching(server: Endpoint, **options) -> Proxied:
    return Proxied(server, kind=WatchingPop3Proxy, **options)


@contextlib.contextmanager
def client_of(proxied: Proxied) -> Iterator[poplib.POP3]:
    """Connect poplib, and let the session end with the client's end of the connection."""
    client = poplib.POP3("127.0.0.1", proxied.proxy.port, timeout=WAIT)
    try:
        yield client
    finally:
        client.close()
        proxied.await_end()


@pytest.fixture(scope="module")
def with_mail(dovecot_target: DovecotTarget) -> DovecotTarget:
    """Dovecot with two messages in the INBOX of its second account, one of them with dots."""
    if dovecot_target.pop3 is None:
        pytest.skip("dovecot-pop3d is not installed")
    account = dovecot_target.accounts[1]
    with Session(dovecot_target.endpoint, timeout=20.0) as session:
        session.open()
        session.login(account.user, account.password)
        for text in (b"Subject: a\r\n\r\none\r\n", b"Subject: b\r\n\r\n.\r\n..two\r\n"):
            session.command(b"APPEND INBOX ", Literal(text))
        session.logout()
    return dovecot_target


def read_mail(client: poplib.POP3, target: DovecotTarget) -> None:
    """Do what a program does that downloads mail."""
    account = target.accounts[1]
    client.capa()
    client.user(account.user)
    client.pass_(account.password)
    count, _ = client.stat()
    client.list()
    client.uidl()
    for number in range(1, count + 1):
        client.top(number, 0)
        client.retr(number)
    client.dele(count)
    client.rset()
    client.noop()
    client.quit()


@pytest.mark.dovecot
def test_poplib_and_dovecot_keep_to_the_rfc(with_mail: DovecotTarget, tmp_path: Path) -> None:
    assert with_mail.pop3 is not None
    with watching(with_mail.pop3, output=tmp_path) as proxied:
        with client_of(proxied) as client:
            read_mail(client, with_mail)
        assert proxied.rules == []
        assert proxied.proxy.commands >= 14
        assert proxied.proxy.responses == proxied.proxy.commands + 1  # the greeting
    [transcript] = tmp_path.iterdir()
    text = transcript.read_text()
    assert "C: PASS" in text
    assert with_mail.accounts[1].password not in text
    assert main(["lint", str(transcript)]) == 0


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("flaw", "rule"),
    [
        ("pop3-small-letters", "1939-3-upper-case"),
        ("pop3-long-status-line", "1939-3-length"),
        ("pop3-bare-lf", "1939-3-crlf"),
    ],
)
def test_a_flawed_server_is_accused(with_mail: DovecotTarget, flaw: str, rule: str) -> None:
    assert with_mail.pop3 is not None
    acts = FLAWS[flaw].pop3
    with FlawedPop3(with_mail.pop3, acts) as flawed, watching(flawed.endpoint) as proxied:
        with client_of(proxied) as client, contextlib.suppress(poplib.error_proto):
            read_mail(client, with_mail)
        assert set(proxied.rules) == {("S", rule)}


@pytest.mark.dovecot
def test_a_client_is_accused(with_mail: DovecotTarget) -> None:
    assert with_mail.pop3 is not None
    with watching(with_mail.pop3) as proxied:
        with client_of(proxied) as client:
            with pytest.raises(poplib.error_proto):
                client.stat()
            with pytest.raises(poplib.error_proto):
                client._shortcmd("RETR")
            client.quit()
        assert proxied.rules == [("C", "1939-5-client-state"), ("C", "1939-3-client-form")]


@pytest.mark.parametrize(
    "pieces", [[b"STLS\r\n"], [b"s", b"tl", b"s", b"\r", b"\n"], [b"STLS \r\n"]]
)
def test_stls_is_refused_and_the_server_does_not_see_it(pieces: list[bytes]) -> None:
    heard: list[bytes] = []

    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        heard.append(read_all(server))

    with scripted(script) as endpoint, watching(endpoint) as proxied:
        with proxied.connect() as client:
            read_exactly(client, len(GREETING))
            for piece in pieces:
                client.sendall(piece)
                time.sleep(0.01)
            assert read_exactly(client, len(REFUSAL)) == REFUSAL
            client.sendall(b"STAT\r\n")
        proxied.await_end()
    assert heard == [b"STAT\r\n"]


def test_the_refusal_comes_in_its_turn() -> None:
    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        assert read_exactly(server, 6) == b"CAPA\r\n"
        for piece in (b"+OK\r\nSTLS\r\n", b".", b"\r\n"):
            time.sleep(0.1)
            server.sendall(piece)
        assert read_exactly(server, 6) == b"QUIT\r\n"
        server.sendall(b"+OK bye\r\n")

    with scripted(script) as endpoint, watching(endpoint) as proxied, proxied.connect() as client:
        client.sendall(b"CAPA\r\nSTLS\r\nQUIT\r\n")
        assert read_all(client) == GREETING + b"+OK\r\nSTLS\r\n.\r\n" + REFUSAL + b"+OK bye\r\n"
        client.close()
        proxied.await_end()
        assert proxied.rules == []


def test_the_greeting_is_no_answer_where_the_client_does_not_wait_for_it() -> None:
    def script(server: socket.socket) -> None:
        assert read_exactly(server, 6) == b"CAPA\r\n"
        server.sendall(GREETING + b"+OK\r\nTOP\r\n.\r\n")

    with scripted(script) as endpoint, watching(endpoint) as proxied, proxied.connect() as client:
        client.sendall(b"CAPA\r\n")
        read_all(client)
        client.close()
        proxied.await_end()
        assert proxied.rules == []
        assert proxied.proxy.responses == 2


def test_stls_in_an_exchange_is_no_command() -> None:
    said = b"STLS\r\n"

    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        assert read_exactly(server, 12) == b"AUTH PLAIN\r\n"
        server.sendall(b"+ \r\n")
        assert read_exactly(server, len(said)) == said
        server.sendall(b"-ERR no\r\n")

    with scripted(script) as endpoint, watching(endpoint) as proxied, proxied.connect() as client:
        client.sendall(b"AUTH PLAIN\r\n")
        read_exactly(client, len(GREETING + b"+ \r\n"))
        client.sendall(said)
        assert read_all(client) == b"-ERR no\r\n"


def test_a_server_that_has_no_stls_is_said_to_have_none() -> None:
    def script(server: socket.socket) -> None:
        server.sendall(GREETING)
        assert read_exactly(server, 6) == b"STLS\r\n"
        server.sendall(b"-ERR what?\r\n")
        read_all(server)

    with scripted(script) as endpoint:
        far = Endpoint(endpoint.host, endpoint.port, "starttls")
        with watching(far) as proxied:
            with proxied.connect() as client:
                assert read_all(client) == b""
            proxied.await_end()
            assert len(proxied.said) == 1
            assert re.search("no TLS with .*the server refuses it", proxied.said[0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pop3"], "say where POP3 is served"),
        (["imap://u@localhost", "--pop3"], "say where POP3 is served"),
        (["--pop3", "localhost"], "HOST:PORT"),
        (["--pop3", "localhost:110", "--server", "pymap"], "not both"),
        (["--pop3", "localhost:110", "imap://u@localhost"], "not both"),
        (["--server", "pymap", "--pop3"], "has no POP3"),
    ],
)
def test_a_wrong_word_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["proxy", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.dovecot
def test_the_verb_starts_a_server_with_pop3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", "--server", "dovecot", "--pop3", "--for", "0.1"]) == 0
    said = capsys.readouterr()
    assert "0 sessions" in said.out
    assert "POP3 of --server dovecot" in said.err
    assert "Log in as user1" in said.err
