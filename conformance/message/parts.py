"""A message as the tree of its parts (RFC 2046).

What MIME leaves unclear is marked: a part that is not `sure` may be read by servers in several
ways, and so may everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from conformance.message.fields import MESSAGE, PLAIN, Media, read_media, read_word
from conformance.message.header import Header, split
from conformance.message.lexical import Malformed

_T = TypeVar("_T")
_IDENTITY = (b"7BIT", b"8BIT", b"BINARY")
_DEEPEST = 50  # parts within parts; a message that has more is not sure
_LONGEST_BOUNDARY = 70  # RFC 2046 section 5.1.1


@dataclass(frozen=True, slots=True)
class Part:
    """A message, or a part of one: header, body, and what is in the body.

    `octets` are header and body together. `children` are the parts of a multipart; `message` is
    the message in a message/rfc822. `sure`: MIME leaves one way to read it.
    """

    octets: bytes
    header: Header
    body: bytes
    media: Media
    encoding: bytes
    sure: bool
    children: tuple[Part, ...] = ()
    message: Part | None = None

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The body as it may be counted and shown.

        The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1). Where
        it is all that ends the header of a message in a part, it may be taken for the blank
        line of that message; and where it is all that ends the last boundary of a multipart in a
        part, or in a message in it, for the line end of that one.
        """
        return (self.body, self.body + b"\r\n") if self._borrows else (self.body,)

    @property
    def _borrows(self) -> bool:
        if self.message is not None:
            return not self.message.header.ended or self.message._borrows
        return self.is_multipart and self.body.endswith(b"--")

    @property
    def is_multipart(self) -> bool:
        """Whether its body is made of parts."""
        return self.media.type == b"MULTIPART"

    def walk(self) -> Iterator[Part]:
        """Return this part and all that are in it, messages in it included."""
        yield self
        for child in self.children:
            yield from child.walk()
        if self.message:
            yield from self.message.walk()


def read_message(octets: bytes, depth: int = 0) -> Part:
    """Read a message. `depth` counts the parts around it."""
    header, body = split(octets)
    versions = header.all(b"MIME-VERSION")
    described = any(field.name.startswith(b"CONTENT-") for field in header.fields)
    # Without MIME-Version nobody has to take MIME fields for such (RFC 2045 section 4).
    return _read(octets, header, body, PLAIN, depth, sure=not described or len(versions) == 1)


def _read(
    octets: bytes, header: Header, body: bytes, default: Media, depth: int, *, sure: bool
) -> Part:
    media, encoding = default, b"7BIT"
    try:
        media = _only(header, b"CONTENT-TYPE", read_media) or default
        encoding = _only(header, b"CONTENT-TRANSFER-ENCODING", read_word) or encoding
    except Malformed:
        sure = False
    sure = sure and header.sound and depth < _DEEPEST
    children: tuple[Part, ...] = ()
    message = None
    # Composites have no encoding that changes anything (RFC 2045 section 6.4).
    if media.type == b"MULTIPART" and sure:
        inside = _MultipartBody(body, media.parameter(b"BOUNDARY") or b"")
        sure = inside.sure and encoding in _IDENTITY
        inner = MESSAGE if media.subtype == b"DIGEST" else PLAIN
        children = tuple(
            _read(part, *split(part), inner, depth + 1, sure=True) for part in inside.parts
        )
    elif media.is_message and sure:
        sure = encoding in _IDENTITY
        message = read_message(body, depth + 1)
    return Part(octets, header, body, media, encoding, sure, children, message)


def _only(header: Header, name: bytes, read: Callable[[bytes], _T]) -> _T | None:
    fields = header.all(name)
    if len({field.body for field in fields}) > 1:
        raise Malformed("a field that stands twice")
    return read(fields[0].body) if fields else None


class _MultipartBody:
    """The body of a multipart, cut at its boundaries (RFC 2046 section 5.1.1)."""

    def __init__(self, body: bytes, boundary: bytes) -> None:
        self.parts: list[bytes] = []
        delimiter = re.compile(
            rb"(?:\A|\r\n)--"
            + re.escape(boundary)
            + rb"(?P<close>--)?(?P<rest>[^\r\n]*)(?:\r\n|\Z)"
        )
        # The octets behind a boundary need not be looked at to know it, so a line that only
        # begins like one is one to some and none to others.
        self.sure = bool(boundary) and len(boundary) <= _LONGEST_BOUNDARY and boundary[-1:] != b" "
        start = -1
        position = 0
        closed = False
        while self.sure and not closed and (found := delimiter.search(body, position)):
            closed = bool(found["close"])
            self.sure = not found["rest"].strip(b" \t")
            if start >= 0:
                self.parts.append(body[start : found.start()])
            start = found.end()
            # The CRLF behind a boundary may be the one that the next one begins with.
            position = found.end() - 2 if found[0].endswith(b"\r\n") else found.end()
            if body.startswith(b"--" + boundary, start):
                self.sure = False  # two boundaries share their line end
        # Where the last boundary is missing, where the last part ends is anyone's guess.
        self.sure = self.sure and closed and bool(self.parts)
