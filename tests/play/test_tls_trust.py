"""TLS that the suite itself refuses, which is no finding, and TLS that does not begin."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from play_cases import Answer, server, usual, write

from conformance.casefile.suite import Suite
from conformance.data import CASES
from conformance.play.connections import Connections, Way
from conformance.play.player import Outcome, Player
from conformance.play.workspace import Workspace
from conformance.wire.account import Account
from conformance.wire.errors import Untrusted

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n"
BEGINS = "the-connection-goes-on-under-tls"
SMUGGLED = ("what-came-in-the-clear-is-no-command-under-tls",)
SMUGGLED_LOGIN = ("a-login-that-came-in-the-clear-is-none-under-tls",)
HELPS = "trust its authority with --ca-file, or any certificate with --insecure"
ALERT = b"\x15\x03\x03\x00\x02\x02\x50"


def announcing(command: bytes) -> bytes:
    if command == b"CAPABILITY":
        return b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n"
    return usual(command)


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@contextmanager
def survey(
    tls: ssl.SSLContext | None, ca_file: Path, answer: Answer = announcing
) -> Iterator[tuple[Connections, Callable[..., Outcome]]]:
    """Connections that has tried TLS; the suite's own cases on STARTTLS are played by name."""
    suite = Suite()
    cases = suite.load(CASES / "rfc3501" / "6.2.1-starttls.md")
    by_name = {case.id.rsplit("/", 1)[1]: (case, steps) for case, steps in cases}
    with server(answer, lambda _: GREETING, tls) as served:
        endpoint = replace(served, ca_file=ca_file)
        connections = Connections(endpoint, [Account("user1", "pass1")], way=Way(timeout=1.0))
        with connections.survey() as admin:
            connections.try_tls()
            player = Player(connections, Workspace(admin, tidy=False), suite.fixtures)
            yield connections, lambda name: player.play(*by_name[name])


def untrusted(authority: trustme.CA) -> dict[str, tuple[trustme.LeafCert, str]]:
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    return {
        "unknown": (trustme.CA().issue_cert("127.0.0.1"), "local issuer certificate"),
        "expired": (authority.issue_cert("127.0.0.1", not_after=yesterday), "has expired"),
        "wrong host": (authority.issue_cert("imap.test"), "mismatch"),
    }


@pytest.mark.parametrize("which", ["unknown", "expired", "wrong host"])
def test_a_certificate_that_is_not_trusted_is_told_and_its_cases_are_skipped(
    which: str, authority: trustme.CA, ca_file: Path
) -> None:
    certificate, said = untrusted(authority)[which]
    with survey(context(certificate), ca_file) as (connections, play):
        (fact,) = connections.facts()
        assert "certificate not accepted" in fact.sentence
        assert said in fact.sentence
        assert HELPS in fact.sentence
        for name in (BEGINS, *SMUGGLED, *SMUGGLED_LOGIN):
            outcome = play(name)
            assert (outcome.verdict, outcome.transcript) == ("skip", ())
            assert outcome.reason == connections.untrusted


def test_the_run_ends_where_the_way_in_is_not_trusted(authority: trustme.CA, ca_file: Path) -> None:
    certificate, said = untrusted(authority)["wrong host"]
    with server(announcing, lambda _: GREETING, context(certificate)) as served:
        endpoint = replace(served, ca_file=ca_file, security="starttls")
        connections = Connections(endpoint, [Account("user1", "pass1")], way=Way(timeout=1.0))
        with pytest.raises(Untrusted, match=said) as caught:
            connections.survey()
    assert HELPS in str(caught.value)


def test_a_trusted_certificate_is_no_fact(authority: trustme.CA, ca_file: Path) -> None:
    with survey(context(authority.issue_cert("127.0.0.1")), ca_file) as (connections, play):
        assert connections.facts() == ()
        assert play(BEGINS).verdict == "pass"


def failing(command: bytes) -> bytes:
    """TLS can not begin: the server says so in TLS, and hangs up."""
    return b"TAG OK go\r\n" + ALERT if command == b"STARTTLS" else announcing(command)


def hanging_up(command: bytes) -> bytes:
    return b"TAG OK go\r\nnonsense\r\n" if command == b"STARTTLS" else announcing(command)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(failing, "the server sent the alert: internal error"), (hanging_up, "TLS failed: ")],
)
def test_tls_that_does_not_begin_is_what_fails(answer: Answer, said: str, ca_file: Path) -> None:
    with survey(None, ca_file, answer) as (connections, play):
        assert said in connections.no_tls
        outcome = play(BEGINS)
        assert (outcome.verdict, outcome.reason) == ("fail", "TLS did not begin")
        assert said in outcome.received
        for name in (*SMUGGLED, *SMUGGLED_LOGIN):  # an end that says nothing of what was smuggled
            outcome = play(name)
            assert (outcome.verdict, outcome.reason) == ("blocked", connections.no_tls)


def test_what_was_smuggled_in_may_end_the_handshake(
    authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    """A server that takes the octets behind STARTTLS for its handshake, and says so in TLS."""
    smuggled = 0

    def answer(command: bytes) -> bytes:
        nonlocal smuggled
        if command == b"STARTTLS":
            smuggled += 1
            return b"TAG OK go\r\n" + (ALERT if smuggled == 2 else b"")
        return announcing(command)

    block = "C: a1 STARTTLS\nC: a2 NOOP\nS: a1 OK\nC: {tls}\nC: a3 NOOP\nS: a3 OK\nS/ {close}"
    tls = context(authority.issue_cert("127.0.0.1"))
    with survey(tls, ca_file, answer) as (connections, _), connections.survey() as admin:
        suite = Suite(tmp_path)
        ((case, steps),) = suite.load(write(tmp_path, block, "`state=greeted`", "MUST"))
        outcome = Player(connections, Workspace(admin, tidy=False), suite.fixtures).play(
            case, steps
        )
    assert (smuggled, outcome.verdict) == (2, "pass"), outcome
