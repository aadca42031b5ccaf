"""Mailboxes of the suite's own to try things in, and the values that a line may name in braces.

They are made over a connection of their own when first asked for, and removed at the end.
"""

from __future__ import annotations

from conformance.casefile.bindings import Bound
from conformance.casefile.fixtures import NONE
from conformance.casefile.given import FETCHED, FOUND, known
from conformance.casefile.suite import Suite
from conformance.play.connections import Connections
from conformance.play.errors import Blocked, Skip
from conformance.play.values import Given
from conformance.play.workspace import Workspace
from conformance.shell.typed import TypedError
from conformance.targets import Target
from conformance.wire.errors import TargetError
from conformance.wire.session import Session


class Bench:
    """The mailboxes of one session."""

    def __init__(self, target: Target, suite: Suite) -> None:
        self._target = target
        self._suite = suite
        self._connections = Connections(target.endpoint, target.accounts)
        self._admin: Session | None = None
        self._workspace: Workspace | None = None
        self._given: Given | None = None
        self.fixture = "empty"
        """What the mailbox was filled with."""
        self.names: dict[bytes, str] = {}
        """The values that were asked for and name mailboxes: octets, and the name in braces."""

    def make(self, fixture: str) -> bytes:
        """Make a new mailbox with what a fixture holds; return its name.

        Raises:
            TypedError: no such fixture, or the server does not let it be made.
        """
        if fixture not in self._suite.fixtures:
            names = ", ".join(name for name in self._suite.fixtures if "." not in name)
            raise TypedError(f"no fixture is called {fixture!r}: there is {names}")
        held = self._suite.fixtures[fixture]
        try:
            workspace = self._open()
            given = Given(
                workspace,
                workspace.new_case(),
                held,
                self._target.accounts,
                self._target.endpoint.host,
                self._target.endpoint.server_name or self._target.endpoint.host,
            )
            name = given["mailbox"].octets
            if fixture != NONE:
                workspace.fill(name, held)
        except (TargetError, Blocked) as error:
            raise TypedError(f"no mailbox to try things in: {error}") from None
        self._given, self.fixture = given, fixture
        self.names = {name: "mailbox"}
        return name

    def value(self, name: str) -> Bound:
        """Return the value of a name in braces; the first that is a mailbox makes it.

        Raises:
            KeyError: no value has this name.
            TypedError: it can not be had on this server.
        """
        if name in (FOUND, *FETCHED) or not known(name):
            raise KeyError(name)
        if self._given is None:
            self.make(self.fixture)
        if self._given is None:
            raise KeyError(name)
        try:
            bound = self._given[name]
        except (Skip, ValueError) as error:
            raise TypedError(f"{{{name}}}: {error}") from None
        if name.startswith(("mailbox", "inbox/")):
            self.names[bound.octets] = name
        return bound

    def close(self) -> None:
        """Remove the mailboxes.

        Raises:
            TargetError: the server did not let them be removed.
        """
        if self._workspace is None or self._admin is None:
            return
        self._open().end()
        self._admin.logout()

    def _open(self) -> Workspace:
        """Return the workspace over a connection that stands; servers end those that idle."""
        if self._workspace is not None and self._admin is not None:
            if not self._admin.command(b"NOOP").ok:
                self._admin.close()
                self._admin = self._connections.survey()
                self._workspace.attach(self._admin)
            self._workspace.give_sign()
            return self._workspace
        self._admin = self._connections.survey()
        self._workspace = Workspace(self._admin, tidy=not self._target.ephemeral)
        return self._workspace
