"""The lines of a case's block: marks, statements and windows.

A window is what one connection does between two looks at the page: its client lines, written at
once, and the server lines awaited after them. How lines are matched is in `match`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.casefile.placeholders import Placeholder, TextPiece, split
from conformance.wire.tls import ANY, Handshake

ClientKind: TypeAlias = Literal["line", "raw", "literal", "poll", "close", "reset", "tls", "pause"]
ServerKind: TypeAlias = Literal["must", "later", "may", "never", "exact", "given"]
REQUIRED: frozenset[ServerKind] = frozenset({"must", "later", "exact", "given"})
"""Server lines without which a window is incomplete."""

STATEMENT = re.compile(
    r"(?:(?P<who>[a-z][a-z0-9-]*) )?(?P<side>[CS])(?P<mark>[^ ]?)"
    r"(?: (?P<text>.*))?"
)
"""A line of a block: connection, side, mark, and what is sent or awaited."""

_PAUSE = re.compile(r"\{pause (\d+)ms\}")
_OFFER = re.compile(r"\{tls (.+)\}")
_CLIENT_MARKS: dict[str, ClientKind] = {":": "line", "~": "raw", "|": "literal", "*": "poll"}
_SERVER_MARKS: dict[str, ServerKind] = {
    ":": "must",
    ">": "later",
    "?": "may",
    "!": "never",
    "=": "exact",
    "-": "given",
}
_ACTIONS: dict[str, ClientKind] = {"{close}": "close", "{reset}": "reset", "{tls}": "tls"}

_OF_IMAP: frozenset[ClientKind] = frozenset({"literal", "poll", "tls"})

PROOF = "---"
"""The line between those that lead to the proof and the proof."""

CLOSE = "{close}"
"""As the text of a server line: the server closes the connection."""

POP3 = "pop"
"""The name of a connection that speaks POP3, or what it begins with: `pop-late`."""


def speaks_pop3(who: str) -> bool:
    """Whether the connection of this name speaks POP3."""
    return who.partition("-")[0] == POP3


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One thing the client does. `pieces` is what it writes, without the CRLF."""

    line: int
    kind: ClientKind
    text: str
    pieces: tuple[TextPiece, ...] = ()
    pause: float = 0.0
    """Seconds to wait, for `pause`."""
    offer: Handshake = ANY
    """What is offered, for `tls`."""


@dataclass(frozen=True, slots=True)
class ServerText:
    """One alternative of what the server may send: its text, and the lines of its literal."""

    line: int
    text: str
    literal: tuple[tuple[TextPiece, ...], ...] | None = None
    rest: str = ""
    """What stands behind the literal."""


@dataclass(slots=True)
class ServerLine:
    """What is awaited from the server: one text, or several of which one has to match."""

    line: int
    kind: ServerKind
    alternatives: list[ServerText] = field(default_factory=list)

    @property
    def required(self) -> bool:
        """Whether the window is incomplete without it."""
        return self.kind in REQUIRED

    @property
    def text(self) -> str:
        """The line as the case file has it, alternatives joined."""
        return " or ".join(alternative.text for alternative in self.alternatives)


@dataclass(slots=True)
class Window:
    """Neighbouring lines of one connection.

    `proves`: whether it stands below the `---` of its case; None where the case has none.
    """

    who: str
    sends: list[ClientLine] = field(default_factory=list)
    expects: list[ServerLine] = field(default_factory=list)
    proves: bool | None = None

    @property
    def polls(self) -> bool:
        """Whether the client repeats its command until the window is complete."""
        return any(send.kind == "poll" for send in self.sends)


class LineError(Exception):
    """A line that can not be read: its number in the file, and why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def read_script(lines: Iterable[tuple[int, str]]) -> list[Window]:
    """Read the numbered lines of a block into windows, in page order.

    Raises:
        LineError: a line that the format does not know.
    """
    return _ScriptReader().read(lines)


class _ScriptReader:
    def __init__(self) -> None:
        self._windows: list[Window] = []
        self._proof: bool | None = None
        self._parted = -1

    def read(self, lines: Iterable[tuple[int, str]]) -> list[Window]:
        for number, text in lines:
            if not text.strip() or text.startswith("#"):
                continue
            if text == PROOF:
                self._part(number)
                continue
            found = STATEMENT.fullmatch(text)
            if not found:
                raise LineError(number, f"not a line of a case: {text!r}")
            who, mark, content = found["who"] or "main", found["mark"], found["text"] or ""
            if found["side"] == "C":
                self._client(number, who, mark, content)
            else:
                self._server(number, who, mark, content)
        if not self._windows:
            raise LineError(0, "the block has no lines")
        if self._parted == len(self._windows):
            raise LineError(0, f"there is nothing below '{PROOF}'")
        return self._windows

    def _part(self, number: int) -> None:
        """Note that the proof begins here."""
        if self._proof is not None:
            raise LineError(number, f"'{PROOF}' occurs twice")
        if self._windows and not self._windows[-1].expects:
            raise LineError(number, f"'{PROOF}' has to stand before a line of the client")
        for window in self._windows:
            window.proves = False
        self._proof = True
        self._parted = len(self._windows)

    def _open(self, who: str) -> None:
        self._windows.append(Window(who, proves=self._proof))

    def _client(self, number: int, who: str, mark: str, text: str) -> None:
        if mark not in _CLIENT_MARKS:
            raise LineError(number, f"unknown mark 'C{mark}'")
        if not self._windows or self._windows[-1].who != who or self._windows[-1].expects:
            self._open(who)
        kind = _CLIENT_MARKS[mark]
        if kind == "line" and (pause := _PAUSE.fullmatch(text)):
            client = ClientLine(number, "pause", text, pause=int(pause[1]) / 1000)
        elif kind == "line" and (offer := _OFFER.fullmatch(text)):
            client = ClientLine(number, "tls", text, offer=_handshake(number, offer[1]))
        elif kind == "line" and text in _ACTIONS:
            client = ClientLine(number, _ACTIONS[text], text)
        else:
            pieces = tuple(_split(number, text))
            if any(isinstance(p, Placeholder) and p.kind in ("capture", "any") for p in pieces):
                raise LineError(number, "a client line cannot keep a value")
            client = ClientLine(number, kind, text, pieces)
        if speaks_pop3(who) and client.kind in _OF_IMAP:
            raise LineError(number, f"'C{mark} {text}' is for connections that speak IMAP")
        self._windows[-1].sends.append(client)

    def _server(self, number: int, who: str, mark: str, text: str) -> None:
        new = not self._windows or self._windows[-1].who != who
        if new or (self._proof and self._windows[-1].proves is False):
            self._open(who)
        expects = self._windows[-1].expects
        if mark == "|":
            self._literal_line(number, text)
            return
        if not speaks_pop3(who) and self._continues_literal(number, mark, text):
            return
        if mark == "/":
            if not expects or expects[-1].kind in ("never", "may"):
                raise LineError(number, "'S/' needs a line above it that has to arrive")
            expects[-1].alternatives.append(ServerText(number, text))
            return
        if mark not in _SERVER_MARKS:
            raise LineError(number, f"unknown mark 'S{mark}'")
        kind = _SERVER_MARKS[mark]
        if kind == "later" and not expects:
            raise LineError(number, "'S>' needs an 'S' line above it")
        expects.append(ServerLine(number, kind, [ServerText(number, text)]))

    def _open_literal(self, number: int) -> tuple[ServerLine, ServerText]:
        expects = self._windows[-1].expects
        pop3 = speaks_pop3(self._windows[-1].who)
        if pop3 and not expects:
            raise LineError(number, "'S|' needs a status line above it")
        if not pop3 and (not expects or not expects[-1].alternatives[-1].text.endswith("{#}")):
            raise LineError(number, "'S|' needs an 'S' line above it that ends in '{#}'")
        return expects[-1], expects[-1].alternatives[-1]

    def _literal_line(self, number: int, text: str) -> None:
        line, last = self._open_literal(number)
        literal = (*(last.literal or ()), tuple(_split(number, text)))
        line.alternatives[-1] = ServerText(last.line, last.text, literal)

    def _continues_literal(self, number: int, mark: str, text: str) -> bool:
        """Whether this is the `S:` line that carries the rest of a pattern behind its literal."""
        expects = self._windows[-1].expects
        if mark != ":" or not expects:
            return False
        last = expects[-1].alternatives[-1]
        if last.literal is None or last.rest:
            return False
        if not text:
            raise LineError(number, "the line after a literal has to have the rest of the response")
        expects[-1].alternatives[-1] = ServerText(last.line, last.text, last.literal, text)
        return True


def _handshake(number: int, text: str) -> Handshake:
    try:
        return Handshake.read(text)
    except ValueError as error:
        raise LineError(number, str(error)) from None


def _split(number: int, text: str) -> list[TextPiece]:
    try:
        return split(text)
    except ValueError as error:
        raise LineError(number, str(error)) from None
