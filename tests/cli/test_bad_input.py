"""Bad input to the tool: one clear line, exit code 2, no traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from in_process import call

from conformance.results.writer import RecordWriter
from conformance.targets import Target

Serve = Callable[[socket.socket], None]


def tool(*words: str, password: str | None = "pass1", **settings: str) -> tuple[int, str, str]:  # noqa: S107
    environ = {k: v for k, v in os.environ.items() if not k.startswith("IMAP_CONFORMANCE_")}
    if password is not None:
        environ["IMAP_CONFORMANCE_PASSWORD"] = password
    ran = call(*words, environ=environ | settings)
    return ran.returncode, ran.stdout, ran.stderr


def refused(*words: str, says: str, password: str | None = "pass1", **settings: str) -> None:  # noqa: S107
    code, out, error = tool(*words, password=password, **settings)
    assert code == 2, out + error
    assert says in error
    assert "Traceback" not in out + error
    lines = error.splitlines()
    assert len(lines) == 1, error
    assert lines[0].startswith("imap-conformance: ")


@contextmanager
def server(serve: Serve) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(20)
                    try:
                        serve(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)


def says(octets: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.sendall(octets)
        connection.recv(1000)

    return serve


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run"], "no target"),
        (["run", "localhost"], "a server is named by a URL"),
        (["run", "http://user@localhost"], "unknown URL scheme"),
        (["run", "imap://user:secret@localhost"], "holds a password"),
        (["run", "imap://user@localhost:99999"], "malformed"),
        (["run", "imap://user@localhost/INBOX"], "more than user, host and port"),
        (["run", "--server", "exchange"], "unknown server 'exchange'"),
        (["run", "--server", "pymap", "rfc3501/99"], "no case id is 'rfc3501/99'"),
        (["run", "--server", "pymap", "rfc3501/6.1.2-noop/nothing"], "no case id is"),
        (["run", "--server", "pymap", "--known", "missing.toml"], "missing.toml"),
        (["run", "imap://user@127.0.0.1:1"], "can not connect"),
        (["run", "imap://user@host.invalid"], "host.invalid"),
    ],
)
def test_words(words: list[str], message: str) -> None:
    refused(*words, says=message)


def test_a_spelling_that_the_server_does_not_announce() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"* PREAUTH hello\r\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                tag, _, command = line.strip().partition(b" ")
                known = b"* CAPABILITY IMAP4rev1\r\n" if command == b"CAPABILITY" else b""
                connection.sendall(known + tag + b" OK done\r\n")

    with server(serve) as place:
        words = ["run", f"imap://user@{place}", "--spelling", "literal+"]
        refused(*words, says="does not announce LITERAL+")


def test_no_password() -> None:
    refused("run", "imap://user@127.0.0.1:1", says="IMAP_CONFORMANCE_PASSWORD", password=None)


def test_unreadable_password_file() -> None:
    words = ["run", "imap://user@127.0.0.1:1", "--password-file", "/nonexistent"]
    refused(*words, says="/nonexistent", password=None)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"220 mail.example.com ESMTP\r\n", "this is no IMAP server"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "this is no IMAP server"),
        (b"* BYE too many\x1b[2J connections\r\n", "turns us away"),
        (b"", "no greeting"),
        (b"\x16\x03\x01\x00", "no greeting"),
    ],
)
def test_not_the_server_we_want(octets: bytes, message: str) -> None:
    with server(says(octets)) as address:
        refused("run", f"imap://user@{address}", "--timeout", "2", says=message)


def test_refused_login(pymap_target: Target) -> None:
    endpoint = pymap_target.endpoint
    url = f"imap://user1@{endpoint.host}:{endpoint.port}"
    refused("run", url, says="login as user1 did not succeed", password="wrong")


def test_certificate_that_nobody_trusts(pymap_target: Target) -> None:
    port = pymap_target.endpoints["implicit"].port
    refused("run", f"imaps://user1@127.0.0.1:{port}", says="certificate not accepted")


def test_no_tls_where_tls_is_due(pymap_target: Target) -> None:
    port = pymap_target.endpoint.port
    refused("run", f"imaps://user1@127.0.0.1:{port}", says="TLS failed")


def test_no_certificate_file(pymap_target: Target, tmp_path: Path) -> None:
    port = pymap_target.endpoints["implicit"].port
    missing = tmp_path / "missing.pem"
    url = f"imaps://user1@127.0.0.1:{port}"
    refused("run", url, "--ca-file", str(missing), says="missing.pem")


def test_certificate_of_another_host(tmp_path: Path, pymap_target: Target) -> None:
    other = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(other)
    port = pymap_target.endpoints["implicit"].port
    refused("run", f"imaps://u@127.0.0.1:{port}", "--ca-file", str(other), says="certificate")


def test_broken_case_file(tmp_path: Path) -> None:
    (tmp_path / "6.1.2-noop.md").write_text("# A\n\n## B\n\nno labels\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", str(tmp_path), "--imap-server", "pymap", "-q"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 2
    assert "6.1.2-noop.md:5: the first line of a case has to have labels" in ran.stdout
    assert "Traceback" not in ran.stdout


def test_output_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = ["run", "--server", "pymap", "--output", str(tmp_path / "file" / "below")]
    refused(*words, "rfc3501/6.1.2", says="Not a directory")


def test_a_folder_that_another_run_is_writing_to(tmp_path: Path) -> None:
    words = ["run", "--server", "pymap", "--output", str(tmp_path), "rfc3501/6.1.2"]
    with RecordWriter(tmp_path / "results.jsonl"):
        refused(*words, says="results.jsonl: another run is writing here; give this one a folder")
    assert tool(*words)[0] == 1  # it is played, and pymap breaks a rule


def test_wrong_options_are_argparse_s_own(tmp_path: Path) -> None:
    code, _, error = tool("run", "--server", "pymap", "--timeout", "never")
    assert code == 2
    assert "--timeout" in error
    assert tool()[0] == 2
    assert not list(tmp_path.iterdir())
