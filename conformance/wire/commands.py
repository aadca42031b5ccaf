"""What the dialogue knows of one command: its tag, its name, what was sent of it.

A reader for our own bookkeeping only: case files send malformed commands on purpose, so nothing
here raises on them and nothing here judges them. It runs for every command of every session; what
the arguments of one say is read by the grammar, in `syntax.arguments`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# ABNF `tag`: ASTRING-CHARs except "+".
_TAG = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+')
_HEAD = re.compile(rb"([^ \r\n]*)(?: ([^ \r\n]*)(?: ([^ \r\n]+))?)?")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_LITERAL = re.compile(rb"~?\{\d+\+?\}\r\n")
_SASL_LINE = re.compile(rb"(?:[A-Za-z0-9+/=]*|\*)\r\n")

SELECTING = frozenset({"SELECT", "EXAMINE"})
"""Commands that select a mailbox."""
PROMPTED = frozenset({"AUTHENTICATE", "IDLE"})
"""Commands that go on with lines of their own after a `+` (RFC 3501 6.2.2, RFC 2177)."""


@dataclass(slots=True, eq=False)
class Command:
    """One command as its sender began it; it grows while its literals are sent."""

    tag: bytes
    name: str
    """Upper case; `UID FETCH` is one name; empty when the line has none."""
    text: bytes
    """Skeleton sent so far, ending in CRLF; lines sent after a `+` of its own included."""
    sent_at: float
    """When its first line was complete, in the clock of the caller of `Dialogue.sent`."""
    number: int
    """Running count of the commands of this connection, from 1."""
    literals: tuple[bytes | bytearray, ...] = ()
    """Payloads sent; long ones are cut, see `Dialogue`."""
    done: bool = False
    """Its tagged response has come, or none can come any more."""
    sending: bool = False
    """A literal of it was announced and is not sent completely."""
    stray: bool = field(default=False, repr=False)
    """Sent where the server was waiting for a line of another command."""

    @property
    def arguments(self) -> bytes:
        """Everything behind the name, without the last line end."""
        head = _HEAD.match(self.text)
        last = 3 if self.name.startswith("UID ") else 2
        if head is None or head[last] is None:
            return b""
        return self.text[head.end(last) :].removeprefix(b" ").removesuffix(b"\r\n")

    @property
    def answerable(self) -> bool:
        """Whether a server can repeat its tag; otherwise an untagged BAD answers it."""
        return _TAG.fullmatch(self.tag) is not None

    @property
    def mailbox(self) -> bytes | None:
        """The mailbox that a SELECT or EXAMINE names, decoded; None when it can not be read."""
        if self.name not in SELECTING:
            return None
        name = first_string(self.arguments, self.literals)
        return b"INBOX" if name is not None and name.upper() == b"INBOX" else name


def begin(text: bytes, when: float, number: int) -> Command:
    """Make a command of its first line."""
    head = _HEAD.match(text)
    tag, verb, second = head.groups() if head is not None else (b"", None, None)
    name = (verb or b"").decode("ascii", "backslashreplace").upper()
    if name == "UID" and second:
        name += " " + second.decode("ascii", "backslashreplace").upper()
    return Command(tag=tag, name=name, text=text, sent_at=when, number=number)


def first_string(arguments: bytes, literals: tuple[bytes | bytearray, ...]) -> bytes | None:
    """Decode the astring that `arguments` begins with."""
    quoted = _QUOTED.match(arguments)
    if quoted is not None:
        return _ESCAPE.sub(rb"\1", quoted[1])
    if _LITERAL.match(arguments):
        return bytes(literals[0]) if literals else None
    return arguments.split(b" ", 1)[0].removesuffix(b"\r\n") or None


def continues(command: Command, line: bytes) -> bool:
    """Whether a client's line goes on with `command`, which is in `PROMPTED` and in flight."""
    if command.name == "IDLE":
        return line.upper() == b"DONE\r\n"
    return _SASL_LINE.fullmatch(line) is not None
