"""The values of MIME fields: media types, parameters, encodings, dispositions (RFC 2045, 2183).

A field that breaks its grammar raises `Malformed`: RFC 2045 section 5.2 only says what should
probably be assumed then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from conformance.message.expected import Anything, Expected, Pairs, Text, one_of
from conformance.message.lexical import MIME_SPECIALS, LexicalToken, Malformed, tokens

_SECTION = re.compile(rb"(?P<name>[^*]+)(?:\*(?P<number>0|[1-9]\d*))?(?P<extended>\*?)")


@dataclass(frozen=True, slots=True)
class Media:
    """A media type (in capitals) and its parameters, names in capitals, in their order."""

    type: bytes
    subtype: bytes
    parameters: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def is_message(self) -> bool:
        """Whether a message is in it that has a structure of its own."""
        return (self.type, self.subtype) == (b"MESSAGE", b"RFC822")

    def parameter(self, name: bytes) -> bytes | None:
        """Return the value of a parameter (in capitals)."""
        return dict(self.parameters).get(name)


PLAIN = Media(b"TEXT", b"PLAIN")
MESSAGE = Media(b"MESSAGE", b"RFC822")


class _FieldReader:
    def __init__(self, body: bytes) -> None:
        self._tokens, _ = tokens(body, MIME_SPECIALS)
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at == len(self._tokens)

    def word(self, *, quoted: bool = False) -> bytes:
        token = self._next()
        if token.kind == "word" or (quoted and token.kind == "quoted"):
            return token.octets
        raise Malformed("no word where one belongs")

    def special(self, octets: bytes) -> None:
        token = self._next()
        if token.kind != "special" or token.octets != octets:
            raise Malformed(f"no {octets.decode()} where one belongs")

    def parameters(self) -> tuple[tuple[bytes, bytes], ...]:
        found: list[tuple[bytes, bytes]] = []
        while not self.ended:
            self.special(b";")
            name = self.word().upper()
            self.special(b"=")
            found.append((name, self.word(quoted=True)))
        if len(dict(found)) != len(found):
            raise Malformed("a parameter that stands twice")
        return tuple(found)

    def _next(self) -> LexicalToken:
        if self.ended:
            raise Malformed("ends too early")
        self._at += 1
        return self._tokens[self._at - 1]


def read_media(body: bytes) -> Media:
    """Read the body of a Content-Type field.

    Raises:
        Malformed: it is none.
    """
    reader = _FieldReader(body)
    kind = reader.word().upper()
    reader.special(b"/")
    return Media(kind, reader.word().upper(), reader.parameters())


def read_word(body: bytes) -> bytes:
    """Read a field of one token, such as Content-Transfer-Encoding, in capitals.

    Raises:
        Malformed: it is none.
    """
    reader = _FieldReader(body)
    word = reader.word().upper()
    if not reader.ended:
        raise Malformed("more than one word")
    return word


def read_languages(body: bytes) -> tuple[bytes, ...]:
    """Read a Content-Language field (RFC 3282): words with commas between them.

    Raises:
        Malformed: it is none.
    """
    reader = _FieldReader(body)
    found = [reader.word()]
    while not reader.ended:
        reader.special(b",")
        found.append(reader.word())
    return tuple(found)


def read_disposition(body: bytes) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
    """Read a Content-Disposition field (RFC 2183): the type, and its parameters.

    Raises:
        Malformed: it is none.
    """
    reader = _FieldReader(body)
    return reader.word().upper(), reader.parameters()


def expected_parameters(
    parameters: tuple[tuple[bytes, bytes], ...], optional: dict[bytes, Expected] | None = None
) -> Expected:
    """Return the parameter list of a body structure.

    RFC 2231 section 6 says that servers should put continuations together, and RFC 3501 that the
    list has attributes and values as in MIME: both are right, and so is to decode what stands
    behind a charset, for neither says how far decoding goes.
    """
    written = {name: _value(name, value) for name, value in parameters}
    joined: dict[bytes, Expected] = {}
    pieces: dict[bytes, list[tuple[int, bool, bytes]]] = {}
    for name, value in parameters:
        found = _SECTION.fullmatch(name)
        if found is None or found["number"] is None:
            joined[name] = written[name]
        else:
            piece = (int(found["number"]), bool(found["extended"]), value)
            pieces.setdefault(found["name"], []).append(piece)
    for name, listed in pieces.items():
        listed.sort()
        extended = any(piece[1] for piece in listed)
        if [piece[0] for piece in listed] != list(range(len(listed))):
            return Anything("RFC 2231 section 3: a continuation with a gap")
        whole = b"".join(piece[2] for piece in listed)
        mixed = extended and not all(piece[1] for piece in listed)
        joined[name + b"*" if extended else name] = (
            # Pieces without an asterisk need percent signs once they are joined with others.
            Anything("RFC 2231 section 4.1: plain and encoded pieces") if mixed else Text((whole,))
        )
    decoded = {
        name.removesuffix(b"*"): _decoded(value) if name.endswith(b"*") else value
        for name, value in joined.items()
    }
    return one_of(tuple(Pairs(each, optional or {}) for each in (written, joined, decoded)))


def _decoded(expected: Expected) -> Expected:
    """Return a value without charset and percent signs (RFC 2231 section 4), recoded or not."""
    if not isinstance(expected, Text) or (written := expected.options[0]) is None:
        return expected
    charset, _, rest = written.partition(b"'")
    octets = unquote_to_bytes(rest.partition(b"'")[2])
    try:
        return Text((octets, octets.decode(charset.decode("ascii")).encode()))
    except (LookupError, UnicodeError):
        return Text((octets,))


def _value(name: bytes, value: bytes) -> Expected:
    if not value.isascii():
        return Anything("section 7.4.2: headers have 7 bits")
    # A charset is named without regard to case (RFC 2046 section 4.1.2).
    return Text((value,), folded=name == b"CHARSET")
