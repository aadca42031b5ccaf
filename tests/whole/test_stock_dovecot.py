"""A Dovecot with the delays and limits of a stock one gives the verdicts of our private one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_runs import run, url

from conformance.play.connections import Connections
from conformance.play.errors import Skip
from conformance.targets.dovecot import DovecotTarget

PENALTY = """\
  # The way to switch off that a wrong password makes all later logins wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
"""
STOCK = {
    "auth_failure_delay = 0\n": "",
    PENALTY: "",
    "mail_max_userip_connections = 0\n": "mail_max_userip_connections = 10\n",
}
"""What our private Dovecot has otherwise than a stock one, and what a stock one has there."""

WRONG = "rfc3501/6.2.3-login/a-wrong-password-is-refused"
CHAPTERS = (
    "rfc3501/11.2-error-texts/login-does",  # three refused logins: the next one takes over 5 s
    f"{WRONG}/escaped",
    "rfc3501/6.2.2-authenticate/wrong-credentials",
    "rfc3501/6.2.3-login/a-refused-login-may",
    "rfc3501/6.2.3-login/login-leads",
)

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]


@pytest.fixture(scope="module")
def stock(
    dovecot_installed: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DovecotTarget]:
    """A refused login costs 2 s here, the next one up to 15 s, and ten connections are all."""
    target = DovecotTarget()
    text = target.configuration.read_text(encoding="utf-8")
    for ours, theirs in STOCK.items():
        assert text.count(ours) == 1
        text = text.replace(ours, theirs)
    target.configuration = tmp_path_factory.mktemp("stock") / "dovecot.conf"
    target.configuration.write_text(text, encoding="utf-8")
    with target:
        yield target


def test_logins_that_are_punished_are_waited_for(stock: DovecotTarget, tmp_path: Path) -> None:
    account = stock.accounts[0]
    ran = run(
        tmp_path,
        *url(stock.endpoint, account),
        *("--disposable", "--quiet", "--timeout", "2", *CHAPTERS),
        account=account,
    )
    cases = {name: v for name, v in ran.verdicts().items() if not name.startswith("ambient/")}
    assert len(cases) == len(CHAPTERS), ran.out + ran.error
    assert set(cases.values()) == {"pass"}, ran.out
    assert "A refused login took up to" in ran.out


def test_as_many_connections_as_are_let_in(stock: DovecotTarget) -> None:
    connections = Connections(stock.endpoint, stock.accounts)
    sessions = [connections.survey()]

    def crowd() -> None:
        for number in range(20):
            sessions.append(connections.connect(f"c{number}", "auth"))  # noqa: PERF401  # kept if it ends

    try:
        with pytest.raises(Skip, match="mail_max_userip_connections"):
            crowd()
        assert sessions[0].ending  # it has made room
        assert connections.admission.limit == connections.admission.standing == 10
        sessions.pop().close()
        sessions.append(connections.connect("again", "auth"))
    finally:
        for session in sessions:
            session.close()
    assert any(fact.name == "connections.limit" for fact in connections.facts())
