"""BODY and BODYSTRUCTURE of a message (RFC 3501 section 7.4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from conformance.message.envelope import envelope
from conformance.message.expected import (
    NIL,
    Anything,
    Expected,
    Listed,
    Number,
    OneOf,
    Text,
    one_of,
)
from conformance.message.fields import (
    expected_parameters,
    read_disposition,
    read_languages,
)
from conformance.message.header import line_counts
from conformance.message.lexical import Malformed
from conformance.message.parts import Part

NamedItems: TypeAlias = "list[tuple[str, Expected]]"

_UNSURE = Anything("MIME leaves several ways to read this part, or none")
_DEFAULT_CHARSET: dict[bytes, Expected] = {b"CHARSET": Text((b"us-ascii",), folded=True)}


def structure(part: Part, *, extension: bool) -> Expected:
    """Compute the body structure of a message or part; `extension`: that of BODYSTRUCTURE."""
    if not part.sure:
        return _UNSURE
    if part.is_multipart:
        items: NamedItems = [
            (f"part {number}", structure(child, extension=extension))
            for number, child in enumerate(part.children, 1)
        ]
        items.append(("subtype", Text((part.media.subtype,), folded=True)))
        tail: NamedItems = [("parameters", expected_parameters(part.media.parameters))]
    else:
        items = _single(part, extension=extension)
        tail = [("MD5", _texts(part, b"CONTENT-MD5"))]
    if not extension:
        return Listed(tuple(items))
    tail += [
        ("disposition", _disposition(part)),
        ("language", _languages(part)),
        ("location", _texts(part, b"CONTENT-LOCATION")),
    ]
    # Extension data can be returned, in their order; a server may stop anywhere.
    return Listed((*items, *tail), least=len(items))


def _single(part: Part, *, extension: bool) -> NamedItems:
    media = part.media
    # The charset of text is US-ASCII where none is given (RFC 2046 section 4.1.2, for plain;
    # other subtypes follow it): "defaulting various fields" may spell that out.
    default = {} if media.parameter(b"CHARSET") or media.type != b"TEXT" else _DEFAULT_CHARSET
    items: NamedItems = [
        ("type", Text((media.type,), folded=True)),
        ("subtype", Text((media.subtype,), folded=True)),
        ("parameters", expected_parameters(media.parameters, default)),
        ("id", _texts(part, b"CONTENT-ID")),
        ("description", _texts(part, b"CONTENT-DESCRIPTION")),
        ("encoding", Text((part.encoding,), folded=True)),
        ("octets", Number(tuple(len(text) for text in part.texts))),
    ]
    if part.message is not None:
        items.append(("envelope", envelope(part.message.header)))
        items.append(("body", structure(part.message, extension=extension)))
    if part.message is not None or media.type == b"TEXT":
        items.append(("lines", Number(tuple(n for text in part.texts for n in line_counts(text)))))
    return items


def _texts(part: Part, name: bytes) -> Expected:
    """Return a field as a string, NIL if absent; with and without comments, if it has any."""
    fields = part.header.all(name)
    if not fields:
        return NIL
    if len(fields) > 1 or not fields[0].seven_bit:
        return Anything("a field that stands twice, or has 8 bits")
    texts = fields[0].texts
    if not texts[0]:
        return Text((None, b""))
    if name != b"CONTENT-DESCRIPTION" and b"(" in texts[0]:
        return Anything(
            "RFC 2045 section 3: comments are allowed, and whether they stay is not said"
        )
    return Text(texts)


def _once(read: Callable[[bytes], Expected], part: Part, name: bytes) -> Expected:
    fields = part.header.all(name)
    if not fields:
        return NIL
    try:
        return one_of(read(field.body) for field in fields)
    except Malformed as malformed:
        return Anything(f"{name.decode()} is malformed: {malformed}")


def _disposition(part: Part) -> Expected:
    def read(body: bytes) -> Expected:
        kind, parameters = read_disposition(body)
        pairs = expected_parameters(parameters)
        return Listed((("type", Text((kind,), folded=True)), ("parameters", pairs)))

    return _once(read, part, b"CONTENT-DISPOSITION")


def _languages(part: Part) -> Expected:
    def read(body: bytes) -> Expected:
        languages = [Text((language,), folded=True) for language in read_languages(body)]
        listed = Listed(tuple(("", language) for language in languages))
        # One language is a string, or a list of one.
        return OneOf((languages[0], listed)) if len(languages) == 1 else listed

    return _once(read, part, b"CONTENT-LANGUAGE")
