"""Whether the server lets one more connection in: found out when it does not, and respected.

Servers limit the connections of one user and address, and turn away whoever logged in wrongly too
often. Both pass: what hangs about ends, a minute goes by. None of it breaks a rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final
from weakref import WeakSet

from conformance.play.errors import Skip
from conformance.play.facts import Fact
from conformance.play.patience import Patience
from conformance.wire.errors import LoginRefused, NoGreeting, Rejected, TargetError
from conformance.wire.session import Session

_CROWDED: Final = frozenset({"LIMIT", "UNAVAILABLE", "INUSE"})
"""Response codes that say "not now" (RFC 5530, RFC 9051)."""

_LINGERING: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between tries while connections that we have closed may still be counted."""

_PENANCE: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 5.0)
"""Seconds between tries after refused logins: a minute and some more together."""

_HEALTH: Final = 5.0
"""Seconds in which a server that is well answers NOOP."""


class Admission:
    """Counts the connections of a run, and waits for room."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._open: WeakSet[Session] = WeakSet()
        self.spare: Session | None = None
        """A connection that stands idle while a case is played, and may make room for another."""
        self.limit = 0
        """How many connections at once the server lets in, 0 while nothing like it was seen."""
        self._said = ""  # what the server said when there was no room
        self._most = 0  # connections that stood at once
        self._crowded = False  # whether there was no room at first
        self._waited = 0.0  # seconds, after refused logins
        self._despaired = False  # waiting did not help the last time

    @property
    def standing(self) -> int:
        """How many connections of ours stand."""
        return sum(session.ending is None for session in self._open)

    def enter(self, make: Callable[[], Session]) -> Session:
        """Have a connection made, and try again while the server has no room for it.

        Raises:
            Skip: the server lets fewer in at once than stand and are needed.
            TargetError: as `make`, for any other reason, or when waiting did not help.
        """
        lingering, penance = iter(_LINGERING), iter(_PENANCE)
        if self.limit and self.standing >= self.limit and not self._make_room():
            raise self._no_room()
        while True:
            try:
                session = make()
            except TargetError as refusal:
                if not _for_now(refusal) or self._despaired or not self._most:
                    raise
                self._said = self._said or str(refusal)
                if self._patience.refused.count and not _crowded(refusal):
                    pause = next(penance, None) if self._lives() else None
                    self._waited += pause or 0.0
                else:
                    self._crowded = True
                    pause = next(lingering, None)
                    if pause is None and self._make_room():
                        lingering = iter(_LINGERING)
                        pause = next(lingering)
                    if pause is None and 0 < self.standing >= self._most:
                        self.limit = self.standing
                        raise self._no_room() from None
                if pause is None:
                    self._despaired = True
                    raise
                time.sleep(pause)
            else:
                self._despaired = False
                self._open.add(session)
                self._most = max(self._most, self.standing)
                return session

    def _lives(self) -> bool:
        """Whether the connection that stands is still answered: the server is not dead."""
        if self.spare is None or self.spare.ending is not None:
            return True
        return self.spare.command(b"NOOP", timeout=_HEALTH).ok

    def _make_room(self) -> bool:
        """Close the connection that may be spared, if there is one."""
        if self.spare is None or self.spare.ending is not None:
            return False
        self.spare.close()
        return True

    def _no_room(self) -> Skip:
        return Skip(f"needs more connections at once than are let in ({self.limit}): {self._said}")

    def facts(self) -> Iterator[Fact]:
        """Yield what is worth telling."""
        if self.limit:
            sentence = f"At most {self.limit} connections at once are let in: {self._said}"
            yield Fact("connections.limit", sentence)
        elif self._crowded:
            sentence = f"A connection was let in after a while only: {self._said}"
            yield Fact("connections.crowded", sentence)
        if self._waited:
            sentence = (
                f"After refused logins the server let nobody in for a while; {self._waited:.0f} s"
                " were waited."
            )
            yield Fact("logins.turned-away", sentence)


def _for_now(refusal: TargetError) -> bool:
    """Whether a refusal may pass: nobody was there is not one, nor silence, nor no TLS."""
    if isinstance(refusal, NoGreeting):
        return refusal.closed
    if isinstance(refusal, LoginRefused):
        return refusal.ended in ("", "closed")
    return isinstance(refusal, Rejected)


def _crowded(refusal: TargetError) -> bool:
    """Whether the server says that there are too many connections."""
    return isinstance(refusal, LoginRefused) and refusal.code in _CROWDED
