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
        self._listeners = [(self._listener, server)]
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self._connections = 0
        self._counting = threading.Lock()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        for listener, server in self._listeners:
            self._start(self._accept, listener, server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        for listener, _ in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join(_JOIN)

    @abstractmethod
    def _lead(self, client: socket.socket, server: socket.socket, number: int) -> None:
        """Lead a connection to its end; `number` counts them from 1."""

    def _taken(self, client: socket.socket, server: Endpoint) -> socket.socket:
        """Return how a client of a listener for `server` is spoken to, here in the clear.

        Raises:
            OSError: It can not be spoken to.
        """
        del server
        return client

    def _unreachable(self, number: int, error: OSError) -> None:  # noqa: B027 - not everybody tells
        """Take it that the server of a connection could not be reached; the client is let go."""

    def _connect(self, where: Endpoint | None = None) -> socket.socket:
        """Connect to the server, `where` it is not by its first endpoint.

        Raises:
            OSError: It can not be reached, or TLS could not be negotiated.
        """
        where = where or self._server
        server = socket.create_connection((where.host, where.port), CONNECT)
        if where.security == "implicit":
            name = where.server_name or where.host
            return self._outward.wrap_socket(server, server_hostname=name)
        return server

    def _start(self, target: Any, *arguments: Any) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, server: Endpoint) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._counting:
                self._connections += 1
                self._start(self._serve, client, self._connections, server)

    def _serve(self, client: socket.socket, number: int, where: Endpoint) -> None:
        try:
            client = self._taken(client, where)
        except OSError:
            client.close()
            return
        try:
            server = self._connect(where)
        except OSError as error:
            client.close()
            self._unreachable(number, error)
            return
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lead(client, server, number)
