"""TLS through a flawed server: negotiated with both sides, and what acts can do about it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace as but

import pytest
from flaws_fake_server import made

from conformance.flaws.acts import command, instead, negotiating, replace, under_tls
from conformance.flaws.flaw import Act
from conformance.flaws.proxy import FlawedServer
from conformance.targets.pymap import PymapTarget
from conformance.wire.errors import TLSFailed
from conformance.wire.session import Session
from conformance.wire.tls import Handshake


@contextlib.contextmanager
def session(target: PymapTarget, *acts: Act, tls: bool = True) -> Iterator[Session]:
    """Open a session through a flawed server, under TLS or before it."""
    with FlawedServer(target.endpoint, made(*acts)) as served:
        endpoint = but(served.endpoint, security="starttls" if tls else "none")
        with Session(endpoint, timeout=10.0) as opened:
            opened.open()
            if tls:
                opened.start_tls()
            yield opened


def capabilities(opened: Session) -> frozenset[str]:
    opened.command(b"CAPABILITY")
    return opened.dialogue.capabilities or frozenset()


def test_tls_is_that_of_the_server(pymap_target: PymapTarget) -> None:
    account = pymap_target.accounts[0]
    with session(pymap_target, tls=False) as opened:
        assert "STARTTLS" in capabilities(opened)
    with session(pymap_target) as opened:
        assert "STARTTLS" not in capabilities(opened)
        opened.login(account.user, account.password)
        assert opened.command(b"SELECT INBOX").ok


def test_a_server_with_implicit_tls(pymap_target: PymapTarget) -> None:
    with (
        FlawedServer(pymap_target.endpoints["implicit"]) as served,
        Session(served.endpoint, timeout=10.0) as opened,
    ):
        opened.open()
        assert opened.command(b"NOOP").ok


def test_a_second_port_with_tls_from_the_start(pymap_target: PymapTarget) -> None:
    ways = pymap_target.endpoints
    act = replace(rb"IMAP4rev1", b"IMAP4rev1 XTLS", only="CAPABILITY", tls=True)
    with FlawedServer(ways["none"], made(act), implicit=ways["implicit"]) as served:
        for way, within in (("implicit", True), ("none", False)):
            with Session(served.endpoints[way], timeout=10.0) as opened:
                opened.open()
                assert ("XTLS" in capabilities(opened)) is within


@pytest.mark.parametrize(("offer", "begins"), [("TLSv1.2", True), ("TLSv1.3", False)])
def test_handshakes_that_the_server_takes_part_in(
    pymap_target: PymapTarget, offer: str, begins: bool
) -> None:
    with session(pymap_target, negotiating(Handshake.read("TLSv1.2")), tls=False) as opened:
        assert opened.command(b"STARTTLS").ok
        expected = contextlib.nullcontext() if begins else pytest.raises(TLSFailed)
        with expected:
            opened.negotiate_tls(Handshake.read(offer))


def test_acts_know_of_tls(pymap_target: PymapTarget) -> None:
    act = replace(rb"IMAP4rev1", b"IMAP4rev1 XTLS", only="CAPABILITY", tls=True)
    with session(pymap_target, act, tls=False) as opened:
        assert "XTLS" not in capabilities(opened)
    with session(pymap_target, act) as opened:
        assert "XTLS" in capabilities(opened)


@pytest.mark.parametrize("runs", [False, True])
def test_what_came_in_the_clear(pymap_target: PymapTarget, runs: bool) -> None:
    acts = (under_tls(lambda _talk, plaintext: plaintext),) if runs else ()
    with session(pymap_target, *acts, tls=False) as opened:
        opened.send(b"a1 STARTTLS\r\nz1 CAPABILITY\r\n")
        while getattr(opened.receive(10.0), "answers", None) is None:
            pass
        opened.negotiate_tls()
        opened.send(b"z2 NOOP\r\n")
        tags = []
        while b"z2" not in tags:
            text = opened.receive(10.0).frame.text  # type: ignore[union-attr]  # it has not closed
            tags.append(text.split(b" ", 1)[0])
        assert (b"z1" in tags) is runs


def test_starttls_is_refused(pymap_target: PymapTarget) -> None:
    act = instead(b"{tag} NO not now\r\n", to="STARTTLS")
    with session(pymap_target, act, tls=False) as opened:
        assert not opened.command(b"STARTTLS").ok
        assert opened.command(b"NOOP").ok


def test_tls_without_the_server(pymap_target: PymapTarget) -> None:
    def alone(talk, request):  # type: ignore[no-untyped-def]
        talk.secure(request.tag + b" OK begin\r\n")
        return b""

    with session(pymap_target, command(alone, name="STARTTLS")) as opened:
        assert "STARTTLS" in capabilities(opened)
