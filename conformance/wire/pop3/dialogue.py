"""Both directions of one POP3 connection put together: what each line is, and what it answers.

Sans-IO, a line at a time: only who has heard the command knows whether `+OK 2 320` is a drop
listing, and whether lines follow it (RFC 1939 section 3). Nothing is judged here.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from conformance.wire.pop3.framing import NEGATIVE, POSITIVE, is_multiline

_REPLIES: Final = {
    b"STAT": "drop_listing_reply",
    b"LIST": "scan_listing_reply",
    b"UIDL": "unique_id_listing_reply",
}
"""The start symbols of replies that have more than text on their status line."""
_LISTED: Final = {b"LIST": "scan_listing", b"UIDL": "unique_id_listing", b"CAPA": "capability"}
"""Those of the further lines, of which the lines of messages have none."""


class Pop3Line(NamedTuple):
    """One line: its start symbol in the grammar, "" where it has none of POP3's own.

    `text` is without its line end, and without the octet that byte-stuffing has added. `command` is
    the one that it answers, or itself; empty where nobody has asked. `status`: a reply begins with
    it; `last`: one ends with it.
    """

    start: str
    text: bytes
    command: bytes = b""
    status: bool = False
    last: bool = False


def keyword(command: bytes) -> bytes:
    """Return the keyword of a command in capitals."""
    return command.split(b" ", 1)[0].upper()


def is_positive(status: bytes) -> bool:
    """Whether a status line begins with `+OK` as a word, in whatever letter case."""
    return status.split(b" ", 1)[0].upper() == POSITIVE


def speaks_pop3(line: bytes) -> bool:
    """Whether what a server says first is POP3, in whatever letter case."""
    return line.split(b" ", 1)[0].strip().upper() in (POSITIVE, NEGATIVE)


class Pop3Dialogue:
    """What has been said on a connection, as far as it decides what a line is.

    `whole`: it is heard from its beginning, so that the first line of the server is the greeting,
    even where the client has not waited for it.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._asked: deque[bytes] = deque()
        self._listing: bytes | None = None  # the command whose reply has more lines to come
        self._exchange = False  # the client's next line goes on with a SASL exchange
        self._silent = True  # nobody has said anything

    @property
    def in_flight(self) -> tuple[bytes, ...]:
        """The commands that are not answered, the oldest first."""
        return tuple(self._asked)

    @property
    def in_exchange(self) -> bool:
        """Whether the client's next line goes on with a SASL exchange."""
        return self._exchange

    @property
    def goes_on(self) -> bool:
        """Whether further lines of a reply are to come."""
        return self._listing is not None

    def client(self, line: bytes) -> Pop3Line:
        """Take a line of the client, without its end."""
        self._silent &= self._whole
        if self._exchange:
            self._exchange = False
            return Pop3Line("", line, self._asked[0] if self._asked else b"")
        self._asked.append(line)
        return Pop3Line("command", line, line)

    def server(self, line: bytes) -> Pop3Line:
        """Take a line of the server, without its end."""
        if self._listing is not None:
            return self._further(line, self._listing)
        greets, self._silent = self._silent, False
        if greets:
            return Pop3Line("greeting", line, status=True, last=True)
        command = self._asked[0] if self._asked else b""
        name = keyword(command)
        if name == b"AUTH" and (line == b"+" or line.startswith(b"+ ")):
            self._exchange = True
            return Pop3Line("", line, command)
        if self._asked:
            self._asked.popleft()
        if is_multiline(command) and is_positive(line):
            self._listing = command
            return Pop3Line("status_line", line, command, status=True)
        start = _REPLIES.get(name, "status_line") if command else "status_line"
        return Pop3Line(start, line, command, status=True, last=True)

    def _further(self, line: bytes, command: bytes) -> Pop3Line:
        if line == b".":
            self._listing = None
            return Pop3Line("termination", line, command, last=True)
        start = _LISTED.get(keyword(command), "")
        return Pop3Line(start, line[1:] if line.startswith(b".") else line, command)

    def lose(self) -> None:
        """Go on behind lines that are missing: which command is answered next is not known."""
        self._asked.clear()
        self._listing, self._exchange, self._silent = None, False, False
