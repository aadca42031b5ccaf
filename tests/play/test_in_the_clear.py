"""What a connection before TLS announces, and what is never said on it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.casefile.suite import Suite
from conformance.data import CASES
from conformance.play.connections import Connections
from conformance.play.player import Player
from conformance.play.workspace import Workspace
from conformance.targets.dovecot import DovecotTarget

DISABLED = (
    "6.2.3-login/logindisabled-is-meant",
    "6.2.1-starttls/a-login-before-tls-is-refused-where-one-after-it-is-wanted",
)
CLEAR = "6.2.1-starttls/a-login-that-came-in-the-clear-is-none-under-tls"


def verdicts(connections: Connections, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The verdicts and reasons of some cases on STARTTLS and LOGIN."""
    suite = Suite()
    files = sorted({CASES / "rfc3501" / f"{name.partition('/')[0]}.md" for name in names})
    cases = {case.id: (case, steps) for path in files for case, steps in suite.load(path)}
    with connections.survey() as admin:
        workspace = Workspace(admin)
        player = Player(connections, workspace, suite.fixtures)
        outcomes = [player.play(*cases[f"rfc3501/{name}"]) for name in names]
        workspace.end()
    return [(outcome.verdict, outcome.reason) for outcome in outcomes]


@pytest.mark.dovecot
@pytest.mark.usefixtures("dovecot_installed")
@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is there only on Linux")
def test_logindisabled_is_seen_before_tls(tmp_path: Path) -> None:
    # Dovecot takes a client at its own address for protected: it needs another one.
    target = DovecotTarget()
    text = target.configuration.read_text()
    text = text.replace("listen = 127.0.0.1", "listen = 127.0.0.1, 127.0.0.2")
    text = text.replace("disable_plaintext_auth = no", "disable_plaintext_auth = yes")
    target.configuration = tmp_path / "dovecot.conf"
    target.configuration.write_text(text)
    with target:
        endpoint = replace(target.endpoints["starttls"], host="127.0.0.2")
        connections = Connections(endpoint, target.accounts)
        found = verdicts(connections, (*DISABLED, CLEAR))
    assert "LOGINDISABLED" in connections.announced.clear - connections.announced.before
    assert found == [("pass", ""), ("pass", ""), ("skip", "LOGINDISABLED is announced")]


@pytest.mark.dovecot
def test_the_password_is_not_sent_in_the_clear(
    dovecot_target: DovecotTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = Connections(dovecot_target.endpoints["starttls"], dovecot_target.accounts)
    under_tls = "6.2.1-starttls/a-login-under-tls-works"
    assert verdicts(connections, (CLEAR, under_tls)) == [("pass", ""), ("pass", "")]
    monkeypatch.setattr("conformance.play.applying.is_loopback", lambda _: False)
    refused = ("skip", "would send the password unprotected")
    assert verdicts(connections, (CLEAR, under_tls)) == [refused, ("pass", "")]
