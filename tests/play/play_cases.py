"""One case of a suite of its own, played against a scripted server or a real one."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.casefile.suite import Suite
from conformance.play.connections import Connections, Way
from conformance.play.player import Outcome, Player
from conformance.play.workspace import Workspace
from conformance.wire.account import Account
from conformance.wire.transport import Endpoint

Answer = Callable[[bytes], bytes]
REQUIREMENTS = """
["3501-6.1.2-ok"]
section = "6.1.2"
level = "{level}"
kind = "plain"
rule = "NOOP succeeds."
"""
WAY = Way(timeout=2.0)


GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n"


@contextmanager
def server(
    answer: Answer,
    greet: Callable[[int], bytes] = lambda _: GREETING,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Endpoint]:
    """A server that answers each command line with what `answer` returns; b"" closes.

    `greet` is given how many connections stand, the new one included; what is no OK ends it. An OK
    to STARTTLS is followed by a handshake with `tls`.
    """
    standing: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve(connection: socket.socket) -> None:
            standing.append(connection)
            try:
                talk(connection)
            except OSError:
                pass  # the client has gone, or refuses our certificate
            finally:
                standing.remove(connection)
                connection.close()

        def talk(connection: socket.socket) -> None:
            connection.settimeout(20)
            greeting = greet(len(standing))
            connection.sendall(greeting)
            if not greeting.startswith(b"* OK"):
                return
            with connection.makefile("rb") as lines:
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    said = answer(command.upper())
                    if not said:
                        return
                    connection.sendall(said.replace(b"TAG", tag))
                    if tls and command.upper() == b"STARTTLS":
                        break
                else:
                    return
            with tls.wrap_socket(connection.dup(), server_side=True) as secured:
                talk_on(secured)

        def talk_on(secured: ssl.SSLSocket) -> None:
            with secured.makefile("rb") as lines:
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    secured.sendall(answer(command.upper()).replace(b"TAG", tag))

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def usual(command: bytes) -> bytes:
    match command.split(b" ")[0]:
        case b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n"
        case b"LIST" if command.endswith(b'""'):
            return b'* LIST (\\Noselect) "/" ""\r\nTAG OK done\r\n'
    return b"TAG OK done\r\n"


def write(root: Path, block: str, labels: str, level: str) -> Path:
    (root / "rfc3501").mkdir()
    (root / "messages").mkdir()
    (root / "messages" / "m.eml").write_text("Subject: hi\n\nHello.\n")
    (root / "fixtures.toml").write_text(
        '[empty]\nsummary = "Nothing"\nmessages = []\n'
        '[one]\nsummary = "One"\nmessages = [{ file = "m.eml", flags = ["\\\\Flagged"] }]\n'
    )
    (root / "rfc3501" / "requirements.toml").write_text(REQUIREMENTS.format(level=level))
    path = root / "rfc3501" / "6.1.2-noop.md"
    path.write_text(f"# N\n\n## T\n\n`{level}` `3501-6.1.2-ok` {labels}\n\n```imap\n{block}\n```\n")
    return path


def play(
    root: Path,
    endpoint: Endpoint,
    block: str,
    labels: str = "",
    level: str = "MUST",
    way: Way = WAY,
    *,
    keep: bool = False,
    lacks: tuple[str, ...] = (),
) -> Outcome:
    suite = Suite(root)
    ((case, steps),) = suite.load(write(root, block, labels, level))
    connections = Connections(endpoint, [Account("user1", "pass1")], way=way)
    with connections.survey() as admin:
        workspace = Workspace(admin)
        player = Player(connections, workspace, suite.fixtures, keep=keep)
        player.lacks.update(lacks)
        outcome = player.play(case, steps)
        workspace.end()
    return outcome


def noop(said: bytes) -> Answer:
    return lambda command: said if command == b"NOOP" else usual(command)
