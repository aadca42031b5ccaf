"""A server that answers OK to everything and remembers it, and a client without manners."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator, Mapping

from conformance.flaws.flaw import Act, Flaw, flaw
from conformance.flaws.proxy import FlawedServer
from conformance.wire.transport import Endpoint

WAIT = 10.0  # seconds; what takes longer is a failure of the test
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")


class Server:
    """`answers` holds what stands before the tagged OK, by the name of a command.

    An answer that holds `{tag}` is the whole answer. `refuses` are commands whose literals it does
    not want.
    """

    def __init__(self, answers: Mapping[str, bytes], refuses: frozenset[str]) -> None:
        self.heard: list[bytes] = []
        self.octets = b""
        self._answers = answers
        self._refuses = refuses

    def serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            while command := self._command(connection, stream.readline, stream.read):
                tag, _, rest = command.partition(b" ")
                name = rest.split(None, 1)[0].upper().decode("latin-1") if rest.split() else ""
                answer = self._answers.get(name, b"")
                if b"{tag}" not in answer:
                    answer += b"{tag} OK done\r\n"
                if answer != b"{tag}":
                    connection.sendall(answer.replace(b"{tag}", tag))

    def _command(self, connection, readline, read):  # type: ignore[no-untyped-def]
        command = line = self._keep(readline())
        while literal := _LITERAL.search(line):
            if command.split()[1].upper().decode() in self._refuses:
                break
            if not literal[2]:
                connection.sendall(b"+ go\r\n")
            command += self._keep(read(int(literal[1])))
            line = self._keep(readline())
            command += line
        if command:
            self.heard.append(command)
        return command

    def _keep(self, octets: bytes) -> bytes:
        self.octets += octets
        return octets


class Client:
    """Sends octets and waits for octets."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), WAIT)
        self._got = b""
        self.until(b"ready\r\n")

    def send(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def until(self, end: bytes) -> bytes:
        """Return everything that came, which ends so."""
        while end not in self._got:
            data = self._socket.recv(65536)
            assert data, f"closed after {self._got!r}"
            self._got += data
        cut = self._got.index(end) + len(end)
        got, self._got = self._got[:cut], self._got[cut:]
        return got

    def ask(self, command: bytes, tag: bytes = b"a1") -> bytes:
        """Send a line and return everything up to the line with the tag."""
        self.send(tag + b" " + command + b"\r\n")
        got = self.until(b"\r\n")
        while not got.splitlines()[-1].startswith(tag + b" "):
            got += self.until(b"\r\n")
        return got

    def rest(self) -> bytes:
        """Return everything up to the end of the stream."""
        with contextlib.suppress(ConnectionResetError):
            while data := self._socket.recv(65536):
                self._got += data
        return self._got

    def close(self) -> None:
        self._socket.close()


class Place:
    """A server, a flaw before it, and clients."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self._port = port
        self._clients: list[Client] = []

    def client(self) -> Client:
        client = Client(self._port)
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()


def made(*acts: Act) -> Flaw:
    return flaw("test", "A flaw of a test", "", "", *acts)


@contextlib.contextmanager
def place(
    *acts: Act, answers: Mapping[str, bytes] | None = None, refuses: tuple[str, ...] = ()
) -> Iterator[Place]:
    """Serve the acts before a server that answers so."""
    server = Server(answers or {}, frozenset(refuses))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=server.serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        host, port = listener.getsockname()[:2]
        with FlawedServer(Endpoint(host, port), made(*acts) if acts else None) as served:
            here = Place(server, served.endpoint.port)
            try:
                yield here
            finally:
                here.close()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
