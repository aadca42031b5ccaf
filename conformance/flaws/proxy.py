"""A server with one flaw: takes connections on a loopback port, each a `FlawedConnection`.

The backend is spoken to in the clear unless its endpoint is one with implicit TLS, and over TLS
where a client has asked for STARTTLS.
Towards clients TLS has a certificate of its own, for localhost and 127.0.0.1.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import tempfile
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any
from weakref import WeakSet

from conformance.flaws.connection import FlawedConnection
from conformance.flaws.flaw import Flaw
from conformance.flaws.talk import Surroundings
from conformance.targets.loopback import HOST, issue_certificate
from conformance.wire.pipes import PATIENCE
from conformance.wire.relay import Relay
from conformance.wire.transport import Endpoint


class FlawedServer(Relay):
    """Serves `backend` with one flaw (None: untouched) on a loopback port of its own.

    `implicit` is the endpoint of the same server with TLS from the start, served on a second port.
    `certificates` is a folder that holds, or is to hold, the certificate; it may be used for many.
    """

    def __init__(
        self,
        backend: Endpoint,
        flaw: Flaw | None = None,
        *,
        port: int = 0,
        certificates: Path | None = None,
        implicit: Endpoint | None = None,
    ) -> None:
        self.flaw = flaw
        self._implicit = implicit
        self._own = None if certificates else Path(tempfile.mkdtemp(prefix="imapc-flaw-"))
        folder = certificates or self._own or Path()
        self._authority = folder / "ca.pem"
        if not self._authority.exists():
            issue_certificate(folder)
        self._inward = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._inward.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        for act in flaw.acts if flaw is not None else ():
            if act.tls is not None:
                act.tls(self._inward)
        authority = backend.ca_file
        outward = ssl.create_default_context(cafile=str(authority) if authority else None)
        if not (backend.verify and backend.security == "implicit"):
            outward.check_hostname = False
            outward.verify_mode = ssl.CERT_NONE  # asked for, or a server on this machine
        super().__init__(backend, outward, HOST, port)
        if implicit is not None:
            self._listeners.append((socket.create_server((HOST, 0)), implicit))
        self._shared: dict[Any, Any] = {}
        self._talks: WeakSet[FlawedConnection] = WeakSet()

    @property
    def endpoint(self) -> Endpoint:
        """Where clients connect; STARTTLS is served with a certificate of `ca_file`."""
        return Endpoint(HOST, self.port, ca_file=self._authority, server_name="localhost")

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """The ways in: that of `endpoint`, and the one with TLS from the start if there is one."""
        ways = {"none": self.endpoint}
        for listener, _ in self._listeners[1:]:
            port = int(listener.getsockname()[1])
            ways["implicit"] = replace(self.endpoint, port=port, security="implicit")
        return ways

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        super().__exit__(kind, value, traceback)
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    def _taken(self, client: socket.socket, server: Endpoint) -> socket.socket:
        if server is not self._implicit:
            return client
        client.settimeout(PATIENCE)
        return self._inward.wrap_socket(client, server_side=True)

    def _lead(self, client: socket.socket, server: socket.socket, number: int) -> None:
        self._connection(client, server, number).run()

    def _connection(
        self, client: socket.socket, server: socket.socket, number: int
    ) -> FlawedConnection:
        made = FlawedConnection(client, server, self.flaw, **self._surroundings(number))
        self._talks.add(made)
        return made

    def held(self) -> int:
        """Return how many octets of its clients it holds that nobody else has."""
        return sum(talk.kept for talk in list(self._talks))

    def _surroundings(self, number: int) -> Surroundings:
        """Return what a connection has from the server that it is one of."""
        return {
            "number": number,
            "shared": self._shared,
            "inward": self._inward,
            "outward": self._outward,
            "ended": self._ended,
            "connect": self._connect,
        }
