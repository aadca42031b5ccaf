"""Header and body of a message or part (RFC 5322 section 2, RFC 2045 section 3).

Fields keep their octets, folds and line ends included, because FETCH returns them so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(rb"([!-9;-~]+)([ \t]*):(.*?)\r\n(?![ \t])", re.DOTALL)
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_FOLD_AND_SPACE = re.compile(rb"[ \t]*\r\n[ \t]+")
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_BLANK_FOLD = re.compile(rb"\r\n[ \t]+\r\n")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its `name` in capitals, all its octets, and those behind the colon."""

    name: bytes
    octets: bytes
    body: bytes

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The field's text without folds; several where the RFCs leave a choice.

        Unfolding takes the CRLF out and leaves the white space (RFC 5322 section 2.2.3), but the
        grammar of structured fields makes any run of it one (section 3.2.2). White space at the
        ends is part of `unstructured` and of no value.
        """
        unfolded = (_FOLD.sub(b"", self.body), _FOLD_AND_SPACE.sub(b" ", self.body))
        # What is left of a fold right behind the colon may be taken for text.
        folded_at_once = self.body.lstrip(b" \t").startswith(b"\r\n")
        kept = [text if folded_at_once else text.removeprefix(b" ") for text in unfolded]
        return tuple(
            dict.fromkeys(
                [
                    *(text.strip(b" \t") for text in unfolded),
                    *(text.rstrip(b" \t") for text in kept),
                    *(text.lstrip(b" \t") for text in unfolded),
                    *kept,
                ]
            )
        )

    @property
    def seven_bit(self) -> bool:
        """Whether it holds nothing but ASCII."""
        return self.body.isascii()


@dataclass(frozen=True, slots=True)
class Header:
    """The fields in front of a body.

    `octets` include the blank line, if there is one (`ended`). `sound`: every line is a field as
    RFC 5322 section 2.2 has it, in 7 bits; of others no server is told how to read them.
    """

    octets: bytes
    fields: tuple[Field, ...]
    ended: bool
    sound: bool

    def all(self, name: bytes) -> tuple[Field, ...]:
        """Return the fields of a name (in capitals) in their order."""
        return tuple(field for field in self.fields if field.name == name)


def split(octets: bytes) -> tuple[Header, bytes]:
    """Split a message or part into its header and its body.

    Without a blank line all of it is header.
    """
    if octets.startswith(b"\r\n"):
        return Header(b"\r\n", (), ended=True, sound=True), octets[2:]
    end = octets.find(b"\r\n\r\n")
    lines = octets if end < 0 else octets[: end + 2]
    ended = end >= 0
    fields: list[Field] = []
    position = 0
    padded = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    sound = lines.isascii() and not _BARE.search(lines) and not _BLANK_FOLD.search(lines)
    while found := _FIELD.match(padded, position):
        fields.append(Field(found[1].upper(), found[0], found[3]))
        # Space before the colon is obsolete syntax (RFC 5322 section 4.5.8).
        sound = sound and not found[2]
        position = found.end()
    # A line that is no field, or a last one without its CRLF.
    sound = sound and position == len(lines)
    whole = octets[: end + 4] if ended else octets
    return Header(whole, tuple(fields), ended, sound), octets[len(whole) :]


def line_counts(text: bytes) -> tuple[int, ...]:
    """Count the lines of a text; the last one, if it has no CRLF, may count or not.

    RFC 3501 section 7.4.2 asks for the size in text lines and does not say what ends a line.
    """
    ends = text.count(b"\r\n")
    return (ends,) if not text or text.endswith(b"\r\n") else (ends + 1, ends)
