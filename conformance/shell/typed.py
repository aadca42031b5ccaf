r"""What a person types, made a command: its tag, the values of its placeholders, its literals.

The notation is that of `C:` lines in case files (cases/README.md); beside it `\xNN` and `\r\n` are
escapes, and a tag may be left out. Nothing is sent here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.casefile.bindings import Bound
from conformance.casefile.placeholders import Placeholder, TextPiece, split
from conformance.syntax.meanings import load_meanings
from conformance.wire.framing import Frame, Framer

MORE = "... "
"""Prompt for a line that the line before asks for."""

MOST_LINES = 10_000
"""Lines that one command may have."""

_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})")
_TAG = re.compile(r"[A-Za-z]{1,3}[0-9]+")
_KINDS = ("value", "wait", "count", "own-count")

BoundValues = Callable[[str], Bound]
More = Callable[[str], str | None]


class TypedError(ValueError):
    """What was typed can not become a command; one line for people."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of a command: as a case file writes it, and as it goes over the wire.

    `literal` says that it is a `C|` line. `octets` end in CRLF.
    """

    text: str
    octets: bytes
    literal: bool = False


@dataclass(slots=True)
class Typed:
    """A command, ready to be sent chunk by chunk: before each but the first, the server is asked.

    `frame` is the whole of it, for the grammar.
    """

    frame: Frame
    chunks: list[list[TypedLine]] = field(default_factory=list)


def has_tag(text: str) -> bool:
    """Whether a line that was typed begins with a tag, as far as one can tell."""
    words = [*text.split(" ", 2), "", ""]
    commands = load_meanings().of_kind("command")
    if words[0].upper() in commands:
        return False
    return words[1].upper() in commands or _TAG.fullmatch(words[0]) is not None


def read_command(text: str, values: BoundValues, more: More) -> Typed:
    r"""Read a command that begins with `text`; `more` is asked for further lines.

    `values` gives what stands in braces; it raises KeyError for names that it does not know.

    Raises:
        TypedError: a line is missing, or there is more than one command.
    """
    framer = Framer("client")
    chunks: list[list[TypedLine]] = [[]]
    waiting = text.split("\\r\\n")
    for _ in range(MOST_LINES):
        if not waiting:
            added = more(MORE)
            if added is None:
                raise TypedError("the command is not complete: it ends in a literal")
            waiting = added.split("\\r\\n")
        for line in _lines(waiting.pop(0), values, more):
            chunks[-1].append(line)
            framer.feed(line.octets)
            frame = framer.next_frame()
            if isinstance(frame, Frame):
                if waiting:
                    raise TypedError("one command at a time: its end is followed by something")
                return Typed(frame, chunks)
            if framer.awaits_prompt:
                chunks.append([])
    raise TypedError(f"a command has {MOST_LINES} lines at most")


def read_line(text: str, values: BoundValues) -> TypedLine:
    """Read a line that goes on with AUTHENTICATE or IDLE: no tag, no literals."""
    page, pieces = read_page(text, values)
    return TypedLine(page, _octets(pieces, values, b"") + b"\r\n")


def _lines(text: str, values: BoundValues, more: More) -> list[TypedLine]:
    """Return a line and, where it ends in `{#}`, those of its literal."""
    page, pieces = read_page(text, values)
    own = [
        piece for piece in pieces if isinstance(piece, Placeholder) and piece.kind == "own-count"
    ]
    if not own:
        return [TypedLine(page, _octets(pieces, values, b"") + b"\r\n")]
    if len(own) > 1 or pieces[-1] is not own[0]:
        raise TypedError("{#} stands at the end of the line")
    literal: list[TypedLine] = []
    while (typed := more(MORE)) != ".":
        if typed is None or len(literal) >= MOST_LINES:
            raise TypedError("a literal after {#} ends with a line that is a single dot")
        inside, held = read_page(typed, values)
        literal.append(TypedLine(inside, _octets(held, values, b"") + b"\r\n", literal=True))
    size = sum(len(line.octets) for line in literal)
    count = b"{%d%s}" % (size, b"+" if own[0].plus else b"")
    head = TypedLine(page, _octets(pieces, values, count) + b"\r\n")
    return [head, *literal, *_lines(more(MORE) or "", values, more)]


def read_page(text: str, values: BoundValues) -> tuple[str, list[TextPiece]]:
    """Return a line as a case file writes it, with its pieces; braces of nothing known are plain.

    A name in braces that is known and can not be had raises what `values` raises.
    """
    page = _ESCAPE.sub(r"{0x\1}", text)
    try:
        pieces = split(page)
    except ValueError:
        return plain(text), [text.encode("utf-8", "surrogateescape")]
    for piece in pieces:
        if isinstance(piece, Placeholder) and (
            piece.kind not in _KINDS or not _is_known(piece, values)
        ):
            return plain(text), [text.encode("utf-8", "surrogateescape")]
    return page, pieces


def _is_known(placeholder: Placeholder, values: BoundValues) -> bool:
    if placeholder.kind in ("value", "wait"):
        try:
            values(placeholder.name)
        except KeyError:
            return False
    return True


def plain(text: str) -> str:
    """Write text so that a case file takes it as it stands."""
    return text.replace("{", "{{")


def _octets(pieces: list[TextPiece], values: BoundValues, own: bytes) -> bytes:
    written = b""
    for piece in pieces:
        if isinstance(piece, bytes):
            written += piece
        elif piece.kind == "own-count":
            written += own
        elif piece.kind == "count":
            written += b"{" + piece.text.encode("ascii") + b"}"
        elif piece.kind == "wait":
            size = len(values(piece.name).octets)
            written += b"{%d%s}" % (size, b"+" if piece.plus else b"")
        else:
            written += values(piece.name).spelling
    return written
