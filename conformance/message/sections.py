"""The text of a section: BODY[...] and its pieces (RFC 3501 section 6.4.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.message.expected import Anything, Expected, Text
from conformance.message.header import Header
from conformance.message.parts import Part

_SECTION = re.compile(
    rb"(?P<path>[1-9]\d*(?:\.[1-9]\d*)*)?(?(path)\.|)?"
    rb"(?:(?P<fields>HEADER\.FIELDS(?:\.NOT)?) \((?P<names>[^()]+)\)|(?P<word>HEADER|TEXT|MIME))?",
    re.IGNORECASE,
)
_NAME = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^ "]+)')

_NOT_SURE = Anything("MIME leaves several ways to read this message, or none")
_NOT_SAID = Anything("section 6.4.5 does not say what this section is")


class NoSection(Exception):
    """The message has no such section, or the words name none."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What `<origin.count>` asks for, in octets."""

    origin: int
    count: int


def section(message: Part, spec: bytes, piece: Partial | None = None) -> Expected:
    """Return the text of a section of a message, or a piece of it.

    `spec` is what stands in the brackets of BODY[...], header names as astrings.

    Raises:
        NoSection: there is no such section.
    """
    texts = _texts(message, spec)
    if texts is None:
        return _NOT_SURE
    if isinstance(texts, Anything):
        return texts
    if piece is not None:
        end = piece.origin + piece.count
        return Text(tuple(dict.fromkeys(text[piece.origin : end] for text in texts)))
    # A text without octets is the empty string, and to some servers NIL, which clients take for
    # the same; a piece behind the end is the empty string in so many words.
    empty: tuple[None, ...] = () if all(texts) else (None,)
    return Text((*texts, *empty))


def _texts(message: Part, spec: bytes) -> tuple[bytes, ...] | Anything | None:
    found = _SECTION.fullmatch(spec)
    if not found or (found["path"] and spec.endswith(b".")):
        raise NoSection("no section of RFC 3501")
    path = [int(number) for number in (found["path"] or b"").split(b".") if number]
    if not path and not spec:
        return (message.octets,)
    word = (found["word"] or found["fields"] or b"").upper()
    if not path:
        if word == b"MIME":
            raise NoSection("MIME is the header of a part")
        return (message.body,) if word == b"TEXT" else _of_message(message, word, found["names"])
    part, whole = _follow(message, path)
    if part is None:
        return None
    if not word:
        return part.texts
    if word == b"MIME":
        # The header of the message is not that of a part, and part 1 of a message that is no
        # multipart has no other.
        return _NOT_SAID if whole or part is message else _header(part)
    if part.message is None or whole:
        raise NoSection(f"{word.decode()} of a part that is no MESSAGE/RFC822")
    return _of_message(part.message, word, found["names"])


def _follow(message: Part, path: list[int]) -> tuple[Part | None, bool]:
    """Go to a part; say as well whether it is the body of a whole message.

    The part is None where the way is not sure.
    """
    at, whole = message, True
    for depth, number in enumerate(path):
        if not whole and at.message is not None:
            at, whole = at.message, True
        if not at.sure:
            return None, whole
        if at.is_multipart:
            if number > len(at.children):
                raise NoSection(f"no part {number} there")
            at, whole = at.children[number - 1], False
        elif whole and number == 1:
            if at.message is not None:
                # All of the message in it, or its first part? Servers differ, and 6.4.5 only
                # speaks of messages "with no encapsulated message".
                return None, whole
            if depth + 1 < len(path):
                raise NoSection("no parts in a part that is neither multipart nor message")
        else:
            raise NoSection(f"no part {number} there")
    return at, whole


def _of_message(
    message: Part, word: bytes, names: bytes | None
) -> tuple[bytes, ...] | Anything | None:
    if not message.header.sound:
        return None
    if word == b"TEXT":
        return message.texts
    if word == b"HEADER":
        return _header(message)
    wanted = {(quoted or bare).upper() for quoted, bare in _NAME.findall(names or b"")}
    chosen = b"".join(
        field.octets
        for field in message.header.fields
        if (field.name in wanted) != word.endswith(b".NOT")
    )
    if message.header.ended:
        return (chosen + b"\r\n",)
    # "the blank line is included in all header fetches, except in the case of a message which
    # has no body and no blank line": may be included even so.
    return (chosen, chosen + b"\r\n")


def _header(part: Part) -> tuple[bytes, ...] | None:
    header: Header = part.header
    if not header.sound:
        return None
    return (header.octets,) if header.ended else (header.octets, header.octets + b"\r\n")
