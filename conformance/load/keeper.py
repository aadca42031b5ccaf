"""Writes the ledger: hears every session of this machine, and notes what was said of messages.

Give it to sessions before the monitor, whose picture of a session it needs as it was before each
response. What a client has tried is noted when it is sent, whatever is answered: a command may have
been carried out though its answer never came.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from conformance.checks.monitor import Monitor
from conformance.checks.selection import Selection
from conformance.checks.static import NO_DATE
from conformance.checks.view import TAGGED, key_of, number_in
from conformance.load.ledger import Append, BoxKey, LoadLedger, MessageFacts
from conformance.load.letters import token_of
from conformance.syntax.values import Leaf, instant, members
from conformance.wire.commands import Command, first_string
from conformance.wire.dialogue import Arrival
from conformance.wire.exchange import Ending
from conformance.wire.observed import Observed
from conformance.wire.transcript import escape

# Users send thousands of STOREs: this takes a hundredth of what a tree of the grammar does. A test
# sees that both read the same.
_STORE: Final = re.compile(
    rb"(\S+) (\([^)]*\) )?([+-]?)FLAGS(?:\.SILENT)? \(?([^)\r]*)\)?", re.IGNORECASE
)
_APPENDUID: Final = re.compile(rb"\[APPENDUID (\d{1,10}) (\d{1,10})\]", re.IGNORECASE)
_COPYUID: Final = re.compile(rb"\[COPYUID (\d{1,10}) ([\d:,]+) ([\d:,]+)\]", re.IGNORECASE)
_LASTING: Final = re.compile(rb"RFC822\.SIZE|INTERNALDATE|BODY\[", re.IGNORECASE)
"""Stands in each FETCH response that says what never changes of a message, and is noted."""
_TOLD: Final = frozenset({"EXPUNGE", "VANISHED", "OK", TAGGED})
"""Other responses that tell of messages."""
_VANISHED: Final = re.compile(rb"\* VANISHED ([\d:,]+)\r\n", re.IGNORECASE)
_COPIES: Final = frozenset({"COPY", "UID COPY", "MOVE", "UID MOVE"})
_MOVES: Final = frozenset({"MOVE", "UID MOVE"})
_STORES: Final = frozenset({"STORE", "UID STORE"})
_REMOVES_MAILBOX: Final = frozenset({"DELETE", "RENAME"})
_SHOWN: Final = 200
_DELETED: Final = rb"\DELETED"
_HEADER: Final = re.compile(rb"BODY\[(?:HEADER(?:\.FIELDS \([^)]*MESSAGE-ID[^)]*\))?)?\]")


def digest(octets: bytes | bytearray) -> bytes:
    """Return what stands for the octets of a message."""
    return blake2b(octets, digest_size=16).digest()


class ReadStore(NamedTuple):
    """What a STORE asks for: the messages as written, `+`, `-` or nothing, flags in capitals."""

    numbers: bytes
    sign: bytes
    flags: list[bytes]
    conditional: bool


def read_store(arguments: bytes) -> ReadStore | None:
    """Read the arguments of a STORE, None where they are none."""
    found = _STORE.match(arguments)
    if found is None:
        return None
    return ReadStore(found[1], found[3], found[4].upper().split(), found[2] is not None)


class Keeper:
    """An observer of sessions (see `wire.session.Observer`) that fills a ledger."""

    def __init__(self, monitor: Monitor) -> None:
        self.ledger = LoadLedger()
        self._monitor = monitor

    def command(self, session: Observed, command: Command) -> None:
        """Note what a command may do to messages, whether it succeeds or not."""
        if command.name in _STORES:
            self._stores(session, command)
        elif command.name in _COPIES:
            target = _second(command)
            if target is not None:
                self.ledger.copied.add(target)
            if command.name in _MOVES:
                self._mark(session, command, "moved")
        elif command.name in _REMOVES_MAILBOX:
            name = _mailbox(command)
            if name is not None:
                self.ledger.gone.add(name)

    def arrival(self, session: Observed, arrival: Arrival) -> None:
        """Note what a response tells of messages."""
        if not arrival.frame.complete:
            return
        text = arrival.frame.text
        key = key_of(text)
        if key == "FETCH":
            if _LASTING.search(text):
                self._fetch(self._monitor.view(session).current, arrival)
            return
        if key not in _TOLD:
            return
        current = self._monitor.view(session).current
        if key == "EXPUNGE":
            uid = current.positions.get(arrival.count or 0) if current is not None else 0
            self._expunged(session, current, (uid,))
        elif key == "VANISHED":
            found = _VANISHED.match(text)
            self._expunged(session, current, members(found[1]) or () if found else ())
        elif _COPYUID.search(text):
            self._copied(current, arrival)
        command = arrival.answers
        if command is None:
            return
        if command.name == "APPEND":
            self._appended(session, command, arrival)
        elif command.name in _STORES and arrival.status == "OK":
            self._stored(session, command)

    def ended(self, session: Observed, ending: Ending) -> None:
        """Nothing is learnt of messages from the end of a connection."""

    # -- what clients try --------------------------------------------------------------

    def _stores(self, session: Observed, command: Command) -> None:
        store = read_store(command.arguments)
        key, uids = self._named(session, command, store.numbers if store else b"")
        if key is None or store is None:
            return
        box = self.ledger.box(key)
        if store.sign != b"-" and _DELETED in store.flags:
            self._mark(session, command, "deleted")
        if store.sign != b"+":
            taken = store.flags if store.sign == b"-" else [b""]
            box.taken |= {(uid, flag) for uid in uids or () for flag in taken}

    def _mark(self, session: Observed, command: Command, how: str) -> None:
        numbers = command.arguments.partition(b" ")[0]
        key, uids = self._named(session, command, numbers)
        if key is None:
            return
        box = self.ledger.box(key)
        if uids is None:
            box.any_deleted = True
        else:
            getattr(box, how).update(uids)

    def _named(
        self, session: Observed, command: Command, numbers: bytes
    ) -> tuple[BoxKey | None, Collection[int] | None]:
        """Return the selected mailbox and the UIDs that a command is about; None: not known."""
        current = self._monitor.view(session).current
        key = _key(current)
        if key is None or current is None:
            return None, None
        named = members(numbers)
        if named is None or command.name.startswith("UID "):
            return key, named
        uids = [current.positions.get(number) for number in named]
        return key, uids if all(uids) else None

    # -- what servers tell -------------------------------------------------------------

    def _fetch(self, current: Selection | None, arrival: Arrival) -> None:
        key = _key(current)
        if key is None or current is None:
            return
        response = arrival.response
        uid = response.uid or current.positions.get(arrival.count or 0)
        if not uid:
            return
        token, stands_for, size, date = "", b"", 0, ""
        for name, value in response.items.entries:
            if not isinstance(value, Leaf) or not value.octets or value.is_nil:
                continue  # blank: RFC 2180 section 4.1.3 has it for what others have expunged
            if name == b"RFC822.SIZE":
                size = number_in(value) or 0
            elif name == b"INTERNALDATE":
                date = _in_utc(bytes(value.octets))
            elif name.startswith(b"BODY[") and _HEADER.fullmatch(name):
                token = token or token_of(value.octets)
                if name == b"BODY[]":
                    stands_for = digest(value.octets)
        facts = MessageFacts(token, stands_for, size, date)
        if any(facts):
            self.ledger.learn(key, uid, facts)

    def _expunged(
        self, session: Observed, current: Selection | None, uids: Collection[int]
    ) -> None:
        key = _key(current)
        if key is not None:
            self.ledger.box(key).expunged |= {uid: session.name for uid in uids if uid}

    def _appended(self, session: Observed, command: Command, arrival: Arrival) -> None:
        name = _mailbox(command)
        octets = command.literals[-1] if command.literals else b""
        token = token_of(octets)
        if name is None or not token:
            return
        answer = escape(arrival.frame.text.removesuffix(b"\r\n"))[:_SHOWN]
        line = escape(command.text.partition(b"\r\n")[0])[:_SHOWN]
        place = _APPENDUID.search(arrival.frame.text)
        validity, uid = (int(place[1]), int(place[2])) if place else (0, 0)
        self.ledger.appends[token] = Append(
            name, arrival.status == "OK", digest(octets), len(octets), session.name, line, answer,
            validity, uid,
        )  # fmt: skip
        if arrival.status == "OK" and uid:
            box = self.ledger.box((name, validity))
            box.arrived[uid] = "APPEND"
            if _DELETED in command.text.upper():
                box.deleted.add(uid)
            self.ledger.learn((name, validity), uid, MessageFacts(token=token))
        elif _DELETED in command.text.upper():
            self.ledger.gone.add(name)  # a message that may go, and cannot be told from others

    def _copied(self, current: Selection | None, arrival: Arrival) -> None:
        found = _COPYUID.search(arrival.frame.text)
        commands = [c for c in arrival.in_flight if c.name in _COPIES]
        key = _key(current)
        if found is None or len(commands) != 1 or key is None:
            return
        target = _second(commands[0])
        before, after = _in_order(found[2]), _in_order(found[3])
        if target is None or len(before) != len(after):
            return
        box = self.ledger.box((target, int(found[1])))
        for source, uid in zip(before, after, strict=True):
            box.arrived[uid] = commands[0].name.removeprefix("UID ")
            box.origin[uid] = (*key, source)

    def _stored(self, session: Observed, command: Command) -> None:
        store = read_store(command.arguments)
        if store is None or store.sign != b"+" or store.conditional:
            return
        key, uids = self._named(session, command, store.numbers)
        if key is not None:
            added = {(uid, flag) for uid in uids or () for flag in store.flags}
            self.ledger.box(key).added |= added


@lru_cache(maxsize=4096)
def _in_utc(octets: bytes) -> str:
    """Return an internal date as it is noted: that of 1970 may be made up, and says nothing."""
    date = instant(octets)
    said = date.astimezone(UTC).isoformat() if date is not None else ""
    return "" if said.encode() == NO_DATE else said


def _key(current: Selection | None) -> BoxKey | None:
    if current is None or current.mailbox is None or not current.uidvalidity:
        return None
    return current.mailbox, current.uidvalidity


def _mailbox(command: Command) -> bytes | None:
    """Return the first argument of a command as a mailbox name."""
    name = first_string(command.arguments, command.literals)
    return b"INBOX" if name is not None and name.upper() == b"INBOX" else name


def _second(command: Command) -> bytes | None:
    """Return the second argument of a command as a mailbox name."""
    name = first_string(command.arguments.partition(b" ")[2], command.literals)
    return b"INBOX" if name is not None and name.upper() == b"INBOX" else name


def _in_order(numbers: bytes) -> list[int]:
    """Return the members of a UID set in the order in which it has them (RFC 4315 section 3)."""
    found: list[int] = []
    for part in numbers.split(b","):
        members_of_part = sorted(members(part) or ())
        first, _, last = part.partition(b":")
        backwards = last and int(first) > int(last)
        found += reversed(members_of_part) if backwards else members_of_part
    return found
