"""Puts the two directions of a connection in an order when only each by itself is recorded.

The order is one in which the conversation can have happened: a command goes before its answer, a
literal behind the request for it, and the next command waits until the one before is answered or,
where a tag shows that the client did not wait, until that answer comes. Which of the possible
orders was the real one is not known.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from conformance.passive.recording import Chunk
from conformance.wire.commands import PROMPTED
from conformance.wire.dialogue import Dialogue
from conformance.wire.framing import Frame, Framer
from conformance.wire.states import State


def interleave(client: Sequence[Chunk], server: Sequence[Chunk]) -> list[Chunk]:
    """Return the chunks of both in one order; each of them is a line."""
    return list(_Order(client, server).run())


class _Order:
    def __init__(self, client: Sequence[Chunk], server: Sequence[Chunk]) -> None:
        self._client = deque(client)
        self._server = deque(_frames(server))
        self._answers = deque(tag for _, text in self._server if (tag := _tag_of(text)))
        self._later = Counter(_tag_of(chunk.octets) for chunk in client)
        self._dialogue = Dialogue()  # a draft: follows what is in progress
        self._framer = Framer("client")

    def run(self) -> Iterator[Chunk]:
        if self._server and self._server[0][1].startswith(b"*"):
            yield from self._answer()  # the greeting
        else:
            self._dialogue.join(State.AUTHENTICATED)
        while self._client or self._server:
            if self._server and (not self._client or self._is_the_servers_turn()):
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
        answers = _tag_of(self._server[0][1]) != b""
        return not (answers and prompted and self._next_line_goes_on())

    def _next_line_goes_on(self) -> bool:
        """Whether the client's next line has no command in it, as far as one can see."""
        return b" " not in self._client[0].octets.strip()

    def _speak(self) -> Iterator[Chunk]:
        """Hand out a line of the client, with all that it sends without being asked."""
        while self._client:
            chunk = self._client.popleft()
            self._later[_tag_of(chunk.octets)] -= 1
            self._dialogue.sent(chunk.octets, chunk.when)
            self._framer.feed(chunk.octets)
            while isinstance(self._framer.next_frame(), Frame):
                pass
            yield chunk
            if not self._framer.goes_on or self._framer.awaits_prompt:
                return

    def _answer(self) -> Iterator[Chunk]:
        """Hand out one response, and what the client was asked for with it."""
        chunks, text = self._server.popleft()
        self._dialogue.received(b"".join(chunk.octets for chunk in chunks))
        self._dialogue.next_arrival(chunks[0].when)
        yield from chunks
        tag = _tag_of(text)
        if tag:
            self._answers.popleft()
            if self._framer.awaits_prompt and self._framer.unfinished.startswith(tag + b" "):
                self._framer.drop_frame()  # refused: the literal was never sent
        elif text.startswith(b"+"):
            asked = any(c.name == "AUTHENTICATE" for c in self._dialogue.in_flight)
            if asked or self._framer.awaits_prompt:
                yield from self._speak()


def _tag_of(text: bytes) -> bytes:
    """Return the tag that a line begins with; empty where it has none."""
    return b"" if text[:1] in (b"*", b"+") else text.split(b" ", 1)[0].strip()


def _frames(server: Sequence[Chunk]) -> Iterator[tuple[list[Chunk], bytes]]:
    """Put the lines of a server together to responses, each with its skeleton."""
    framer = Framer("server")
    chunks: list[Chunk] = []
    for chunk in server:
        framer.feed(chunk.octets)
        chunks.append(chunk)
        frame = framer.next_frame()
        if isinstance(frame, Frame):
            yield chunks, frame.text
            chunks = []
    if chunks:
        yield chunks, b"".join(chunk.octets for chunk in chunks)
