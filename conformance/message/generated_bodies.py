"""Strategies for the bodies that are no composites, and for the MIME fields of a part.

How parts become multiparts and messages is in `strategies`. A `Body` comes with the fields that say
how to read it, so that the two always fit.
"""

from __future__ import annotations

import base64
import quopri
import string
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.message.generated_headers import field, message_ids
from conformance.message.generated_words import (
    CHARSETS,
    LETTERS,
    characters,
    comments,
    quoted,
    tokens,
    unstructured,
)

_LINES = (b"", b".", b"..", b"-- ", b"--", b"From a", b">From a", b"* OK", b")", b"{3}", b"a\tb")
"""What could be taken for something else: by SMTP, mbox, multiparts, or a reader of responses."""

_TEXT_TYPES = (b"text/plain", b"TEXT/PLAIN", b"text/html", b"text/x-a.b+c")
_OTHER_TYPES = (b"application/octet-stream", b"image/png", b"audio/x-a", b"message/x-a")
_LANGUAGES = (b"en", b"en, de", b"de-CH", b"en-GB, fr ,de")
_LOCATIONS = (b"http://a.example/b?c=d", b"a.png")
_MD5 = base64.b64encode(bytes(16))
_LONGEST_LINE = 900  # octets; RFC 5322 section 2.1.1 allows 998
_MANY_LINES = 400


class Body(NamedTuple):
    """The octets of a body, and the MIME fields that go with them."""

    octets: bytes
    fields: tuple[bytes, ...] = ()


@st.composite
def bodies(draw: DrawFn, *, large: bool) -> Body:
    """Draw the body of a part; one without MIME fields first, which is plain ASCII text."""
    # `one_of` would take each way to write letters for as likely as all of plain text.
    return draw(draw(st.sampled_from(_kinds(large=large))))


@cache
def _kinds(*, large: bool) -> tuple[SearchStrategy[Body], ...]:
    plain = _texts(large=large).map(Body)
    return (plain, _declared(large=large), _lettered(), _lettered(), _opaque())


@cache
def parameters(most: int = 3) -> SearchStrategy[bytes]:
    """Draw parameters, each with its semicolon, no attribute twice (RFC 2045 section 5.1)."""
    front = st.sampled_from((b"; ", b";", b";\r\n ", b" ;\r\n\t"))
    attribute = characters("abxyz-", 6).map(lambda name: b"x" + name)
    one = st.tuples(front, attribute, tokens() | quoted())
    several = st.lists(one, max_size=most, unique_by=lambda generated: generated[1])
    plain = several.map(lambda found: b"".join(f + name + b"=" + v for f, name, v in found))
    return plain | st.sampled_from(_EXTENDED)


_EXTENDED = (
    b"; name*=utf-8''%C3%A9",
    b'; name*0="a b"; name*1=c',
    b"; name*0*=utf-8'en'%C3%A9; name*1*=a%20b",
)
"""Values with a charset, values in pieces (RFC 2231)."""


@cache
def content_type(kind: bytes, extra: bytes = b"") -> SearchStrategy[bytes]:
    """Draw a Content-Type of a kind (type and subtype), with `extra` parameters among others."""
    comment = st.one_of(st.just(b""), st.just(b""), comments().map(lambda said: b" " + said))
    body = st.builds(
        lambda behind, some, end: kind + behind + extra + some + end, comment, parameters(), comment
    )
    return field(b"Content-Type", body)


@st.composite
def described(draw: DrawFn) -> tuple[bytes, ...]:
    """Draw the fields of a part that do not say how to read it, each once at most."""
    fields = _describing()
    numbers = draw(st.lists(st.sampled_from(range(len(fields))), max_size=3, unique=True))
    return tuple(draw(fields[number]) for number in numbers)


@cache
def _describing() -> tuple[SearchStrategy[bytes], ...]:
    disposition = st.builds(
        lambda kind, rest: kind + rest,
        st.sampled_from((b"inline", b"attachment", b"ATTACHMENT")),
        parameters(2),
    )
    return (
        field(b"Content-Disposition", disposition),
        field(b"Content-ID", message_ids()),
        field(b"Content-Description", unstructured()),
        field(b"Content-Language", st.sampled_from(_LANGUAGES)),
        field(b"Content-Location", st.sampled_from(_LOCATIONS)),
        field(b"Content-MD5", st.just(_MD5)),
    )


# ---------------------------------------------------------------------------------- bodies


@cache
def _texts(*, large: bool) -> SearchStrategy[bytes]:
    """Draw lines of ASCII, with or without the last line end; no text at all first."""
    line = st.one_of(
        characters(string.ascii_lowercase + " ", 12, least=0),
        st.sampled_from(_LINES),
        characters(string.printable[:94] + "  ", 40),
    )
    long = st.integers(1, _LONGEST_LINE).map(lambda size: b"x" * size)
    lines = st.lists(line | long if large else line, max_size=6)
    final = st.sampled_from((b"\r\n", b""))
    short = st.builds(
        lambda found, end: b"\r\n".join(found) + (end if found else b""), lines, final
    )
    if not large:
        return short
    times = st.integers(1, _MANY_LINES)
    return st.builds(lambda text, end, n: (text + b"\r\n") * n + end, short, short, times)


@cache
def _declared(*, large: bool) -> SearchStrategy[Body]:
    charset = st.sampled_from((b"", b"; charset=us-ascii", b'; charset="US-ASCII"'))
    kinds = st.tuples(st.sampled_from(_TEXT_TYPES), charset)
    types = kinds.flatmap(lambda found: content_type(*found))
    encoding = st.just(()) | field(b"Content-Transfer-Encoding", st.just(b"7bit")).map(_alone)
    return st.builds(
        lambda text, kind, fields: Body(text, (kind, *fields)), _texts(large=large), types, encoding
    )


@cache
def _lettered() -> SearchStrategy[Body]:
    """Draw text in letters beyond ASCII, as it is or encoded for transfer."""
    line = st.lists(st.sampled_from(LETTERS + "."), max_size=30).map("".join)
    text = st.lists(line, max_size=4).map("\r\n".join)
    return st.one_of(
        [
            st.builds(
                _body, text.map(_in(charset)), _fields(kind, charset, coding), st.just(coding)
            )
            for charset in CHARSETS
            for coding in (b"8bit", b"quoted-printable", b"base64", b"BASE64")
            for kind in _TEXT_TYPES
        ]
    )


@cache
def _opaque() -> SearchStrategy[Body]:
    octets = st.binary(max_size=100)
    return st.one_of(
        [
            st.builds(_body, octets, _fields(kind, "", b"base64"), st.just(b"base64"))
            for kind in _OTHER_TYPES
        ]
    )


def _fields(kind: bytes, charset: str, coding: bytes) -> SearchStrategy[tuple[bytes, ...]]:
    extra = b"; charset=" + charset.encode() if charset else b""
    return st.tuples(
        content_type(kind, extra), field(b"Content-Transfer-Encoding", st.just(coding))
    )


def _in(charset: str) -> Callable[[str], bytes]:
    return lambda text: text.encode(charset)


def _body(octets: bytes, fields: tuple[bytes, ...], coding: bytes) -> Body:
    return Body(_wrapped(octets, coding), fields)


def _wrapped(octets: bytes, encoding: bytes) -> bytes:
    """Encode for transfer, in lines of 76 octets at most that end in CRLF."""
    if encoding == b"8bit":
        return octets
    if encoding == b"quoted-printable":
        lines = quopri.encodestring(octets.replace(b"\r\n", b"\n"))
    else:
        lines = base64.encodebytes(octets)
    return lines.replace(b"\n", b"\r\n")


def _alone(octets: bytes) -> tuple[bytes, ...]:
    return (octets,)
