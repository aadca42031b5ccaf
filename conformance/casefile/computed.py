"""`{found}` and `{fetched}`: answers that the suite computes from the command and the fixture.

The messages are known; flags, unique identifiers and internal dates are the server's to keep, so
a search goes by what the server has shown of them in the same case.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from conformance.casefile.bindings import Bound, computed
from conformance.casefile.fixtures import Fixture
from conformance.casefile.given import FETCHED, FOUND, of_message
from conformance.casefile.holes import Hole, Piece
from conformance.casefile.pattern import Pattern
from conformance.casefile.plan import Step, own_literals, used_values
from conformance.casefile.script import ClientLine, LineError
from conformance.message.criteria import cut_literals, read_criteria
from conformance.message.expected import Expected, Items, Numbers
from conformance.message.fetching import Item, expected, read_items
from conformance.message.search import Kept, found
from conformance.message.views import viewed
from conformance.syntax.grammar import Grammar
from conformance.syntax.responses import Response
from conformance.syntax.values import Leaf

_SEARCH = re.compile(rb"[^ ]+ (?:UID )?SEARCH ", re.IGNORECASE)
_FETCH = re.compile(rb"[^ ]+ (?:UID )?FETCH ", re.IGNORECASE)
_LINE = re.compile(rb"((?:\{\d+\+?\}\r\n|[^\r\n])*)\r\n")
_KEPT = frozenset({b"UID", b"FLAGS", b"INTERNALDATE"})


@dataclass(slots=True)
class Shown:
    """The mailbox of one connection as its responses show it, seen from the fixture."""

    fixture: Fixture
    _mailbox: list[Kept] = field(init=False)

    def __post_init__(self) -> None:
        self._mailbox = [
            Kept(message.parsed, number) for number, message in enumerate(self.fixture.messages, 1)
        ]

    def take(self, response: Response) -> None:
        """Learn from one response."""
        number = response.count or 0
        if not 0 < number <= len(self._mailbox):
            return
        if response.name == "EXPUNGE":
            del self._mailbox[number - 1]
            self._mailbox = [replace(kept, number=n) for n, kept in enumerate(self._mailbox, 1)]
        elif response.name == "FETCH":
            kept = self._mailbox[number - 1]
            uid, date = response.item(b"UID"), response.item(b"INTERNALDATE")
            self._mailbox[number - 1] = replace(
                kept,
                uid=uid.number if uid else kept.uid,
                flags=kept.flags if response.flags() is None else response.flags(),
                date=bytes(date.octets) if date else kept.date,
            )

    def found(self, command: bytes, grammar: Grammar) -> Numbers:
        """Return what a SEARCH finds.

        Raises:
            ValueError: the command is none, or asks for what is not known.
        """
        return found(read_criteria(command, grammar), self._mailbox)

    def fetched(self, command: bytes, number: int) -> Items:
        """Return the items of a message that a FETCH asks for.

        Raises:
            ValueError: the command is none, or the message has no such section.
        """
        if number > len(self._mailbox):
            raise ValueError(f"the fixture has no message {number}")
        message = self._mailbox[number - 1].message
        return Items({item.key: expected(message, item) for item in read_items(command)})


class Sent:
    """What a connection has sent of commands that are not yet completed."""

    def __init__(self) -> None:
        self._octets = b""

    def add(self, octets: bytes) -> None:
        """Take what is written."""
        self._octets += octets

    def forget(self) -> None:
        """Begin anew: the commands are completed."""
        self._octets = b""

    def last(self, kind: re.Pattern[bytes]) -> bytes:
        """Return the last command of a kind.

        Raises:
            ValueError: there is none.
        """
        skeleton, literals = cut_literals(self._octets)
        payloads = iter(literals)
        command = b""
        for line in _LINE.findall(skeleton):
            whole = re.sub(rb"\{\d+\+?\}\r\n", lambda m: m[0] + next(payloads, b""), line + b"\r\n")
            command = whole if kind.match(line) else command
        if not command:
            raise ValueError("no such command in front of it")
        return command


def uses_computed(steps: tuple[Step, ...]) -> bool:
    """Whether a case has values that are computed from its commands."""
    return not {FOUND, *FETCHED}.isdisjoint(used_values(steps))


def bind(step: Step, sent: Sent, shown: Shown, grammar: Grammar) -> dict[str, Bound]:
    """Return the computed values that the patterns of a step use.

    Raises:
        ValueError: they can not be computed; says why.
    """
    bound: dict[str, Bound] = {}
    for pattern in _patterns(step):
        if FOUND in pattern.uses():
            bound[FOUND] = computed(shown.found(sent.last(_SEARCH), grammar))
        elif number := fetched_number(pattern):
            name = next(iter(pattern.uses()))
            items: Expected = shown.fetched(sent.last(_FETCH), number)
            view = FETCHED[name]
            bound[f"{name}.{number}"] = computed(viewed(items, view) if view else items)
    return bound


def fetched_number(pattern: Pattern) -> int:
    """Return the message that a pattern with `{fetched}` speaks of, 0 for other patterns."""
    response = pattern.response
    if response is None or not FETCHED.keys() & set(pattern.uses()):
        return 0
    values = response.values
    alone = response.name == "FETCH" and len(values) == 1 and isinstance(values[0], Leaf)
    if not alone or not response.count:
        raise ValueError("'{fetched}' stands alone: * 1 FETCH {fetched}")
    return response.count


def check(steps: tuple[Step, ...], fixture: Fixture, grammar: Grammar) -> None:
    """See that every computed value can be computed, and can find something wrong.

    Raises:
        LineError: it can not, or the RFC leaves open all that it asks for.
    """
    used = used_values(steps)
    if not any(name in (FOUND, *FETCHED) or name.startswith("msg.") for name in used):
        return
    sent: dict[str, Sent] = {}
    literals = own_literals(steps)
    try:
        for name in used:
            of_message(name, fixture)
    except ValueError as error:
        raise LineError(0, str(error)) from None
    fetched: dict[str, set[bytes]] = {}
    for step in steps:
        own = sent.setdefault(step.who, Sent())
        for send in step.sends:
            if any(isinstance(p, Hole) and p.name in (FOUND, *FETCHED) for p in send.pieces):
                raise LineError(send.line, "a client can not send what is computed")
        own.add(_written(step, literals))
        for expectation in step.expects:
            for pattern in expectation.patterns:
                try:
                    _check_pattern(pattern, own, fixture, fetched.get(step.who, set()), grammar)
                except ValueError as error:
                    raise LineError(pattern.line, str(error)) from None
        with contextlib.suppress(ValueError):  # no FETCH, which is all right
            items = {item.name for item in read_items(own.last(_FETCH))}
            fetched.setdefault(step.who, set()).update(items & _KEPT)
        if any(expectation.tagged for expectation in step.expects):
            own.forget()


def _check_pattern(
    pattern: Pattern, sent: Sent, fixture: Fixture, known: set[bytes], grammar: Grammar
) -> None:
    for name in pattern.uses():
        bound = of_message(name, fixture)
        if bound and bound.expected and bound.expected.open:
            raise ValueError(f"{{{name}}}: the RFC leaves it open")
    if FOUND in pattern.uses():
        command = sent.last(_SEARCH)
        if b"\0" in command:
            return  # a value goes in there that only the server knows
        answer = found(read_criteria(command, grammar), list(_assumed(fixture, known)))
        if fixture.messages and len(answer.may) == len(fixture.messages):
            raise ValueError(
                "the RFC leaves open whether any message is found, or it hangs on "
                "what has not been fetched before (FLAGS, UID, INTERNALDATE)"
            )
    elif number := fetched_number(pattern):
        command = sent.last(_FETCH)
        if number > len(fixture.messages):
            raise ValueError(f"the fixture {fixture.name} has no message {number}")
        for item in read_items(command):
            _check_item(fixture, number, item)


def _check_item(fixture: Fixture, number: int, item: Item) -> None:
    wanted = expected(fixture.messages[number - 1].parsed, item)
    if wanted.open and item.name not in _KEPT:
        raise ValueError(f"{item.key.decode('latin-1')}: the RFC leaves it open for this message")


def _assumed(fixture: Fixture, known: set[bytes]) -> Iterator[Kept]:
    for number, message in enumerate(fixture.messages, 1):
        flags = frozenset(flag.upper().encode() for flag in message.flags)
        yield Kept(
            message.parsed,
            number,
            uid=number if b"UID" in known else None,
            flags=flags if b"FLAGS" in known else None,
            date=message.date.encode() if b"INTERNALDATE" in known else None,
        )


def _patterns(step: Step) -> Iterator[Pattern]:
    return (pattern for expectation in step.expects for pattern in expectation.patterns)


def _written(step: Step, literals: dict[int, list[ClientLine]]) -> bytes:
    """Write the client lines of a step, NUL in the place of what is not known yet."""
    written = b""
    for send in step.sends:
        for piece in send.pieces:
            if isinstance(piece, Hole) and piece.kind == "own-count":
                size = sum(len(_plain(line.pieces)) + 2 for line in literals[send.line])
                written += b"{%d}" % size
            elif isinstance(piece, Hole) and piece.kind == "count":
                written += b"{" + piece.text.encode() + b"}"
            else:
                written += _plain((piece,))
        written += b"" if send.kind == "raw" else b"\r\n"
    return written


def _plain(pieces: tuple[Piece, ...]) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else b"\0" for piece in pieces)
