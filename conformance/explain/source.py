r"""What is to be explained, as it was typed, piped or copied from a report: cut into lines.

Input comes as octets of one side, or as a session in any format that `transcripts` reads. Line ends
become CRLF. Which side speaks and which start symbol of the grammar a line has is decided here;
whether it conforms is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.transcripts import table
from conformance.transcripts.assemble import Piece, assemble
from conformance.transcripts.left_out import is_ellipsis
from conformance.transcripts.said import Utterance
from conformance.wire.commands import begin, continues
from conformance.wire.framing import Frame, Framer

Side: TypeAlias = Literal["client", "server"]

_CRLF = b"\r\n"

MOST = 8 << 20
"""Octets of input that are read; a transcript for people is shorter by far."""

_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})|\\r\\n")
# An excerpt may begin with the OK that carries UIDVALIDITY, which is no greeting.
_GREETING = re.compile(rb"\* OK (?!\[(?!CAPABILITY ))", re.IGNORECASE)
_PREAUTH = re.compile(rb"\* PREAUTH[ \r]", re.IGNORECASE)
_TAGGED = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+ (?:OK|NO|BAD)(?:[ \r\n]|\Z)', re.IGNORECASE)

# What somebody may have meant for a command, so that it is to be explained.
_TRIED = re.compile(rb"[A-Za-z]{0,8}\d+ +[A-Za-z]")
_ANSWER = re.compile(rb"[*+]|[^ ]+ (?:OK|NO|BAD)[ \r]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One response or command, ready for the grammar.

    `start` is the start symbol; `who` names the connection of a transcript, empty for the first.
    `cut` says that a report has shortened it: nobody can tell whether it conforms. `number` is that
    of the line of the page, or of the packet, that it begins in; 0 where there is none.
    """

    side: Side
    start: str
    frame: Frame
    who: str = ""
    cut: bool = False
    number: int = 0


def unescape(octets: bytes) -> bytes:
    r"""Undo `\xNN` and `\r\n` as people write them; any other backslash stays one."""
    return _ESCAPE.sub(
        lambda found: bytes.fromhex(found[1].decode("ascii")) if found[1] else _CRLF, octets
    )


def read(
    octets: bytes, *, side: Side | None = None, escaped: bool = False, form: str = ""
) -> list[SourceLine]:
    r"""Cut input into responses and commands.

    `side` says who speaks where no mark does; None: it is guessed line by line. `escaped` undoes
    `\xNN` and `\r\n` in lines without marks too; lines with marks come from reports, which write
    so. `form` names the format of a session. Where people write marks, lines without one are prose
    and end an excerpt.

    Raises:
        UnreadableError: it has not the format that is named.
    """
    if form or side is None:
        reading = _reading(octets, form, typed=escaped)
        if reading is not None:
            return list(_transcript(reading))
    speaker = _SourceConnection("", greets=False)
    found: list[SourceLine] = []
    for line in _lines(unescape(octets) if escaped else octets):
        found += speaker.hear(side or speaker.side_of(line + _CRLF), line + _CRLF)
    return found + speaker.end()


def _reading(octets: bytes, form: str, *, typed: bool) -> table.Reading | None:
    """Return the session that the input is; None where it is rather lines of one side."""
    try:
        reading = table.read(octets, form)
    except table.UnreadableError:
        if form:
            raise
        return None
    if form or reading.format.marks:
        return reading
    ways = {line.way for line in reading.said}
    plain = reading.format.name == "unmarked"
    noise = [line.text for line in reading.said if not line.way and line.text.strip()]
    if typed or not ways >= {"C", "S"} or (plain and (not noise or any(map(_TRIED.match, noise)))):
        return None
    return reading


def _lines(octets: bytes) -> list[bytes]:
    """Split at LF or CRLF; a line end at the very end ends no further line."""
    lines = octets.split(b"\n")
    return [line.removesuffix(b"\r") for line in (lines if lines[-1] else lines[:-1])]


def _transcript(reading: table.Reading) -> Iterator[SourceLine]:
    said = _excerpts(reading.said) if reading.format.prose else reading.said
    return spoken_in(assemble(list(said), trimmed=reading.fenced, singly=True).pieces)


def spoken_in(pieces: Iterable[Piece]) -> Iterator[SourceLine]:
    """Cut the octets of sessions into responses and commands; each block is one by itself."""
    connections: dict[tuple[int, str], _SourceConnection] = {}
    block = 0
    for piece in pieces:
        if piece.block != block:
            yield from _ended(connections.values())
            connections, block = {}, piece.block
        key = piece.block, piece.session
        who = "" if piece.session == "main" else piece.session
        connection = connections.setdefault(key, _SourceConnection(who, greets=True))
        yield from _spoken(connection, piece)
    yield from _ended(connections.values())


def _excerpts(said: Iterable[Utterance]) -> Iterator[Utterance]:
    """Give what stands below a line of prose a block of its own."""
    block = 0
    for line in said:
        block += not line.way and bool(line.text.strip()) and not is_ellipsis(line.text)
        yield line._replace(block=block)


def _spoken(connection: _SourceConnection, piece: Piece) -> Iterator[SourceLine]:
    side: Side = "client" if piece.way == "C" else "server"
    if not piece.octets:
        return
    if not connection.is_within(side):
        if piece.doubtful and piece.octets.count(_CRLF) == 1:
            yield connection.shortened(side, piece.octets, piece.number)
            return
        if side == "server" and connection.lost and not _ANSWER.match(piece.octets):
            return  # within a literal whose beginning is not here
    yield from connection.hear(side, piece.octets, piece.number)


def _ended(connections: Iterable[_SourceConnection]) -> Iterator[SourceLine]:
    for connection in connections:
        yield from connection.end()


@dataclass(slots=True)
class _SourceConnection:
    """What has been said on one connection, as far as it decides what a line is."""

    who: str
    greets: bool
    """Whether the server's first line may be its greeting."""
    framers: dict[Side, Framer] = field(
        default_factory=lambda: {"client": Framer("client"), "server": Framer("server")}
    )
    lost: bool = True
    """What the server says next may be the rest of something that is not here."""
    prompted: bytes = b""
    """Skeleton of the AUTHENTICATE or IDLE that is in flight."""
    numbers: dict[Side, int] = field(default_factory=lambda: {"client": 0, "server": 0})
    """Where what each side says at present has begun."""

    def side_of(self, line: bytes) -> Side:
        """Guess who says a line; one that goes on belongs to whom it goes on for."""
        for side, framer in self.framers.items():
            if framer.goes_on:
                return side
        if line == b"*\r\n" and self.prompted:
            return "client"
        if line.startswith((b"*", b"+")) or _TAGGED.match(line):
            return "server"
        return "client"

    def is_within(self, side: Side) -> bool:
        """Whether this side is in the middle of a response or command."""
        return self.framers[side].goes_on

    def shortened(self, side: Side, line: bytes, number: int) -> SourceLine:
        """Return a line that is not as it was, without drawing consequences from it."""
        self.lost = True
        frame = Frame(line, (), (), len(line), complete=False)
        name = "command" if side == "client" else self._server(line)
        return SourceLine(side, name, frame, self.who, cut=True, number=number)

    def hear(self, side: Side, line: bytes, number: int = 0) -> list[SourceLine]:
        """Take one line, or a packet; return what it completes."""
        if not self.framers[side].goes_on:
            self.numbers[side] = number
        self.framers[side].feed(line)
        return self._frames(side)

    def end(self) -> list[SourceLine]:
        """Return what was begun and is not complete."""
        left: list[SourceLine] = []
        for side, framer in self.framers.items():
            framer.feed(b"")
            left += self._frames(side)
        return left

    def _frames(self, side: Side) -> list[SourceLine]:
        found: list[SourceLine] = []
        while isinstance(frame := self.framers[side].next_frame(), Frame):
            name = self._client(frame.text) if side == "client" else self._server(frame.text)
            found.append(SourceLine(side, name, frame, self.who, number=self.numbers[side]))
            self.greets = False
            self.lost = self.lost and side == "client"
        return found

    def _client(self, text: bytes) -> str:
        command = begin(self.prompted, 0.0, 0)
        if self.prompted and continues(command, text):
            return "idle_done" if command.name == "IDLE" else "authenticate_line"
        if text.upper() == b"DONE\r\n":
            return "idle_done"
        name = begin(text, 0.0, 0).name
        if name in ("AUTHENTICATE", "IDLE"):
            self.prompted = text
        return "command"

    def _server(self, text: bytes) -> str:
        if text.startswith(b"+"):
            authenticating = begin(self.prompted, 0.0, 0).name == "AUTHENTICATE"
            return "continue_req_base64" if authenticating else "continue_req"
        if text.startswith(b"*"):
            greets = self.greets and _GREETING.match(text) is not None
            return "greeting" if greets or _PREAUTH.match(text) else "response_data"
        if text.split(b" ")[0] == self.prompted.split(b" ")[0]:
            self.prompted = b""
        return "response_tagged"
