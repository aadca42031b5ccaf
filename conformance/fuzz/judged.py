"""What the module of an RFC registers of generated commands: the rows of `JUDGED`.

A row says of one kind of command which answer is right in a state in which it is valid, which rule
its success is about, and what can be said of the data that came with it. A command of which there
is no row, as all of its RFC that is known is the grammar, may be answered in any way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.fuzz.domain import FREE, HOME, OTHER, below
from conformance.fuzz.executor import Answered, Executor
from conformance.message.search import KeptMessage
from conformance.syntax.arguments import ReadCommand, read_command
from conformance.syntax.derivations import Derivation
from conformance.syntax.grammar import Grammar

StartState: TypeAlias = Literal["greeted", "auth", "empty", "full"]
STARTS: tuple[StartState, ...] = ("greeted", "auth", "empty", "full")
"""The states in which commands are tried: not authenticated, authenticated, selected twice."""

OK, NO, REFUSED, ANY = ({"OK"}, {"NO"}, {"NO", "BAD"}, {"OK", "NO", "BAD"})
EITHER = {"OK", "NO"}

_SELECTED: Mapping[StartState, bytes] = {"empty": OTHER, "full": HOME}


@dataclass(frozen=True, slots=True)
class GeneratedCommand:
    """A generated command as the rows look at it."""

    derivation: Derivation
    start: StartState
    messages: int
    """How many messages the selected mailbox has."""

    def holds(self, rule: str) -> list[bytes]:
        """The texts of a rule in it, payloads included."""
        return [
            each.spoken().octets for each in below(self.derivation) if each.production.rule == rule
        ]

    def mailboxes(self) -> list[bytes]:
        """The mailboxes that it names, as placeholders."""
        names = []
        for text in self.holds("mailbox"):
            known = (HOME, OTHER, FREE)
            names.append(next((name for name in known if name in text), b"INBOX"))
        return names

    @property
    def of_selected(self) -> bool:
        """Whether the first mailbox that it names is the one that is selected."""
        return self.mailboxes()[0] == _SELECTED.get(self.start)

    @property
    def by_uid(self) -> bool:
        """Whether its numbers are unique identifiers."""
        return bool(self.holds("uid"))

    @property
    def in_range(self) -> bool:
        """Whether all message numbers exist."""
        sets = [
            each
            for each in below(self.derivation)
            if each.production.rule == "seq_number" and not self.by_uid
        ]
        numbers = [each.spoken().text for each in sets]
        return all(n == b"*" or int(n) <= self.messages for n in numbers) and (
            self.messages > 0 or not numbers
        )


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What came with the OK to a command, and what is known of the messages that it is about."""

    command: bytes
    """As it went over the wire."""
    said: Answered
    kept: Mapping[int, KeptMessage]
    """What the server keeps of each message; empty where the row does not ask for it."""
    grammar: Grammar

    @property
    def read(self) -> ReadCommand:
        """The command with its arguments."""
        return read_command(self.grammar, self.command)


@dataclass(frozen=True, slots=True)
class GeneratedResult(CommandResult):
    """The same of a generated command."""

    executor: Executor
    asked: GeneratedCommand


AllowedAnswers: TypeAlias = Callable[[GeneratedCommand], set[str]]


def always(statuses: set[str]) -> AllowedAnswers:
    """Return what says that these completions are right, whatever was asked."""
    return lambda _asked: statuses


@dataclass(frozen=True, slots=True)
class Judged:
    """One kind of command, by its rule in the grammar or the keyword that it consists of.

    Attributes:
        answer: Which completions are right.
        rule: The requirement that says what its success is; BAD has a requirement of its own.
        look: Holds the data that came with an OK against what is known; raises Disagreement.
        about: What `look` wants to know: `messages` has the server asked for them before.
        leaves: The requirement that says that its success changes nothing of the session.
        moves: It leaves the session in another state when it succeeds.
        shares: A session is afterwards where it was, and can have the next command.
        asks: It returns data and changes little.
        names: The requirement that says which mailboxes there are afterwards; "" asks for none.
        unmakes, makes: Its success removes the first mailbox that it names, makes the last one.
    """

    name: str
    answer: AllowedAnswers
    rule: str = "3501-2.2.2-results"
    look: Callable[[GeneratedResult], None] | None = None
    about: Literal["", "messages"] = ""
    leaves: str = "3501-6.3.8-no-effect"
    moves: bool = False
    shares: bool = False
    asks: bool = False
    names: str = ""
    unmakes: bool = False
    makes: bool = False


UNKNOWN = Judged("other", always(ANY), moves=True)
"""A command of an extension of which nothing is known here but its grammar."""


def exists(asked: GeneratedCommand) -> set[str]:
    """Say that the mailbox has to be there."""
    return NO if asked.mailboxes()[0] == FREE else OK


def copies(asked: GeneratedCommand) -> set[str]:
    """Say that the messages and the mailbox that they go to have to be there."""
    if not asked.in_range:
        return ANY
    if asked.mailboxes()[-1] == FREE:
        return EITHER if asked.by_uid else NO
    return EITHER if asked.by_uid else OK
