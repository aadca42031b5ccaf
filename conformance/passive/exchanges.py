"""Commands that were refused, and whose fault that is: what everybody asks who looks at a log.

A command that breaks a rule is the client's fault, with the place. One that keeps to the syntax, is
in its state and needs nothing that was not announced is not: then BAD is wrong, and NO is the
server's own reason. What is wrong with a command is found elsewhere; here it becomes an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.checks.finding import Fault, show
from conformance.passive.client_rules import Said
from conformance.passive.client_syntax import formal_faults, unfinished_faults
from conformance.passive.recording import Place
from conformance.results.text import visible
from conformance.syntax.shown import clip
from conformance.wire.commands import PROMPTED
from conformance.wire.dialogue import Arrival
from conformance.wire.frames import Frame

Whose = Literal["client", "server", "nobody"]

SHOWN = 20
"""Refusals that are printed."""
_WIDTH = 160
_LOGINS = frozenset({"LOGIN", "AUTHENTICATE"})
_WAITING = 1000
_MARKER = re.compile(rb"~?\{(\d+)\+?\}\r\n\Z")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_TEXT = re.compile(rb"\S+ +(?:NO|BAD) *(.*?)\r?\n?\Z", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that was answered with NO or BAD.

    `why` is one sentence; text of either side in it is escaped.
    """

    session: str
    place: Place
    tag: str
    command: str
    status: str
    fault: Whose
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "session": visible(self.session),
            "file": visible(self.place.file),
            "place": {self.place.unit: self.place.number},
            "tag": self.tag,
            "command": self.command,
            "status": self.status,
            "fault": self.fault,
            "why": visible(self.why),
        }

    def lines(self) -> Iterator[str]:
        """Return it for people, a line each."""
        whose = "nobody's fault" if self.fault == "nobody" else f"the {self.fault}'s fault"
        yield f"{self.status} to {self.tag} {self.command}: {whose}"
        yield f"  where     {clip(visible(f'{self.place}, session {self.session}'), _WIDTH)}"
        yield f"  why       {clip(visible(self.why), _WIDTH)}"


@dataclass(slots=True)
class _Waiting:
    """A command that is not answered, and what was found wrong with it."""

    said: Said
    frame: Frame | None = None
    faults: list[str] = field(default_factory=list)
    sure: list[str] = field(default_factory=list)
    masked: bool = False


@dataclass(slots=True)
class Blame:
    """Whose fault a refusal is, and faults of the client that only the refusal brings to light."""

    fault: Whose
    why: str
    found: Sequence[Fault] = ()


class Exchanges:
    """The commands of one connection that wait for their answers."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}

    def begin(self, said: Said) -> None:
        """Take a command that begins."""
        if len(self._waiting) < _WAITING:
            self._waiting[said.command.number] = _Waiting(said)

    def complete(self, said: Said, frame: Frame) -> None:
        """Take all of a command."""
        if (waiting := self._waiting.get(said.command.number)) is not None:
            waiting.frame = frame

    def blame(self, said: Said, message: str, *, sure: bool) -> None:
        """Know that something is wrong with a command, and with the exchange that it breaks into.

        `sure`: what may be masked in it has no part in that.
        """
        broken = [c.number for c in said.flight if c.name in PROMPTED] if said.command.stray else []
        for number in (said.command.number, *broken):
            if (waiting := self._waiting.get(number)) is not None:
                (waiting.sure if sure else waiting.faults).append(message)

    def mask(self, number: int) -> None:
        """Know that a command is not here as it was sent."""
        if (waiting := self._waiting.get(number)) is not None:
            waiting.masked = True

    def lose(self) -> None:
        """Know that lines are missing: what waits may be answered."""
        self._waiting.clear()

    def answered(self, arrival: Arrival) -> Blame | None:
        """Take a tagged response; say whose fault it is where it refuses a command."""
        command = arrival.answers
        waiting = self._waiting.pop(command.number, None) if command is not None else None
        if command is None or waiting is None or arrival.status not in ("NO", "BAD"):
            return None
        if waiting.sure:
            return Blame("client", waiting.sure[0])
        if waiting.masked:
            credentials = command.name in _LOGINS and arrival.status == "NO"
            return _of_server(waiting, arrival) if credentials else None
        found: list[Fault] = []
        if not waiting.faults:
            found = list(_unseen(waiting, arrival.status))
        faults = [*waiting.faults, *(fault.message for fault in found)]
        if faults:
            return Blame("client", faults[0], found)
        return _of_server(waiting, arrival)


def _unseen(waiting: _Waiting, status: str) -> Iterator[Fault]:
    """Find what is wrong with a command that was not judged when it was sent."""
    frame = waiting.frame
    if frame is None:
        partial = _as_if_complete(waiting.said)
        if partial is not None:
            whole, until = partial
            yield from (formal.fault for formal in formal_faults(waiting.said, whole, until))
    elif status == "BAD":
        yield from (formal.fault for formal in unfinished_faults(waiting.said, frame))


def _as_if_complete(said: Said) -> tuple[Frame, int] | None:
    """Return a command whose literal was refused as it might have gone on, and how far it went."""
    text = said.command.text
    marker = _MARKER.search(text)
    if marker is None:
        return None
    bare = _STRING.sub(b"", text)
    closing = b")" * max(0, bare.count(b"(") - bare.count(b")"))
    begun = text[: marker.start(1)]
    whole = begun + b"1" + text[marker.end(1) :] + closing + b"\r\n"
    literals = (*said.command.literals[: text.count(b"}\r\n") - 1], b"x")
    return Frame(whole, literals, (), len(whole), complete=True), len(begun)


def _of_server(waiting: _Waiting, arrival: Arrival) -> Blame:
    """Answer for a command with which nothing is wrong, as far as one can see."""
    said, name = waiting.said, waiting.said.command.name
    told = _TEXT.match(arrival.frame.text)
    reason = show(told[1]) if told is not None else ""
    if arrival.status == "NO" and name in _LOGINS:
        return Blame("nobody", f"the credentials were refused: {reason}")
    if waiting.frame is None:
        what = "as far as it was sent, the command keeps to the syntax"
    else:
        what = "the command keeps to the syntax"
    state = ", is in its state" if said.state.value != "greeting" else ""
    announced = " and needs nothing that was not announced" if said.announced is not None else ""
    so = "BAD is for what breaks these" if arrival.status == "BAD" else "the reason is the server's"
    return Blame("server", f"{what}{state}{announced}; {so}: {reason}")
