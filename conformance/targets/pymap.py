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

from conformance.targets.loopback import certificate_in, endpoints, issue_certificate
from conformance.targets.private import PrivateServer
from conformance.targets.process import ServerProcess

_PORTS = "ports"  # what conformance.targets.pymap_serve writes once it listens


class PymapTarget(PrivateServer):
    """pymap on ephemeral ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS.

    A restart comes back on other ports and without mail.
    """

    def __init__(self) -> None:
        super().__init__("pymap")
        self.version = version("pymap")

    def _find(self) -> None:
        """It is one of our own packages."""

    def _first_launch(self, folder: Path) -> None:
        issue_certificate(folder)
        self._launch(folder)

    def _launch(self, folder: Path) -> None:
        listening = folder / _PORTS
        listening.unlink(missing_ok=True)
        command = [sys.executable, "-m", "conformance.targets.pymap_serve", str(folder)]
        self._process = ServerProcess(command, folder, logs=[], name="the embedded pymap")
        self._process.wait_for_file(listening)
        plain, implicit = map(int, listening.read_text(encoding="ascii").split())
        self._process.wait_for_greeting(plain, listening=listening)
        self._endpoints = endpoints((plain, implicit), certificate_in(folder))
