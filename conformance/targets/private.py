"""What the servers that this suite starts itself have in common: a folder, a process, an end.

How one is configured and launched is in the module of each.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path

from conformance.targets.base import Target
from conformance.targets.errors import ServerFailed
from conformance.targets.loopback import ACCOUNTS, HOST
from conformance.targets.process import (
    SEEN,
    Ports,
    ServerProcess,
    free_ports,
    make_folder,
    remove_folder,
)
from conformance.wire.transport import Endpoint

_ATTEMPTS = 3  # to bind free ports before somebody else does
_TAKEN = "address already in use"


class PrivateServer(Target):
    """A server of our own on loopback: gone without a trace when it stops.

    A subclass fills the folder, sets `_process` and `_endpoints`, and `_serves_pop3` where the
    programs for that are there.

    Attributes:
        ports: Those of the last start, which a restart keeps.
    """

    ephemeral = True

    def __init__(self, name: str, *, server: str = "") -> None:
        """A server is asked for as `server`, where that is not its name."""
        label = f"--server {server or name}"
        super().__init__(name, label=label, accounts=ACCOUNTS, disposable=True)
        self.ports = Ports(0, 0, 0)
        self._serves_pop3 = False
        self._folder: Path | None = None
        self._process: ServerProcess | None = None

    @property
    def memory(self) -> Callable[[], int] | None:
        """See `Target.memory`."""
        return self._held if SEEN and self._process is not None else None

    @property
    def cpu_time(self) -> Callable[[], float] | None:
        """See `Target.cpu_time`."""
        return self._worked if SEEN and self._process is not None else None

    # Of the process that there is when it is asked: a restart makes another one.

    def _held(self) -> int:
        return self._process.memory() if self._process is not None else 0

    def _worked(self) -> float:
        return self._process.cpu_time() if self._process is not None else 0.0

    @property
    def pop3(self) -> Endpoint | None:
        """POP3 as this server serves it itself, unless another place was given."""
        if self._pop3 is None and self._serves_pop3 and self._endpoints:
            return Endpoint(HOST, self.ports.pop3)
        return self._pop3

    def start(self) -> None:
        """Start with empty mailboxes and wait for the greeting.

        Raises:
            ServerMissing: The server is not installed.
            ServerFailed: It died or did not greet; with the end of its log.
        """
        self._find()
        self._folder = make_folder()
        self._first_launch(self._folder)

    def stop(self) -> None:
        """End every process of the server and remove its folder."""
        self._endpoints = {}
        self._end_process()
        if self._folder is not None:
            remove_folder(self._folder)
            self._folder = None

    def restart(self) -> None:
        """End the server and start it again with the same accounts.

        Raises:
            RuntimeError: It is not started.
            ServerFailed: As for `start`.
        """
        if self._folder is None:
            raise RuntimeError(f"{self.label} is not started")
        self._end_process()
        self._launch(self._folder)

    @abstractmethod
    def _find(self) -> None:
        """Find the program and learn its version, before anything is made."""

    @abstractmethod
    def _first_launch(self, folder: Path) -> None:
        """Fill the folder and launch."""

    @abstractmethod
    def _launch(self, folder: Path) -> None:
        """Launch what the folder configures, and wait for the greeting."""

    def _launch_on_free_ports(self, launch: Callable[[], None]) -> None:
        """Have `launch` try free `ports`, and others when somebody else was quicker to take one.

        Raises:
            ServerFailed: For another reason, or time and again.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            self.ports = free_ports()
            try:
                launch()
            except ServerFailed as error:
                if _TAKEN not in str(error).lower() or attempt == _ATTEMPTS:
                    raise
                self._end_process()
            else:
                return

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None
