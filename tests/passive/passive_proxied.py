"""A scripted server in a thread, and a proxy before it, for tests of what goes through."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

from conformance.passive.proxy import WatchingProxy
from conformance.passive.watch import Seen
from conformance.wire.transport import Endpoint

WAIT = 10.0  # seconds; what takes longer is a failure of the test

Script = Callable[[socket.socket], None]


@contextlib.contextmanager
def scripted(script: Script) -> Iterator[Endpoint]:
    """Serve one connection with a script; what it raises fails the test."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(WAIT)
            try:
                script(connection)
            except BaseException as failure:
                failures.append(failure)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(WAIT)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1])
        thread.join(WAIT)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


class Proxied:
    """A proxy, what it found, and what it said."""

    def __init__(
        self, server: Endpoint, *, kind: type[WatchingProxy] = WatchingProxy, **options
    ) -> None:
        self.found: list[Seen] = []
        self.said: list[str] = []
        self.proxy = kind(
            server, self.found.append, self.said.append, host="127.0.0.1", port=0, **options
        )

    def __enter__(self) -> Proxied:
        self.proxy.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self.proxy.__exit__(*error)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("127.0.0.1", self.proxy.port)

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.proxy.port), WAIT)
        client.settimeout(WAIT)
        return client

    def await_end(self, sessions: int = 1) -> None:
        deadline = time.monotonic() + WAIT
        while self.proxy.ended_sessions < sessions:
            assert time.monotonic() < deadline, "the session did not end"
            time.sleep(0.02)

    @property
    def rules(self) -> list[tuple[str, str]]:
        return [(seen.side, seen.finding.requirement) for seen in self.found]


def read_exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        assert piece, f"the connection ended after {data!r}"
        data += piece
    return data


def read_all(connection: socket.socket) -> bytes:
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data
