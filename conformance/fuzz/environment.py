"""Where generated sessions are had: connections and mailboxes of their own on the target.

The ambient checks look at everything that is said here; what they find in one program is taken
with `breaches`. A server that has gone away is had back, if it comes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.casefile.fixtures import Fixture
from conformance.checks.finding import Breach
from conformance.checks.monitor import Monitor
from conformance.extending.offered import offers
from conformance.play.connections import Connections, Way
from conformance.play.recovery import HEALTH, recover
from conformance.play.workspace import Workspace
from conformance.syntax import grammar
from conformance.syntax.grammar import Grammar
from conformance.targets import Target
from conformance.wire.session import Observer

MORE_PATIENCE = 4
"""How many times as long an answer is waited for before it is said that none comes."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the server offers beyond RFC 3501 that programs may use."""

    capabilities: frozenset[str]
    hierarchy: bool

    def has(self, capability: str) -> bool:
        """Whether a capability is announced after login."""
        return capability in self.capabilities

    def offers(self, needs: str) -> bool:
        """Whether what an extension needs is announced after login; see `offered`."""
        return offers(self.capabilities, needs)


class Environment:
    """Makes sessions and mailboxes for programs; close it at the end.

    Raises:
        TargetError: no server, no login, or no mailbox can be created.
    """

    def __init__(
        self,
        target: Target,
        way: Way,
        fixtures: dict[str, Fixture],
    ) -> None:
        self.target = target
        self.fixtures = fixtures
        self._found: list[Breach] = []
        self.monitor = Monitor(self._found.append, alone=True)
        self.connections = Connections(
            target.endpoint,
            target.accounts,
            disposable=target.disposable,
            way=way,
            observers=(self.monitor,),
        )
        self._admin = self.connections.survey()
        try:
            self.workspace = Workspace(self._admin, tidy=not target.ephemeral)
        except BaseException:
            self._admin.close()
            raise
        capabilities = self.connections.announced.after
        self.enabled = self.connections.enabled
        """What sessions have enabled, in capitals."""
        self.grammar: Grammar = grammar.load(capabilities, self.enabled)
        self.features = Features(capabilities, self.workspace.hierarchy.delimiter is not None)
        self.gone = ""
        """Why nothing more can be tried, empty while the server is there."""
        self.patience = 1
        """How many times as long as usual sessions wait."""
        self.restarts = 0
        """How often the server had to be had back."""
        self.left: tuple[bytes, ...] = ()
        """Names of mailboxes that could not be removed, once it is closed."""

    @property
    def rev2(self) -> bool:
        """Whether sessions speak IMAP4rev2."""
        return self.connections.protocol == "rev2"

    def begin(self, label: str) -> int:
        """Begin a program: returns the number for its mailboxes."""
        self.monitor.end()
        self.monitor.begin(label)
        self._found.clear()
        return self.workspace.new_case()

    def breaches(self) -> list[Breach]:
        """Take what the ambient checks have found since this was asked before."""
        found = list(self._found)
        self._found.clear()
        return found

    def look_after(self) -> bool:
        """See whether the server still answers; if it does not, have it back. False: it hung."""
        if self._admin.command(b"NOOP", timeout=HEALTH).ok:
            return True
        self._admin.close()
        back = recover(self.target, self.connections)
        if back.session is None:
            self.gone = back.reason
        else:
            self._admin = back.session
            self.workspace.attach(self._admin)
        self.restarts += back.hung
        return not back.hung

    @contextlib.contextmanager
    def patiently(self) -> Iterator[None]:
        """Have sessions that are opened meanwhile wait longer for each answer."""
        way, self.patience = self.connections.way, MORE_PATIENCE
        self.connections.way = replace(way, timeout=way.timeout * MORE_PATIENCE)
        try:
            yield
        finally:
            self.connections.way, self.patience = way, 1

    def watch(self, observer: Observer) -> None:
        """Have one more observer told of all sessions from now on."""
        self.connections.observers += (observer,)

    def close(self) -> None:
        """Remove the mailboxes and close the connection."""
        self.left = self.workspace.made
        try:
            if not self.gone:
                self.monitor.end()
                self.left = self.workspace.end()
        finally:
            self._admin.close()
