"""A server that lies, stalls, ends or tries to drive the terminal does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from shell_harness import Piping, scripted

BYE = b"* BYE bye\r\nTAG OK bye\r\n"


def test_what_a_server_sends_drives_no_terminal(piping: Piping) -> None:
    evil = b"\x1b[2J\x07[bold]x[/bold]\xe2\x80\xae\x9b1m"
    answers = {
        b"SELECT": b"* OK " + evil + b"\r\n* LIST () NIL {%d}\r\n" % len(evil) + evil + b"\r\n"
        b"TAG OK " + evil + b"\r\n",
        b"NOOP": b"TAG OK [" + evil + b"] x\r\n",
        b"LOGOUT": BYE,
    }
    with scripted(answers, greeting=b"* OK " + evil) as url:
        lines = ["SELECT INBOX", "/tree", "/tree 1", "/state", "NOOP"]
        said = piping.url(url, *lines, password="secret")
    assert "\\x1b[2J\\x07[bold]x[/bold]" in said.out
    assert not set("\x1b\x07\u202e\x9b") & set(said.out + said.err)


def test_a_password_that_is_sent_back_is_hidden(piping: Piping, tmp_path: Path) -> None:
    answers = {
        b"NOOP": b'* LIST () NIL "sEsame-9"\r\n* STATUS sEsame-9 ()\r\nTAG OK sEsame-9\r\n',
        b"LOGIN": b'* OK LOGIN user "sEsame-9"\r\nTAG OK in\r\n',
        b"LOGOUT": BYE,
    }
    file = tmp_path / "6.1.2-noop.md"
    lines = ["NOOP", "/tree", "CREATE sEsame-9", f"/save {file}"]
    with scripted(answers) as url:
        said = piping.url(url, *lines, password="sEsame-9")
    assert "sEsame-9" not in said.out + said.err
    assert "********" in said.out
    assert "sEsame-9" not in file.read_text(encoding="utf-8")


def test_a_server_that_says_nothing_is_not_waited_for_without_end(piping: Piping) -> None:
    with scripted({b"NOOP": b"", b"LOGOUT": BYE}) as url:
        said = piping.url(url, "NOOP", "", options=("--timeout", "0.3"), password="secret")
    assert "no answer in 0.3 s" in said.out


def test_a_server_that_talks_without_end_is_not_listened_to_without_end(piping: Piping) -> None:
    answers = {b"NOOP": b"* OK still here\r\n" * 3000, b"LOGOUT": BYE}
    with scripted(answers) as url:
        said = piping.url(url, "NOOP", options=("--timeout", "0.5"), password="secret")
    assert "an empty line looks again" in said.out


def test_a_server_that_leaves_ends_the_session_and_not_the_shell(piping: Piping) -> None:
    with scripted({b"NOOP": b"* BYE gone\r\n"}) as url:
        said = piping.url(url, "NOOP", "NOOP", "/state", password="secret")
    assert "-- the server closed the connection" in said.out
    assert "-- the connection has ended" in said.out
    assert "-- logout" in said.out


def test_a_literal_that_is_refused_is_not_sent(piping: Piping) -> None:
    with scripted({b"APPEND": b"TAG NO too big\r\n", b"LOGOUT": BYE}) as url:
        said = piping.url(url, "APPEND x {5}", "hello", "NOOP", password="secret")
    assert "S: a1 NO too big" in said.out
    assert "S: a2 OK done" in said.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no target"),
        (("--server", "exchange"), "unknown server 'exchange'"),
        (("imap://user@127.0.0.1:1", "--no-login"), "can not connect"),
        (("imap://user@127.0.0.1:1", "imap://b@c"), "one server at a time"),
        (("imap://user@127.0.0.1:1",), "IMAP_CONFORMANCE_PASSWORD"),
        (("localhost", "--no-login"), "a server is named by a URL"),
    ],
)
def test_bad_input(
    words: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from conformance.cli.main import main  # noqa: PLC0415 - beside the environment that it reads

    monkeypatch.delenv("IMAP_CONFORMANCE_PASSWORD", raising=False)
    assert main(["shell", *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_a_refused_login_is_one_line(piping: Piping) -> None:
    with scripted({b"LOGIN": b"TAG NO no\x1b[2J\r\n"}) as url:
        said = piping.url(url, "NOOP", password="secret")
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "\x1b" not in said.err
