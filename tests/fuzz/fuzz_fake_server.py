"""A server in a thread that answers line by line as a test tells it, on a free port."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from conformance.wire.session import Endpoint, Session

WAIT = 10.0  # seconds; what takes longer is a failure of the test
SHORT = 0.2  # a deadline that is meant to pass

Answer = Callable[[bytes], bytes | None]
"""From one line of the client to octets; None ends the connection."""


@contextlib.contextmanager
def talking(answer: Answer) -> Iterator[Session]:
    """Open a session with a server that answers so, and OK to each NOOP of the session's own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answer), daemon=True)
        thread.start()
        with Session(Endpoint("127.0.0.1", listener.getsockname()[1]), timeout=WAIT) as session:
            session.open()
            yield session
        thread.join(WAIT)
        assert not thread.is_alive()


def _serve(listener: socket.socket, answer: Answer) -> None:
    listener.settimeout(WAIT)
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
        connection.settimeout(WAIT)
        connection.sendall(b"* OK ready\r\n")
        for line in stream:
            octets = answer(line)
            if octets is None:
                return
            connection.sendall(octets)
