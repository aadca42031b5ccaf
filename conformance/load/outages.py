"""Servers that are gone for a while: what their end breaks says nothing of how they speak.

Connections that end without BYE (RFC 3501 section 3.4), and lines that are cut, are findings as in
every run, unless the server as a whole was gone at about that time, crashed or ended by whoever
runs it: then that is told as what it is. It was gone if nobody could connect, or if all sessions
ended that there were, and those that came afterwards did not. What was acknowledged has to be there
when it comes back all the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from math import inf
from typing import Final, NamedTuple

from conformance.checks import closing
from conformance.checks.finding import Breach

_SOON: Final = 10.0  # seconds between an end and what explains it
_ENDS: Final = frozenset(rule.requirement for rule in closing.END_RULES)
_CUT: Final = "truncated"
_KEPT: Final = 10_000


class _Life(NamedTuple):
    """A session that has ended: when it began, when it ended, and whether the server ended it."""

    began: float
    ended: float
    by_server: bool


class Outages:
    """Ends of connections that wait for what comes behind them; times by `time.monotonic`."""

    def __init__(self) -> None:
        self._held: deque[tuple[float, Breach]] = deque()
        self._sure: list[Breach] = []
        self._refused: list[float] = []
        self._open: dict[str, float] = {}
        self._lives: deque[_Life] = deque(maxlen=_KEPT)

    def holds(self, finding: Breach, when: float) -> bool:
        """Keep a finding that may be no fault of the protocol; say whether it is such a one."""
        if finding.requirement not in _ENDS and finding.shape != _CUT:
            return False
        if len(self._held) + len(self._sure) < _KEPT:
            self._held.append((when, finding))
        return True

    def refused(self, when: float) -> None:
        """Know that a connection could not be made."""
        if not self._refused or when - self._refused[-1] > 1.0:
            self._refused.append(when)

    def began(self, session: str, when: float) -> None:
        """Know that a session has logged in."""
        self._open[session] = when

    def ended(self, session: str, when: float, *, by_server: bool) -> None:
        """Know that a session has ended."""
        self._settle(when - 2 * _SOON)
        began = self._open.pop(session, None)
        if began is not None:
            self._lives.append(_Life(began, when, by_server))

    def take(self) -> Iterator[Breach]:
        """Return what no outage explains, once."""
        self._settle(inf)
        sure, self._sure = self._sure, []
        yield from sure

    def _settle(self, before: float) -> None:
        """Decide on what was held before that time, whose explanation would be here by now."""
        while self._held and self._held[0][0] < before:
            when, finding = self._held.popleft()
            refused = any(abs(refused - when) <= _SOON for refused in self._refused)
            if not refused and not self._all_ended(when):
                self._sure.append(finding)

    def _all_ended(self, when: float) -> bool:
        """Whether the server ended all sessions at about that time, and no later ones with them."""
        gone = [x for x in self._lives if x.by_server and abs(x.ended - when) <= _SOON]
        if len(gone) < 2:
            return False
        first, last = min(x.ended for x in gone), max(x.ended for x in gone)
        others = [*self._open.values(), *(x.began for x in self._lives if x.ended > last)]
        return max(x.began for x in gone) <= first and all(began > first for began in others)
