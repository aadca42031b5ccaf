"""Drives the shell as a pipe does, against real servers and against one that follows a script."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from conformance.cli.main import main
from conformance.targets import Target


@dataclass
class Said:
    """What a run of the shell has printed, and its exit code."""

    code: int
    out: str
    err: str


class Piping:
    """Runs the shell with lines from a pipe."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def url(self, url: str, *lines: str, options: tuple[str, ...] = (), password: str = "") -> Said:
        text = io.StringIO("".join(f"{line}\n" for line in lines))
        with self._monkeypatch.context() as patch:
            patch.setattr("sys.stdin", text)
            patch.delenv("IMAP_CONFORMANCE_PASSWORD", raising=False)
            if password:
                patch.setenv("IMAP_CONFORMANCE_PASSWORD", password)
            code = main(["shell", url, *options])
        captured = self._capsys.readouterr()
        return Said(code, captured.out, captured.err)

    def target(self, target: Target, *lines: str, options: tuple[str, ...] = ()) -> Said:
        account, endpoint = target.accounts[0], target.endpoint
        url = f"imap://{account.user}@{endpoint.host}:{endpoint.port}"
        return self.url(url, *lines, options=options, password=account.password)


Answers = Mapping[bytes, bytes]


@contextmanager
def scripted(
    answers: Answers | Callable[[bytes], bytes], greeting: bytes = b"* OK [CAPABILITY IMAP4rev1] hi"
) -> Iterator[str]:
    """Serve one connection: the answer to each command by its name, `TAG` in it for the tag."""

    def answer(line: bytes) -> bytes:
        words = line.split()
        tag, name = (words[0], words[1].upper()) if len(words) > 1 else (b"*", line.strip())
        said = answers(line) if callable(answers) else answers.get(name, b"TAG OK done\r\n")
        return said.replace(b"TAG", tag)

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as file:
                connection.settimeout(20)
                connection.sendall(greeting + b"\r\n")
                for line in file:
                    said = answer(line)
                    connection.sendall(said)
                    if said.startswith(b"* BYE"):
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"imap://user@127.0.0.1:{listener.getsockname()[1]}"
        thread.join(20)
