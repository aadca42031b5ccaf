"""The other end: an independent client for our servers, and a server of a few lines for URLs."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient

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
