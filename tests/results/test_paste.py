"""What the report gives to be pasted into a shell sends what the client sent, octet for octet."""

from __future__ import annotations

import subprocess

import pytest

from conformance.results.paste import paste
from conformance.results.records import RecordedLine, TargetRecord

SERVER = TargetRecord("--server pymap", "pymap")


def said(*texts: str, session: str = "main") -> list[RecordedLine]:
    return [RecordedLine(0.0, session, "C", text) for text in texts]


def sent(commands: str, secret: str = "") -> bytes:
    """What goes into the pipe: the commands, run by a shell with a stand-in for netcat."""
    quick = commands.replace("sleep 1", ":").replace('nc "$HOST" "$PORT"', "cat")
    quick = quick.replace("SECRET='...'", f"SECRET='{secret}'")
    ran = subprocess.run(["sh", "-c", quick], capture_output=True, timeout=30, check=True)  # noqa: S607  # any shell
    assert ran.stderr == b""
    return ran.stdout


@pytest.mark.parametrize(
    "text",
    [
        "a1 NOOP",
        "",
        "--boundary",
        "a1 LOGIN it's 100%d",
        'a1 LIST "" "%"',
        r"a back\slash and \n and \\",
        "$HOME `id` $(id) !x ~",
    ],
)
def test_a_line_comes_out_as_it_was(text: str) -> None:
    assert sent(paste(said(text), SERVER)) == text.encode() + b"\r\n"


def test_octets_are_octets_again() -> None:
    assert sent(paste(said(r"a1 NOOP\x00\xff7"), SERVER)) == b"a1 NOOP\x00\xff7\r\n"


def test_octets_that_were_not_kept_become_as_many() -> None:
    assert sent(paste(said("ab[... 3000 octets ...]yz"), SERVER)) == b"ab" + b"x" * 3000 + b"yz\r\n"


def test_a_password_is_left_to_be_filled_in() -> None:
    commands = paste(said('a1 LOGIN "u" "[hidden]"'), SERVER)
    assert "SECRET='...'" in commands
    assert sent(commands, secret="100%s\\n") == b'a1 LOGIN "u" "100%s\\n"\r\n'


def test_nothing_that_the_server_said_is_in_it() -> None:
    lines = [
        *said("a1 NOOP"),
        RecordedLine(0.0, "main", "S", "'; rm -rf / #"),
        RecordedLine(0.0, "x", "-", "$(id)"),
    ]
    assert "rm" not in paste(lines, SERVER)
    assert "id" not in paste(lines, SERVER)


def test_where_the_client_said_nothing_there_is_nothing() -> None:
    assert paste([RecordedLine(0.0, "main", "S", "* OK hi")], SERVER) == ""


def test_each_session_has_its_own_connection() -> None:
    commands = paste([*said("a1 NOOP"), *said("b1 NOOP", session="two")], SERVER)
    assert commands.count("| nc ") == 2


@pytest.mark.parametrize(
    ("label", "security", "address", "through"),
    [
        ("imap://u@mail.example:1143", "none", "HOST=mail.example PORT=1143", 'nc "$HOST"'),
        ("imaps://u@mail.example", "implicit", "HOST=mail.example PORT=993", "openssl s_client"),
        ("imap://u@[::1]", "starttls", "HOST='[::1]' PORT=143", "-starttls imap"),
        ("imap://u@[::1]", "none", "HOST=::1 PORT=143", "nc"),
        ("imap://u@h:port", "none", "HOST=127.0.0.1 PORT=143", "nc"),
        ("imap://u@h;id", "none", "HOST='h;id' PORT=143", "nc"),
        ("--server dovecot", "none", "HOST=127.0.0.1 PORT=143  # of a server of yours", "nc"),
    ],
)
def test_it_goes_where_the_run_went(label: str, security: str, address: str, through: str) -> None:
    commands = paste(said("a1 NOOP"), TargetRecord(label, security=security))
    assert commands.startswith(address)
    assert through in commands


def test_openssl_says_starttls_itself() -> None:
    target = TargetRecord("imap://u@h", security="starttls")
    commands = paste(said("a1 STARTTLS", "a2 NOOP"), target)
    assert "STARTTLS" not in commands
    assert "a2 NOOP" in commands


def test_a_transcript_that_begins_later_says_so() -> None:
    assert "begins after the login" in paste(said("a1 NOOP"), SERVER)
    assert "begins after the login" not in paste(said("a1 LOGIN u [hidden]"), SERVER)


def test_names_that_are_gone_after_the_run_are_pointed_out() -> None:
    assert "mailboxes of the suite are gone" in paste(said("a1 SELECT imapconf-1-2"), SERVER)
    assert "mailboxes of the suite are gone" not in paste(said("a1 SELECT INBOX"), SERVER)
