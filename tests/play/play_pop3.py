"""A server of POP3 that answers line after line with what it was given."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence

from conformance.wire.transport import Endpoint


@contextlib.contextmanager
def pop3_server(
    replies: Sequence[bytes], greeting: bytes = b"+OK ready\r\n", heard: list[bytes] | None = None
) -> Iterator[Endpoint]:
    """Answer the lines of one client after another with these replies; an empty one hangs up.

    Without any nothing is ever answered. What clients send goes into `heard`, with b"" where one
    has gone.
    """
    left = list(replies)
    heard = [] if heard is None else heard
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, connection.makefile("rwb") as stream:
                        connection.settimeout(20)
                        stream.write(greeting)
                        stream.flush()
                        for line in iter(stream.readline, b""):
                            heard.append(line)
                            if left and not (reply := left.pop(0)):
                                break
                            if left or replies:
                                stream.write(reply)
                                stream.flush()
                            if left and not left[0]:
                                break
                    heard.append(b"")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)
