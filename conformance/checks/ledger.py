"""What all sessions of a run have been told about mailboxes and messages.

RFC 3501 section 2.3.1.1 makes some things true across sessions: a mailbox name, a UIDVALIDITY
and a UID mean one message for ever, and UIDNEXT only rises. The ledger remembers, in bounded
space, what was said; the judgement is in `uids` and `static`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from conformance.extending.attached import Attached

ENTRIES = 50_000
"""Facts about messages that are remembered; the oldest go first."""
BOXES = 2_000
"""Mailboxes that are remembered; the oldest go first."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A dictionary of at most `limit` entries: the older half goes when the newer half is full."""

    def __init__(self, limit: int) -> None:
        self._half = max(1, limit // 2)
        self._new: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._new) + sum(key not in self._new for key in self._old)

    def get(self, key: K) -> V | None:
        """Return the value of `key`, None when there is none (any more)."""
        value = self._new.get(key)
        return self._old.get(key) if value is None else value

    def put(self, key: K, value: V) -> None:
        """Store a value."""
        if len(self._new) >= self._half and key not in self._new:
            self._old, self._new = self._new, {}
        self._new[key] = value

    def clear(self) -> None:
        """Forget everything."""
        self._new, self._old = {}, {}


@dataclass(slots=True, eq=False)
class Box:
    """One mailbox of one user under one UIDVALIDITY."""

    number: int
    floor: int = 0
    """No lower UIDNEXT may be reported any more."""
    floor_since: float = field(default=0.0)
    """When that became known, in the clock of the sessions."""
    removed: bool = False
    """Some session has removed a message, which others may still see."""
    attached: Attached = field(default_factory=Attached)
    """What extensions remember of this mailbox."""

    def raise_floor(self, uidnext: int, when: float) -> None:
        """Note that `uidnext` was reported, or a UID one below it seen."""
        if uidnext > self.floor:
            self.floor, self.floor_since = uidnext, when


class FlagChange(NamedTuple):
    """When a session last sent a command after which others may be shown other flags.

    `session` is its number.
    """

    session: int
    when: float


class Validity(NamedTuple):
    """A UIDVALIDITY and when it was reported."""

    value: int
    since: float


class Ledger:
    """The knowledge that the sessions of a run share. `user` is whatever tells accounts apart."""

    def __init__(self, entries: int = ENTRIES, boxes: int = BOXES, *, alone: bool = False) -> None:
        self.alone = alone
        """No client but those of the run uses their mailboxes."""
        self._facts: Bounded[tuple[int, int, bytes], bytes] = Bounded(entries)
        self._boxes: Bounded[tuple[bytes, bytes, int], Box] = Bounded(boxes)
        self._validities: Bounded[tuple[bytes, bytes], Validity] = Bounded(boxes)
        self._made = 0
        self.flags_touched = float("-inf")
        """When a command that can bring a keyword into a mailbox was last sent by any session."""
        self.names_moved = float("-inf")
        """When a command after which names may mean other mailboxes was last sent."""
        never = FlagChange(0, float("-inf"))
        self._changed, self._changed_before = never, never  # the latter by another session
        self.flags_stored: set[bytes] = set()
        """Flags with a backslash, in capitals, that clients have named in such commands."""

    def __len__(self) -> int:
        return len(self._facts)

    def box(self, user: bytes, mailbox: bytes, uidvalidity: int) -> Box:
        """Return the one box of this mailbox and UIDVALIDITY."""
        key = (user, mailbox, uidvalidity)
        box = self._boxes.get(key)
        if box is None:
            self._made += 1
            box = Box(self._made)
            self._boxes.put(key, box)
        return box

    def fact(self, box: Box, uid: int, item: bytes) -> bytes | None:
        """Return what was stored for an item of a message."""
        return self._facts.get((box.number, uid, item))

    def learn(self, box: Box, uid: int, item: bytes, value: bytes) -> None:
        """Store a short value, or a digest of a long one, for an item of a message."""
        self._facts.put((box.number, uid, item), value)

    def validity(self, user: bytes, mailbox: bytes) -> Validity | None:
        """Return the UIDVALIDITY last reported under this name."""
        return self._validities.get((user, mailbox))

    def learn_validity(self, user: bytes, mailbox: bytes, value: int, when: float) -> None:
        """Note the UIDVALIDITY reported under this name."""
        self._validities.put((user, mailbox), Validity(value, when))

    def change_flags(self, session: int, when: float) -> None:
        """Note that a session sends a command after which flags may be shown otherwise."""
        if session != self._changed.session:
            self._changed_before = self._changed
        self._changed = FlagChange(session, when)

    def others_changed(self, session: int) -> float:
        """Return when a session other than this one last did so, minus infinity if none did."""
        changed = self._changed
        return (self._changed_before if changed.session == session else changed).when

    def move_names(self, when: float) -> None:
        """Note that a command is sent after which names may mean other mailboxes, or none."""
        self.names_moved = when
        self.forget_validities()

    def forget_validities(self) -> None:
        """Names may mean other mailboxes now: after DELETE and RENAME, and between cases."""
        self._validities.clear()
