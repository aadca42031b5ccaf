"""Comparing a value that came with one that a pattern describes, and saying where they differ.

Equality of single values is in `conformance.syntax.values`; what the placeholders of a pattern
stand for is known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Names

from conformance.casefile.bindings import Bound
from conformance.casefile.given import is_credential, names_mailbox
from conformance.casefile.pattern import MORE, LiteralPlaceholder, Pattern, is_more
from conformance.casefile.placeholders import Placeholder, TextPiece
from conformance.message.expected import Expected
from conformance.play.received import Received
from conformance.syntax.flags import is_foreign
from conformance.syntax.grammar import Grammar
from conformance.syntax.names import folded
from conformance.syntax.shown import clip, quote
from conformance.syntax.values import Group, Leaf, Mapping, Value, equal, same
from conformance.wire.sasl import BadChallenge
from conformance.wire.transcript import escape

_MOST = 100
"""Characters of a value in a message."""
_FLAG_LISTS = frozenset({"FLAGS", "PERMANENTFLAGS"})


class Differs(Exception):
    """Pattern and response differ; the message says where."""


class ValueMatcher:
    """Compares values under those known so far.

    `flags` are those that the case has named, in capitals: a server may show others of its own.
    `exact_base64`: the coded parts in names of the case's own mailboxes come back octet for octet.
    `kept` are the values that the pattern in hand has kept.
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
        self.kept: dict[str, Bound] = {}

    def octets(self, pieces: Sequence[TextPiece]) -> bytes:
        """Join pieces into octets, values by what they mean."""
        return b"".join(
            piece if isinstance(piece, bytes) else self.known(piece).octets for piece in pieces
        )

    def known(self, placeholder: Placeholder) -> Bound:
        """Return what a placeholder stands for; Differs where nothing does yet."""
        if placeholder.kind == "answer":
            challenge = self.known(Placeholder("value", name=placeholder.text)).octets.decode(
                "latin-1"
            )
            try:
                return self._given[f"{placeholder.name}:{challenge}"]
            except BadChallenge as error:
                raise Differs(f"{placeholder.text}: {error}") from None
        for names in (self.kept, self._names, self._given):
            if placeholder.name in names:
                return names[placeholder.name]
        raise Differs(f"{placeholder.name} is not known yet")

    def expected(self, pattern: Pattern, wanted: Value) -> Expected | None:
        """Return what the suite computes for this place, if the pattern leaves it to the suite."""
        pieces = pattern.pieces(wanted) if isinstance(wanted, Leaf) else []
        if len(pieces) == 1 and isinstance(pieces[0], Placeholder) and pieces[0].kind == "value":
            return self.known(pieces[0]).expected
        return None

    def key(self, pattern: Pattern, key: bytes) -> bytes:
        """Return the key of a pair that a pattern describes, in capitals."""
        parts = pattern.pieces_of(key)
        return b"".join(
            part if isinstance(part, bytes) else self._placeholder_octets(part) for part in parts
        ).upper()

    def compare(
        self, pattern: Pattern, wanted: Value, got: Value, source: Received, where: str
    ) -> None:
        """Compare a value, of whatever shape; `where` says in messages what it is."""
        if isinstance(wanted, Leaf):
            if wanted.is_nil and _stands_for_nil(got, where):
                return
            self.leaf(pattern, wanted, got, source, where)
        elif isinstance(wanted, Group):
            if not isinstance(got, Group):
                raise Differs(f"{where}: expected a list")
            if wanted.ordered and got.ordered:
                self.items(pattern, wanted.items, got.items, source, where)
            else:
                self._set(pattern, wanted.items, got.items, source, where)
        else:
            if not isinstance(got, Mapping):
                raise Differs(f"{where}: expected pairs")
            self._mapping(pattern, wanted, got, source, where)

    def items(
        self,
        pattern: Pattern,
        wanted: Sequence[Value],
        got: Sequence[Value],
        source: Received,
        where: str,
    ) -> None:
        """Compare values in order; a pattern that ends in `...` allows more."""
        more = bool(wanted) and is_more(wanted[-1])
        expected = wanted[:-1] if more else wanted
        if len(got) < len(expected) or (len(got) > len(expected) and not more):
            raise Differs(f"{where}: expected {len(expected)} values, received {len(got)}")
        for index, (one, other) in enumerate(zip(expected, got, strict=False), 1):
            place = where if len(expected) == 1 else f"{where}, {_place(where, index)}"
            self.compare(pattern, one, other, source, place)

    def _set(
        self,
        pattern: Pattern,
        wanted: Sequence[Value],
        got: Sequence[Value],
        source: Received,
        where: str,
    ) -> None:
        if len(wanted) == 1 and (expected := self.expected(pattern, wanted[0])):
            compare_computed(expected, Group(tuple(got), ordered=False), where)
            return
        left = list(got)
        # What is known by value takes its partner first; placeholders take what is left.
        for value in sorted(wanted, key=lambda item: self._open(pattern, item)):
            if is_more(value):
                continue
            for candidate in left:
                try:
                    self.compare(pattern, value, candidate, source, where)
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
        more = MORE in wanted.keys()  # noqa: SIM118  # not a dict
        for key, value in expected.items():
            name = key.decode("latin-1")
            if key not in present:
                raise Differs(f"{where}: {name} is missing")
            if is_more(value):  # behind the last name: whatever its value is, and more names
                more = True
                continue
            self.compare(pattern, value, present[key], source, f"{where}, {name}")
        if not more and (extra := set(present) - set(expected)):
            raise Differs(f"{where}: {min(extra).decode('latin-1')} is too much")

    def leaf(
        self, pattern: Pattern, wanted: Leaf, got: Value, source: Received, where: str
    ) -> None:
        """Compare a single value, or keep it where the pattern says so."""
        pieces = pattern.pieces(wanted)
        if len(pieces) == 1 and isinstance(pieces[0], Placeholder):
            placeholder = pieces[0]
            if placeholder.kind == "any":
                return
            if placeholder.kind == "capture":
                self._capture(placeholder, got, source, where)
                return
            bound = self.known(placeholder)
            if bound.expected is not None:
                compare_computed(bound.expected, got, where)
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
            bound = self.known(pieces[0])
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
        return self.known(placeholder).octets

    def _capture(self, placeholder: Placeholder, got: Value, source: Received, where: str) -> None:
        text, literals = source.spelling(got)
        if not self._grammar.matches(placeholder.rule, text, literals):
            raise Differs(f"{where}: {_shown(got)} is not a {placeholder.rule.replace('_', '-')}")
        if placeholder.name:
            if isinstance(got, Leaf):
                self.kept[placeholder.name] = Bound(bytes(got.octets), text)
            else:
                self.kept[placeholder.name] = Bound(text, text, got)

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


def compare_computed(expected: Expected, got: Value, where: str) -> None:
    """Compare what came with what the suite computes."""
    if difference := expected.differs(got, where):
        raise Differs(difference)


def _stands_for_nil(got: Value, where: str) -> bool:
    """Whether this is an empty list in a structure or an envelope, which has NIL in its place.

    The grammar has no such list there, and says so; what a case is about is the value.
    """
    if not where.startswith(("BODY", "ENVELOPE")):
        return False
    return not (got.entries if isinstance(got, Mapping) else getattr(got, "items", True))


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
