"""A server in a thread that plays a script to one connection, on a free port of 127.0.0.1."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Ending, Endpoint, Session

GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
WAIT = 10.0  # seconds; what takes longer is a failure of the test
SHORT = 0.2  # a deadline that is meant to pass


class Peer:
    """The server's end of the connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.read = b""
        connection.settimeout(WAIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say(self, data: bytes) -> None:
        self.connection.sendall(data)

    def line(self) -> bytes:
        """Wait for one line from the client."""
        return self.octets(self._until(b"\n"))

    def octets(self, count: int) -> bytes:
        """Wait for `count` octets from the client."""
        while len(self.read) < count:
            self._more()
        taken, self.read = self.read[:count], self.read[count:]
        return taken

    def gone(self) -> None:
        """Wait until the client has closed."""
        with contextlib.suppress(OSError):
            while self.connection.recv(65536):
                pass

    def start_tls(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)

    def reset(self) -> None:
        """Close in the way that sends RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _until(self, octet: bytes) -> int:
        while octet not in self.read:
            self._more()
        return self.read.index(octet) + 1

    def _more(self) -> None:
        data = self.connection.recv(65536)
        if not data:
            raise ConnectionError("the client has closed")
        self.read += data


Script = Callable[[Peer], None]


@contextlib.contextmanager
def serve(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    """Serve one connection; an exception in the script fails the test at the end."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # nobody came
        peer = Peer(connection)
        try:
            if tls is not None:
                with contextlib.suppress(OSError):
                    peer.start_tls(tls)
            script(peer)
        except BaseException as failure:  # told in the test's own thread
            failures.append(failure)
        finally:
            peer.connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(WAIT)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield Endpoint("127.0.0.1", listener.getsockname()[1])
        finally:
            if thread.is_alive():
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
            thread.join(WAIT)
    assert not thread.is_alive(), "the script did not end"
    if failures:
        raise failures[0]


class Diary:
    """Writes down what a session tells."""

    def __init__(self) -> None:
        self.commands: list[bytes] = []
        self.arrivals: list[bytes] = []
        self.faults: list[str] = []
        self.endings: list[Ending] = []

    def command(self, session: Session, command: Command) -> None:
        assert session.name == "main"
        self.commands.append(command.tag)

    def arrival(self, session: Session, arrival: Arrival) -> None:
        assert session.name == "main"
        self.arrivals.append(arrival.frame.text)
        self.faults += [fault.kind for fault in arrival.frame.faults]

    def ended(self, session: Session, ending: Ending) -> None:
        assert session.name == "main"
        self.endings.append(ending)


def shown(session: Session) -> list[str]:
    return [f"{line.direction}: {line.text}" for line in session.transcript.lines()]


def text_of(arrival: object) -> bytes:
    assert isinstance(arrival, Arrival)
    return arrival.frame.text
