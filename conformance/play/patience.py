"""How long logins take on this server, measured as they happen, and how long to wait for one.

Servers make whoever guesses passwords wait: for the answer to a refused login, for the next login
that is right, or for a connection at all. None of that breaks a rule (RFC 3501 section 11.2 even
asks for care), so an answer is awaited as long as the server has shown that it takes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from conformance.play.facts import Fact
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Ending, Session
from conformance.wire.states import State

BOUND: Final = 60.0
"""Seconds for which the answer to a login is awaited at most."""

FACTOR: Final = 4.0
"""How many times as long as the longest login so far the next one may take: penalties double."""

LOGINS: Final = frozenset({"LOGIN", "AUTHENTICATE"})
"""Commands that carry credentials."""

_MANY: Final = 3  # refused logins after which a server that hangs up may have had enough
_NOTABLE: Final = 1.0  # seconds from which on the time a login takes is worth a word


@dataclass(slots=True)
class Cost:
    """What logins of one kind have taken: how many there were, and seconds."""

    count: int = 0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """Take one more."""
        self.count += 1
        self.longest = max(self.longest, seconds)


class Patience:
    """Sees every login of a run; an observer of its sessions."""

    def __init__(self) -> None:
        self.good = Cost()
        self.refused = Cost()
        """Those with credentials that are no good."""
        self.unanswered = Cost()
        """Those that were given up without an answer."""
        self.owing = False
        """Whether a login was refused since the last one that succeeded."""
        self.hung_up = 0
        """How many connections ended in the place of an answer, after many refused logins."""
        self._right = False  # the login that is under way is a right one

    # -- what an observer is told ------------------------------------------------------

    def command(self, session: Session, command: Command) -> None:
        """Nothing to be learnt from a command."""

    def arrival(self, session: Session, arrival: Arrival) -> None:  # noqa: ARG002  # an observer's
        """Measure the answer to a login."""
        command = arrival.answers
        if command is None or command.name not in LOGINS:
            return
        if arrival.state is not State.NOT_AUTHENTICATED:
            return
        taken = arrival.when - command.sent_at
        if arrival.status == "OK":
            self.good.add(taken)
            self.owing = False
        elif arrival.status == "NO" and not self._right:
            self.refused.add(taken)
            self.owing = True

    def ended(self, session: Session, ending: Ending) -> None:
        """Note a login that was given up, and a server that has had enough."""
        begun = _awaited(session)
        if ending.reason == "local" and begun:
            waited = time.monotonic() - begun[0].sent_at
            if waited >= session.timeout:
                self.unanswered.add(waited)
        elif begun and self.refused.count >= _MANY and not self._right:
            self.hung_up += 1
            self.owing = True

    # -- what is made of it ------------------------------------------------------------

    @contextlib.contextmanager
    def with_right_login(self) -> Iterator[None]:
        """Have a login that is refused not taken for one that should be."""
        self._right = True
        try:
            yield
        finally:
            self._right = False

    def for_login(self, timeout: float) -> float:
        """Return how many seconds the answer to a login that is right may take.

        `timeout` is the patience for other answers. The first of all is awaited generously.
        """
        return self._for(timeout, measured=self.good.count > 0)

    def for_answer(self, session: Session, timeout: float) -> float:
        """Return how many seconds to wait for what a session awaits: longer for a login."""
        if not _awaited(session):
            return timeout
        return self._for(timeout, measured=self.refused.count > 0)

    def _for(self, timeout: float, *, measured: bool) -> float:
        if not measured and not self.unanswered.count:
            return max(timeout, BOUND)
        longest = max(self.good.longest, self.refused.longest)
        return max(timeout, min(FACTOR * longest, BOUND))

    def facts(self) -> Iterator[Fact]:
        """Yield what is worth telling."""
        if self.good.longest >= _NOTABLE:
            sentence = f"A login that succeeded took up to {self.good.longest:.0f} s."
            yield Fact("logins.good", sentence)
        if self.refused.longest >= _NOTABLE:
            sentence = f"A refused login took up to {self.refused.longest:.0f} s."
            yield Fact("logins.refused", sentence)
        if self.unanswered.count:
            sentence = (
                f"{self.unanswered.count} of the logins were not answered at all, within"
                f" {self.unanswered.longest:.0f} s."
            )
            yield Fact("logins.unanswered", sentence)


def _awaited(session: Session) -> list[Command]:
    """Return the logins that the server has to answer; not one where it is our turn."""
    dialogue = session.dialogue
    return [c for c in dialogue.in_flight if c.name in LOGINS and not dialogue.prompted]
