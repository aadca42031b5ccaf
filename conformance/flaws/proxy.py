"""A server with one flaw: takes connections on a loopback port, each a `Talk` with the backend.

The backend is spoken to in the clear unless its endpoint is one with implicit TLS, and over TLS
where a client has asked for STARTTLS.
Towards clients TLS has a certificate of its own, for localhost and 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.flaws.flaw import Flaw
from conformance.flaws.talk import Talk
from conformance.targets.loopback import HOST, issue_certificate
from conformance.wire.transport import Endpoint

_JOIN = 10.0  # seconds for a connection to notice its end
_CONNECT = 10.0


class FlawedServer:
    """Serves `backend` with one flaw (None: untouched) on a loopback port of its own.

    `certificates` is a folder that holds, or is to hold, the certificate; it may be used for many.
    """

    def __init__(
        self,
        backend: Endpoint,
        flaw: Flaw | None = None,
        *,
        port: int = 0,
        certificates: Path | None = None,
    ) -> None:
        self.flaw = flaw
        self._backend = backend
        self._own = None if certificates else Path(tempfile.mkdtemp(prefix="imapc-flaw-"))
        folder = certificates or self._own or Path()
        self._authority = folder / "ca.pem"
        if not self._authority.exists():
            issue_certificate(folder)
        self._inward = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._inward.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        authority = backend.ca_file
        self._outward = ssl.create_default_context(cafile=str(authority) if authority else None)
        if not (backend.verify and backend.security == "implicit"):
            self._outward.check_hostname = False
            self._outward.verify_mode = ssl.CERT_NONE  # asked for, or a server on this machine
        self._listener = socket.create_server((HOST, port))
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self._shared: dict[Any, Any] = {}
        self._connections = 0

    @property
    def endpoint(self) -> Endpoint:
        """Where clients connect; STARTTLS is served with a certificate of `ca_file`."""
        return Endpoint(
            HOST,
            self._listener.getsockname()[1],
            ca_file=self._authority,
            server_name="localhost",
        )

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
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

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
        address = (self._backend.host, self._backend.port)
        try:
            server = socket.create_connection(address, _CONNECT)
            if self._backend.security == "implicit":
                name = self._backend.server_name or self._backend.host
                server = self._outward.wrap_socket(server, server_hostname=name)
        except OSError:
            client.close()
            return
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Talk(
            client,
            server,
            self.flaw,
            number=number,
            shared=self._shared,
            inward=self._inward,
            outward=self._outward,
            ended=self._ended,
        ).run()
