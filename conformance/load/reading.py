"""The mailboxes as they are when all users have gone: every message is read once more."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from conformance.casefile.bindings import astring
from conformance.checks.view import number_in
from conformance.load.keeper import digest
from conformance.load.ledger import MessageFacts
from conformance.load.letters import token_of
from conformance.syntax.responses import Response
from conformance.syntax.values import Leaf, instant
from conformance.wire.session import Session

_AT_ONCE: Final = 100  # messages in one FETCH
_VALIDITY: Final = re.compile(rb"\[UIDVALIDITY (\d{1,10})\]", re.IGNORECASE)
_PERMANENT: Final = re.compile(rb"\[PERMANENTFLAGS \(([^)]*)\)\]", re.IGNORECASE)
_EXISTS: Final = re.compile(rb"\* (\d{1,10}) EXISTS\r\n", re.IGNORECASE)


@dataclass(slots=True)
class MessageRead:
    """One mailbox as it was read; `failed` says why it was not, or not to its end."""

    uidvalidity: int = 0
    permanent: frozenset[bytes] | None = None
    """Flags in capitals that can be changed for good; None: all of them."""
    messages: dict[int, MessageFacts] = field(default_factory=dict)
    flags: dict[int, frozenset[bytes]] = field(default_factory=dict)
    """Flags in capitals by UID."""
    failed: str = ""


def read_mailbox(session: Session, name: bytes) -> MessageRead:
    """Select a mailbox and read all of it; the session is authenticated, and alone in it."""
    read = MessageRead()
    reply = session.command(b"SELECT " + astring(name).spelling)
    exists = 0
    for arrival in reply.untagged:
        text = arrival.frame.text
        if found := _VALIDITY.search(text):
            read.uidvalidity = int(found[1])
        elif found := _PERMANENT.search(text):
            read.permanent = frozenset(found[1].upper().split())
        elif found := _EXISTS.match(text):
            exists = int(found[1])
    if not reply.ok or not read.uidvalidity:
        read.failed = str(reply)
        return read
    for first in range(1, exists + 1, _AT_ONCE):
        last = min(exists, first + _AT_ONCE - 1)
        items = b"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"
        reply = session.command(b"FETCH %d:%d " % (first, last) + items)
        for arrival in reply.untagged:
            if arrival.response.name == "FETCH":
                _take(read, arrival.response)
        if not reply.ok:
            read.failed = str(reply)
            return read
    return read


def read_all(session: Session, names: Collection[bytes]) -> dict[bytes, MessageRead]:
    """Read several mailboxes one after the other."""
    return {name: read_mailbox(session, name) for name in names}


def _take(read: MessageRead, response: Response) -> None:
    uid = number_in(response.item(b"UID"))
    body, date = response.item(b"BODY[]"), response.item(b"INTERNALDATE")
    if not uid or not isinstance(body, Leaf):
        return
    instant_of = instant(date.octets) if isinstance(date, Leaf) else None
    read.messages[uid] = MessageFacts(
        token=token_of(body.octets),
        digest=digest(body.octets),
        size=number_in(response.item(b"RFC822.SIZE")) or 0,
        date=instant_of.astimezone(UTC).isoformat() if instant_of else "",
    )
    read.flags[uid] = response.flags() or frozenset()
