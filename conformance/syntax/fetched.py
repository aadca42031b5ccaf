"""The items of a FETCH response, found without a look into what they hold.

Most of what a server sends are FETCH responses, and of most items few ask more than that they are
there. So one regular expression finds an item: its name, and a value that is an atom, a string, a
literal or a list, which is passed over as a whole and read when somebody asks. What is not written
as servers write it (several spaces, no end, a parenthesis too many) is left to the reader of all
responses, which says what was meant; where both can read a response they read the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Roles

from conformance.syntax.values import Leaf, Mapping, Octets, Unread, Value, ValueRole

_MOST_LISTS = 12
"""Lists in lists that are passed over by one expression; deeper ones are rare."""

_QUOTED = rb'"(?:[^"\\\r\n]++|\\.)*+"'


def _list(depth: int) -> bytes:
    """Write what passes over a list without literals, with at most so many lists in each other."""
    inner = rb"|" + _list(depth - 1) if depth else b""
    return rb'\((?:[^()"{]++|' + _QUOTED + inner + rb")*+\)"


_HEAD = re.compile(rb"\* (\d+) (?i:FETCH) \(")
_ITEM = re.compile(
    rb"([A-Za-z][A-Za-z0-9.-]*+(?:\[[A-Za-z0-9.]*+\](?:<\d+>)?)?) "
    rb'(?:([^\s()"\[{]++)|(' + _QUOTED + rb")|(" + _list(_MOST_LISTS) + rb")|(\{\d+\}\r\n))"
    rb"(?: (?=[A-Za-z])|(\)\r\n\Z))",
    re.DOTALL,
)
_ATOM, _STRING, _LIST, _LITERAL, _LAST = 2, 3, 4, 5, 6
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)


def read_fetched(
    text: bytes,
    literals: Sequence[Octets],
    late: Callable[[bytes, bytes, int, int], Unread],
    roles: Roles[bytes, ValueRole | None],
) -> tuple[Leaf, Mapping] | None:
    """Read a FETCH response: its number, and its items. None where it is written otherwise.

    `late` makes a list of an item's name, of the text and of where it stands there; `roles` has the
    role of other values by their item, None for what it is by its form. Others are strings.
    """
    head = _HEAD.match(text)
    if head is None:
        return None
    payloads = iter(literals)
    entries: list[tuple[bytes, Value]] = []
    at = begin = head.end()
    item, role_of = _ITEM.match, roles.get
    while (found := item(text, at)) is not None:
        at = found.end()
        name = found[1].upper()
        value: Value
        if found[_LIST] is not None:
            value = late(name, text, found.start(_LIST), found.end(_LIST))
        elif found[_ATOM] is not None:
            role = role_of(name, "string") or "keyword"
            value = Leaf(found[_ATOM], "atom", role, found.start(_ATOM), found.end(_ATOM))
        elif found[_STRING] is not None:
            octets = found[_STRING][1:-1]
            octets = _ESCAPE.sub(rb"\1", octets) if b"\\" in octets else octets
            role = role_of(name, "string") or "string"
            value = Leaf(octets, "quoted", role, found.start(_STRING), found.end(_STRING))
        else:
            payload = next(payloads, b"")
            role = role_of(name, "string") or "string"
            value = Leaf(payload, "literal", role, found.start(_LITERAL), found.end(_LITERAL))
        entries.append((name, value))
        if found[_LAST] is not None:
            number = Leaf(head[1], "atom", "number", head.start(1), head.end(1))
            return number, Mapping(tuple(entries), begin - 1, at - 2)
    return None
