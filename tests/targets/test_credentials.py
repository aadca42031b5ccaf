"""Where passwords come from, in which order, and what is said when there is none."""

from __future__ import annotations

import getpass
import io
import os
from pathlib import Path

import pytest

from conformance.targets import credentials
from conformance.targets.credentials import password_for, read_password_file, second_account
from conformance.targets.errors import NoPassword
from conformance.wire.account import Account


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_bytes(b"from file\n")
    return path


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(prompt: str) -> str:
        raise AssertionError(f"asked {prompt}")

    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr(getpass, "getpass", ask)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)
    return asked


def test_environment() -> None:
    assert password_for("joe", environ={credentials.PASSWORD: "from env"}) == "from env"


def test_file_goes_before_environment(file: Path) -> None:
    environ = {credentials.PASSWORD: "from env"}
    assert password_for("joe", file=file, environ=environ) == "from file"


@pytest.mark.usefixtures("terminal")
def test_environment_goes_before_terminal() -> None:
    assert password_for("joe", environ={credentials.PASSWORD: "from env"}) == "from env"


def test_terminal(terminal: list[str]) -> None:
    assert password_for("joe", environ={}) == "typed"
    assert terminal == ["IMAP password of 'joe': "]


def test_none_at_all() -> None:
    with pytest.raises(NoPassword, match=r"'joe': set IMAP_CONFORMANCE_PASSWORD, .*--password-fil"):
        password_for("joe", environ={})


@pytest.mark.parametrize("answer", ["", EOFError()])
def test_terminal_without_an_answer(
    monkeypatch: pytest.MonkeyPatch, answer: str | EOFError
) -> None:
    def ask(_prompt: str) -> str:
        if isinstance(answer, EOFError):
            raise answer
        return answer

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)
    with pytest.raises(NoPassword):
        password_for("joe", environ={})


def test_closed_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(NoPassword):
        password_for("joe", environ={})


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (b"s3cret", "s3cret"),
        (b"s3cret\n", "s3cret"),
        (b"s3cret\r\n", "s3cret"),
        (b"s3cret\nanother line\n", "s3cret"),
        (b" with blanks \n", " with blanks "),
        ("pässwörd\n".encode(), "pässwörd"),
    ],
)
def test_password_file(tmp_path: Path, content: bytes, password: str) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    assert read_password_file(path) == password


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\ns3cret\n", "empty"),
        (b"s3cr\xff\n", "not UTF-8"),
        (b"s3cret" * 1000, "far too long"),
    ],
)
def test_bad_password_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    with pytest.raises(NoPassword, match=message) as caught:
        read_password_file(path)
    assert "s3cr" not in str(caught.value).replace(str(path), "")
    assert str(path) in str(caught.value)


def test_password_file_missing(tmp_path: Path) -> None:
    with pytest.raises(NoPassword, match="No such file"):
        read_password_file(tmp_path / "none")


def test_password_file_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NoPassword, match="Is a directory"):
        password_for("joe", file=tmp_path, environ={credentials.PASSWORD: "not this one"})


def test_no_second_account() -> None:
    assert second_account(environ={}) is None


def test_second_account_from_environment() -> None:
    environ = {credentials.USER2: "ann", credentials.PASSWORD2: "pw"}
    assert second_account(environ=environ) == Account("ann", "pw")


def test_second_account_from_options(file: Path) -> None:
    environ = {credentials.USER2: "ann", credentials.PASSWORD2: "pw"}
    account = second_account(user="bob", file=file, environ=environ)
    assert account == Account("bob", "from file")


def test_second_account_asks(terminal: list[str]) -> None:
    assert second_account(user="ann", environ={}) == Account("ann", "typed")
    assert len(terminal) == 1


def test_second_account_without_password() -> None:
    with pytest.raises(
        NoPassword, match=r"'ann': set IMAP_CONFORMANCE_PASSWORD2, .*password2-file"
    ):
        second_account(user="ann", environ={credentials.PASSWORD: "of the first"})


def test_second_password_without_user(file: Path) -> None:
    for kwargs in ({"environ": {credentials.PASSWORD2: "pw"}}, {"file": file, "environ": {}}):
        with pytest.raises(NoPassword, match="--user2 or IMAP_CONFORMANCE_USER2"):
            second_account(**kwargs)


def test_the_real_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, credentials.PASSWORD, "real")
    assert password_for("joe") == "real"


def test_a_file_that_all_can_read_gets_a_remark(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.chmod(0o600)
    assert read_password_file(file) == "from file"
    assert capsys.readouterr().err == ""
    file.chmod(0o644)
    assert read_password_file(file) == "from file"
    assert f"every user of this machine can read {file}" in capsys.readouterr().err
