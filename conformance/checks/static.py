"""Message data that never changes: INTERNALDATE, sizes, structures and texts.

RFC 3501 section 2.3.1.1 makes a message immutable under its mailbox, UIDVALIDITY and UID. The
ledger keeps one short value or digest for each item, so that all sessions of a run are compared. A
structure or a date is kept as it was spelt, and is read only where it is spelt otherwise later.

Left out on purpose: a substring `BODY[...]<n>`, whose length the client chooses, and blank
values (NIL, empty, zero, the first instant of 1970), which RFC 2180 section 4.1.3 lets a server
send for a message that another session has expunged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.ledger import Box
from conformance.checks.table import Check, Report
from conformance.checks.view import View, number_in
from conformance.syntax.responses import read_response
from conformance.syntax.values import Group, Leaf, Mapping, Unread, Value, instant
from conformance.wire.dialogue import Arrival

IMMUTABLE = Rule(
    "3501-2.3.1.1-immutable",
    "MUST",
    "2.3.1.1",
    "Internal date, size, envelope, body structure and texts of a message never change.",
)
SIZE = Rule(
    "3501-2.3.4-size",
    "MUST",
    "2.3.4",
    "RFC822.SIZE is the number of octets of the message, that is of BODY[].",
)
ORIGIN = Rule(
    "3501-7.4.2-origin",
    "MUST",
    "7.4.2",
    "A body section has an origin octet only if the client asked for a substring.",
)

# Items that are equivalent by section 7.4.2 share one entry.
_SAME = {b"RFC822": b"BODY[]", b"RFC822.HEADER": b"BODY[HEADER]", b"RFC822.TEXT": b"BODY[TEXT]"}
_STRUCTURES = frozenset({b"ENVELOPE", b"BODY", b"BODYSTRUCTURE"})
_SPELT = _STRUCTURES | {b"INTERNALDATE"}
_ITEMS = (b"INTERNALDATE", b"RFC822", b"ENVELOPE", b"BODY")
_ORIGIN = re.compile(rb"\]<\d+>\Z")
_PARTIAL = re.compile(rb"\] *<")  # a broken one too: the server may have understood it
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC).isoformat().encode()
"""The internal date of a message that another session has expunged, as it may be made up."""
_LENGTH = b"octets of BODY[]"

_LONGEST_KEY = 200
_SHORT = 32
_DEEPEST = 100
_LONGEST_RAW = 2048
_RAW, _READ = b"=", b"#"
"""How facts of dates and structures begin: as they were spelt, or a digest of what they say."""


def never_changes(view: View, arrival: Arrival, report: Report) -> None:
    """Report static items that differ from what any session was told of the same message."""
    box, uid = _message(view, arrival)
    if box is None or not uid:
        return
    learnt = _facts(arrival.response.items)
    if (box.removed or not view.ledger.alone) and _is_no_date(learnt.get(b"INTERNALDATE")):
        del learnt[b"INTERNALDATE"]
    for item, value in learnt.items():
        before = view.ledger.fact(box, uid, item)
        if before == value:
            view.ledger.learn(box, uid, item, value)
            continue
        if before is not None and item in _SPELT:
            before, now = _in_one_spelling(item, before), _in_one_spelling(item, value)
            if not now:
                continue
        else:
            now = value
        if before and before != now and item != _LENGTH:
            name = show(item, _LONGEST_KEY)
            fault = Fault(
                IMMUTABLE,
                f"{name} of the message with UID {uid} was different before.",
                "the same value" if len(before) > _SHORT else show(before),
                _kind(item),
            )
            report(fault)
        view.ledger.learn(box, uid, item, value)
    if b"RFC822.SIZE" in learnt or _LENGTH in learnt:
        _compare_size(view, box, uid, report)


def _message(view: View, arrival: Arrival) -> tuple[Box | None, int]:
    """Return the mailbox and the UID that a FETCH response is about, as far as known."""
    current = view.current
    if current is None or current.box is None or view.native_utf8:
        return None, 0
    if arrival.response.items.get(b"UID") is not None:
        return current.box, arrival.response.uid or 0
    return current.box, current.positions.get(arrival.count or 0)


def _kind(item: bytes) -> str:
    """Return the name of an item without what a client chose in it."""
    return item.partition(b"[")[0].decode("latin-1") + ("[]" if b"[" in item else "")


def _compare_size(view: View, box: Box, uid: int, report: Report) -> None:
    size = view.ledger.fact(box, uid, b"RFC822.SIZE")
    length = view.ledger.fact(box, uid, _LENGTH)
    if size is not None and length is not None and size != length:
        message = f"RFC822.SIZE is {size.decode()}, BODY[] has {length.decode()} octets."
        report(Fault(SIZE, message, f"RFC822.SIZE {length.decode()}"))


def _facts(items: Mapping) -> dict[bytes, bytes]:
    """Return what to remember of the items of a FETCH response."""
    facts: dict[bytes, bytes] = {}
    for key, value in items.entries:
        if key == b"INTERNALDATE" and isinstance(value, Leaf):
            if len(value.octets) <= _SHORT:
                facts[key] = _RAW + value.octets
        elif key == b"RFC822.SIZE":
            size = number_in(value)
            if size:
                facts[key] = b"%d" % size
        elif key in _STRUCTURES:
            if isinstance(value, Unread) and _is_kept(value.raw):
                facts[key] = _RAW + value.raw
            elif not _is_blank(value):
                facts[key] = _of_structure(value)
        elif isinstance(value, Leaf) and (key in _SAME or key.startswith(b"BODY[")):
            if value.is_nil or not value.octets or len(key) > _LONGEST_KEY:
                continue
            if key.endswith(b">") and _ORIGIN.search(key):
                continue
            item = _SAME.get(key, key)
            facts[item] = _digest(value.octets)
            if item == b"BODY[]":
                facts[_LENGTH] = b"%d" % len(value.octets)
    return facts


def _is_kept(raw: bytes) -> bool:
    """Whether a structure is remembered as it was spelt: it is short, and has no literals."""
    return len(raw) <= _LONGEST_RAW and b"}\r\n" not in raw


def _in_one_spelling(item: bytes, fact: bytes) -> bytes:
    """Return what is remembered of an item without its spelling; "" if it says nothing."""
    if not fact.startswith(_RAW):
        return fact
    if item == b"INTERNALDATE":
        return _in_utc(fact.removeprefix(_RAW))
    text = b"* 1 FETCH (" + item + b" " + fact.removeprefix(_RAW) + b")\r\n"
    value = read_response(text).items.get(item)
    return b"" if value is None or _is_blank(value) else _of_structure(value)


def _in_utc(octets: bytes) -> bytes:
    """Return the instant of a date-time, "" where there is none."""
    date = instant(octets)
    return b"" if date is None else date.astimezone(UTC).isoformat().encode()


def _is_no_date(fact: bytes | None) -> bool:
    """Whether an internal date is the one that is made up for a message that is gone."""
    if fact is None or (b"-1970 " not in fact and b"-1969 " not in fact):
        return False
    return _in_utc(fact.removeprefix(_RAW)) == NO_DATE


def _of_structure(value: Value) -> bytes:
    return _READ + _digest(b"".join(_canonical(value, _DEEPEST)))


def _digest(octets: bytes | bytearray) -> bytes:
    return blake2b(octets, digest_size=_SHORT + 1).digest()


def _is_blank(value: Value) -> bool:
    """Whether a structure says nothing: NIL throughout, or a part of no octets."""
    if isinstance(value, Leaf):
        return value.is_nil or not value.octets
    if isinstance(value, Mapping):
        return not value.entries
    if len(value.items) > 6 and isinstance(value.items[0], Leaf) and value.items[0].form != "atom":
        octets = value.items[6]
        if isinstance(octets, Leaf) and octets.role == "number":
            return number_in(octets) == 0
    return all(isinstance(item, Leaf) and item.is_nil for item in value.items)


def _canonical(value: Value, depth: int) -> Iterator[bytes]:
    """Return one spelling for all spellings of a value (RFC 3501 sections 4.3, 4.4, 7.4.2)."""
    if isinstance(value, Leaf):
        if value.is_nil:
            yield b"N"
            return
        octets = bytes(value.octets)
        if value.role in ("folded", "keyword"):
            octets = octets.upper()
        yield b"%d:" % len(octets)
        yield octets
    elif depth == 0:
        yield b"..."  # deeper than any message: the grammar and the limits speak of it
    elif isinstance(value, Group):
        yield b"("
        for item in value.items:
            yield from _canonical(item, depth - 1)
        yield b")"
    else:
        yield b"{"
        for key, item in sorted(value.entries, key=lambda entry: entry[0]):
            yield b"%d:" % len(key)
            yield key
            yield from _canonical(item, depth - 1)
        yield b"}"


def origin_asked_for(view: View, arrival: Arrival, report: Report) -> None:
    """Report an origin octet while no FETCH in flight asks for a substring (7.4.2)."""
    if b"]<" not in arrival.frame.text or view.muddled:
        return
    if not any(_ORIGIN.search(key) for key, _ in arrival.response.items.entries):
        return
    for command in arrival.in_flight:
        fetches = command.name in ("FETCH", "UID FETCH")
        if _PARTIAL.search(command.text) or (not fetches and not _is_plain(command.name)):
            return
    report(Fault(ORIGIN, "A section has an origin octet nobody asked for.", "no `<n>`"))


def _is_plain(name: str) -> bool:
    return name in ("NOOP", "CHECK", "STORE", "SEARCH", "COPY", "EXPUNGE")


CHECKS = (
    Check("static-data", ("FETCH",), never_changes, (IMMUTABLE, SIZE), words=_ITEMS),
    Check("origin", ("FETCH",), origin_asked_for, (ORIGIN,), words=(b"]<",)),
)
