"""The other end: an independent client for our servers, and a server of a few lines for URLs.

And what is left of a private server, to be seen from outside.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from imapclient import IMAPClient

from conformance.targets.base import Target
from conformance.wire.account import Account
from conformance.wire.transport import Endpoint

WAYS = ("none", "starttls", "implicit")


@contextmanager
def logged_in(endpoint: Endpoint, account: Account) -> Iterator[IMAPClient]:
    context = ssl.create_default_context(cafile=str(endpoint.ca_file))
    implicit = endpoint.security == "implicit"
    client = IMAPClient(endpoint.host, endpoint.port, ssl=implicit, ssl_context=context, timeout=10)
    try:
        if endpoint.security == "starttls":
            client.starttls(context)
        client.login(account.user, account.password)
        yield client
    finally:
        client.shutdown()


@contextmanager
def greeting_server(*lines: bytes, port: int = 0) -> Iterator[int]:
    """Answer one connection: the first line at once, each other after a line from the client."""
    with socket.create_server(("127.0.0.1", port)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with suppress(OSError), connection, connection.makefile("rb") as stream:
                connection.sendall(lines[0])
                for line in lines[1:]:
                    tag = stream.readline().split()[0]
                    connection.sendall(line.replace(b"TAG", tag))
                stream.read()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive()


def folder_of(target: Target) -> Path:
    certificate = target.endpoint.ca_file
    assert certificate is not None
    return certificate.parent


def in_group(group: int) -> list[str]:
    """The living processes of a group; one that is dead and not yet waited for does not count."""
    listing = subprocess.run(
        [shutil.which("ps") or "/bin/ps", "-A", "-o", "pgid=,stat=,args="],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    rows = [line.split(maxsplit=2) for line in listing.splitlines()]
    return [" ".join(row) for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def await_true(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
