"""What a FETCH asks for, and the values that the answer has to have (RFC 3501 section 6.4.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.message.criteria import cut_literals
from conformance.message.envelope import envelope
from conformance.message.expected import Anything, Expected, Number
from conformance.message.parts import Part
from conformance.message.sections import NoSection, Piece, section
from conformance.message.structure import structure
from conformance.syntax.responses import read_response
from conformance.syntax.values import Group, Leaf, Value

_FAST = (b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE")
_MACROS = {
    b"FAST": _FAST,
    b"ALL": (*_FAST, b"ENVELOPE"),
    b"FULL": (*_FAST, b"ENVELOPE", b"BODY"),
}
_SAME = {b"RFC822": b"", b"RFC822.HEADER": b"HEADER", b"RFC822.TEXT": b"TEXT"}
_KEPT = {b"FLAGS", b"INTERNALDATE", b"UID"}
_SECTION = re.compile(
    rb"BODY(?:\.PEEK)?\[(?P<spec>.*)\](?:<(?P<origin>\d+)\.(?P<count>[1-9]\d*)>)?",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Item:
    """One data item of a FETCH, in capitals, or a section with its piece."""

    name: bytes
    spec: bytes | None = None
    piece: Piece | None = None

    @property
    def key(self) -> bytes:
        """The name under which the answer has it, as `syntax.values.Mapping` spells keys."""
        if self.spec is None:
            return self.name
        origin = b"<%d>" % self.piece.origin if self.piece else b""
        return b"BODY[%s]%s" % (_QUOTED.sub(rb"\1", self.spec).upper(), origin)


def read_items(command: bytes) -> tuple[Item, ...]:
    """Read the items of a whole FETCH or UID FETCH command, macros spelt out.

    Raises:
        ValueError: it is no FETCH.
    """
    skeleton, literals = cut_literals(command)
    # Behind a word that is no response, the reader takes everything as it comes.
    words = read_response(b"* COMMAND " + skeleton, literals).values[1:]
    verbs = [bytes(word.octets).upper() for word in words[:3] if isinstance(word, Leaf)]
    if b"FETCH" not in verbs[:2]:
        raise ValueError("not a FETCH")
    behind = words[verbs.index(b"FETCH") + 2 :]
    listed = behind[0].items if behind and isinstance(behind[0], Group) else behind
    if verbs[0] == b"UID":
        listed = (*listed, Leaf(b"UID"))
    names = [_octets(value) for value in listed]
    if not names:
        raise ValueError("a FETCH without items")
    items = [each for name in names for each in _MACROS.get(name.upper(), (name,))]
    return tuple(dict.fromkeys(_item(name) for name in items))


def expected(message: Part, item: Item) -> Expected:
    """Return the value of an item for a message.

    Raises:
        ValueError: an item that RFC 3501 does not know, or a section that the message has not.
    """
    if item.spec is not None or item.name in _SAME:
        spec = _SAME[item.name] if item.spec is None else item.spec
        try:
            return section(message, spec, item.piece)
        except NoSection as error:
            raise ValueError(f"BODY[{spec.decode('latin-1')}]: {error}") from None
    if item.name in (b"BODY", b"BODYSTRUCTURE"):
        return structure(message, extension=item.name == b"BODYSTRUCTURE")
    if item.name == b"ENVELOPE":
        return envelope(message.header)
    if item.name == b"RFC822.SIZE":
        return Number((len(message.octets),))
    if item.name in _KEPT:
        return Anything("kept beside the message, not computed from it")
    raise ValueError(f"no item {item.name.decode('latin-1')} in RFC 3501")


def _octets(value: Value) -> bytes:
    if isinstance(value, Leaf):
        return bytes(value.octets)
    raise ValueError("a list where an item belongs")


def _item(name: bytes) -> Item:
    found = _SECTION.fullmatch(name)
    if not found:
        return Item(name.upper())
    piece = Piece(int(found["origin"]), int(found["count"])) if found["origin"] else None
    return Item(b"BODY", found["spec"], piece)
