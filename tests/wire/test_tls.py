"""TLS, implicit and by STARTTLS: trust, refusals, and octets that have no business there."""

from __future__ import annotations

import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from wire_fake_server import WAIT, Peer, serve

from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.errors import TLSFailed, Untrusted
from conformance.wire.session import Ending, Endpoint, Session
from conformance.wire.transport import alert_in

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "imap.test").configure_cert(context)
    return context


class Listener:
    def __init__(self) -> None:
        self.faults: list[str] = []
        self.endings: list[Ending] = []

    def command(self, session: Session, command: Command) -> None: ...

    def arrival(self, session: Session, arrival: Arrival) -> None:  # noqa: ARG002
        self.faults += [fault.requirement for fault in arrival.frame.faults]

    def ended(self, session: Session, ending: Ending) -> None:  # noqa: ARG002
        self.endings.append(ending)


def greet(peer: Peer) -> None:
    peer.say(GREETING)
    if peer.line() == b"c1 NOOP\r\n":
        peer.say(b"c1 OK x\r\n")


def refused(peer: Peer) -> None:
    """The client does not come as far as a greeting."""
    peer.gone()


def test_implicit(ca_file: Path, server_tls: ssl.SSLContext):
    with serve(greet, server_tls) as plain:
        endpoint = replace(plain, security="implicit", ca_file=ca_file)
        with Session(endpoint, timeout=WAIT) as session:
            session.open()
            assert session.command(b"NOOP").ok
            assert [line.text for line in session.transcript.lines()][1:] == ["c1 NOOP", "c1 OK x"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "certificate not accepted: unable to get local issuer certificate"),
        ({"ca_file": True, "server_name": "other.test"}, "certificate not accepted: Hostname"),
        ({"ca_file": Path("/nonexistent.pem")}, "not readable: No such file"),
    ],
)
def test_not_trusted(
    changes: dict[str, object], reason: str, ca_file: Path, server_tls: ssl.SSLContext
):
    if changes.get("ca_file") is True:
        changes = {**changes, "ca_file": ca_file}
    with serve(refused, server_tls) as plain:
        endpoint = replace(plain, security="implicit", **changes)  # type: ignore[arg-type]
        with Session(endpoint, timeout=WAIT) as session, pytest.raises(TLSFailed, match=reason):
            session.open()


def test_a_certificate_is_another_matter_than_tls(ca_file: Path, server_tls: ssl.SSLContext):
    with serve(refused, server_tls) as plain:
        endpoint = replace(plain, security="implicit", ca_file=ca_file, server_name="other.test")
        with (
            Session(endpoint, timeout=WAIT) as session,
            pytest.raises(Untrusted, match="--insecure"),
        ):
            session.open()


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"\x15\x03\x03\x00\x02\x02P", "internal error"),
        (b"\x15\x03\x01\x00\x02\x02\x28more", "handshake failure"),
        (b"\x15\x03\x03\x00\x02\x02\xfe", "alert 254"),
        (b"\x15\x03\x03\x00\x02\x02", ""),
        (b"\x16\x03\x03\x00\x02\x02P", ""),
        (b"a2 OK done\r\n", ""),
        (b"", ""),
    ],
)
def test_alerts_are_known(octets: bytes, said: str):
    assert alert_in(octets) == said


def test_trusted_by_another_name(ca_file: Path, server_tls: ssl.SSLContext):
    with serve(greet, server_tls) as plain:
        endpoint = replace(plain, security="implicit", ca_file=ca_file, server_name="imap.test")
        with Session(endpoint, timeout=WAIT) as session:
            session.open()
            assert session.command(b"NOOP").ok


def test_trust_not_asked_for(server_tls: ssl.SSLContext):
    with serve(greet, server_tls) as plain:
        endpoint = replace(plain, security="implicit", verify=False)
        with Session(endpoint, timeout=WAIT) as session:
            session.open()
            assert session.command(b"NOOP").ok


def test_no_tls_behind_the_port(ca_file: Path):
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.gone()

    with serve(script) as plain:
        endpoint = replace(plain, security="implicit", ca_file=ca_file)
        with (
            Session(endpoint, timeout=WAIT) as session,
            pytest.raises(TLSFailed, match="does not speak TLS"),
        ):
            session.open()


def test_a_handshake_that_never_ends(ca_file: Path):
    with serve(Peer.gone) as plain:
        endpoint = replace(plain, security="implicit", ca_file=ca_file)
        with Session(endpoint, timeout=0.2) as session, pytest.raises(TLSFailed, match="timed out"):
            session.open()


def starttls(endpoint: Endpoint, ca_file: Path, listener: Listener) -> Session:
    endpoint = replace(endpoint, security="starttls", ca_file=ca_file)
    return Session(endpoint, timeout=WAIT, observers=[listener])


def test_starttls(ca_file: Path, server_tls: ssl.SSLContext):
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        assert peer.line() == b"c1 STARTTLS\r\n"
        peer.say(b"c1 OK go\r\n")
        peer.start_tls(server_tls)
        assert peer.line() == b"c2 NOOP\r\n"
        peer.say(b"c2 OK x\r\n")

    listener = Listener()
    with serve(script) as endpoint, starttls(endpoint, ca_file, listener) as session:
        session.open()
        assert session.dialogue.capabilities == {"IMAP4REV1", "STARTTLS"}
        session.start_tls()
        assert session.dialogue.capabilities is None
        assert session.command(b"NOOP").ok
    assert listener.faults == []


def test_starttls_refused(ca_file: Path):
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        peer.say(b"c1 BAD no\r\n")
        peer.gone()

    with serve(script) as endpoint, starttls(endpoint, ca_file, Listener()) as session:
        session.open()
        with pytest.raises(TLSFailed, match="does not begin TLS: c1 BAD no"):
            session.start_tls()


@pytest.mark.parametrize("apart", [False, True])
def test_plaintext_behind_the_ok(apart: bool, ca_file: Path, server_tls: ssl.SSLContext):
    answered, spoken = threading.Event(), threading.Event()
    injected = b"* OK [CAPABILITY AUTH=EVIL] x\r\n"

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        if apart:
            peer.say(b"c1 OK go\r\n")
            assert answered.wait(WAIT)
            peer.say(injected)
            spoken.set()
        else:
            peer.say(b"c1 OK go\r\n" + injected)
        peer.start_tls(server_tls)
        peer.line()
        peer.say(b"c2 OK x\r\n")

    listener = Listener()
    with serve(script) as endpoint, starttls(endpoint, ca_file, listener) as session:
        session.open()
        assert session.command(b"STARTTLS").ok
        if apart:
            answered.set()
            assert spoken.wait(WAIT)
        session.negotiate_tls()
        assert session.dialogue.capabilities is None
        assert session.command(b"NOOP").ok
        assert "S: * OK [CAPABILITY AUTH=EVIL] x" in [
            f"{line.direction}: {line.text}" for line in session.transcript.lines()
        ]
    assert listener.faults == ["3501-6.2.1-plaintext-after-ok"]


def test_starttls_answered_ok_and_then_closed(ca_file: Path):
    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.line()
        peer.say(b"c1 OK go\r\n")

    listener = Listener()
    with serve(script) as endpoint, starttls(endpoint, ca_file, listener) as session:
        session.open()
        with pytest.raises(TLSFailed):
            session.start_tls()
    assert listener.endings == [Ending("tls", after_bye=False)]


def test_tls_after_the_end(ca_file: Path):
    with serve(lambda peer: peer.say(GREETING)) as endpoint:
        session = starttls(endpoint, ca_file, Listener())
        session.open()
        session.close()
        with pytest.raises(TLSFailed, match="was closed before"):
            session.negotiate_tls()


def test_a_large_write_under_tls(ca_file: Path, server_tls: ssl.SSLContext):
    amount = 20_000_000

    def script(peer: Peer) -> None:
        peer.say(GREETING)
        peer.say(b"* OK " + b"x" * amount + b"\r\n")
        peer.octets(amount)
        peer.say(b"* 1 EXISTS\r\n")

    with serve(script, server_tls) as plain:
        endpoint = replace(plain, security="implicit", ca_file=ca_file)
        with Session(endpoint, timeout=WAIT) as session:
            session.open()
            session.send(b"a {%d+}\r\n" % amount + b"y" * amount)
            first = session.receive()
            assert isinstance(first, Arrival)
            assert [fault.kind for fault in first.frame.faults] == ["line-too-long"]
            second = session.receive()
            assert isinstance(second, Arrival)
            assert second.frame.text == b"* 1 EXISTS\r\n"
