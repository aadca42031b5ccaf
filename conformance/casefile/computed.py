"""`{found}` and `{fetched}`: answers that the suite computes from the command and the fixture.

Here it is seen, as a case is read, that they can be computed and can find something wrong.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from conformance.casefile.fixtures import Fixture
from conformance.casefile.given import FETCHED, FOUND, of_message
from conformance.casefile.pattern import Pattern
from conformance.casefile.placeholders import Placeholder, TextPiece
from conformance.casefile.plan import Step, own_literals, used_values
from conformance.casefile.script import ClientLine, LineError
from conformance.message.fetching import FetchItem, expected, read_items
from conformance.message.results import RESULTS, left_open
from conformance.message.search import KeptMessage
from conformance.syntax.arguments import cut_literals
from conformance.syntax.grammar import Grammar
from conformance.syntax.values import Leaf

FINDING = {
    name: re.compile(rb"[^ ]+ (?:UID )?%s " % name.encode(), re.IGNORECASE) for name in RESULTS
}
"""Commands that `{found}` can be computed from, by the names of their responses."""
FETCH = re.compile(rb"[^ ]+ (?:UID )?FETCH ", re.IGNORECASE)
"""A command that `{fetched}` can be computed from."""
_LINE = re.compile(rb"((?:\{\d+\+?\}\r\n|[^\r\n])*)\r\n")
_KEPT = frozenset({b"UID", b"FLAGS", b"INTERNALDATE"})


class SentOctets:
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


def finding_name(pattern: Pattern) -> str:
    """Return the response that a pattern with `{found}` speaks of, "" for other patterns.

    Raises:
        ValueError: it is none of those that can be computed.
    """
    if FOUND not in pattern.uses():
        return ""
    name = pattern.response.name if pattern.response else ""
    if name not in FINDING:
        raise ValueError(f"'{{found}}' has to follow one of {', '.join(FINDING)}")
    return name


def fetched_number(pattern: Pattern) -> int:
    """Return the message that a pattern with `{fetched}` speaks of, 0 for other patterns."""
    response = pattern.response
    if response is None or not FETCHED.keys() & set(pattern.uses()):
        return 0
    values = response.values
    alone = response.name == "FETCH" and len(values) == 1 and isinstance(values[0], Leaf)
    if not alone or not response.count:
        raise ValueError("'{fetched}' has to be the only value: * 1 FETCH {fetched}")
    return response.count


def check(steps: tuple[Step, ...], fixture: Fixture, grammar: Grammar) -> None:
    """See that every computed value can be computed, and can find something wrong.

    Raises:
        LineError: it can not, or the RFC leaves open all that it asks for.
    """
    used = used_values(steps)
    if not any(name in (FOUND, *FETCHED) or name.startswith("msg.") for name in used):
        return
    sent: dict[str, SentOctets] = {}
    literals = own_literals(steps)
    try:
        for name in used:
            of_message(name, fixture)
    except ValueError as error:
        raise LineError(0, str(error)) from None
    fetched: dict[str, set[bytes]] = {}
    for step in steps:
        own = sent.setdefault(step.who, SentOctets())
        for send in step.sends:
            if any(isinstance(p, Placeholder) and p.name in (FOUND, *FETCHED) for p in send.pieces):
                raise LineError(send.line, "a client line cannot have a computed value")
        own.add(_written(step, literals))
        for expectation in step.expects:
            for pattern in expectation.patterns:
                try:
                    _check_pattern(pattern, own, fixture, fetched.get(step.who, set()), grammar)
                except ValueError as error:
                    raise LineError(pattern.line, str(error)) from None
        with contextlib.suppress(ValueError):  # no FETCH, which is all right
            items = {item.name for item in read_items(own.last(FETCH), grammar)}
            fetched.setdefault(step.who, set()).update(items & _KEPT)
        if any(expectation.tagged for expectation in step.expects):
            own.forget()


def _check_pattern(
    pattern: Pattern, sent: SentOctets, fixture: Fixture, known: set[bytes], grammar: Grammar
) -> None:
    for name in pattern.uses():
        bound = of_message(name, fixture)
        if bound and bound.expected and bound.expected.open:
            raise ValueError(f"{{{name}}}: the RFC leaves it open")
    if name := finding_name(pattern):
        command = sent.last(FINDING[name])
        if b"\0" in command:
            return  # a value goes in there that only the server knows
        answer = RESULTS[name](command, grammar, list(_assumed(fixture, known)))
        if left_open(answer, len(fixture.messages)):
            raise ValueError(
                "the RFC leaves open whether any message is found or in what order, or it depends "
                "on what has not been fetched before (FLAGS, UID, INTERNALDATE)"
            )
    elif number := fetched_number(pattern):
        command = sent.last(FETCH)
        if number > len(fixture.messages):
            raise ValueError(f"the fixture {fixture.name} has no message {number}")
        # What only the server knows may be a number, and no part of an item.
        for item in read_items(command.replace(b"\0", b"1"), grammar):
            _check_item(fixture, number, item)


def _check_item(fixture: Fixture, number: int, item: FetchItem) -> None:
    wanted = expected(fixture.messages[number - 1].parsed, item)
    if wanted.open and item.name not in _KEPT:
        raise ValueError(f"{item.key.decode('latin-1')}: the RFC leaves it open for this message")


def _assumed(fixture: Fixture, known: set[bytes]) -> Iterator[KeptMessage]:
    for number, message in enumerate(fixture.messages, 1):
        flags = frozenset(flag.upper().encode() for flag in message.flags)
        yield KeptMessage(
            message.parsed,
            number,
            uid=number if b"UID" in known else None,
            flags=flags if b"FLAGS" in known else None,
            date=message.date.encode() if b"INTERNALDATE" in known else None,
        )


def patterns(step: Step) -> Iterator[Pattern]:
    """Yield what a step waits for, line by line."""
    return (pattern for expectation in step.expects for pattern in expectation.patterns)


def _written(step: Step, literals: dict[int, list[ClientLine]]) -> bytes:
    """Write the client lines of a step, NUL in the place of what is not known yet."""
    written = b""
    for send in step.sends:
        for piece in send.pieces:
            if isinstance(piece, Placeholder) and piece.kind == "own-count":
                size = sum(len(_plain(line.pieces)) + 2 for line in literals[send.line])
                written += b"{%d}" % size
            elif isinstance(piece, Placeholder) and piece.kind == "count":
                written += b"{" + piece.text.encode() + b"}"
            else:
                written += _plain((piece,))
        written += b"" if send.kind == "raw" else b"\r\n"
    return written


def _plain(pieces: tuple[TextPiece, ...]) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else b"\0" for piece in pieces)
