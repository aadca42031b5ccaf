"""Values by name: what a case was given and what it kept.

A `Bound` has two faces: the octets it means, and how a client writes it on the wire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.message.expected import Expected
from conformance.syntax.values import Value

_ASTRING = re.compile(rb"[!#$&'+,\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+")
_LIST_MAILBOX = re.compile(rb"[!#$%&'*+,\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+")


@dataclass(frozen=True, slots=True)
class Bound:
    """A value: its `octets`, and its `spelling` as a client sends it."""

    octets: bytes
    spelling: bytes
    value: Value | None = None
    """What a server line kept, if it was a list."""
    expected: Expected | None = None
    """What the suite computes: the values that are right in this place."""

    @property
    def bare(self) -> bool:
        """Whether it is written without quotes: an atom, a number or NIL."""
        return not self.spelling.startswith(b'"')


def astring(octets: bytes) -> Bound:
    """Bind octets written as an `astring` (RFC 3501 section 9): bare if they can be."""
    return Bound(octets, octets if _ASTRING.fullmatch(octets) else quoted(octets))


def list_mailbox(octets: bytes) -> Bound:
    """Bind a LIST pattern written as a `list-mailbox`: bare if it can be."""
    return Bound(octets, octets if _LIST_MAILBOX.fullmatch(octets) else quoted(octets))


def nstring(octets: bytes | None) -> Bound:
    """Bind an `nstring`: None is NIL."""
    return Bound(b"NIL", b"NIL") if octets is None else Bound(octets, quoted(octets))


def computed(expected: Expected) -> Bound:
    """Bind what a server has to say; a client can not send it."""
    return Bound(b"", b"", expected=expected)


def verbatim(octets: bytes) -> Bound:
    """Bind octets that are written as they are."""
    return Bound(octets, octets)


def quoted(octets: bytes) -> bytes:
    """Write octets as a quoted string."""
    return b'"' + re.sub(rb'(["\\])', rb"\\\1", octets) + b'"'
