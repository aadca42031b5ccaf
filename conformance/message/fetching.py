"""What a FETCH asks for, and the values that the answer has to have (RFC 3501 section 6.4.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.message.envelope import envelope
from conformance.message.expected import Anything, Expected, Number
from conformance.message.parts import Part
from conformance.message.sections import NoSection, Partial, section
from conformance.message.structure import structure
from conformance.syntax.arguments import Argument, read_command
from conformance.syntax.grammar import Grammar

_FAST = (b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE")
_MACROS = {
    b"FAST": _FAST,
    b"ALL": (*_FAST, b"ENVELOPE"),
    b"FULL": (*_FAST, b"ENVELOPE", b"BODY"),
}
_SAME = {b"RFC822": b"", b"RFC822.HEADER": b"HEADER", b"RFC822.TEXT": b"TEXT"}
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_KEPT = {b"FLAGS", b"INTERNALDATE", b"UID"}


@dataclass(frozen=True, slots=True)
class FetchItem:
    """One data item of a FETCH, in capitals, or a section with its piece."""

    name: bytes
    spec: bytes | None = None
    piece: Partial | None = None

    @property
    def key(self) -> bytes:
        """The name under which the answer has it, as `syntax.values.Mapping` spells keys."""
        if self.spec is None:
            return self.name
        origin = b"<%d>" % self.piece.origin if self.piece else b""
        return b"BODY[%s]%s" % (_QUOTED.sub(rb"\1", self.spec).upper(), origin)


def read_items(command: bytes, grammar: Grammar) -> tuple[FetchItem, ...]:
    """Read the items of a whole FETCH or UID FETCH command, macros spelt out.

    Raises:
        ValueError: it is no FETCH.
    """
    read = read_command(grammar, command)
    fetch = read.named("fetch")
    listed = [_item(part) for part in fetch.parts("fetch-att")]
    if not listed:
        [macro] = [word for word in fetch.words if word in _MACROS]
        listed = [FetchItem(name) for name in _MACROS[macro]]
    if read.by_uid:
        listed.append(FetchItem(b"UID"))
    return tuple(dict.fromkeys(listed))


def expected(message: Part, item: FetchItem) -> Expected:
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


def _item(part: Argument) -> FetchItem:
    """Read one item; names of header fields come without literals."""
    section = part.part("section")
    if section is None or not part.words[0].startswith(b"BODY"):
        return FetchItem(part.octets.upper())
    spec = section.octets[1:-1]
    if fields := section.parts("header-fld-name"):
        names = (each.octets if each.octets[:1] == b'"' else each.string for each in fields)
        spec = spec[: spec.index(b"(") + 1] + b" ".join(names) + b")"
    numbers = part.parts("number", "nz-number", "number64", "nz-number64")
    piece = Partial(*(int(number.octets) for number in numbers)) if numbers else None
    return FetchItem(b"BODY", spec, piece)
