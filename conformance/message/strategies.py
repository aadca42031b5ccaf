"""Strategies for whole messages (RFC 5322 and MIME), names and flags: what fuzzing draws from.

A message is generated as a small tree and written to octets, so that it shrinks to a simple one:
`Subject: a` and nothing else. What is generated is valid by the RFCs, and where they leave a server
a choice, `expected` and its neighbours in this package allow each.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.message.generated_bodies import Body, bodies, described, parameters
from conformance.message.generated_headers import headers
from conformance.message.generated_names import flags, keywords, mailbox_names
from conformance.message.generated_words import characters

__all__ = ["flags", "keywords", "mailbox_names", "messages"]

_SIZE = 4096
"""Octets of a message at most, and of a large one."""
_LARGE_SIZE = 65536
_PARTS = 6
_CHILDREN = 3
_SUBTYPES = (b"mixed", b"alternative", b"MIXED", b"related", b"digest", b"x-a")
_BOUNDARY = string.ascii_letters + "'()+_,-./:=? "  # RFC 2046 section 5.1.1, without digits


@dataclass(frozen=True, slots=True)
class _Multipart:
    """A multipart to be written; `stem` begins its boundary, `closing` ends its last line."""

    subtype: bytes
    parameters: bytes
    stem: bytes
    preamble: bytes
    children: tuple[_Entity, ...]
    closing: bytes


@dataclass(frozen=True, slots=True)
class _Entity:
    """A message or part to be written: fields of its own, and a body that brings others.

    `bare`: a message whose body is no composite is all header, without even a blank line.
    """

    fields: tuple[bytes, ...]
    body: Body | _Multipart | _Entity
    bare: bool = False


_Tree: TypeAlias = SearchStrategy[_Entity]


@st.composite
def messages(draw: DrawFn, *, large: bool = False) -> bytes:
    """Draw a message as octets, lines ending in CRLF.

    It has 4 kB at most; with `large` 64 kB, and lines of up to 900 octets.
    """
    most = _LARGE_SIZE if large else _SIZE
    written = _trees(large=large).map(_written)
    return draw(written.filter(lambda octets: len(octets) <= most))


@cache
def _trees(*, large: bool) -> _Tree:
    return _messages(
        st.recursive(
            st.builds(_Entity, described(), bodies(large=large)),
            lambda inner: _multiparts(inner) | _forwarded(inner),
            max_leaves=_PARTS,
        )
    )


def _messages(parts: _Tree) -> _Tree:
    """Make messages of parts: the fields of both in one header, in front of the part's body."""
    return st.builds(
        lambda fields, part, bare: _Entity((*fields, *part.fields), part.body, bare),
        headers(),
        parts,
        st.sampled_from((False, False, False, False, True)),
    )


def _forwarded(parts: _Tree) -> _Tree:
    return st.builds(_Entity, described(), _messages(parts))


def _multiparts(parts: _Tree) -> _Tree:
    around = st.sampled_from((b"", b"a", b"a\r\nb", b"\r\n"))
    body = st.builds(
        _Multipart,
        st.sampled_from(_SUBTYPES),
        parameters(),
        characters(_BOUNDARY, 60).filter(lambda stem: not stem.startswith(b" ")),
        around.map(lambda text: text + b"\r\n" if text else b""),
        st.lists(parts, min_size=1, max_size=_CHILDREN).map(tuple),
        st.sampled_from((b"", b"\r\n", b"\r\nepilogue", b"\r\nepilogue\r\n", b" \r\n")),
    )
    return st.builds(_Entity, described(), body)


# --------------------------------------------------------------------------------- writing


def _written(message: _Entity) -> bytes:
    return _whole(message, count(1))


def _whole(message: _Entity, numbers: count[int]) -> bytes:
    """Write a message: MIME-Version has to be there where MIME is (RFC 2045 section 4)."""
    mime, octets = _inside(message.body, numbers)
    described_by_mime = mime or any(f.upper().startswith(b"CONTENT-") for f in message.fields)
    version = (b"MIME-Version: 1.0\r\n",) if described_by_mime else ()
    header = b"".join((*message.fields, *version, *mime))
    return header if message.bare and isinstance(message.body, Body) else header + b"\r\n" + octets


def _inside(
    body: Body | _Multipart | _Entity, numbers: count[int]
) -> tuple[tuple[bytes, ...], bytes]:
    """Return the MIME fields of a body and its octets."""
    if isinstance(body, Body):
        return body.fields, body.octets
    if isinstance(body, _Entity):
        octets = _whole(body, numbers)
        return _composite(b"message/rfc822", octets), octets
    # The number keeps boundaries apart, and the dot none the beginning of another.
    boundary = b"%s%d." % (body.stem, next(numbers))
    line = b"--" + boundary
    inner = [_part(child, body.subtype == b"digest", numbers) for child in body.children]
    octets = body.preamble + b"".join(line + b"\r\n" + part + b"\r\n" for part in inner)
    octets += line + b"--" + body.closing
    kind = b'multipart/%s; boundary="%s"%s' % (body.subtype, boundary, body.parameters)
    return _composite(kind, octets), octets


def _part(part: _Entity, in_digest: bool, numbers: count[int]) -> bytes:
    mime, octets = _inside(part.body, numbers)
    if in_digest and not mime:
        mime = (b"Content-Type: text/plain\r\n",)  # or it would be a message (section 5.1.5)
    return b"".join((*part.fields, *mime)) + b"\r\n" + octets


def _composite(kind: bytes, octets: bytes) -> tuple[bytes, ...]:
    """Return the fields of a composite, which is as wide as what is in it (RFC 2045 6.4)."""
    eight = () if octets.isascii() else (b"Content-Transfer-Encoding: 8bit\r\n",)
    return (b"Content-Type: " + kind + b"\r\n", *eight)
