"""What SORT and THREAD go by: the value of each sort key for one message (RFC 5256 section 3).

A value has readings, where an RFC leaves a choice; without any it is left open altogether, as for a
text that can not be decoded (RFC 5255 section 4.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from conformance.message.address import Address, read_addresses
from conformance.message.base_subject import BaseSubject, base_subject
from conformance.message.collation import casemap
from conformance.message.decoding import decoded_words
from conformance.message.lexical import Malformed
from conformance.message.parts import Part
from conformance.message.search import KeptMessage
from conformance.message.sent_date import sent_dates
from conformance.syntax.values import instant

SortReading: TypeAlias = "bytes | int | datetime"
Readings: TypeAlias = frozenset[SortReading]
"""The values that a key may have; none is not known."""

_OPEN: frozenset[bytes] = frozenset()


def subjects(message: Part) -> frozenset[BaseSubject]:
    """Return the base subject in its readings; of a message without a subject it is empty."""
    header = message.header
    fields = header.all(b"SUBJECT")
    if not header.sound:
        return frozenset()
    texts = [text for field in fields[:1] + fields[1:][-1:] for text in field.texts]
    decoded = [_decoded(text) for text in texts or [b""]]
    return frozenset(
        base_subject(text) for text in decoded if text is not None and None not in decoded
    )


def values(key: str, kept: KeptMessage) -> Readings:
    """Return the value of a message for a sort key.

    Raises:
        ValueError: the suite does not know the key.
    """
    if key not in _KEYS:
        raise ValueError(f"the suite does not know how {key} sorts")
    return frozenset(_KEYS[key](kept))


def _arrival(kept: KeptMessage) -> Iterable[SortReading]:
    arrived = instant(kept.date or b"")
    return (arrived.astimezone(UTC),) if arrived else ()


def _date(kept: KeptMessage) -> Iterable[SortReading]:
    return sent_dates(kept.message.header, kept.date)


def _size(kept: KeptMessage) -> Iterable[SortReading]:
    return (len(kept.message.octets),)


def _subject(kept: KeptMessage) -> Iterable[SortReading]:
    return {casemap(subject.text) for subject in subjects(kept.message)}


def _mailbox(name: bytes) -> Callable[[KeptMessage], Iterable[SortReading]]:
    """Return the key that is the addr-mailbox of the first address in a field."""

    def key(kept: KeptMessage) -> Iterable[SortReading]:
        return _of_addresses(kept.message, name, _first, lambda address: address.mailboxes)

    return key


def _display(name: bytes) -> Callable[[KeptMessage], Iterable[SortReading]]:
    """Return the key that is the name shown for the first address in a field (RFC 5957)."""

    def key(kept: KeptMessage) -> Iterable[SortReading]:
        return _of_addresses(kept.message, name, lambda addresses: addresses[:1], _names)

    return key


def _names(address: Address) -> tuple[bytes | None, ...]:
    """Return the name; in its place the address, or as much of it as there is."""
    plain = address.mailboxes
    if address.host is not None:
        plain = tuple((mailbox or b"") + b"@" + address.host for mailbox in plain)
    return tuple(dict.fromkeys(name or each for name in address.names for each in plain))


def _of_addresses(
    message: Part,
    name: bytes,
    first: Callable[[tuple[Address, ...]], tuple[Address, ...]],
    part: Callable[[Address], tuple[bytes | None, ...]],
) -> frozenset[bytes]:
    header = message.header
    fields = header.all(name)
    if not header.sound:
        return _OPEN
    found: set[bytes] = set()
    for field in {*fields[:1], *fields[-1:]}:
        try:
            addresses = first(read_addresses(field.body))
        except Malformed:
            return _OPEN
        for text in {text or b"" for address in addresses for text in part(address)} or {b""}:
            decoded = _decoded(text)
            if decoded is None:
                return _OPEN
            found.add(casemap(decoded))
    return frozenset(found or {b""})


def _first(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
    """Return the first address; of a group its start and its first member: either may be meant."""
    return addresses[:2] if addresses and addresses[0].host is None else addresses[:1]


def _decoded(text: bytes) -> str | None:
    return decoded_words(text) if text.isascii() else None


_KEYS: dict[str, Callable[[KeptMessage], Iterable[SortReading]]] = {
    "ARRIVAL": _arrival,
    "CC": _mailbox(b"CC"),
    "DATE": _date,
    "DISPLAYFROM": _display(b"FROM"),
    "DISPLAYTO": _display(b"TO"),
    "FROM": _mailbox(b"FROM"),
    "SIZE": _size,
    "SUBJECT": _subject,
    "TO": _mailbox(b"TO"),
}
