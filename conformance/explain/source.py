r"""What is to be explained, as it was typed, piped or copied from a report: cut into lines.

Input comes as octets of one side, or as a transcript whose lines carry the marks that reports
print (`C: `, `S: `, perhaps behind a time or the name of a connection). Line ends become CRLF.
Which side speaks and which start symbol of the grammar a line has is decided here; whether it
conforms is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.wire.commands import begin, continues
from conformance.wire.framing import Frame, Framer

Side: TypeAlias = Literal["client", "server"]

_CRLF = b"\r\n"

MOST = 8 << 20
"""Octets of input that are read; a transcript for people is shorter by far."""

# findings.md puts "!" or a blank before a line, the HTML report the seconds.
_MARKED = re.compile(
    rb"[! ]? *(?:\d+\.\d{3} )?(?:(?P<who>[a-z][a-z0-9-]*) )?(?P<side>[CS]):(?: (?P<text>.*))?",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})|\\r\\n")
# An excerpt may begin with the OK that carries UIDVALIDITY, which is no greeting.
_GREETING = re.compile(rb"\* OK (?!\[(?!CAPABILITY ))", re.IGNORECASE)
_PREAUTH = re.compile(rb"\* PREAUTH[ \r]", re.IGNORECASE)
_TAGGED = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+ (?:OK|NO|BAD)(?:[ \r\n]|\Z)', re.IGNORECASE)


# What reports put in the place of long things: the middle of a literal, the end of a line.
_LEFT_OUT = re.compile(rb"\[\.\.\. (\d{1,7}) octets \.\.\.\]")
_CUT = re.compile(rb" \[\d+ more\]\Z")
_ANSWER = re.compile(rb"[*+]|[^ ]+ (?:OK|NO|BAD)(?: |\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One response or command, ready for the grammar.

    `start` is the start symbol; `who` names the connection of a transcript, empty for the first.
    `cut` says that a report has shortened it: nobody can tell whether it conforms.
    """

    side: Side
    start: str
    frame: Frame
    who: str = ""
    cut: bool = False


def unescape(octets: bytes) -> bytes:
    r"""Undo `\xNN` and `\r\n` as people write them; any other backslash stays one."""
    return _ESCAPE.sub(
        lambda found: bytes.fromhex(found[1].decode("ascii")) if found[1] else _CRLF, octets
    )


def read(octets: bytes, *, side: Side | None = None, escaped: bool = False) -> list[Spoken]:
    r"""Cut input into responses and commands.

    `side` says who speaks where no mark does; None: it is guessed line by line. `escaped` undoes
    `\xNN` and `\r\n` in lines without marks too; lines with marks come from reports, which write
    so. In a transcript, lines without a mark are prose and end an excerpt, and a lone `+` counts
    with the blank that belongs behind it: reports and editors drop blanks at the end of a line.
    """
    marked = [_MARKED.fullmatch(line) for line in _lines(octets) if line.strip()]
    if side is None and any(marked):
        return list(_transcript(marked))
    speaker = _Connection("", greets=False)
    found: list[Spoken] = []
    for line in _lines(unescape(octets) if escaped else octets):
        found += speaker.hear(side or speaker.side_of(line + _CRLF), line + _CRLF)
    return found + speaker.end()


def _lines(octets: bytes) -> list[bytes]:
    """Split at LF or CRLF; a line end at the very end ends no further line."""
    lines = octets.split(b"\n")
    return [line.removesuffix(b"\r") for line in (lines if lines[-1] else lines[:-1])]


def _transcript(lines: Iterable[re.Match[bytes] | None]) -> Iterator[Spoken]:
    connections: dict[str, _Connection] = {}
    for line in lines:
        if line is None:  # prose: what stands below it is another excerpt
            yield from _ended(connections)
            connections = {}
            continue
        who = (line["who"] or b"").decode("ascii")
        connection = connections.setdefault(who, _Connection(who, greets=True))
        side: Side = "client" if line["side"] == b"C" else "server"
        text = line["text"] or b""
        if side == "server" and text == b"+":
            text = b"+ "
        if connection.is_within(side):
            text = _LEFT_OUT.sub(lambda found: b"?" * int(found[1]), text)
        elif _CUT.search(text):
            yield connection.shortened(side, unescape(text) + _CRLF)
            continue
        elif side == "server" and connection.lost and not _ANSWER.match(text):
            continue  # within a literal whose beginning is not here
        yield from connection.hear(side, unescape(text) + _CRLF)
    yield from _ended(connections)


def _ended(connections: Mapping[str, _Connection]) -> Iterator[Spoken]:
    for connection in connections.values():
        yield from connection.end()


@dataclass(slots=True)
class _Connection:
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

    def shortened(self, side: Side, line: bytes) -> Spoken:
        """Return a line that is not as it was, without drawing consequences from it."""
        self.lost = True
        frame = Frame(line, (), (), len(line), complete=False)
        name = "command" if side == "client" else self._server(line)
        return Spoken(side, name, frame, self.who, cut=True)

    def hear(self, side: Side, line: bytes) -> list[Spoken]:
        """Take one line; return what it completes."""
        self.framers[side].feed(line)
        return self._frames(side)

    def end(self) -> list[Spoken]:
        """Return what was begun and is not complete."""
        left: list[Spoken] = []
        for side, framer in self.framers.items():
            framer.feed(b"")
            left += self._frames(side)
        return left

    def _frames(self, side: Side) -> list[Spoken]:
        found: list[Spoken] = []
        while isinstance(frame := self.framers[side].next_frame(), Frame):
            name = self._client(frame.text) if side == "client" else self._server(frame.text)
            found.append(Spoken(side, name, frame, self.who))
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
