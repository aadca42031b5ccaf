"""Programs had without a server: what it answers is written down, session by session.

`played` has operations of `fuzz` in sessions whose answers are given as text: one string for each
command that the operation says, its lines without line ends, `TAG` where the command's tag stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

from conformance.casefile.fixtures import Fixture, FixtureMessage
from conformance.fuzz.environment import Features
from conformance.fuzz.executor import Ended, Executor
from conformance.syntax import grammar
from conformance.wire.dialogue import Arrival, Dialogue, State
from conformance.wire.exchange import Literal, Reply
from conformance.wire.transcript import Transcript

Step = tuple[str, Callable[..., None], dict[str, object]]


class Party:
    """As much of a session as a program uses; commands that nobody has an answer for fail."""

    def __init__(self, answers: list[str]) -> None:
        self.dialogue = Dialogue()
        self.dialogue.join(State.AUTHENTICATED)
        self.transcript = Transcript()
        self.said: list[bytes] = []
        self.answers = answers

    def command(self, *parts: bytes | Literal) -> Reply:
        return self._say(b"".join(p.data if isinstance(p, Literal) else p for p in parts))

    def idle(self) -> Reply:
        return self._say(b"IDLE")

    def _say(self, text: bytes) -> Reply:
        self.said.append(text)
        reply = Reply(b"t%d" % len(self.said))
        self.dialogue.sent(reply.command + b" " + text.partition(b"\r\n")[0] + b"\r\n", 0.0)
        assert self.answers, f"no answer is given for {text!r}"
        for line in self.answers.pop(0).replace("TAG", reply.command.decode()).split("\n"):
            self.dialogue.received(line.encode() + b"\r\n")
        while isinstance(arrival := self.dialogue.next_arrival(0.0), Arrival):
            if arrival.answers is not None:
                reply.tagged = arrival
            elif arrival.frame.text.startswith(b"+"):
                reply.continuations.append(arrival)
            else:
                reply.untagged.append(arrival)
        reply.ended = "" if reply.tagged else "closed"
        return reply

    def close(self) -> None:
        """Nothing: there is no connection."""


def fixture(count: int) -> Fixture:
    """So many messages without flags."""
    octets = b"Subject: a\r\n\r\nText\r\n"
    return Fixture("generated", "", tuple(FixtureMessage(octets) for _ in range(count)))


def executor_of(
    messages: int, answers: dict[str, Sequence[str]], capabilities: str = ""
) -> Executor:
    """Make a program's sessions, which are answered as is written."""
    parties = {who: Party(list(texts)) for who, texts in answers.items()}
    environment = SimpleNamespace(
        begin=lambda _label: 1,
        rev2=False,
        grammar=grammar.load(),
        connections=SimpleNamespace(connect=lambda who, _start: parties[who]),
        workspace=SimpleNamespace(
            name=lambda _number, label="", child=None: "/".join(
                filter(None, (f"box{label}", child))
            ).encode()
        ),
        features=Features(frozenset(capabilities.split()), hierarchy=True),
    )
    return Executor(environment, fixture(messages), "model", fill=False)


def played(
    steps: Sequence[Step],
    answers: dict[str, Sequence[str]],
    *,
    messages: int = 0,
    capabilities: str = "",
) -> Executor:
    """Have operations in turn; raises what they raise, and if an answer was not asked for."""
    executor = executor_of(messages, answers, capabilities)
    for who, operation, arguments in steps:
        try:
            operation(executor, who, **arguments)
        except Ended:
            continue
    for who in answers:
        assert not executor.connect(who).answers, f"{who} did not ask for all that is given"
    return executor
