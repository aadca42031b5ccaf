"""Puts the two directions of a connection in an order when only each by itself is recorded.

The order is one in which the conversation can have happened: a command goes before its answer, a
literal behind the request for it, and the next command waits until the one before is answered or,
where a tag shows that the client did not wait, until that answer comes. Which of the possible
orders was the real one is not known.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from conformance.passive.recording import Chunk
from conformance.wire.commands import PROMPTED
from conformance.wire.dialogue import Dialogue
from conformance.wire.framing import Frame, Framer
from conformance.wire.states import State

_AHEAD = 8 << 20
"""Octets of the server that are read ahead for the next answer of a command."""
_OF_MESSAGES = re.compile(rb"\* \d+ ")
"""What changes nothing of what is in progress."""


class _Heard(NamedTuple):
    """One response of the server as it was recorded, and its skeleton."""

    chunk: Chunk
    text: bytes


def interleave(
    client: Iterable[Chunk], server: Iterable[Chunk], tags: Counter[bytes]
) -> Iterator[Chunk]:
    """Give what both said in one order: lines of the client, and responses of the server.

    Each chunk of either side is a line. `tags` are those that the client's begin with (`tag_of`),
    and are used up. Of either side no more is read than the order needs.
    """
    return _Order(client, server, tags).run()


class _Order:
    def __init__(
        self, client: Iterable[Chunk], server: Iterable[Chunk], tags: Counter[bytes]
    ) -> None:
        self._lines = iter(client)
        self._next_line = next(self._lines, None)
        self._responses = _responses(server)
        self._ahead: deque[_Heard] = deque()
        self._octets_ahead = 0
        self._answers: deque[bytes] = deque()
        self._read_ahead()
        self._later = tags
        self._dialogue = Dialogue()  # a draft: follows what is in progress
        self._framer = Framer("client")

    def _read_ahead(self) -> None:
        """Read up to the next answer of a command, so far as that is near."""
        while not (self._ahead and self._answers) and self._octets_ahead < _AHEAD:
            heard = next(self._responses, None)
            if heard is None:
                return
            self._ahead.append(heard)
            self._octets_ahead += len(heard.chunk.octets)
            if tag := tag_of(heard.text):
                self._answers.append(tag)

    def run(self) -> Iterator[Chunk]:
        if self._ahead and self._ahead[0].text.startswith(b"*"):
            yield from self._answer()  # the greeting
        else:
            self._dialogue.join(State.AUTHENTICATED)
        while self._next_line or self._ahead:
            if self._ahead and (not self._next_line or self._is_the_servers_turn()):
                yield from self._answer()
            else:
                yield from self._speak()

    def _is_the_servers_turn(self) -> bool:
        """Whether what the server said next can be said before the client goes on."""
        tag = self._answers[0] if self._answers else b""
        flight = self._dialogue.in_flight
        if not any(command.tag == tag for command in flight):
            # The next answer is to what the client has yet to send, or to nothing.
            return bool(flight) if not tag else not self._later[tag]
        prompted = any(command.name in PROMPTED for command in flight)
        answers = tag_of(self._ahead[0].text) != b""
        return not (answers and prompted and self._next_line_goes_on())

    def _next_line_goes_on(self) -> bool:
        """Whether the client's next line has no command in it, as far as one can see."""
        return self._next_line is None or b" " not in self._next_line.octets.strip()

    def _speak(self) -> Iterator[Chunk]:
        """Hand out a line of the client, with all that it sends without being asked."""
        while self._next_line:
            chunk, self._next_line = self._next_line, next(self._lines, None)
            self._later[tag_of(chunk.octets)] -= 1
            self._dialogue.sent(chunk.octets, chunk.when)
            self._framer.feed(chunk.octets)
            while isinstance(self._framer.next_frame(), Frame):
                pass
            yield chunk
            if not self._framer.goes_on or self._framer.awaits_prompt:
                return

    def _answer(self) -> Iterator[Chunk]:
        """Hand out one response, and what the client was asked for with it."""
        chunk, text = self._ahead.popleft()
        self._octets_ahead -= len(chunk.octets)
        if not (_OF_MESSAGES.match(text) and self._dialogue.state is not State.GREETING):
            self._dialogue.received(chunk.octets)
            self._dialogue.next_arrival(chunk.when)
        yield chunk
        tag = tag_of(text)
        if tag:
            self._answers.popleft()
            if self._framer.awaits_prompt and self._framer.unfinished.startswith(tag + b" "):
                self._framer.drop_frame()  # refused: the literal was never sent
        elif text.startswith(b"+"):
            asked = any(c.name == "AUTHENTICATE" for c in self._dialogue.in_flight)
            if asked or self._framer.awaits_prompt:
                yield from self._speak()
        self._read_ahead()


def tag_of(text: bytes) -> bytes:
    """Return the tag that a line begins with; empty where it has none."""
    return b"" if text[:1] in (b"*", b"+") else text.split(b" ", 1)[0].strip()


def _responses(server: Iterable[Chunk]) -> Iterator[_Heard]:
    """Put the lines of a server together to responses, each where it began."""
    framer = Framer("server")
    begun: Chunk | None = None
    octets: list[bytes] = []
    for line in server:
        framer.feed(line.octets)
        begun = begun or line
        octets.append(line.octets)
        frame = framer.next_frame()
        if isinstance(frame, Frame):
            yield _Heard(begun._replace(octets=b"".join(octets)), frame.text)
            begun, octets = None, []
    if begun is not None:
        whole = b"".join(octets)
        yield _Heard(begun._replace(octets=whole), whole)
