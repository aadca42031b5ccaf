"""Comparing a response with a pattern, and saying where they differ.

The shapes come from `pattern` and the reader; values are compared by `match_values`. FETCH
responses for one message are merged here before they are compared, because a server may answer one
FETCH in several pieces (RFC 3501 section 7).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Names

from conformance.casefile.bindings import Bound
from conformance.casefile.pattern import Pattern, is_more
from conformance.casefile.placeholders import Placeholder, TextPiece
from conformance.play.match_values import Differs, ValueMatcher, compare_computed
from conformance.play.received import Fetched, Received
from conformance.syntax.esearch import by_meaning
from conformance.syntax.grammar import Grammar
from conformance.syntax.responses import OF_MESSAGES, Response
from conformance.syntax.values import Group, Leaf, Mapping, Value


class AnotherMessage(Differs):
    """A FETCH response for another message than the pattern describes."""


class Matcher:
    """Compares patterns with responses under the values known so far; see `ValueMatcher`."""

    def __init__(
        self,
        grammar: Grammar,
        names: Names[str, Bound],
        given: Names[str, Bound],
        *,
        flags: Collection[bytes] = (),
        exact_base64: bool = False,
    ) -> None:
        self._values = ValueMatcher(grammar, names, given, flags=flags, exact_base64=exact_base64)

    def match(
        self, pattern: Pattern, received: Received, fetched: Fetched | None = None
    ) -> dict[str, Bound]:
        """Compare, and return the values that the pattern keeps.

        `fetched` holds the items of the same message from this and earlier responses.

        Raises:
            Differs: the response is not what the pattern describes.
        """
        self._values.kept = {}
        if pattern.exact is not None:
            self._exact(pattern.exact, received)
        elif pattern.response is not None:
            self._response(pattern, pattern.response, received, fetched)
        else:
            raise Differs("expected the connection to be closed")
        return self._values.kept

    def _exact(self, pieces: Sequence[TextPiece], received: Received) -> None:
        expected = self._values.octets(pieces)
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
                self._values.leaf(pattern, wanted.number, got.number, received, "number")
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
                self._values.items(
                    pattern, wanted.code.values, got.code.values, received, got.code.name
                )
        first = wanted.values[0] if wanted.values else None
        if got.name == "FETCH" and isinstance(first, Leaf) and not is_more(first):
            self._fetch_computed(pattern, got, fetched or _fetched(received))
        elif got.name in OF_MESSAGES:
            self._fetch(pattern, wanted.items, fetched or _fetched(received))
        elif wanted.kind == "data":
            self._data(pattern, wanted, received)

    def _data(self, pattern: Pattern, wanted: Response, received: Received) -> None:
        """Compare as it is written and, of ESEARCH, by what it means."""
        got = received.response
        alone = len(wanted.values) == 1 and self._values.expected(pattern, wanted.values[0])
        if alone:
            compare_computed(alone, Group(got.values), got.name)
            return
        try:
            self._values.items(pattern, wanted.values, got.values, received, got.name)
        except Differs:
            if got.name != "ESEARCH":
                raise
            meant, said = by_meaning(wanted.values), by_meaning(got.values)
            if meant is None or said is None:
                raise
            self._values.items(pattern, meant, said, received, got.name)

    def _continuation(self, pattern: Pattern, wanted: Response, received: Received) -> None:
        if not wanted.text:
            return
        start = len(received.text) - len(received.text[1:].lstrip(b" "))
        leaf = Leaf(received.response.text, start=start, end=start + len(received.response.text))
        self._values.leaf(pattern, Leaf(wanted.text, role="string"), leaf, received, "continuation")

    def _text(self, pattern: Pattern, wanted: Response, received: Received) -> None:
        text = received.response.text
        end = len(received.text.removesuffix(b"\r\n"))
        leaf = Leaf(text, "quoted", "string", start=end - len(text), end=end)
        self._values.leaf(
            pattern, Leaf(wanted.text, "quoted", "string"), leaf, received, "the text"
        )

    def _fetch(self, pattern: Pattern, wanted: Mapping, fetched: Fetched) -> None:
        for key, value in wanted.entries:
            name = self._values.key(pattern, key)
            if name not in fetched.items:
                raise Differs(f"no item {name.decode('latin-1')}")
            got, source = fetched.items[name]
            where = name.decode("latin-1")
            if name == b"FLAGS" and isinstance(value, Group) and isinstance(got, Group):
                got = _without_recent(value, got)
            self._values.compare(pattern, value, got, source, where)

    def _fetch_computed(self, pattern: Pattern, response: Response, fetched: Fetched) -> None:
        name = next(iter(pattern.uses()))
        got = Mapping(tuple((name, value) for name, (value, _) in fetched.items.items()))
        expected = self._values.known(
            Placeholder("value", name=f"{name}.{response.count}")
        ).expected
        if expected is not None:
            compare_computed(expected, got, "")


def _fetched(received: Received) -> Fetched:
    fetched = Fetched({})
    fetched.add(received)
    return fetched


def _without_recent(wanted: Group, got: Group) -> Group:
    r"""Drop \Recent from what was received unless the pattern speaks of it."""

    def recent(value: Value) -> bool:
        return isinstance(value, Leaf) and value.octets.upper() == rb"\RECENT"

    if any(recent(value) for value in wanted.items):
        return got
    return got._replace(items=tuple(value for value in got.items if not recent(value)))
