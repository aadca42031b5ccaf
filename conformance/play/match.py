"""Comparing a response with a pattern, value by value, and saying where they differ.

The shapes come from `pattern` and the reader; equality of single values is in
`conformance.syntax.values`. FETCH responses for one message are merged here before they are
compared, because a server may answer one FETCH in several pieces (RFC 3501 section 7).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Names
from dataclasses import dataclass

from conformance.casefile.bindings import Bound
from conformance.casefile.given import is_credential, names_mailbox
from conformance.casefile.pattern import MORE, LiteralPlaceholder, Pattern, is_more
from conformance.casefile.placeholders import Piece, Placeholder
from conformance.message.expected import Expected
from conformance.syntax.esearch import by_meaning
from conformance.syntax.flags import is_foreign
from conformance.syntax.grammar import Grammar
from conformance.syntax.names import folded
from conformance.syntax.responses import OF_MESSAGES, Response
from conformance.syntax.shown import clip, quote
from conformance.syntax.values import Group, Leaf, Mapping, Octets, Value, equal, same
from conformance.wire.sasl import BadChallenge
from conformance.wire.transcript import escape


@dataclass(frozen=True, slots=True)
class Received:
    """A response and the octets it was read from."""

    response: Response
    text: bytes
    literals: Sequence[Octets] = ()

    def spelling(self, value: Value) -> tuple[bytes, Sequence[Octets]]:
        """Return how a value was spelt: its skeleton and the payloads in it."""
        before = self.text.count(b"}\r\n", 0, value.start)
        inside = self.text[value.start : value.end]
        return inside, self.literals[before : before + inside.count(b"}\r\n")]


class Differs(Exception):
    """Pattern and response differ; the message says where."""


class AnotherMessage(Differs):
    """A FETCH response for another message than the pattern describes."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The items of one message, gathered over the FETCH responses of a window."""

    items: dict[bytes, tuple[Value, Received]]

    def add(self, received: Received) -> None:
        """Take over the items of a further response; a later value replaces an earlier one."""
        for key, value in received.response.items.entries:
            self.items[key] = (value, received)


_MOST = 100
"""Characters of a value in a message."""
_FLAG_LISTS = frozenset({"FLAGS", "PERMANENTFLAGS"})


class Matcher:
    """Compares patterns with responses under the values known so far.

    `flags` are those that the case has named, in capitals: a server may show others of its own.
    `exact_base64`: the coded parts in names of the case's own mailboxes come back octet for octet.
    """

    def __init__(
        self,
        grammar: Grammar,
        names: Names[str, Bound],
        given: Names[str, Bound],
        *,
        flags: Collection[bytes] = (),
        exact_base64: bool = False,
    ) -> None:
        self._grammar = grammar
        self._names = names
        self._given = given
        self._flags = flags
        self._exact_base64 = exact_base64
        self._kept: dict[str, Bound] = {}

    def match(
        self, pattern: Pattern, received: Received, fetched: Fetched | None = None
    ) -> dict[str, Bound]:
        """Compare, and return the values that the pattern keeps.

        `fetched` holds the items of the same message from this and earlier responses.

        Raises:
            Differs: the response is not what the pattern describes.
        """
        self._kept = {}
        if pattern.exact is not None:
            self._exact(pattern.exact, received)
        elif pattern.response is not None:
            self._response(pattern, pattern.response, received, fetched)
        else:
            raise Differs("expected the connection to be closed")
        return self._kept

    def octets(self, pieces: Sequence[Piece]) -> bytes:
        """Join pieces into octets, values by what they mean."""
        return b"".join(
            piece if isinstance(piece, bytes) else self._value(piece).octets for piece in pieces
        )

    def _value(self, placeholder: Placeholder) -> Bound:
        if placeholder.kind == "answer":
            challenge = self._value(Placeholder("value", name=placeholder.text)).octets.decode(
                "latin-1"
            )
            try:
                return self._given[f"{placeholder.name}:{challenge}"]
            except BadChallenge as error:
                raise Differs(f"{placeholder.text}: {error}") from None
        for names in (self._kept, self._names, self._given):
            if placeholder.name in names:
                return names[placeholder.name]
        raise Differs(f"{placeholder.name} is not known yet")

    def _exact(self, pieces: Sequence[Piece], received: Received) -> None:
        expected = self.octets(pieces)
        got = received.text.removesuffix(b"\r\n")
        if got != expected:
            raise Differs(f"expected exactly {expected!r}")

    def _response(
        self, pattern: Pattern, wanted: Response, received: Received, fetched: Fetched | None
    ) -> None:
        got = received.response
        if wanted.kind != got.kind:
            raise Differs(f"expected a {wanted.kind} response")
        if wanted.tag != got.tag:
            raise Differs(f"expected the tag {wanted.tag.decode('latin-1')}")
        if got.name not in wanted.name.split("|"):
            raise Differs(f"expected {wanted.name}, received {got.name}")
        if wanted.kind == "continuation":
            self._continuation(pattern, wanted, received)
            return
        if wanted.text:
            self._text(pattern, wanted, received)
        if wanted.number is not None:
            if got.number is None:
                raise Differs("no number")
            try:
                self._leaf(pattern, wanted.number, got.number, received, "number")
            except Differs as differs:
                raise (AnotherMessage if got.name in OF_MESSAGES else Differs)(
                    str(differs)
                ) from None
        if wanted.code is not None:
            if got.code is None:
                raise Differs(f"no [{wanted.code.name}] code")
            if got.code.name not in wanted.code.name.split("|"):
                raise Differs(f"expected [{wanted.code.name}], received [{got.code.name}]")
            if wanted.code.values:
                self._items(pattern, wanted.code.values, got.code.values, received, got.code.name)
        if got.name == "FETCH" and wanted.values and isinstance(wanted.values[0], Leaf):
            self._fetch_computed(pattern, got, fetched or _fetched(received))
        elif got.name in OF_MESSAGES:
            self._fetch(pattern, wanted.items, fetched or _fetched(received))
        elif wanted.kind == "data":
            self._data(pattern, wanted, received)

    def _data(self, pattern: Pattern, wanted: Response, received: Received) -> None:
        """Compare as it is written and, of ESEARCH, by what it means."""
        got = received.response
        alone = len(wanted.values) == 1 and self._expected(pattern, wanted.values[0])
        if alone:
            _compare(alone, Group(got.values), got.name)
            return
        try:
            self._items(pattern, wanted.values, got.values, received, got.name)
        except Differs:
            if got.name != "ESEARCH":
                raise
            meant, said = by_meaning(wanted.values), by_meaning(got.values)
            if meant is None or said is None:
                raise
            self._items(pattern, meant, said, received, got.name)

    def _continuation(self, pattern: Pattern, wanted: Response, received: Received) -> None:
        if not wanted.text:
            return
        start = len(received.text) - len(received.text[1:].lstrip(b" "))
        leaf = Leaf(received.response.text, start=start, end=start + len(received.response.text))
        self._leaf(pattern, Leaf(wanted.text, role="string"), leaf, received, "continuation")

    def _text(self, pattern: Pattern, wanted: Response, received: Received) -> None:
        text = received.response.text
        end = len(received.text.removesuffix(b"\r\n"))
        leaf = Leaf(text, "quoted", "string", start=end - len(text), end=end)
        self._leaf(pattern, Leaf(wanted.text, "quoted", "string"), leaf, received, "the text")

    def _fetch(self, pattern: Pattern, wanted: Mapping, fetched: Fetched) -> None:
        for key, value in wanted.entries:
            name = self._key(pattern, key)
            if name not in fetched.items:
                raise Differs(f"no item {name.decode('latin-1')}")
            got, source = fetched.items[name]
            where = name.decode("latin-1")
            if name == b"FLAGS" and isinstance(value, Group) and isinstance(got, Group):
                got = _without_recent(value, got)
            self._any(pattern, value, got, source, where)

    def _fetch_computed(self, pattern: Pattern, response: Response, fetched: Fetched) -> None:
        name = next(iter(pattern.uses()))
        got = Mapping(tuple((name, value) for name, (value, _) in fetched.items.items()))
        expected = self._value(Placeholder("value", name=f"{name}.{response.count}")).expected
        if expected is not None:
            _compare(expected, got, "")

    def _expected(self, pattern: Pattern, wanted: Value) -> Expected | None:
        """Return what the suite computes for this place, if the pattern leaves it to the suite."""
        pieces = pattern.pieces(wanted) if isinstance(wanted, Leaf) else []
        if len(pieces) == 1 and isinstance(pieces[0], Placeholder) and pieces[0].kind == "value":
            return self._value(pieces[0]).expected
        return None

    def _key(self, pattern: Pattern, key: bytes) -> bytes:
        parts = pattern.pieces_of(key)
        return b"".join(
            part if isinstance(part, bytes) else self._placeholder_octets(part) for part in parts
        ).upper()

    def _any(
        self, pattern: Pattern, wanted: Value, got: Value, source: Received, where: str
    ) -> None:
        if isinstance(wanted, Leaf):
            if wanted.is_nil and _stands_for_nil(got, where):
                return
            self._leaf(pattern, wanted, got, source, where)
        elif isinstance(wanted, Group):
            if not isinstance(got, Group):
                raise Differs(f"{where}: expected a list")
            if wanted.ordered and got.ordered:
                self._items(pattern, wanted.items, got.items, source, where)
            else:
                self._set(pattern, wanted.items, got.items, source, where)
        else:
            if not isinstance(got, Mapping):
                raise Differs(f"{where}: expected pairs")
            self._mapping(pattern, wanted, got, source, where)

    def _items(
        self,
        pattern: Pattern,
        wanted: Sequence[Value],
        got: Sequence[Value],
        source: Received,
        where: str,
    ) -> None:
        more = bool(wanted) and is_more(wanted[-1])
        expected = wanted[:-1] if more else wanted
        if len(got) < len(expected) or (len(got) > len(expected) and not more):
            raise Differs(f"{where}: expected {len(expected)} values, received {len(got)}")
        for index, (one, other) in enumerate(zip(expected, got, strict=False), 1):
            place = where if len(expected) == 1 else f"{where}, {_place(where, index)}"
            self._any(pattern, one, other, source, place)

    def _set(
        self,
        pattern: Pattern,
        wanted: Sequence[Value],
        got: Sequence[Value],
        source: Received,
        where: str,
    ) -> None:
        if len(wanted) == 1 and (expected := self._expected(pattern, wanted[0])):
            _compare(expected, Group(tuple(got), ordered=False), where)
            return
        left = list(got)
        # What is known by value takes its partner first; placeholders take what is left.
        for value in sorted(wanted, key=lambda item: self._open(pattern, item)):
            if is_more(value):
                continue
            for candidate in left:
                try:
                    self._any(pattern, value, candidate, source, where)
                except Differs:
                    continue
                left.remove(candidate)
                break
            else:
                raise Differs(f"{where}: {self._shown(pattern, value)} is missing")
        if where in _FLAG_LISTS:
            left = [flag for flag in left if not self._foreign(flag)]
        if left and not any(is_more(value) for value in wanted):
            raise Differs(f"{where}: {_shown(left[0])} is too much")

    def _same_name(self, one: Leaf, other: Leaf) -> bool:
        """Whether two names of mailboxes are equal but for the case of letters (section 5.1)."""
        if other.role != "mailbox" or one.is_nil or other.is_nil:
            return same(one, other)
        exact = self._exact_base64
        return folded(bytes(one.octets), exact=exact) == folded(bytes(other.octets), exact=exact)

    def _foreign(self, flag: Value) -> bool:
        """Whether a server may have set this flag by itself (RFC 3501 sections 2.3.2, 7.4.2)."""
        if not isinstance(flag, Leaf):
            return False
        kept = {bound.octets.upper() for bound in self._names.values()}
        return is_foreign(bytes(flag.octets), {*self._flags, *kept})

    def _open(self, pattern: Pattern, value: Value) -> bool:
        return isinstance(value, Leaf) and any(
            isinstance(piece, Placeholder) and piece.kind != "value"
            for piece in pattern.pieces(value)
        )

    def _mapping(
        self, pattern: Pattern, wanted: Mapping, got: Mapping, source: Received, where: str
    ) -> None:
        expected = {key: value for key, value in wanted.entries if key != MORE}
        present = dict(got.entries)
        for key, value in expected.items():
            name = key.decode("latin-1")
            if key not in present:
                raise Differs(f"{where}: {name} is missing")
            self._any(pattern, value, present[key], source, f"{where}, {name}")
        if len(expected) == len(wanted.entries) and (extra := set(present) - set(expected)):
            raise Differs(f"{where}: {min(extra).decode('latin-1')} is too much")

    def _leaf(
        self, pattern: Pattern, wanted: Leaf, got: Value, source: Received, where: str
    ) -> None:
        pieces = pattern.pieces(wanted)
        if len(pieces) == 1 and isinstance(pieces[0], Placeholder):
            placeholder = pieces[0]
            if placeholder.kind == "any":
                return
            if placeholder.kind == "capture":
                self._capture(placeholder, got, source, where)
                return
            bound = self._value(placeholder)
            if bound.expected is not None:
                _compare(bound.expected, got, where)
                return
            kept = bound.value
            if kept is not None:
                if not equal(kept, got):
                    raise Differs(f"{where}: not the {placeholder.name} of before")
                return
        if not isinstance(got, Leaf):
            raise Differs(f"{where}: expected a single value, received a list")
        alike = self._same_name if _names_own(pieces) else same
        if any(alike(alternative, got) for alternative in self._alternatives(pieces, wanted)):
            return
        raise Differs(f"{where}: expected {self._shown(pattern, wanted)}, received {_shown(got)}")

    def _alternatives(
        self, pieces: Sequence[bytes | Placeholder | LiteralPlaceholder], wanted: Leaf
    ) -> Iterator[Leaf]:
        if len(pieces) == 1 and isinstance(pieces[0], Placeholder):
            bound = self._value(pieces[0])
            yield wanted._replace(octets=bound.octets, form="atom" if bound.bare else "quoted")
            return
        if len(pieces) == 1 and isinstance(pieces[0], LiteralPlaceholder):
            yield wanted._replace(octets=self._placeholder_octets(pieces[0]), form="literal")
            return
        octets = b"".join(
            piece if isinstance(piece, bytes) else self._placeholder_octets(piece)
            for piece in pieces
        )
        if wanted.form == "atom" and b"|" in octets.strip(b"|"):
            for part in octets.split(b"|"):
                yield wanted._replace(octets=part)
        else:
            yield wanted._replace(octets=octets)

    def _placeholder_octets(self, placeholder: Placeholder | LiteralPlaceholder) -> bytes:
        if isinstance(placeholder, LiteralPlaceholder):
            return b"".join(self.octets(line) + b"\r\n" for line in placeholder.lines)
        return self._value(placeholder).octets

    def _capture(self, placeholder: Placeholder, got: Value, source: Received, where: str) -> None:
        text, literals = source.spelling(got)
        if not self._grammar.matches(placeholder.rule, text, literals):
            raise Differs(f"{where}: {_shown(got)} is not a {placeholder.rule.replace('_', '-')}")
        if placeholder.name:
            if isinstance(got, Leaf):
                self._kept[placeholder.name] = Bound(bytes(got.octets), text)
            else:
                self._kept[placeholder.name] = Bound(text, text, got)

    def _named(self, placeholder: Placeholder | LiteralPlaceholder) -> str:
        """Show what a placeholder stands for; what is another in each run goes by its name."""
        if isinstance(placeholder, Placeholder) and (
            names_mailbox(placeholder.name) or is_credential(placeholder.name)
        ):
            return "{" + placeholder.name.removeprefix("name.") + "}"
        return clip(escape(self._placeholder_octets(placeholder)), _MOST)

    def _shown(self, pattern: Pattern, value: Value) -> str:
        if not isinstance(value, Leaf):
            return "a list"
        return "".join(
            piece.decode("latin-1")
            if isinstance(piece, bytes)
            else f"a {piece.rule.replace('_', '-')}"
            if isinstance(piece, Placeholder) and piece.kind == "capture"
            else self._named(piece)
            for piece in pattern.pieces(value)
        )


def _names_own(pieces: Sequence[bytes | Placeholder | LiteralPlaceholder]) -> bool:
    return any(isinstance(piece, Placeholder) and names_mailbox(piece.name) for piece in pieces)


def _compare(expected: Expected, got: Value, where: str) -> None:
    if difference := expected.differs(got, where):
        raise Differs(difference)


def _fetched(received: Received) -> Fetched:
    fetched = Fetched({})
    fetched.add(received)
    return fetched


def _stands_for_nil(got: Value, where: str) -> bool:
    """Whether this is an empty list in a structure or an envelope, which has NIL in its place.

    The grammar has no such list there, and says so; what a case is about is the value.
    """
    if not where.startswith(("BODY", "ENVELOPE")):
        return False
    return not (got.entries if isinstance(got, Mapping) else getattr(got, "items", True))


def _without_recent(wanted: Group, got: Group) -> Group:
    r"""Drop \Recent from what was received unless the pattern speaks of it."""

    def recent(value: Value) -> bool:
        return isinstance(value, Leaf) and value.octets.upper() == rb"\RECENT"

    if any(recent(value) for value in wanted.items):
        return got
    return got._replace(items=tuple(value for value in got.items if not recent(value)))


_PLACES = {
    "LIST": ("attributes", "delimiter", "name"),
    "LSUB": ("attributes", "delimiter", "name"),
    "STATUS": ("name", "items"),
}
"""What the values of a response are called (RFC 3501 sections 7.2.2 to 7.2.4)."""


def _place(where: str, index: int) -> str:
    places = _PLACES.get(where, ())
    return places[index - 1] if index <= len(places) else f"value {index}"


def _shown(value: Value) -> str:
    if isinstance(value, Leaf):
        if value.is_nil or value.number is not None:
            return str(value.octets, "latin-1").upper()
        return quote(value.octets)
    return "a list" if isinstance(value, Group) else "pairs"
