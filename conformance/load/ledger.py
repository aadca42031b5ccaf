"""What one machine has learnt of the messages of a load run, and how it travels to the master.

Plain data without judgement. A mailbox under one UIDVALIDITY is a `LoadBox`, a message in it a UID.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

BoxKey: TypeAlias = tuple[bytes, int]
"""A mailbox and its UIDVALIDITY."""

PIECE: Final = 2_000
"""Messages of which a piece of a ledger tells on its way to the master."""


class MessageFacts(NamedTuple):
    """What never changes of a message, as far as it was told; empty or 0 for what was not."""

    token: str = ""
    """Which of our messages it is."""
    digest: bytes = b""
    """Of its octets."""
    size: int = 0
    date: str = ""
    """The internal date in UTC."""

    def with_more(self, other: MessageFacts) -> MessageFacts:
        """Return what is told here, and what the other tells besides."""
        return MessageFacts(
            self.token or other.token,
            self.digest or other.digest,
            self.size or other.size,
            self.date or other.date,
        )


@dataclass(slots=True)
class LoadBox:
    """One mailbox under one UIDVALIDITY."""

    facts: dict[int, MessageFacts] = field(default_factory=dict)
    arrived: dict[int, str] = field(default_factory=dict)
    """UID that a server has given to a message -> the command that it answered so with OK."""
    origin: dict[int, tuple[bytes, int, int]] = field(default_factory=dict)
    """UID of a copy -> mailbox, UIDVALIDITY and UID of what it is a copy of."""
    deleted: set[int] = field(default_factory=set)
    """UIDs that somebody has marked with Deleted, or has tried to."""
    moved: set[int] = field(default_factory=set)
    """UIDs that somebody has moved away, or has tried to."""
    any_deleted: bool = False
    """Somebody has marked or moved messages whose UIDs were not known: all may be gone."""
    expunged: dict[int, str] = field(default_factory=dict)
    """UID -> the session that was told of its removal."""
    added: set[tuple[int, bytes]] = field(default_factory=set)
    """UID and flag in capitals, where STORE +FLAGS was answered with OK."""
    taken: set[tuple[int, bytes]] = field(default_factory=set)
    """UID and flag that somebody has taken away, or tried to; an empty flag for all of them."""


class Append(NamedTuple):
    """One APPEND that was answered."""

    mailbox: bytes
    ok: bool
    digest: bytes
    size: int
    session: str
    line: str
    """The command as it was begun."""
    answer: str
    uidvalidity: int = 0
    uid: int = 0
    """Where the server says that it is; 0 where it does not say."""


@dataclass(slots=True)
class LoadLedger:
    """All that one machine knows."""

    boxes: dict[BoxKey, LoadBox] = field(default_factory=dict)
    appends: dict[str, Append] = field(default_factory=dict)
    """By token."""
    gone: set[bytes] = field(default_factory=set)
    """Mailboxes that somebody has deleted or renamed, or has tried to."""
    copied: set[bytes] = field(default_factory=set)
    """Mailboxes that messages were copied or moved to."""
    conflicts: list[tuple[bytes, int, int, str, str, str]] = field(default_factory=list)
    """Mailbox, UIDVALIDITY, UID, what differs, and the two values."""

    def box(self, key: BoxKey) -> LoadBox:
        """Return a mailbox, which is made if it is new."""
        return self.boxes.setdefault(key, LoadBox())

    def learn(self, key: BoxKey, uid: int, facts: MessageFacts) -> None:
        """Take what was told of a message; what differs from what was told before is a conflict."""
        box = self.box(key)
        known = box.facts.get(uid, facts)
        box.facts[uid] = both = known.with_more(facts)
        if both == facts.with_more(known):
            return
        for name, before, now in zip(MessageFacts._fields, known, facts, strict=True):
            if before and now and before != now:
                self.conflicts.append((*key, uid, name, _shown(before), _shown(now)))

    def merge(self, other: LoadLedger) -> None:
        """Take what another machine knows."""
        self.appends |= other.appends
        self.gone |= other.gone
        self.copied |= other.copied
        self.conflicts += other.conflicts
        for key, theirs in other.boxes.items():
            mine = self.box(key)
            for uid, facts in theirs.facts.items():
                self.learn(key, uid, facts)
            mine.arrived |= theirs.arrived
            mine.origin |= theirs.origin
            mine.deleted |= theirs.deleted
            mine.moved |= theirs.moved
            mine.any_deleted |= theirs.any_deleted
            mine.expunged |= theirs.expunged
            mine.added |= theirs.added
            mine.taken |= theirs.taken

    # -- on its way --------------------------------------------------------------------

    def pieces(self) -> Iterator[dict[str, Any]]:
        """Return the ledger in pieces of bounded size, made of what msgpack takes."""
        yield {
            "gone": list(self.gone), "copied": list(self.copied), "conflicts": self.conflicts,
        }  # fmt: skip
        rows = list(self.appends.items())
        for at in range(0, len(rows), PIECE):
            yield {"appends": [(token, *row) for token, row in rows[at : at + PIECE]]}
        for (mailbox, validity), box in self.boxes.items():
            yield {"box": (mailbox, validity), "any_deleted": box.any_deleted}
            for name in ("facts", "arrived", "origin", "expunged", "deleted", "moved", "added",
                         "taken"):  # fmt: skip
                held = getattr(box, name)
                items = list(held.items() if isinstance(held, dict) else held)
                for at in range(0, len(items), PIECE):
                    yield {"box": (mailbox, validity), name: items[at : at + PIECE]}

    def take(self, piece: dict[str, Any]) -> None:
        """Take a piece that `pieces` has made, perhaps with lists where there were tuples."""
        other = LoadLedger(
            gone=set(piece.get("gone", ())),
            copied=set(piece.get("copied", ())),
            conflicts=[_conflict(row) for row in piece.get("conflicts", ())],
            appends={token: Append(*row) for token, *row in piece.get("appends", ())},
        )
        if "box" in piece:
            mailbox, validity = piece["box"]
            other.boxes[mailbox, validity] = LoadBox(
                facts={uid: MessageFacts(*row) for uid, row in piece.get("facts", ())},
                arrived=dict(piece.get("arrived", ())),
                origin={uid: _place(row) for uid, row in piece.get("origin", ())},
                expunged=dict(piece.get("expunged", ())),
                deleted=set(piece.get("deleted", ())),
                moved=set(piece.get("moved", ())),
                any_deleted=piece.get("any_deleted", False),
                added={(uid, flag) for uid, flag in piece.get("added", ())},
                taken={(uid, flag) for uid, flag in piece.get("taken", ())},
            )
        self.merge(other)


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _conflict(row: Any) -> tuple[bytes, int, int, str, str, str]:
    mailbox, validity, uid, what, before, now = row
    return mailbox, validity, uid, what, before, now


def _place(row: Any) -> tuple[bytes, int, int]:
    mailbox, validity, uid = row
    return mailbox, validity, uid
