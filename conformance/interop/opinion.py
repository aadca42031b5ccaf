"""A second opinion: where imapclient reads a response otherwise than our own reader does.

Only responses that the grammar accepts count: of a malformed one two readers may think what
they like, and the fault is the server's. A difference is a fault of one of the two readers,
so it is never held against a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from imapclient.imap_utf7 import decode

from conformance.syntax import grammar
from conformance.syntax.responses import Response
from conformance.syntax.values import Group, Leaf, Value, instant
from conformance.wire.dialogue import Arrival

_QUOTED_NAME = re.compile(rb'"([^"]*)"')  # of a header field: our reader has taken the quotes away
_STRINGS = ("RFC822", "BODY[", "BINARY[")  # what holds octets of the message
_ADDRESSES = ("from_", "sender", "reply_to", "to", "cc", "bcc")  # in the order of an envelope


def of_fetch(
    read: Mapping[int, Mapping[bytes, Any]], arrivals: Sequence[Arrival], *, by_uid: bool
) -> list[str]:
    """Compare what `fetch` returned with our reading of the FETCH responses.

    A message that was reported several times counts by its last report of each item.
    """
    ours: dict[int, dict[bytes, Value]] = {}
    for response in _sound(arrivals, "FETCH") or ():
        uid = response.item(b"UID")
        key = uid.number if by_uid and uid else None if by_uid else response.count
        if key is not None:
            ours.setdefault(key, {}).update(response.items.entries)
    theirs_by = {
        key: {_QUOTED_NAME.sub(rb"\1", item).upper(): value for item, value in items.items()}
        for key, items in read.items()
    }
    return [
        f"message {key}, {item.decode('latin-1')}: imapclient reads {theirs!r}, the suite {mine!r}"
        for key, items in ours.items()
        if key in read  # imapclient drops messages that were not asked for
        for item, value in items.items()
        if not (by_uid and item == b"UID")  # the key of the message already
        for theirs in (theirs_by[key].get(item),)
        for mine in (_as_imapclient(item, value),)
        if mine is not _UNCOMPARED and theirs != mine
    ]


def of_search(read: Sequence[int], arrivals: Sequence[Arrival]) -> list[str]:
    """Compare what `search` returned with our reading of the SEARCH responses."""
    sound = _sound(arrivals, "SEARCH")
    if sound is None:
        return []
    mine = [leaf.number for response in sound for leaf in response.leaves]
    return [] if list(read) == mine else [f"SEARCH: imapclient reads {read}, the suite {mine}"]


def of_list(
    read: Iterable[tuple[tuple[bytes, ...], bytes, str]], arrivals: Sequence[Arrival], name: str
) -> list[str]:
    """Compare what `list_folders` or `list_sub_folders` returned with our reading."""
    sound = _sound(arrivals, name)
    if sound is None:
        return []
    mine = [_listed(response) for response in sound]
    theirs = [(tuple(flags), delimiter, str(folder)) for flags, delimiter, folder in read]
    return [] if theirs == mine else [f"{name}: imapclient reads {theirs}, the suite {mine}"]


class _Uncompared:
    """What stands for values of which imapclient makes something of its own."""


_UNCOMPARED = _Uncompared()


def _sound(arrivals: Sequence[Arrival], name: str) -> list[Response] | None:
    """Return the responses of one name; None if the grammar does not accept them all.

    Nor is anything made of an answer in which a response was cut short: what imapclient was given
    of it may have hidden others from it.
    """
    rules = grammar.load()
    named = [arrival for arrival in arrivals if arrival.response.name == name]
    if not all(arrival.frame.complete for arrival in arrivals):
        return None
    if any(rules.check(a.start, a.frame.text, a.frame.literals) for a in named):
        return None
    return [arrival.response for arrival in named]


def _as_imapclient(item: bytes, value: Value) -> Any:
    """Return a value as imapclient represents it."""
    name = item.decode("latin-1")
    if isinstance(value, Leaf):
        if name in ("UID", "RFC822.SIZE"):
            return value.number
        if name == "INTERNALDATE":
            return _date(value)
        if name.startswith(_STRINGS):
            return None if value.is_nil else bytes(value.octets)
    if isinstance(value, Group) and name == "FLAGS":
        return tuple(bytes(leaf.octets) for leaf in value.items if isinstance(leaf, Leaf))
    if isinstance(value, Group) and name == "ENVELOPE":
        return _Envelope(value)
    return _UNCOMPARED


def _date(value: Leaf) -> datetime | None:
    return instant(value.octets)


class _Envelope:
    """Our reading of an ENVELOPE, equal to imapclient's where subject, addresses and ids are.

    The date is left out: imapclient reads it as a `datetime`, or as nothing.
    """

    def __init__(self, value: Group) -> None:
        subject, *addresses = value.items[1:8]
        self._fields: dict[str, object] = {"subject": _string(subject)}
        self._fields |= {
            name: _addresses(each) for name, each in zip(_ADDRESSES, addresses, strict=True)
        }
        self._fields |= {
            name: _string(each)
            for name, each in zip(("in_reply_to", "message_id"), value.items[8:10], strict=True)
        }

    def __eq__(self, other: object) -> bool:
        return all(
            _plain(getattr(other, name, None)) == mine for name, mine in self._fields.items()
        )

    __hash__ = None  # type: ignore[assignment]  # compared only

    def __repr__(self) -> str:
        return repr(self._fields)


def _plain(theirs: Any) -> Any:
    """Return an address list of imapclient's as plain tuples, anything else as it is."""
    if isinstance(theirs, tuple):
        return tuple((a.name, a.route, a.mailbox, a.host) for a in theirs)
    return theirs


def _string(value: Value) -> bytes | None:
    return None if not isinstance(value, Leaf) or value.is_nil else bytes(value.octets)


def _addresses(value: Value) -> tuple[tuple[bytes | None, ...], ...] | None:
    if not isinstance(value, Group):
        return None
    return tuple(
        tuple(_string(part) for part in address.items)
        for address in value.items
        if isinstance(address, Group)
    )


def _listed(response: Response) -> tuple[tuple[bytes, ...], bytes | None, str]:
    flags = tuple(bytes(leaf.octets) for leaf in response.leaves)
    delimiter = response.values[1]
    mailbox = response.values[2]
    name = bytes(mailbox.octets) if isinstance(mailbox, Leaf) else b""
    return flags, _string(delimiter), decode(name)
