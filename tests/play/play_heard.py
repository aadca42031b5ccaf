"""A server that says OK to everything, and keeps what it was sent, octet by octet."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from conformance.wire.transport import Endpoint

_COUNT = re.compile(rb"\{(\d+)\}\r\n$")
_SAYS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
    b"LIST": b'* LIST (\\Noselect) "/" ""\r\n',
    b"FETCH": b"* 1 FETCH (UID 17)\r\n",
    b"LOGOUT": b"* BYE\r\n",
}


class Heard:
    """What was sent on each connection."""

    def __init__(self) -> None:
        self.connections: list[bytearray] = []

    def serve(self, connection: socket.socket) -> None:
        self.connections.append(heard := bytearray())
        with connection, connection.makefile("rwb") as stream:
            connection.settimeout(20)
            stream.write(b"* OK hello\r\n")
            stream.flush()
            for line in iter(stream.readline, b""):
                heard += line
                command = self._command(stream, line, heard)
                tag, name = (*command.split(None, 2), b"", b"")[:2]
                if name.upper() == b"IDLE":
                    stream.write(b"+ idling\r\n")
                    stream.flush()
                    heard += stream.readline()
                stream.write(_SAYS.get(name.upper(), b"") + tag + b" OK done\r\n")
                stream.flush()

    @staticmethod
    def _command(stream: BinaryIO, line: bytes, heard: bytearray) -> bytes:
        command = line
        while found := _COUNT.search(line):
            stream.write(b"+ more\r\n")
            stream.flush()
            payload = stream.read(int(found[1]))
            line = stream.readline()
            heard += payload + line
            command += line
        return command

    def octets(self, beginning: bytes) -> bytes:
        """What was sent on the connection on which a line begins so, from there on."""
        for heard in self.connections:
            if (at := (b"\n" + heard).find(b"\n" + beginning)) >= 0:
                return bytes(heard[at:])
        raise AssertionError(f"{beginning!r} was not sent: {self.connections}")


@contextmanager
def hearing() -> Iterator[tuple[Endpoint, Heard]]:
    """Serve on a free port."""
    heard = Heard()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=heard.serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1]), heard
        listener.shutdown(socket.SHUT_RDWR)
