"""What to ask of a message: strategies for items of FETCH and keys of SEARCH (RFC 3501 6.4).

Questions fit the message: its parts, its header names, strings that are in it. What the right
answer is, and how a server is asked, is in `content`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal as OneOf

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.message.address import Address
from conformance.message.decoding import decoded_body, decoded_words
from conformance.message.envelope import addresses_of
from conformance.message.parts import Part, read_message
from conformance.wire.exchange import Literal, astring

_MOST_ITEMS = 8
_MOST_KEYS = 4
_LONGEST_STRING = 16  # characters of a string to search for
_ATOM = re.compile(rb"[A-Za-z0-9._+-]+")
_WHOLE = {
    b"ENVELOPE": "3501-7.4.2-envelope-order",
    b"BODYSTRUCTURE": "3501-7.4.2-body-fields",
    b"BODY": "3501-7.4.2-body-fields",
    b"RFC822.SIZE": "3501-2.3.4-size",
    b"INTERNALDATE": "3501-6.3.11-date",
    b"RFC822": "3501-6.4.5-rfc822",
    b"RFC822.HEADER": "3501-6.4.5-rfc822",
    b"RFC822.TEXT": "3501-6.4.5-rfc822",
}
_HALVES = (b"HEADER", b"TEXT")
_FIELDS = {
    b"HEADER.FIELDS": "3501-6.4.5-header-fields",
    b"HEADER.FIELDS.NOT": "3501-6.4.5-header-fields-not",
}
_ADDRESSES = (b"FROM", b"TO", b"CC", b"BCC")
_SENT = (b"SENTON", b"SENTBEFORE", b"SENTSINCE")
_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})")
_ABSENT = "qjzkqv"
"""A string that no message is likely to have; if it has, that is found as well."""


@dataclass(frozen=True, slots=True)
class ContentQuestion:
    """One item of a FETCH, or one search key, with the requirement that a wrong answer breaks.

    `parts` follow one another without anything between, as `Session.command` takes them.
    `charset` is that of the strings in a key, None for US-ASCII.
    """

    verb: OneOf["FETCH", "SEARCH"]
    parts: tuple[bytes | Literal, ...]
    requirement: str
    charset: bytes | None = None


@st.composite
def questions(draw: DrawFn, octets: bytes) -> tuple[ContentQuestion, ...]:
    """Draw what to ask of the message with these octets: at least one item, and perhaps keys."""
    message = read_message(octets)
    items = st.lists(_items(message), min_size=1, max_size=_MOST_ITEMS, unique_by=_answered_as)
    keys = st.lists(_keys(message), max_size=_MOST_KEYS)
    return (*draw(items), *draw(keys))


# ------------------------------------------------------------------------------------ FETCH


def _items(message: Part) -> SearchStrategy[ContentQuestion]:
    whole = st.sampled_from([_item(name, requirement) for name, requirement in _WHOLE.items()])
    sections = list(_sections(message))
    section = st.sampled_from([_item(b"BODY.PEEK[%s]" % s, r) for s, r in sections])
    piece = st.builds(
        lambda found, origin, size: _item(
            b"BODY.PEEK[%s]<%d.%d>" % (found[0], origin, size), "3501-6.4.5-partial"
        ),
        st.sampled_from(sections),
        st.integers(0, len(message.octets) + 1),
        st.integers(1, len(message.octets) + 1),
    )
    return st.one_of(whole, whole, section, _some_fields(message), piece)


def _item(octets: bytes, requirement: str) -> ContentQuestion:
    return ContentQuestion("FETCH", (octets,), requirement)


def _answered_as(question: ContentQuestion) -> bytes:
    """Return the item without what the answer does not repeat: two like this can not be told."""
    item = b"".join(part for part in question.parts if isinstance(part, bytes))
    return re.sub(rb"(<\d+)\.\d+>", rb"\1>", item)


def _sections(message: Part) -> Iterator[tuple[bytes, str]]:
    yield b"", "3501-6.4.5-whole"
    for half in _HALVES:
        yield half, "3501-6.4.5-halves"
    for path, part in _numbered(message, b""):
        yield path, "3501-6.4.5-parts"
        yield path + b".MIME", "3501-6.4.5-mime"
        if part.message is not None:
            for half in _HALVES:
                yield path + b"." + half, "3501-6.4.5-message-part"


def _numbered(message: Part, prefix: bytes) -> Iterator[tuple[bytes, Part]]:
    """Return the parts of a message by number, but those that section 6.4.5 has no number for."""
    if message.is_multipart:
        yield from _children(message, prefix)
    elif message.message is None and prefix:
        yield prefix + b"1", message


def _children(multipart: Part, prefix: bytes) -> Iterator[tuple[bytes, Part]]:
    for number, child in enumerate(multipart.children, 1):
        path = prefix + b"%d" % number
        yield path, child
        if child.is_multipart:
            yield from _children(child, path + b".")
        elif child.message is not None:
            yield from _numbered(child.message, path + b".")


def _some_fields(message: Part) -> SearchStrategy[ContentQuestion]:
    there = {field.name for field in message.header.fields}
    names = sorted(there | {b"SUBJECT", b"DATE", b"X-NONE"}, key=lambda name: (len(name), name))
    chosen = st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)
    return st.builds(
        lambda word, found: _item(
            b"BODY.PEEK[%s (%s)]" % (word, b" ".join(map(_name, found))), _FIELDS[word]
        ),
        st.sampled_from(list(_FIELDS)),
        chosen,
    )


def _name(name: bytes) -> bytes:
    return name if _ATOM.fullmatch(name) else b'"' + re.sub(rb'(["\\])', rb"\\\1", name) + b'"'


# ----------------------------------------------------------------------------------- SEARCH


@st.composite
def _keys(draw: DrawFn, message: Part) -> ContentQuestion:
    # `one_of` would take each header field for as likely as all sizes and dates.
    key = draw(draw(st.sampled_from(_kinds(message))))
    if not draw(st.booleans()):
        return key
    return ContentQuestion("SEARCH", (b"NOT ", *key.parts), "3501-6.4.4-not", key.charset)


def _kinds(message: Part) -> list[SearchStrategy[ContentQuestion]]:
    lines = _lines(message)
    return [
        _strings(b"SUBJECT ", _texts(message, b"SUBJECT"), "3501-6.4.4-subject"),
        st.sampled_from(_addressed(message)).flatmap(
            lambda name: _strings(
                name + b" ", _address_words(message, name), "3501-6.4.4-address-keys"
            )
        ),
        _header_keys(message),
        _strings(b"BODY ", lines, "3501-6.4.4-body"),
        _strings(b"TEXT ", [*lines, *_all_texts(message)], "3501-6.4.4-text"),
        _sizes(len(message.octets)),
        _sent(message),
    ]


def _addressed(message: Part) -> list[bytes]:
    """Return the address keys whose fields the message has, or else all."""
    return [name for name in _ADDRESSES if message.header.all(name)] or list(_ADDRESSES)


def _strings(front: bytes, texts: list[str], requirement: str) -> SearchStrategy[ContentQuestion]:
    """Draw a key with a piece of one of the texts, or with a string that is in none."""
    texts = [text for text in dict.fromkeys(texts) if text.strip()]
    piece = st.sampled_from(texts).flatmap(_piece) if texts else st.nothing()
    wanted = st.one_of(piece, piece, piece, st.just(_ABSENT))
    return wanted.map(lambda string: _string_key(front, string, requirement))


def _piece(text: str) -> SearchStrategy[str]:
    start = st.integers(0, len(text) - 1)
    size = st.integers(1, _LONGEST_STRING)
    cut = st.builds(lambda at, count: text[at : at + count].strip(), start, size)
    return cut.map(lambda piece: piece or _ABSENT)


def _string_key(front: bytes, wanted: str, requirement: str) -> ContentQuestion:
    charset = None if wanted.isascii() else b"UTF-8"
    return ContentQuestion("SEARCH", (front, astring(wanted.encode())), requirement, charset)


def _header_keys(message: Part) -> SearchStrategy[ContentQuestion]:
    names = sorted({field.name for field in message.header.fields} | {b"X-NONE"})
    kinds = [
        kind
        for name in names
        for front in [b"HEADER " + _name(name) + b" "]
        for kind in (
            _strings(front, _texts(message, name), "3501-6.4.4-header"),
            st.just(ContentQuestion("SEARCH", (front, b'""'), "3501-6.4.4-header-present")),
        )
    ]
    return st.one_of(kinds)


def _sizes(size: int) -> SearchStrategy[ContentQuestion]:
    return st.builds(
        lambda name, number: ContentQuestion(
            "SEARCH", (b"%s %d" % (name, number),), "3501-6.4.4-size"
        ),
        st.sampled_from((b"LARGER", b"SMALLER")),
        st.sampled_from((size, max(0, size - 1), size + 1)),
    )


def _sent(message: Part) -> SearchStrategy[ContentQuestion]:
    days = [date(2000, 1, 1)]
    for text in _texts(message, b"DATE"):
        if (found := _DATE.search(text)) and found[2].encode() in _MONTHS:
            month = _MONTHS.index(found[2].encode()) + 1
            days.insert(0, date(int(found[3]), month, int(found[1])))
    near = st.builds(
        lambda day, by: day + timedelta(by), st.sampled_from(days), st.sampled_from((0, 1, -1))
    )
    return st.builds(
        lambda name, day: ContentQuestion(
            "SEARCH",
            (b"%s %d-%s-%d" % (name, day.day, _MONTHS[day.month - 1], day.year),),
            "3501-6.4.4-sent-date",
        ),
        st.sampled_from(_SENT),
        near,
    )


# -------------------------------------------------------------------- what is in the message


def _texts(message: Part, name: bytes) -> list[str]:
    """Return the texts of the fields of a name, encoded-words undone."""
    first = [field.texts[0] for field in message.header.all(name)]
    return [text for text in map(decoded_words, first) if text is not None]


def _all_texts(message: Part) -> list[str]:
    names = dict.fromkeys(field.name for field in message.header.fields)
    return [text for name in names for text in _texts(message, name)]


def _address_words(message: Part, name: bytes) -> list[str]:
    addresses: tuple[Address, ...] = addresses_of(message.header, name) or ()
    words = [word for a in addresses for word in (a.names[0], a.mailboxes[0], a.host) if word]
    return [text for text in map(decoded_words, words) if text is not None]


def _lines(message: Part) -> list[str]:
    """Return the lines of the texts in a message, transfer encodings undone."""
    found: list[str] = []
    for part in message.walk():
        if part.media.type == b"TEXT":
            charset = (part.media.parameter(b"CHARSET") or b"us-ascii").decode("latin-1")
            found += (decoded_body(part.body, part.encoding, charset) or "").split("\r\n")
    return found
