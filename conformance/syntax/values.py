"""Values inside a server response, and what it means for two of them to be equal.

A response is read into three shapes: a `Leaf` (atom, number, NIL, quoted string or literal),
a `Group` (ordered or not) and a `Mapping` (FETCH and STATUS items, body parameters). The role of
a leaf says how it compares: RFC 3501 makes keywords and flags case-insensitive, but not a
Subject; a date is an instant; INBOX is one name in any letter case; a set of numbers is the same
in any order and with any ranges.

How text becomes values is in `responses`; whether it was allowed is the grammar's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple, Self, TypeAlias

Octets: TypeAlias = bytes | bytearray
StringForm: TypeAlias = Literal["atom", "quoted", "literal"]
ValueRole: TypeAlias = Literal[
    "keyword", "string", "folded", "mailbox", "number", "date-time", "set"
]


_MOST_DIGITS = 20


class Leaf(NamedTuple):
    """One atom, number, NIL, quoted string or literal.

    `octets` are the value's own: escapes of a quoted string are undone, a literal is its payload.
    `start` and `end` bound its spelling in the skeleton of the response.
    """

    octets: Octets
    form: StringForm = "atom"
    role: ValueRole = "keyword"
    start: int = 0
    end: int = 0

    @property
    def is_nil(self) -> bool:
        """Whether this is the atom NIL in a place where NIL is not a name."""
        return self.form == "atom" and self.role != "mailbox" and self.octets.upper() == b"NIL"

    @property
    def number(self) -> int | None:
        """The value as an unsigned number, None when it is not one, nor anything near 32 bits."""
        if self.form != "atom" or not self.octets.isdigit() or len(self.octets) > _MOST_DIGITS:
            return None
        return int(self.octets)

    @property
    def name(self) -> bytes:
        """The value as a mailbox name: INBOX in capitals whatever its case (section 5.1)."""
        folded = bytes(self.octets).upper()
        return folded if folded == b"INBOX" else bytes(self.octets)


class Group(NamedTuple):
    """Values in parentheses, or a bare list such as that of SEARCH; `ordered` if order counts."""

    items: tuple[Value, ...]
    ordered: bool = True
    start: int = 0
    end: int = 0


class Unread(Group):
    """A group that is read when somebody asks for what is in it, and is like any other otherwise.

    `raw` is its spelling in the skeleton, literals cut out.
    """

    raw: bytes
    _read: Callable[[], Group]
    _group: Group | None

    def __new__(
        cls, raw: bytes, read: Callable[[], Group], start: int, end: int, *, ordered: bool = True
    ) -> Self:
        """Make one of what reads it."""
        made = super().__new__(cls, (), ordered, start, end)
        made.raw, made._read, made._group = raw, read, None
        return made

    def read(self) -> Group:
        """Return the group itself."""
        if self._group is None:
            self._group = self._read()
        return self._group

    @property
    def items(self) -> tuple[Value, ...]:
        """The values, which are read now."""
        return self.read().items

    def _replace(self, **fields: Any) -> Group:  # type: ignore[override]  # as above
        return self.read()._replace(**fields)

    def __eq__(self, other: object) -> bool:
        return self.read() == (other.read() if isinstance(other, Unread) else other)

    def __hash__(self) -> int:
        return hash(self.read())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.read())

    def __repr__(self) -> str:
        return repr(self.read())

    def __reduce__(self) -> tuple[type[Group], tuple[Any, ...]]:
        return Group, tuple(self.read())


class Mapping(NamedTuple):
    """Named values in any order: FETCH items, STATUS items, body parameters.

    Keys are in capitals; a section's header names are unquoted and in capitals as well:
    `BODY[HEADER.FIELDS (FROM TO)]<0>`. The last of two equal keys wins in `get`.
    """

    entries: tuple[tuple[bytes, Value], ...]
    start: int = 0
    end: int = 0

    def get(self, key: bytes) -> Value | None:
        """Return the value under `key` (in capitals), None when there is none."""
        for name, value in reversed(self.entries):
            if name == key:
                return value
        return None

    def keys(self) -> Iterator[bytes]:
        """Return the keys in the order of the response."""
        return (key for key, _ in self.entries)


Value: TypeAlias = Leaf | Group | Mapping


_MOST_IN_SET = 100_000
_SET = re.compile(rb"\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*")


def members(octets: Octets) -> frozenset[int] | None:
    """Return the numbers of a sequence-set; None when it is none, has a `*` or is absurdly long."""
    if not _SET.fullmatch(octets):
        return None
    found: set[int] = set()
    for part in octets.split(b","):
        first, _, last = part.partition(b":")
        low, high = sorted((int(first), int(last or first)))
        if len(found) + high - low >= _MOST_IN_SET:
            return None
        found.update(range(low, high + 1))
    return frozenset(found)


def instant(octets: Octets) -> datetime | None:
    """Read a `date-time` (RFC 3501 section 9), None when it is not one or not a real date."""
    try:
        return datetime.strptime(octets.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None


def _same_date(one: Leaf, other: Leaf) -> bool:
    first, second = instant(one.octets), instant(other.octets)
    return first == second if first and second else one.octets == other.octets


def _same_folded(one: Leaf, other: Leaf) -> bool:
    return one.octets.upper() == other.octets.upper()


def _same_number(one: Leaf, other: Leaf) -> bool:
    if one.number is None or other.number is None:
        return one.form == other.form and one.octets == other.octets
    return one.number == other.number


def _same_set(one: Leaf, other: Leaf) -> bool:
    first, second = members(one.octets), members(other.octets)
    if first is None or second is None:
        return one.octets == other.octets
    return first == second


_EQUAL: dict[ValueRole, Callable[[Leaf, Leaf], bool]] = {
    "keyword": _same_folded,
    "folded": _same_folded,
    "string": lambda one, other: one.octets == other.octets,
    "mailbox": lambda one, other: one.name == other.name,
    "number": _same_number,
    "date-time": _same_date,
    "set": _same_set,
}


def same(one: Leaf, other: Leaf) -> bool:
    """Whether two leaves are the same value in the role of `other`.

    Spelling does not count: an atom, a quoted string and a literal of the same octets are equal.
    NIL is equal only to NIL, never to the string `"NIL"`.
    """
    if one.is_nil or other.is_nil:
        return one.is_nil and other.is_nil
    return _EQUAL[other.role](one, other)


def equal(one: Value, other: Value) -> bool:
    """Whether two values are the same, whatever their spelling and the order of sets."""
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return same(one, other)
    if isinstance(one, Group) and isinstance(other, Group):
        if len(one.items) != len(other.items):
            return False
        if one.ordered:
            return all(map(equal, one.items, other.items))
        return all(any(equal(item, each) for each in other.items) for item in one.items)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        theirs = dict(other.entries)
        return len(one.entries) == len(other.entries) and all(
            key in theirs and equal(value, theirs[key]) for key, value in one.entries
        )
    return False
