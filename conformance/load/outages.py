"""Servers that are gone for a while: what their end breaks says nothing of how they speak.

Connections that end without BYE (RFC 3501 section 3.4), and lines that are cut, are findings as in
every run, unless nobody could connect at about that time: then the server as a whole was gone,
crashed or ended by whoever runs it, and that is told as what it is. What was acknowledged has to be
there when it comes back all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.checks import closing
from conformance.checks.finding import Breach

_SOON: Final = 10.0  # seconds between the end of a connection and one that is refused
_ENDS: Final = frozenset(rule.requirement for rule in closing.END_RULES)
_CUT: Final = "truncated"
_KEPT: Final = 10_000


class Outages:
    """Ends of connections that wait for what comes behind them; times by `time.monotonic`."""

    def __init__(self) -> None:
        self._held: list[tuple[float, Breach]] = []
        self._refused: list[float] = []

    def holds(self, finding: Breach, when: float) -> bool:
        """Keep a finding that may be no fault of the protocol; say whether it is such a one."""
        if finding.requirement not in _ENDS and finding.shape != _CUT:
            return False
        if len(self._held) < _KEPT:
            self._held.append((when, finding))
        return True

    def refused(self, when: float) -> None:
        """Know that a connection could not be made."""
        if not self._refused or when - self._refused[-1] > 1.0:
            self._refused.append(when)

    def take(self) -> Iterator[Breach]:
        """Return what no outage explains, once."""
        held, self._held = self._held, []
        for when, finding in held:
            if not any(abs(refused - when) <= _SOON for refused in self._refused):
                yield finding
