"""A listener that connects each of its clients to one server: the sockets around `Pipes`.

What goes through a connection, and what is changed in it, belongs to whoever leads it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

from conformance.wire.transport import Endpoint

_JOIN = 10.0  # seconds for a connection to notice its end
CONNECT = 10.0
"""Seconds for the connection to the server."""


class Relay(ABC):
    """Takes connections on `host` and `port` (0: a free one) and leads each in a thread.

    The server is spoken to in the clear unless its endpoint is one with implicit TLS. `outward` is
    the TLS context towards the server.

    Raises:
        OSError: The address can not be listened on.
    """

    def __init__(self, server: Endpoint, outward: ssl.SSLContext, host: str, port: int = 0) -> None:
        self._server = server
        self._outward = outward
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self._connections = 0

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_JOIN)

    @abstractmethod
    def _lead(self, client: socket.socket, server: socket.socket, number: int) -> None:
        """Lead a connection to its end; `number` counts them from 1."""

    def _unreachable(self, number: int, error: OSError) -> None:  # noqa: B027 - not everybody tells
        """Take it that the server of a connection could not be reached; the client is let go."""

    def _connect(self) -> socket.socket:
        """Connect to the server.

        Raises:
            OSError: It can not be reached, or TLS could not be negotiated.
        """
        server = socket.create_connection((self._server.host, self._server.port), CONNECT)
        if self._server.security == "implicit":
            name = self._server.server_name or self._server.host
            return self._outward.wrap_socket(server, server_hostname=name)
        return server

    def _start(self, target: Any, *arguments: Any) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            self._start(self._serve, client, self._connections)

    def _serve(self, client: socket.socket, number: int) -> None:
        try:
            server = self._connect()
        except OSError as error:
            client.close()
            self._unreachable(number, error)
            return
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lead(client, server, number)
