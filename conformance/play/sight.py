"""What became of a fixture in a mailbox, as the server shows it.

Something counts as missing only where the server says so in two ways: a fault in FETCH, STATUS or
EXISTS alone is for the cases that are about it, and says nothing of the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from conformance.casefile.bindings import astring
from conformance.casefile.fixtures import Fixture, FixtureMessage
from conformance.play.line import CommandLine
from conformance.syntax.responses import Response
from conformance.syntax.values import instant

_SYSTEM: Final = frozenset({b"\\SEEN", b"\\ANSWERED", b"\\FLAGGED", b"\\DELETED", b"\\DRAFT"})
_ITEMS: Final = b"(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is in a mailbox that should hold a fixture; None where the server does not say.

    `lost` are flags that messages should have, `added` system flags that they should not.
    `dated` is whether internal dates are the fixture's (None: it gives none), `grown` how many
    octets more the first message has where every message has lines that nobody gave it.
    """

    count: int | None = None
    recent: int | None = None
    shows_flags: bool = False
    lost: frozenset[bytes] = frozenset()
    added: frozenset[bytes] = frozenset()
    date: bytes = b""
    """An internal date that is not the one that was given."""
    dated: bool | None = None
    grown: int = 0


def look(line: CommandLine, mailbox: bytes, fixture: Fixture) -> Sight:
    """Open a mailbox and see what is in it; it stays open.

    EXAMINE leaves the Recent flag, should anybody else want to see it.
    """
    name = astring(mailbox).spelling
    opened = line.ask(b"EXAMINE " + name)
    if not opened.ok:
        opened = line.ask(b"SELECT " + name)
    counts = {a.response.name: a.response.count for a in opened.untagged}
    count, recent = counts.get("EXISTS"), counts.get("RECENT")
    if not opened.ok or not count:
        return Sight(count, recent)
    fetched: dict[int, Response] = {}
    for arrival in line.ask(b"FETCH 1:* " + _ITEMS).untagged:
        if arrival.response.name == "FETCH" and arrival.response.count:
            fetched[arrival.response.count] = arrival.response
    pairs = [(n, m, fetched[n]) for n, m in enumerate(fixture.messages, 1) if n in fetched]
    dates = list(_other_dates(line, pairs))
    return Sight(
        count,
        recent,
        any(_flags(response) is not None for _, _, response in pairs),
        frozenset(_lost(line, pairs)),
        frozenset(flag for pair in pairs for flag in _added(*pair)),
        dates[0] if dates else b"",
        not dates if any(message.date for message in fixture.messages) else None,
        _grown(fixture, pairs) if len(pairs) == count else 0,
    )


_Pair = tuple[int, FixtureMessage, Response]


def _own(message: FixtureMessage) -> frozenset[bytes]:
    return frozenset(flag.upper().encode() for flag in message.flags)


def _flags(response: Response) -> frozenset[bytes] | None:
    """Return the flags that are shown; None if there are none, or some cannot be read."""
    shown = response.flags()
    return None if shown is None or any(min(flag, default=0) < 0x21 for flag in shown) else shown


def _added(_number: int, message: FixtureMessage, response: Response) -> frozenset[bytes]:
    return ((_flags(response) or frozenset()) & _SYSTEM) - _own(message)


def _lost(line: CommandLine, pairs: list[_Pair]) -> Iterator[bytes]:
    """Return flags that neither FETCH nor SEARCH finds on a message that should have them."""
    found: dict[bytes, frozenset[int]] = {}
    for number, message, response in pairs:
        shown = _flags(response)
        for flag in sorted(_own(message) - shown) if shown is not None else ():
            if flag not in found:
                key = flag[1:] if flag.startswith(b"\\") else b"KEYWORD " + flag
                found[flag] = _search(line, key)
            if number not in found[flag]:
                yield flag


def _other_dates(line: CommandLine, pairs: list[_Pair]) -> Iterator[bytes]:
    """Return internal dates that are not those of the fixture for FETCH, nor for SEARCH."""
    for number, message, response in pairs:
        leaf = response.item(b"INTERNALDATE")
        if not message.date or leaf is None:
            continue
        shown = bytes(leaf.octets)
        if instant(shown) == instant(message.date.encode()):
            continue
        if number not in _search(line, b"ON " + message.date.split(" ")[-3].encode()[-11:]):
            yield shown


def _search(line: CommandLine, key: bytes) -> frozenset[int]:
    reply = line.ask(b"SEARCH " + key)
    return frozenset(
        leaf.number
        for arrival in reply.untagged
        if arrival.response.name == "SEARCH"
        for leaf in arrival.response.leaves
        if leaf.number
    )


def stored(line: CommandLine, mailbox: bytes, count: int) -> tuple[bytes, ...] | None:
    """Return the messages of a mailbox as they are there, None where that is not to be had.

    The mailbox stays open. RFC822.SIZE has to say the same as BODY[].
    """
    if not line.ask(b"EXAMINE " + astring(mailbox).spelling).ok:
        return None
    found: dict[int, bytes] = {}
    for arrival in line.ask(b"FETCH 1:* (RFC822.SIZE BODY.PEEK[])").untagged:
        response = arrival.response
        if response.name != "FETCH" or not response.count:
            continue
        size, text = response.item(b"RFC822.SIZE"), response.item(b"BODY[]")
        if size is not None and text is not None and size.number == len(text.octets):
            found[response.count] = bytes(text.octets)
    numbers = range(1, count + 1)
    return tuple(found[n] for n in numbers) if set(found) == set(numbers) else None


def _grown(fixture: Fixture, pairs: list[_Pair]) -> int:
    """Return how much longer the first message is than it was, if all have got more lines.

    RFC822.SIZE has to say the same as BODY[].
    """
    more = []
    for _, message, response in pairs:
        size, text = response.item(b"RFC822.SIZE"), response.item(b"BODY[]")
        if size is None or text is None or size.number != len(text.octets):
            return 0
        stored = set(bytes(text.octets).split(b"\r\n"))
        if not set(message.octets.split(b"\r\n")) <= stored:
            return 0
        more.append(len(text.octets) - len(message.octets))
    return more[0] if len(more) == len(fixture.messages) and all(n > 0 for n in more) else 0
