"""Leaving a mailbox so that its messages stay, whatever flags they have.

CLOSE removes what is marked as deleted, on some servers even after EXAMINE. So it is left by
UNSELECT (RFC 3691), by opening an empty mailbox in its place, which may be closed then, or by
EXAMINE of a name that is none (RFC 3501 section 6.3.1: nothing is selected after it failed).
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.casefile.bindings import astring
from conformance.play.line import CommandLine


class Leaving:
    """Leaves mailboxes by the first way that works here.

    `empty` returns the name of an empty mailbox of the suite's own, None where there is none;
    `missing` a name that no mailbox has.
    """

    def __init__(
        self, line: CommandLine, empty: Callable[[], bytes | None], missing: Callable[[], bytes]
    ) -> None:
        self._line, self._empty, self._missing = line, empty, missing
        self._ways: list[Callable[[], bool]] = [
            self._by_unselect,
            self._by_another,
            self._by_missing,
        ]

    def leave(self) -> None:
        """Have no mailbox selected, or none that matters."""
        for way in self._ways:
            if way():
                return

    def distrust(self) -> bool:
        """Never leave again as was done last: messages were gone. False: no other way is left."""
        if len(self._ways) > 1:
            del self._ways[0]
            return True
        return False

    def _by_unselect(self) -> bool:
        if "UNSELECT" not in (self._line.session.dialogue.capabilities or ()):
            self._ways.remove(self._by_unselect)
            return False
        return self._line.ask(b"UNSELECT").ok

    def _by_another(self) -> bool:
        name = self._empty()
        if name is None or not self._line.ask(b"EXAMINE " + astring(name).spelling).ok:
            return False
        # Nothing is in it that could be removed. Where CLOSE is refused the next way has to help:
        # a server may end the session when the mailbox that it has selected is deleted.
        return self._line.ask(b"CLOSE").ok

    def _by_missing(self) -> bool:
        self._line.ask(b"EXAMINE " + astring(self._missing()).spelling)
        return True
