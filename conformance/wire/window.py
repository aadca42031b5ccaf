"""How long a server is waited for in one go, whatever it sends meanwhile.

A window counts the time in which there was nothing to be read: that is the server's. What we take
ourselves to read and judge what came does not count as silence, but it is bounded, too: a server
that says more than can be looked at is no server that is slow. Such a window is `flooded`.
"""

from __future__ import annotations

import time
from typing import Final

from conformance.wire.limits import DEFAULT_LIMITS, Limits

WORK: Final = (0.5, 2.0, 5.0)
"""Seconds of our processor that responses of one window get, behind the first `Limits.responses`:
as many as it lasts from the first of these to the second, then half as many, up to the third."""


class WaitWindow:
    """Waits at most `seconds` for a server, all waits together."""

    def __init__(self, seconds: float, limits: Limits = DEFAULT_LIMITS) -> None:
        self.seconds = seconds
        """May be changed while it lasts."""
        self.responses = 0
        """How many were handed out."""
        self.octets = 0
        """How many came from the network."""
        self.waited = 0.0
        """Seconds without anything to be read."""
        self._most, self._few = limits.reply, limits.responses
        self._worked = 0.0
        self._since: float | None = None
        """When we went on; None before so many responses have come that our work counts."""

    def rest(self) -> None:
        """Begin a wait: what others do meanwhile in this thread, as gevent has it, is not ours."""
        if self._since is not None:
            self._worked += time.thread_time() - self._since

    def go_on(self, waited: float, octets: int) -> None:
        """End a wait that took so many seconds, and brought so many octets."""
        self.waited += waited
        self.octets += octets
        if self._since is not None:
            self._since = time.thread_time()

    @property
    def _work(self) -> float:
        least, enough, most = WORK
        return max(least, min(self.seconds, enough), min(self.seconds / 2, most))

    @property
    def left(self) -> float:
        """Seconds that the server still has."""
        return max(0.0, self.seconds - self.waited)

    @property
    def flooded(self) -> bool:
        """Whether more has come than is looked at in one go."""
        if self.octets > self._most:
            return True
        if self.responses <= self._few:
            return False
        now = time.thread_time()
        if self._since is None:
            self._since = now
        return self._worked + now - self._since > self._work
