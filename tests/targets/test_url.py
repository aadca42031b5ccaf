"""Target URLs: what is accepted and how it reads, what is refused and how that is said."""

from __future__ import annotations

import socket

import pytest
from targets_clients import greeting_server

from conformance.targets.errors import BadURL, PlaintextRefused, ServerFailed
from conformance.targets.url import ServerURL, UrlTarget, parse_pop3, parse_target, parse_url
from conformance.wire.account import Account
from conformance.wire.errors import ConnectFailed, TargetError

GOOD = [
    ("imap://joe@mail.example", "joe", "mail.example", 143, "auto"),
    ("imap://joe@mail.example:1143/", "joe", "mail.example", 1143, "auto"),
    ("IMAPS://joe@mail.example", "joe", "mail.example", 993, "implicit"),
    ("imap+starttls://joe@mail.example", "joe", "mail.example", 143, "starttls"),
    ("imap://joe%40a.example@mail.example", "joe@a.example", "mail.example", 143, "auto"),
    ("imap://joe@a.example@mail.example", "joe@a.example", "mail.example", 143, "auto"),
    ("imap://j%C3%B6rg%3a@mail.example", "jörg:", "mail.example", 143, "auto"),
    ("imaps://joe@[2001:db8::1]", "joe", "2001:db8::1", 993, "implicit"),
    ("imap://joe@[::1]:9143", "joe", "::1", 9143, "auto"),
    ("imap://joe@[fe80::1%25eth0]:9143", "joe", "fe80::1%eth0", 9143, "auto"),
]

BAD = [
    ("mail.example", "named by a URL"),
    ("joe@mail.example:143", "named by a URL"),
    ("http://joe@mail.example", "unknown URL scheme 'http'"),
    ("://joe@mail.example", "unknown URL scheme ''"),
    ("imap://mail.example", "who logs in"),
    ("imap://@mail.example", "who logs in"),
    ("imap://joe@", "no host"),
    ("imap://joe@:143", "no host"),
    ("imap://joe@mail.example:0", "1 to 65535"),
    ("imap://joe@mail.example:65536", "malformed"),
    ("imap://joe@mail.example:pop", "malformed"),
    ("imap://joe@[::1", "malformed"),
    ("imap://joe@[mail.example]", "malformed|not an IPv6"),
    ("imap://joe@mail.example/INBOX", "more than user, host and port"),
    ("imap://joe@mail.example?x", "more than user, host and port"),
    ("imap://joe@mail.example#x", "more than user, host and port"),
    ("imap://joe;AUTH=PLAIN@mail.example", "authentication mechanism"),
    ("imap://j%FFe@mail.example", "not UTF-8"),
    ("imap://joe%0d%0aa1%20LOGOUT@mail.example", "control character"),
    ("imap://joe blow@mail.example", "blank or a control character"),
    ("imap://joe@mail.example\n", "blank or a control character"),
]


@pytest.mark.parametrize(("url", "user", "host", "port", "security"), GOOD)
def test_good_url(url: str, user: str, host: str, port: int, security: str) -> None:
    parsed = parse_url(url)
    assert (parsed.user, parsed.host, parsed.port, parsed.security) == (user, host, port, security)
    assert parse_url(str(parsed)) == parsed


@pytest.mark.parametrize(("url", "message"), BAD)
def test_bad_url(url: str, message: str) -> None:
    with pytest.raises(BadURL, match=message) as caught:
        parse_url(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "imap://joe:s3cret@mail.example",
        "imap://joe:@mail.example",
        "imap://joe:s3cret@mail.example:s3cret",
        "imap://joe:s3cret@mail.example/INBOX",
        "http://joe:s3cret@mail.example",
        "imap://joe:s3cret",
        "imap://joe:s3/cret@mail.example",
        "imap://joe:s3cret@[::1",
        "joe:s3cret@mail.example",
    ],
)
def test_password_in_url_is_refused_and_never_repeated(url: str) -> None:
    with pytest.raises(BadURL) as caught:
        parse_url(url)
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3" not in str(error)
        error = error.__cause__


def test_password_in_url_is_explained() -> None:
    with pytest.raises(BadURL, match="process list: set IMAP_CONFORMANCE_PASSWORD"):
        parse_url("imap://joe:s3cret@mail.example")


def test_label_is_a_full_url_without_password() -> None:
    target = parse_target("imap://joe%40a@[::1]", password="s3cret")
    assert target.label == "imap://joe%40a@[::1]:143"
    assert target.name == "::1"
    assert "s3cret" not in repr(target) + repr(target.accounts)


def test_accounts_and_disposable() -> None:
    second = Account("ann", "pw2")
    target = parse_target("imaps://joe@mail.example", password="pw1", second=second)
    assert target.accounts == (Account("joe", "pw1"), second)
    assert not target.disposable
    assert parse_target("imaps://joe@mail.example").accounts == ()
    assert parse_target("imaps://joe@mail.example", disposable=True).disposable


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("mail.localhost", True),
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("mail.example", False),
        ("localhost.example", False),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
        ("2001:db8::1", False),
    ],
)
def test_loopback(host: str, *, loopback: bool) -> None:
    assert ServerURL("imap", "joe", host, 143, "auto").is_loopback is loopback


@pytest.mark.parametrize(
    ("url", "security"),
    [
        ("imap://joe@127.0.0.1:1", "none"),
        ("imaps://joe@mail.example", "implicit"),
        ("imap+starttls://joe@mail.example", "starttls"),
    ],
)
def test_nothing_is_asked_where_the_url_says_it_all(url: str, security: str) -> None:
    with parse_target(url, password="pw", verify=False) as target:
        assert list(target.endpoints) == [security]
        assert target.endpoint.security == security
        assert target.endpoint.host == target.url.host
        assert not target.endpoint.verify
    assert not target.endpoints
    with pytest.raises(RuntimeError, match="not started"):
        _ = target.endpoint


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make 127.0.0.1 look like another machine."""
    monkeypatch.setattr(ServerURL, "is_loopback", False)


WITH_STARTTLS = (b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n",)
STARTTLS_WHEN_ASKED = (b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n")
WITHOUT = (b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n")


def probe(port: int, *, allow_plaintext: bool = False) -> UrlTarget:
    url = f"imap://joe@127.0.0.1:{port}"
    return parse_target(url, password="pw", allow_plaintext=allow_plaintext)


def test_restart_is_for_servers_of_ours() -> None:
    target = parse_target("imap://joe@127.0.0.1", password="pw")
    with target, pytest.raises(ServerFailed, match="not ours to start again"):
        target.restart()


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_starttls_in_the_greeting_is_taken() -> None:
    with greeting_server(*WITH_STARTTLS) as port, probe(port) as target:
        assert target.endpoint.security == "starttls"


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_starttls_is_asked_for() -> None:
    with greeting_server(*STARTTLS_WHEN_ASKED) as port, probe(port) as target:
        assert target.endpoint.security == "starttls"


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_starttls_is_taken_even_where_plaintext_is_allowed() -> None:
    with greeting_server(*WITH_STARTTLS) as port, probe(port, allow_plaintext=True) as target:
        assert target.endpoint.security == "starttls"


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_plaintext_is_refused() -> None:
    with (
        greeting_server(*WITHOUT) as port,
        pytest.raises(PlaintextRefused, match="--allow-plaintext"),
        probe(port),
    ):
        pytest.fail("started")


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_plaintext_can_be_allowed() -> None:
    with greeting_server(*WITHOUT) as port, probe(port, allow_plaintext=True) as target:
        assert target.endpoint.security == "none"


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectFailed) as caught, probe(port):
        pytest.fail("started")
    assert isinstance(caught.value, TargetError)


POP3 = [
    ("localhost:110", "localhost", 110, False, "none"),
    ("127.0.0.1:8110", "127.0.0.1", 8110, False, "none"),
    ("[::1]:110", "::1", 110, False, "none"),
    ("mail.example:110", "mail.example", 110, False, "starttls"),
    ("mail.example:110", "mail.example", 110, True, "none"),
    ("mail.example:995", "mail.example", 995, False, "implicit"),
    ("localhost:995", "localhost", 995, True, "implicit"),
]


@pytest.mark.parametrize(("where", "host", "port", "plaintext", "security"), POP3)
def test_where_pop3_is(where: str, host: str, port: int, plaintext: bool, security: str) -> None:
    endpoint = parse_pop3(where, allow_plaintext=plaintext)
    assert (endpoint.host, endpoint.port, endpoint.security) == (host, port, security)


@pytest.mark.parametrize(
    "where",
    ["localhost", "110", ":110", "localhost:pop3", "localhost:0", "joe@localhost:110",
     "localhost:110/INBOX", "pop://localhost:110", "[::1:110", "localhost:70000"],
)  # fmt: skip
def test_where_pop3_is_not(where: str) -> None:
    with pytest.raises(BadURL, match=r"--pop3 takes HOST:PORT|names no host"):
        parse_pop3(where)
