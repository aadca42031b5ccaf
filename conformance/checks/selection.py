"""One selected mailbox as a session was told of it: counts, flags, UIDs by sequence number.

When it begins and ends, and which response changes it, is in `view`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from conformance.checks.ledger import Box
from conformance.extending.attached import Attached

POSITIONS = 50_000
"""Sequence numbers whose UIDs are remembered in one selection."""
SHOWN = 2_000
"""Messages whose flags are remembered in one selection."""
VANISHED = 1_000
"""Messages that may vanish at once and be followed one by one."""
REACH = 200
"""How far to look for the next known UID in a sparsely known mailbox."""


class Positions:
    """UIDs by sequence number, as far as they were told; 0 is not known."""

    __slots__ = ("_uids",)

    def __init__(self) -> None:
        self._uids = array("Q")

    def get(self, position: int) -> int:
        """Return the UID at a sequence number, 0 when it is not known."""
        return self._uids[position - 1] if 0 < position <= len(self._uids) else 0

    def of(self, uid: int) -> int:
        """Return the sequence number with a UID, 0 when none is known to have it."""
        try:
            return self._uids.index(uid) + 1
        except ValueError:
            return 0

    def put(self, position: int, uid: int) -> None:
        """Note the UID at a sequence number, unless it is too far up to be remembered."""
        if not 0 < position <= POSITIONS:
            return
        missing = position - len(self._uids)
        if missing > 0:
            self._uids.frombytes(bytes(missing * self._uids.itemsize))
        self._uids[position - 1] = uid

    def below(self, position: int) -> int:
        """Return the nearest known UID below a sequence number, 0 when none is near."""
        start = min(position - 2, len(self._uids) - 1)
        return self._first(range(start, max(-1, start - REACH), -1))

    def above(self, position: int) -> int:
        """Return the nearest known UID above a sequence number, 0 when none is near."""
        return self._first(range(position, min(len(self._uids), position + REACH)))

    def _first(self, indices: Iterable[int]) -> int:
        for index in indices:
            if self._uids[index]:
                return self._uids[index]
        return 0

    def expunge(self, position: int) -> None:
        """Remove a sequence number; those above it move down."""
        if 0 < position <= len(self._uids):
            del self._uids[position - 1]


class Selection:
    """One mailbox as a session was told of it; None stands for what is not known."""

    __slots__ = (
        "attached",
        "box",
        "exists",
        "flags",
        "mailbox",
        "positions",
        "recent",
        "settled",
        "shown",
        "since",
        "uidnext",
        "uidvalidity",
        "unseen",
    )

    def __init__(self, since: float = 0.0) -> None:
        self.since = since
        """When the SELECT or EXAMINE was sent."""
        self.mailbox: bytes | None = None
        self.box: Box | None = None
        self.uidvalidity: int | None = None
        self.uidnext: int | None = None
        self.settled: int | None = None
        """Messages that were there when `uidnext` was told: the others came later."""
        self.unseen: int | None = None
        self.exists: int | None = None
        self.recent: int | None = None
        self.flags: frozenset[bytes] | None = None
        self.positions = Positions()
        self.attached = Attached()
        """What extensions remember of this selection."""
        self.shown: dict[int, frozenset[bytes]] = {}
        """Sequence number -> the flags in capitals that it has until a command changes them."""

    def show(self, position: int, flags: frozenset[bytes]) -> None:
        """Note the flags of a message as a response has shown them."""
        if len(self.shown) < SHOWN or position in self.shown:
            self.shown[position] = flags

    def set_exists(self, count: int) -> None:
        """Take an EXISTS response."""
        if self.exists is not None and count < self.exists:
            self.lose_count()  # some are gone, and nobody said which
        self.exists = count

    def expunge(self, position: int) -> None:
        """Take an EXPUNGE response."""
        self.positions.expunge(position)
        if self.shown:
            self.shown.pop(position, None)
            self.shown = {at - (at > position): flags for at, flags in self.shown.items()}
        if self.exists:
            self.exists -= 1
        if self.settled is not None and position <= self.settled:
            self.settled -= 1
        self.recent = None  # the one removed may have been recent: no RECENT has to tell

    def vanish(self, uids: frozenset[int] | None) -> None:
        """Take a VANISHED response: where not all these messages are known, no number is."""
        places = [self.positions.of(uid) for uid in uids or ()]
        if uids is None or len(places) > VANISHED or not all(places):
            self.lose_count()
            return
        for position in sorted(places, reverse=True):
            self.expunge(position)

    def lose_count(self) -> None:
        """Forget all that depends on sequence numbers."""
        self.exists = self.recent = self.settled = None
        self.positions = Positions()
        self.shown = {}
