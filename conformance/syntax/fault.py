"""What a syntax fault is, and how what stands at a place of a text is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARKER = re.compile(rb"\{[0-9]+\+?\}\r\n")
QUOTED_SO_FAR = re.compile(
    rb'"[\x01-\x09\x0b\x0c\x0e-!#-\[\]-\x7f]*(?:\\["\\][\x01-\x09\x0b\x0c\x0e-!#-\[\]-\x7f]*)*'
)
"""A quoted string as far as it is one."""
_WORD = re.compile(rb"[^\s(){}\[\]]+|.", re.S)
_MAX_FOUND = 24
_MAX_EXPECTED = 8
_TELLING = 2
_ADDRESSES = frozenset(
    f"env-{field}" for field in ("from", "sender", "reply-to", "to", "cc", "bcc")
)
"""Rules that say the same of six fields: one fault in them has one cause."""


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """One place where a response or command does not follow the grammar.

    `rule` and `inside` have the spelling of the ABNF. `offset` counts from 0 in the
    skeleton, `column` from 1 in the octets as sent, payloads of literals included.
    """

    rule: str
    rfc: str
    section: str
    offset: int
    column: int
    found: str
    expected: tuple[str, ...]
    inside: tuple[str, ...]
    kind: str
    """What `found` is, without its octets: "SP", "digits", "8-bit octet", ..."""
    offender: str
    """What `found` is, in words that are the same whatever the data: a word of the grammar itself,
    else the name of a character or kind."""

    @property
    def requirement(self) -> str:
        """The id of the rule that is broken, `3501-9-env-from`."""
        return f"{self.rfc}-{self.section}-{self.rule.lower()}"

    @property
    def message(self) -> str:
        """Say in one sentence what is wrong and where."""
        wanted = list(self.expected[:_MAX_EXPECTED])
        if len(self.expected) > _MAX_EXPECTED:
            wanted.append("...")
        return (
            f"{self.rule} does not allow {self.found} at column {self.column}: "
            f"expected {' or '.join(wanted) or 'nothing more'}"
        )

    @property
    def shape(self) -> str:
        """A key that is the same when the same fault comes again with other data."""
        return f"{self.rule}: {self.kind} for {' / '.join(self.expected)}"

    @property
    def deviation(self) -> str:
        """Say in short what deviates: the same for the same fault with other data.

        What was expected tells places of one rule apart. Where that is much it says little and
        hangs on what the server has announced.
        """
        wanted = self.expected if len(self.expected) <= _TELLING else ()
        rule = "addresses" if self.rule in _ADDRESSES else self.rule
        if not wanted or wanted == (self.rule,):
            return f"syntax {rule}: {self.offender}"
        return f"syntax {rule}: {self.offender} for {' or '.join(wanted)}"


def column_of(text: bytes, offset: int, literals: Sequence[object]) -> int:
    """Count the octet `offset` of a skeleton as it was sent, from 1, payloads included."""
    column = offset + 1
    for marker, payload in zip(_MARKER.finditer(text), literals, strict=False):
        if marker.end() > offset:
            break
        column += len(payload)  # type: ignore[arg-type]
    return column


def describe(text: bytes, offset: int) -> tuple[str, str]:
    """Say what stands at `offset`: shortly with its octets, and as a kind without them."""
    rest = text[offset:]
    if not rest:
        return "the end", "the end"
    if rest.startswith(b"\r\n"):
        return "CRLF", "CRLF"
    octet = rest[0]
    if octet == 0x20:
        return "SP", "SP"
    if octet >= 0x80 or octet < 0x20 or octet == 0x7F:
        kind = "8-bit octet" if octet >= 0x80 else "control character"
        return f"octet 0x{octet:02X}", kind
    if octet == 0x22:
        found = QUOTED_SO_FAR.match(rest)
        word = rest[: found.end() + 1 if found else 1].rstrip(b"\r\n")
        kind = "quoted string"
    else:
        found = _WORD.match(rest)
        word = found.group() if found else rest[:1]
        if word.isdigit():
            kind = "digits"
        elif word[:1].isalnum() or octet == 0x5C:
            kind = "atom"
        else:
            kind = f'"{chr(octet)}"'
    shown = word[:_MAX_FOUND].decode("ascii", "backslashreplace")
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    shown += "..." if len(word) > _MAX_FOUND else ""
    return shown if octet == 0x22 else f'"{shown}"', kind
