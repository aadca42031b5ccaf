"""One connection through the flawed server: passes on both directions, and does the acts.

One thread leads it. Octets of the client go on as they come, whole or in parts, except for
commands that an act wants to see: these are gathered with their literals first. What the server
says is cut into responses, each with its context. STARTTLS is a matter of either side: when the
server says OK, TLS is negotiated with both, so that everything can be looked into. So is COMPRESS,
which begins with both.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterable
from typing import Unpack

from conformance.flaws.flaw import Act, Flaw
from conformance.flaws.request import Request, announced
from conformance.flaws.talk import Question, Surroundings, Talk
from conformance.wire import deflate
from conformance.wire.commands import PROMPTED, begin, continues
from conformance.wire.dialogue import Arrival, Command
from conformance.wire.pipes import PATIENCE

_LONGEST = 64 * 1024  # octets of a line that acts may see; longer ones go on as they come
_NEWS = frozenset({"EXISTS", "RECENT", "EXPUNGE"})
_OK = re.compile(rb"[^ ]+ OK", re.IGNORECASE)


class FlawedConnection(Talk):
    """A connection of the flawed server, led by the acts of its flaw (None: untouched)."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        flaw: Flaw | None,
        **where: Unpack[Surroundings],
    ) -> None:
        self._acts: tuple[Act, ...] = flaw.acts if flaw else ()
        super().__init__(
            client,
            server,
            chunk=max((act.chunk for act in self._acts), default=0),
            pause=max((act.pause for act in self._acts), default=0.0),
            **where,
        )
        self._longest = max((_LONGEST, *(act.longest for act in self._acts)))
        self._raw = bytearray()  # from the server, in no arrival yet
        self._line = bytearray()  # of the client's line that has gone on without its end
        self._inside: Command | None = None  # whose literal goes on
        self._waits = False  # the client waits for a continuation request before it sends it
        self._secure_with: bytes | None = None  # the OK to STARTTLS, not sent yet

    def _came(self, data: bytes) -> None:
        self._raw += data
        self.dialogue.received(data)
        self._listen()

    # -- what the server says ------------------------------------------------------------

    def _listen(self) -> None:
        while self._secure_with is None:
            arrival = self.dialogue.next_arrival(time.monotonic())
            if not isinstance(arrival, Arrival):
                if self._server_gone:
                    self._say_rest()
                return
            octets = bytes(self._raw[: arrival.frame.size])
            del self._raw[: arrival.frame.size]
            self._hear(arrival, octets)

    def _say_rest(self) -> None:
        self.say(bytes(self._raw))
        self._raw.clear()

    def _hear(self, arrival: Arrival, octets: bytes) -> None:
        answers = arrival.answers
        if answers is not None and answers is self._inside and self._waits:
            self._inside = None  # refused before its literal: the client will not send it
            self._literal = 0
        question = self._question
        if arrival.start.startswith("continue_req") and self._swallow:
            self._prompts += 1
            return
        if question is not None:
            if answers is question.command:
                question.answer.append(octets)
                return
            if arrival.start == "response_data":
                if not self._shown(arrival, question):
                    question.answer.append(octets)
                    return
                if question.shown == "all":
                    question.answer.append(octets)
        for act in self._acts:
            if act.response is not None and octets:
                octets = act.response(self, arrival, octets)
        if answers is not None and answers.name == "STARTTLS" and arrival.status == "OK":
            self._secure_with = octets
        else:
            self.say(octets)
        if deflate.begins(answers, arrival.status):
            self._go_compressed(octets)

    def _go_compressed(self, said: bytes) -> None:
        """Go on compressed with the server, and with the client where it was told OK."""
        if self._server_layer is None:
            early = self._compress_server(self.dialogue.take_unread())
            self._raw[:] = early
            self.dialogue.received(early)
        if _OK.match(said) and not self.compressed:
            self.compress()

    def _shown(self, arrival: Arrival, question: Question) -> bool:
        if question.shown != "news":
            return question.shown == "all"
        name = arrival.response.name
        asked = question.command.name
        return name in _NEWS or (name == "FETCH" and not asked.endswith(("FETCH", "STORE")))

    # -- what the client says ------------------------------------------------------------

    def _digest(self) -> None:
        """Go through what came from the client."""
        while self._inbox:
            if self._literal:
                self._pass(self._take(min(self._literal, len(self._inbox)), literal=True))
                continue
            end = self._inbox.find(b"\n") + 1
            if end:
                self._read(self._take(end))
                continue
            wanted = any(act.command for act in self._acts) and not (self._inside or self._line)
            if wanted and not self._client_gone and len(self._inbox) < self._longest:
                return
            part = self._take(len(self._inbox))
            self._line += part[: _LONGEST - len(self._line)]
            self._pass(part)
        self._pass_end()

    def _pass(self, octets: bytes) -> Command | None:
        """Send octets on as they are; return the command that begins in them."""
        if self._inside is not None:
            self._waits = False  # it has begun to send what it was waiting to send
        begun = self.dialogue.sent(octets, time.monotonic())
        self._to_server += octets
        return begun[0] if begun else None

    def _read(self, part: bytes) -> None:
        """Take the end of a line, of which the rest may have gone on before."""
        line = bytes(self._line) + part
        untouched = not self._line
        self._line.clear()
        if self._inside is not None:
            self._pass(part)
            self._look_for_literal(line, self._inside)
            return
        if self._goes_on(line):
            if untouched and any(act.wants("+") for act in self._acts):
                self._touch(line, "+")
            else:
                self._pass(part)
            return
        name = begin(line, 0.0, 0).name
        if untouched and any(act.wants(name) for act in self._acts):
            self._touch(line, name)
            return
        command = self._pass(part)
        if command is not None and command.name == "STARTTLS":
            self._await_tls(command)
        elif command is not None:
            self._look_for_literal(line, command)

    def _goes_on(self, line: bytes) -> bool:
        return any(c.name in PROMPTED and continues(c, line) for c in self.dialogue.in_flight)

    def _look_for_literal(self, line: bytes, command: Command) -> None:
        literal = announced(line)
        self._inside = None
        if literal is not None and not command.done:
            self._inside = command
            self._literal, self._waits = literal

    # -- commands that acts want to see --------------------------------------------------

    def _touch(self, line: bytes, name: str) -> None:
        """Let the acts see a command, with its literals if any wants them, and send it on."""
        if not any(command.name in PROMPTED for command in self.dialogue.in_flight):
            self._wait(lambda: not self.dialogue.in_flight)
        acts = [act for act in self._acts if act.wants(name)]
        late = [act for act in acts if not act.early and name != "+"]
        request = self._let_see([act for act in acts if act not in late], Request(line))
        told = line
        if late and request.octets:
            rest = self._gather(line)
            told += rest
            request = self._let_see(late, Request(request.octets + rest))
        if not request.octets:
            return
        begun = self.dialogue.sent(told, time.monotonic())
        if late and begun:
            self._put(request, begun[0])
        else:
            self._to_server += request.octets
        if begun and begun[0].name == "STARTTLS":
            self._await_tls(begun[0])
        elif begun and not late:
            self._look_for_literal(line, begun[0])

    def _let_see(self, acts: Iterable[Act], request: Request) -> Request:
        for act in acts:
            if act.command is not None and request.octets:
                octets = act.command(self, request)
                request = request if octets is None else Request(octets)
        return request

    def _gather(self, line: bytes) -> bytes:
        """Ask the client for the literals of a command; return everything behind its first line."""
        rest = b""
        while (literal := announced(line)) is not None:
            size, waits = literal
            if waits:
                self.say(b"+ OK\r\n")
            rest += self.read(size)
            line = self.read_line()
            rest += line
        return rest

    # -- TLS -----------------------------------------------------------------------------

    def _await_tls(self, command: Command) -> None:
        """Wait for what the server says to STARTTLS; read nothing of the client before."""
        self._wait(lambda: command.done)
        said, self._secure_with = self._secure_with, None
        if said is None:
            return
        self._say_rest()
        self._server.settimeout(PATIENCE)
        self._server = self._outward.wrap_socket(self._server, server_hostname="localhost")
        self._server.setblocking(False)
        if not _OK.match(said):
            self.say(said)
            return
        keep = bytes(self._inbox)
        self._inbox.clear()
        acts = [act.secured for act in self._acts if act.secured is not None]
        for secured in acts:
            keep = secured(self, keep)
        self.secure(said, keep=keep if acts else b"")
