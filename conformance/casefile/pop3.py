"""Lines of a connection that speaks POP3: which connections do, and what their `S` lines describe.

A connection called `pop`, or `pop-` with more behind it, speaks POP3. What the server sends is
written as RFC 1939 writes it: a status line, and the further lines of the reply on `S|` lines below
it, byte-stuffed as on the wire, down to the `.` that ends them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.casefile.placeholders import Placeholder, TextPiece, split
from conformance.casefile.script import CLOSE, ServerKind, ServerText

MORE = b"..."
"""Alone on an `S|` line: any lines; behind a space at the end of one: anything more on it."""

_KINDS: frozenset[ServerKind] = frozenset({"must", "exact", "given", "never"})
_STATUS = re.compile(rb"(?:\+OK|-ERR)(?: .*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReplyPattern:
    """What one reply has to be.

    `status` is the beginning of the status line, all of it if `whole`. `lines` are what follows
    it, without the octets of byte-stuffing and without the line that ends it; None where the page
    does not say.
    """

    status: tuple[TextPiece, ...]
    whole: bool = False
    lines: tuple[tuple[TextPiece, ...], ...] | None = None

    @property
    def positive(self) -> bool:
        """Whether it stands for `+OK`."""
        return isinstance(self.status[0], bytes) and self.status[0].startswith(b"+OK")

    def placeholders(self) -> tuple[Placeholder, ...]:
        """Return the placeholders of all lines, in order."""
        every = (self.status, *(self.lines or ()))
        return tuple(p for pieces in every for p in pieces if isinstance(p, Placeholder))


def compile_reply(server: ServerText, kind: ServerKind) -> ReplyPattern | None:
    """Compile one alternative of a server line; None: the server closes the connection.

    Raises:
        ValueError: the text describes no reply; says why.
    """
    if kind not in _KINDS:
        raise ValueError(
            "replies of POP3 come in the order of their commands: only S:, S=, S-, S/, S! and S|"
        )
    if server.text == CLOSE:
        return None
    status = tuple(split(server.text))
    if not status or not isinstance(status[0], bytes) or not _STATUS.fullmatch(status[0]):
        raise ValueError("a reply of POP3 begins with +OK or -ERR")
    lines = None if server.literal is None else tuple(_unstuffed(server.literal))
    found = ReplyPattern(status, kind == "exact", lines)
    if lines is not None and not found.positive:
        raise ValueError("a reply of several lines begins with +OK")
    for placeholder in found.placeholders():
        if placeholder.kind not in ("capture", "any", "value"):
            raise ValueError("there are no literals in POP3")
    return found


def _unstuffed(lines: Sequence[tuple[TextPiece, ...]]) -> Iterator[tuple[TextPiece, ...]]:
    """Take off what byte-stuffing has added (RFC 1939 section 3), and the line that ends it all."""
    *content, last = lines
    if last != (b".",):
        raise ValueError("the 'S|' lines of a reply end with the line '.'")
    for pieces in content:
        first = pieces[0] if pieces else b""
        if pieces == (MORE,) or not isinstance(first, bytes) or not first.startswith(b"."):
            yield pieces
        elif first.startswith(b".."):
            yield (first[1:], *pieces[1:])
        else:
            raise ValueError(
                "write a line that begins with '.' as it is sent, with one more '.' before it"
            )
