"""The server of a run: whether it is there, who looks after it, the mailboxes of the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress

from conformance.play.connections import Connections
from conformance.play.protocol import Protocol
from conformance.play.recovery import HEALTH, recover
from conformance.play.spelling import NON_SYNCHRONIZING
from conformance.play.workspace import Workspace
from conformance.run.naming import says_of_itself
from conformance.targets import Target
from conformance.wire.errors import TargetError
from conformance.wire.session import Session


class ServerUnderTest:
    """The server that a run is about, once it has let us log in.

    `admin` is the session that makes and removes mailboxes, None while there is none.
    """

    def __init__(self, target: Target, connections: Connections) -> None:
        """Log in, and make room for mailboxes.

        Raises:
            TargetError: the server does not let us, or does not have what was asked for.
        """
        self.connections = connections
        self.gone = ""
        """Why nothing more can be tried, one line for people; "" while the server is there."""
        self._target = target
        self._floods = False  # NOOP is answered without end
        self.admin: Session | None = connections.survey()
        try:
            connections.try_tls()
            self._check_spelling()
            self.workspace = Workspace(self.admin, tidy=not target.ephemeral)
        except BaseException:
            self.close()
            raise

    def _check_spelling(self) -> None:
        connections = self.connections
        announced = connections.announced.before | connections.announced.after
        if connections.way.spelling == "literal+" and announced.isdisjoint(NON_SYNCHRONIZING):
            wanted = " or ".join(sorted(NON_SYNCHRONIZING))
            raise TargetError(
                f"{self._target.label} does not announce {wanted}, which --spelling literal+ needs"
            )

    def named(self, given: str) -> tuple[str, str]:
        """Return name and version: as given, as we know them, or as the server says itself."""
        target = self._target
        if given or not target.foreign or self.admin is None:
            return given or target.name, target.version
        if "ID" not in self.connections.announced.after:
            return target.name, ""
        name, version = says_of_itself(self.admin)
        return (name, version) if name else (target.name, "")

    def lost(self, reason: str) -> None:
        """Say why the server is gone, if somebody else has found out; "" while it is there."""
        self.gone = self.gone or reason

    @property
    def has_ended(self) -> bool:
        """Whether the session that looks after the server has ended, perhaps to make room."""
        return self.admin is not None and self.admin.ending is not None

    def close(self) -> None:
        """Drop the session that looks after the server."""
        if self.admin is not None:
            self.admin.close()

    def rest(self) -> None:
        """Log out until there is something to clean up: others play, and may do so for hours."""
        if self.admin is not None:
            self.admin.logout()

    def give_sign(self) -> None:
        """Say in the account that the run goes on, where that is due while it rests."""
        if not self.workspace.sign_is_due:
            return
        with suppress(TargetError):
            session = self.connections.survey()
            self.workspace.attach(session)
            self.workspace.give_sign()
            session.logout()

    def look_after(self) -> bool:
        """See that the server answers, have it back or give it up; say if it answered nobody."""
        if self.admin is None or self._is_well(self.admin):
            return False
        self.admin.close()
        back = recover(self._target, self.connections)
        if back.session is None:
            self.gone = back.reason
        else:
            self.admin = back.session
            self.workspace.attach(self.admin)
        return back.hung

    def turn_to(self, protocol: Protocol) -> str:
        """Have sessions speak a revision from now on; return why they can not, else ""."""
        barred, before = "", self.connections.protocol
        self.connections.protocol = protocol
        self.close()
        try:
            self.admin = self.connections.survey()
        except TargetError as error:
            barred = str(error)
            self.connections.protocol = before
            back = recover(self._target, self.connections)
            self.admin = back.session
            self.lost(back.reason)
        if self.admin is not None:
            self.workspace.attach(self.admin)
        return barred

    def clean_up(self, others: Collection[bytes], *, anew: bool) -> Iterable[bytes]:
        """Remove the mailboxes of the run and `others`; return the names of those that are left.

        `anew`: the session is perhaps in the middle of a command, nothing to go on with.
        """
        if self.gone:
            return self.workspace.made
        try:
            if anew or self.admin is None or not self._is_well(self.admin):
                self.close()
                self.admin = self.connections.survey()
                self.workspace.attach(self.admin)
            return self.workspace.end(others)
        except TargetError:
            return self.workspace.made

    def _is_well(self, session: Session) -> bool:
        """Whether a session is answered; who answers without end is there, and not asked again."""
        if self._floods:
            return session.ending is None
        reply = session.command(b"NOOP", timeout=HEALTH)
        self._floods = reply.ended == "flood"
        return reply.ok
