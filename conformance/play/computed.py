"""The values of `{found}` and `{fetched}`, from what a case has sent and was shown.

The messages are known; flags, unique identifiers and internal dates are the server's to keep, so
a search goes by what the server has shown of them in the same case.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from conformance.casefile.bindings import Bound, computed
from conformance.casefile.computed import (
    FETCH,
    FINDING,
    SentOctets,
    fetched_number,
    finding_name,
    patterns,
)
from conformance.casefile.fixtures import Fixture
from conformance.casefile.given import FETCHED, FOUND
from conformance.casefile.plan import Step
from conformance.message.expected import Expected, Items
from conformance.message.fetching import expected, read_items
from conformance.message.results import RESULTS
from conformance.message.search import KeptMessage
from conformance.message.views import viewed
from conformance.syntax.grammar import Grammar
from conformance.syntax.responses import Response


@dataclass(slots=True)
class ShownMailbox:
    """The mailbox of one connection as its responses show it, seen from the fixture."""

    fixture: Fixture
    _mailbox: list[KeptMessage] = field(init=False)

    def __post_init__(self) -> None:
        self._mailbox = [
            KeptMessage(message.parsed, number)
            for number, message in enumerate(self.fixture.messages, 1)
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

    def found(self, command: bytes, grammar: Grammar, name: str = "SEARCH") -> Expected:
        """Return what a SEARCH finds, or what has to come in the response of another name.

        Raises:
            ValueError: the command is none, or asks for what is not known.
        """
        return RESULTS[name](command, grammar, self._mailbox)

    def fetched(self, command: bytes, number: int, grammar: Grammar) -> Items:
        """Return the items of a message that a FETCH asks for.

        Raises:
            ValueError: the command is none, or the message has no such section.
        """
        if number > len(self._mailbox):
            raise ValueError(f"the fixture has no message {number}")
        message = self._mailbox[number - 1].message
        return Items({item.key: expected(message, item) for item in read_items(command, grammar)})


def bind(step: Step, sent: SentOctets, shown: ShownMailbox, grammar: Grammar) -> dict[str, Bound]:
    """Return the computed values that the patterns of a step use.

    Raises:
        ValueError: they can not be computed; says why.
    """
    bound: dict[str, Bound] = {}
    for pattern in patterns(step):
        if finding := finding_name(pattern):
            bound[FOUND] = computed(shown.found(sent.last(FINDING[finding]), grammar, finding))
        elif number := fetched_number(pattern):
            name = next(iter(pattern.uses()))
            items: Expected = shown.fetched(sent.last(FETCH), number, grammar)
            view = FETCHED[name]
            bound[f"{name}.{number}"] = computed(viewed(items, view) if view else items)
    return bound
