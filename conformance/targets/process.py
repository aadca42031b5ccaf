"""A server program that this suite runs itself: in a folder of its own, and gone afterwards.

Gone means all of it, however this program ends. The server gets a process group, and beside
it stands a guard: a shell that waits for the end of a pipe from us. When we die without a
word, even by SIGKILL, the pipe ends and the guard ends the server and removes the folder.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from random import SystemRandom  # the other one is seeded by tests: all would get the same
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from conformance.targets.errors import ServerFailed
from conformance.targets.loopback import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PREFIX = "imapc-"
"""How the names of the folders of servers begin."""
MEMORY = Path("/dev/shm")  # noqa: S108  # what is made there has a name that nobody can guess
"""Where Linux has a folder in memory."""

SEEN = Path("/proc/self/schedstat").is_file()
"""Whether this system shows what a process uses, as Linux does."""

_ROOM = 1 << 30  # octets that are free: a container often has 64 MiB in all
_TAIL = 5  # lines of a log that an error shows
_START, _STOP = 15.0, 5.0  # seconds that a server gets for each
_GRACE = 0.25  # seconds for its children to follow it
_POLL = 0.01  # seconds
_PORTS = range(20000, 32768)
_TRIES = 200  # of these
# Of the numbers of /proc/PID/stat behind name and state: process group, ticks of the CPU that
# children took which have ended, pages.
_GROUP, _CHILDREN, _RESIDENT = 1, slice(12, 14), 20


class Ports(NamedTuple):
    """Where a server listens: `plain` with STARTTLS, `tls` from the start, `pop3` if it can."""

    plain: int
    tls: int
    pop3: int


# Arguments: the process group and the folder. A line on stdin means that all is well.
_GUARD = """
read -r word && exit 0
kill -TERM -"$1"
tries=0
while kill -0 -"$1" && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -KILL -"$1"
rm -rf "$2"
"""


def make_folder() -> Path:
    """A new folder for a server, with a path short enough for the names of unix sockets.

    Readable and traversable by all, because servers change their user; what is secret in
    it has a mode of its own. In memory where there is room and TMPDIR does not say otherwise:
    a server syncs each message, and a run leaves thousands of files to be removed.
    """
    place = Path(tempfile.gettempdir())
    if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
        place = MEMORY
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place if _suits(place) else "/tmp"))  # noqa: S108
    folder.chmod(0o755)
    return folder


def _is_roomy(place: Path) -> bool:
    """Whether we may write there, and no server of ours will fill it."""
    return os.access(place, os.W_OK | os.X_OK) and shutil.disk_usage(place).free >= _ROOM


def _suits(place: Path) -> bool:
    """Whether servers can work below `place`, whose path goes into their configuration."""
    plain = re.fullmatch(r"[\w./-]{1,40}", str(place), re.ASCII) is not None
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents))
    return plain and (open_to_all or os.geteuid() != 0)


def remove_folder(folder: Path) -> None:
    """Remove what `make_folder` made, though a dying process may still be writing there."""
    deadline = time.monotonic() + _STOP
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=time.monotonic() < deadline)


def free_ports() -> Ports:
    """Ports of 127.0.0.1 that were free a moment ago; somebody else may be quicker.

    They are below those that systems give to clients: else any connection of this machine could
    take one while its server is started again.
    """
    found: list[int] = []
    for port in SystemRandom().sample(_PORTS, _TRIES):
        with socket.socket() as tried, suppress(OSError):
            tried.bind((HOST, port))
            found.append(port)
        if len(found) == len(Ports._fields):
            return Ports(*found)
    raise ServerFailed(f"too few free ports of {HOST} among {_TRIES} that were tried")


class ServerProcess:
    """A server in the foreground, as the leader of its process group."""

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        *,
        logs: Sequence[Path],
        name: str = "",
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Start `command` in `folder`, which the guard removes if we die.

        What it prints goes to `output` in the folder. `logs` are its own log files, `name` is
        what errors call it, unless the program's own name will do; `environment` is added to ours.
        """
        self._name = name or Path(command[0]).name
        self._logs = (folder / "output", *logs)
        self._ended = False
        with (folder / "output").open("wb") as output:
            self._server = subprocess.Popen(  # noqa: S603 - a program that we looked up
                command,
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._guard = subprocess.Popen(  # noqa: S603 - the text above
                ["/bin/sh", "-c", _GUARD, "guard", str(self._server.pid), folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            self._end_server()
            raise

    @property
    def pid(self) -> int:
        """Of the server, and of its process group."""
        return self._server.pid

    def memory(self) -> int:
        """Return the octets that its processes hold, what they share counted once for each."""
        pages = sum(figures[_RESIDENT] for _, figures in self._figures())
        return pages * os.sysconf("SC_PAGESIZE")

    def cpu_time(self) -> float:
        """Return the seconds of CPU that its processes have used, and those that have ended."""
        ticks, nanoseconds = 0, 0
        for process, figures in self._figures():
            ticks += sum(figures[_CHILDREN])
            for thread in process.glob("task/[0-9]*/schedstat"):  # a tick is ten milliseconds
                with suppress(OSError, ValueError, IndexError):
                    nanoseconds += int(thread.read_text().split()[0])
        return ticks / os.sysconf("SC_CLK_TCK") + nanoseconds / 1e9

    def _figures(self) -> Iterator[tuple[Path, list[int]]]:
        """Give the folder and the numbers that Linux has of each of its processes."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, ValueError, IndexError):
                # Behind its name and its state, which are no numbers.
                figures = [int(each) for each in stat.read_text().rpartition(")")[2].split()[1:]]
                if figures[_GROUP] == self.pid:
                    yield stat.parent, figures

    def wait_for_file(self, path: Path) -> None:
        """Return as soon as this server has made `path`.

        Raises:
            ServerFailed: It died, or a bounded time has passed; with the end of its log.
        """
        deadline = time.monotonic() + _START
        while not path.exists():
            self._check_start(deadline, f"did not make {path.name}")
            time.sleep(_POLL)

    def wait_for_greeting(self, port: int, *, listening: Path) -> None:
        """Return as soon as this server greets on `port`.

        `listening` is a file that it writes once its ports are its own, so that a stranger
        who was quicker to take one is not mistaken for it.

        Raises:
            ServerFailed: It died, or a bounded time has passed; with the end of its log.
        """
        deadline = time.monotonic() + _START
        while not (listening.exists() and _greets(port)):
            self._check_start(deadline, "did not greet")
            time.sleep(_POLL)

    def _check_start(self, deadline: float, otherwise: str) -> None:
        if self._server.poll() is not None:
            raise ServerFailed(f"{self._name} died at its start: {self.log_tail()}")
        if time.monotonic() >= deadline:
            raise ServerFailed(f"{self._name} {otherwise} within {_START:.0f} s: {self.log_tail()}")

    def log_tail(self) -> str:
        """The last lines of what the server wrote, as one line of printable characters."""
        lines: list[str] = []
        for log in self._logs:
            with suppress(OSError):
                lines += log.read_text(errors="replace").splitlines()
        text = " | ".join(lines[-_TAIL:]) or "its log is empty"
        return "".join(c if c.isprintable() else "?" for c in text)

    def stop(self) -> None:
        """End the server with all its processes, and the guard. May be called twice."""
        try:
            self._end_server()
        finally:
            self._dismiss_guard()

    def _end_server(self) -> None:
        if self._ended:
            return
        # To all at once: a server that passes the signal on takes a second for that.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._server.wait(_STOP)
            self._await_group_end()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._server.wait()
        self._ended = True

    def _await_group_end(self) -> None:
        """Wait shortly: what is left may be dead, and only not yet buried by process 1."""
        deadline = time.monotonic() + _GRACE
        with suppress(ProcessLookupError):
            while time.monotonic() < deadline:
                os.killpg(self.pid, 0)
                time.sleep(_POLL)

    def _dismiss_guard(self) -> None:
        if self._guard.stdin is not None and not self._guard.stdin.closed:
            with suppress(BrokenPipeError), self._guard.stdin as pipe:
                pipe.write(b"done\n")
        self._guard.wait()


def _greets(port: int) -> bool:
    """Whether a first line comes from the port, and is a greeting (RFC 3501 section 7.1)."""
    try:
        with (
            socket.create_connection((HOST, port), 1.0) as connection,
            connection.makefile("rb") as stream,
        ):
            return stream.readline(1024).startswith(b"* OK")
    except OSError:
        return False
