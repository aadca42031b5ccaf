"""Expectations: which values of a response are right, one or several.

Each kind says where a received value differs from it. `Anything` marks what an RFC leaves open:
it accepts every value, and the grammar alone judges that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Names
from dataclasses import dataclass, field
from typing import Protocol

from conformance.syntax.shown import quote
from conformance.syntax.values import Group, Leaf, Mapping, Value

ENDS_EARLY = "which ends early"
"""What is said of a text that is the beginning of the right one."""
_FEW = 3
"""Right answers that are named where none of them came."""
_DIFFERENCE = re.compile(
    r"(?P<where>.*?): expected (?P<wanted>.*)(?P<got>, received .*)", re.DOTALL
)
_HEADER_LIST = re.compile(rb"(HEADER\.FIELDS(?:\.NOT)? \()([^()]*)\)")


class Expected(Protocol):
    """A set of right values."""

    @property
    def open(self) -> bool:
        """Whether no value at all would be wrong, so that nothing can be judged."""

    def differs(self, got: Value, where: str) -> str | None:
        """Say how `got` differs, None if it is right; `where` names the place."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Every value is right; `why` names the clause that leaves it open."""

    why: str

    @property
    def open(self) -> bool:
        """Nothing is judged."""
        return True

    def differs(self, got: Value, where: str) -> str | None:  # noqa: ARG002  # as all have it
        """Accept."""
        return None


@dataclass(frozen=True, slots=True)
class Text:
    """An `nstring` (RFC 3501 section 9) that is one of `options`; None is NIL.

    `folded`: letter case does not count.
    """

    options: tuple[bytes | None, ...]
    folded: bool = False

    @property
    def open(self) -> bool:
        """Something can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare octets; NIL is not the empty string."""
        if not isinstance(got, Leaf):
            return f"{where}: expected a single value, received a list"
        for option in self.options:
            if option is None or got.is_nil:
                if option is None and got.is_nil:
                    return None
            elif option == got.octets or (self.folded and option.upper() == got.octets.upper()):
                return None
        usual = self.options[0]
        octets = b"" if got.is_nil else bytes(got.octets)
        short = f", {ENDS_EARLY}" if usual and octets and usual.startswith(octets) else ""
        wanted = _any_of(map(_shown, self.options))
        return f"{where}: expected {wanted}, received {_received(got)}{short}"


@dataclass(frozen=True, slots=True)
class Number:
    """A `number` that is one of `options`."""

    options: tuple[int, ...]

    @property
    def open(self) -> bool:
        """Something can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare as numbers."""
        if isinstance(got, Leaf) and got.number in self.options:
            return None
        return f"{where}: expected {_any_of(map(str, self.options))}, received {_received(got)}"


@dataclass(frozen=True, slots=True)
class Listed:
    """Values in parentheses, in this order; those behind the first `least` may be left out."""

    items: tuple[tuple[str, Expected], ...]
    least: int | None = None

    @property
    def open(self) -> bool:
        """The length can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare place by place."""
        if not isinstance(got, Group):
            return f"{where}: expected a list, received {_received(got)}"
        most = len(self.items)
        least = most if self.least is None else self.least
        if not least <= len(got.items) <= most:
            wanted = str(most) if least == most else f"{least} to {most}"
            return f"{where}: expected {wanted} values, received {len(got.items)}"
        for (name, wanted_item), item in zip(self.items, got.items, strict=False):
            difference = wanted_item.differs(item, f"{where}, {name}" if name else where)
            if difference:
                return difference
        return None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Body parameters: `required` are there, `optional` may be, nothing else is; none are NIL.

    Names are in capitals.
    """

    required: Names[bytes, Expected]
    optional: Names[bytes, Expected] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """A pair too much can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare name by name, in any order."""
        if isinstance(got, Leaf) and got.is_nil:
            entries: tuple[tuple[bytes, Value], ...] = ()
        elif isinstance(got, Mapping):
            entries = got.entries
        else:
            return f"{where}: expected pairs, received {_received(got)}"
        present = dict(entries)
        if len(present) != len(entries):
            return f"{where}: a name stands twice"
        if missing := sorted(set(self.required) - set(present)):
            return f"{where}: {missing[0].decode('latin-1')} is missing"
        for name, value in entries:
            wanted = self.required.get(name) or self.optional.get(name)
            shown = name.decode("latin-1")
            if wanted is None:
                return f"{where}: {shown} is too much"
            if difference := wanted.differs(value, f"{where}, {shown}"):
                return difference
        return None


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of some expectations; the first is the usual one, and its difference is reported."""

    options: tuple[Expected, ...]

    @property
    def open(self) -> bool:
        """Whether one of them takes everything."""
        return any(option.open for option in self.options)

    def differs(self, got: Value, where: str) -> str | None:
        """Accept what one of them accepts."""
        differences = [option.differs(got, where) for option in self.options]
        return _all_of([found for found in differences if found]) if all(differences) else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """A set of numbers without order: all of `must`, and any of `may` (SEARCH)."""

    must: frozenset[int]
    may: frozenset[int] = frozenset()

    @property
    def open(self) -> bool:
        """A number beyond `must` and `may` can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare as sets; a number that stands twice is in the set once."""
        leaves = got.items if isinstance(got, Group) else (got,)
        numbers = {leaf.number for leaf in leaves if isinstance(leaf, Leaf)}
        if missing := sorted(self.must - numbers):
            return f"{where}: {missing[0]} is missing; expected {self}"
        extra = numbers - self.must - self.may
        if extra:
            return f"{where}: {min(number or 0 for number in extra)} is too much; expected {self}"
        return None

    def __str__(self) -> str:
        said = _joined(self.must) or "nothing"
        return f"{said}, with or without {_joined(self.may)}" if self.may else said


@dataclass(frozen=True, slots=True)
class Items:
    """Data items by name, in any order; others may stand beside them (FETCH, section 7)."""

    items: Names[bytes, Expected]

    @property
    def open(self) -> bool:
        """One that is missing can be wrong."""
        return False

    def differs(self, got: Value, where: str) -> str | None:
        """Compare item by item."""
        entries = got.entries if isinstance(got, Mapping) else ()
        present = {_alike(name): value for name, value in entries}
        for name, wanted in self.items.items():
            shown = name.decode("latin-1")
            if _alike(name) not in present:
                return f"no item {shown}"
            if difference := wanted.differs(present[_alike(name)], f"{where}{shown}"):
                return difference
        return None


def one_of(options: Iterable[Expected]) -> Expected:
    """Join expectations; equal ones count once."""
    distinct: list[Expected] = []
    for option in options:
        if option not in distinct:
            distinct.append(option)
    return distinct[0] if len(distinct) == 1 else OneOf(tuple(distinct))


NIL = Text((None,))


def _alike(name: bytes) -> bytes:
    """Bring a section's header names into one order: no RFC says that they are repeated in it."""
    return _HEADER_LIST.sub(
        lambda found: found[1] + b" ".join(sorted(set(found[2].split(b" ")))) + b")", name
    )


def _any_of(options: Iterable[str]) -> str:
    """Name all that would be right, the first few of many."""
    distinct = list(dict.fromkeys(options))
    more = [f"{len(distinct) - _FEW} more"] if len(distinct) > _FEW else []
    return " or ".join([*distinct[:_FEW], *more])


def _all_of(differences: list[str]) -> str:
    """Make one sentence of what was wrong for each of several right answers."""
    parts = [_DIFFERENCE.fullmatch(difference) for difference in differences]
    alike = {(part["where"], part["got"]) for part in parts if part}
    if all(parts) and len(alike) == 1:
        [(where, got)] = alike
        return f"{where}: expected {_any_of(part['wanted'] for part in parts if part)}{got}"
    return differences[0]


def _joined(numbers: frozenset[int]) -> str:
    return " ".join(map(str, sorted(numbers)))


def _shown(octets: bytes | None) -> str:
    return "NIL" if octets is None else quote(octets)


def _received(value: Value) -> str:
    if isinstance(value, Leaf):
        return _shown(None if value.is_nil else bytes(value.octets))
    return "a list" if isinstance(value, Group) else "pairs"
