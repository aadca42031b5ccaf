"""ESEARCH by what its places mean: the command, the word UID, and items in any order (RFC 4466).

`read_response` leaves its values as they come, for a case may be about how they were written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from conformance.syntax.responses import pairs, with_role
from conformance.syntax.values import Group, Leaf, Mapping, Value, ValueRole

_NAME = re.compile(rb"[A-Z][A-Z0-9._-]*|\.\.\.")


class Parts(NamedTuple):
    """`(TAG "a1") UID MIN 2 ALL 2,5`, of which all may be missing."""

    correlator: Mapping | None
    uid: Leaf | None
    items: Mapping


def parts(values: Sequence[Value]) -> Parts:
    """Take apart the values of an ESEARCH response."""
    rest = list(values)
    correlator: Mapping | None = None
    uid: Leaf | None = None
    if rest and isinstance(rest[0], Group):
        named = pairs(rest.pop(0), lambda _key, item: with_role(item, "string"))
        correlator = named if isinstance(named, Mapping) else None
    if rest and isinstance(rest[0], Leaf) and rest[0].octets.upper() == b"UID":
        uid = rest[0]
        del rest[0]
    items = pairs(Group(tuple(rest)), lambda key, item: with_role(item, _role(key)))
    return Parts(correlator, uid, items if isinstance(items, Mapping) else Mapping(()))


def by_meaning(values: Sequence[Value]) -> tuple[Value, ...] | None:
    """Return the parts that are there; None where an item stands twice, or a name is left open."""
    read = parts(values)
    names = list(read.items.keys())
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        return None
    return tuple(part for part in read if part is not None)


def _role(key: bytes) -> ValueRole:
    return "set" if key == b"ALL" else "number"
