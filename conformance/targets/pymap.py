"""The embedded server: pymap with a store in memory, which needs nothing to be installed.

It forgets everything when it stops. It is a target like any other: what it does wrong is found
and reported. It runs in a process of its own and not in a thread of ours, because 0.36.7 loops
for ever over a mailbox name such as `&AOk` (no shift back at the end): a thread that never comes
back could not be ended, and would take half of our processor until the end of the run.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from conformance.targets.base import Target
from conformance.targets.loopback import ACCOUNTS, Certificate, endpoints, issue_certificate
from conformance.targets.process import ServerProcess, make_folder, remove_folder

_PORTS = "ports"  # what conformance.targets.pymap_serve writes once it listens


class PymapTarget(Target):
    """pymap on ephemeral ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS."""

    def __init__(self) -> None:
        super().__init__("pymap", label="--server pymap", accounts=ACCOUNTS, disposable=True)
        self.version = version("pymap")
        self._folder: Path | None = None
        self._certificate: Certificate | None = None
        self._process: ServerProcess | None = None

    def start(self) -> None:
        """Start the process and wait until it greets.

        Raises:
            ServerFailed: It did not, in reasonable time.
        """
        self._folder = make_folder()
        self._certificate = issue_certificate(self._folder)
        self._launch(self._folder, self._certificate)

    def stop(self) -> None:
        """End the process with all its connections, and forget the mail."""
        self._endpoints = {}
        self._end_process()
        if self._folder is not None:
            remove_folder(self._folder)
            self._folder = None

    def restart(self) -> None:
        """End the process and start another: other ports, the same accounts, no mail.

        Raises:
            RuntimeError: It is not started.
            ServerFailed: As for `start`.
        """
        if self._folder is None or self._certificate is None:
            raise RuntimeError(f"{self.label} is not started")
        self._end_process()
        self._launch(self._folder, self._certificate)

    def _launch(self, folder: Path, certificate: Certificate) -> None:
        listening = folder / _PORTS
        listening.unlink(missing_ok=True)
        command = [sys.executable, "-m", "conformance.targets.pymap_serve", str(folder)]
        self._process = ServerProcess(command, folder, logs=[], name="the embedded pymap")
        self._process.wait_for_file(listening)
        plain, implicit = map(int, listening.read_text(encoding="ascii").split())
        self._process.wait_for_greeting(plain, listening=listening)
        self._endpoints = endpoints(plain, implicit, certificate)

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None
