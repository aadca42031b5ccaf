"""What the suite has learnt of a server beside its verdicts: one table of facts.

A fact is a sentence that holds here or does not. It says nothing of rules: that is for the cases
that are about the same behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "create": "CREATE makes mailboxes",
    "list-pattern": "LIST shows mailboxes by a pattern that begins with their name",
    "list-spelling": "LIST shows names in the letters that CREATE was given",
    "append-plain": "APPEND takes a message without a flag list",
    "append-empty": "APPEND takes an empty flag list, ()",
    "append-flags": "APPEND takes a flag list",
    "append-date": "APPEND takes a date and time",
    "append-undated": "APPEND takes a message without a date and time",
    "append-no-date-field": "APPEND takes a message without a Date field",
    "append-adds": "APPEND adds each message once",
    "append-keeps-flags": "a message has the flags that APPEND gave it",
    "append-keeps-date": "a message has the date and time that APPEND gave it",
    "append-keeps-octets": "a message is stored as it was given to APPEND, without more lines",
    "append-sets-no-flag": "a message has no system flag but those that APPEND gave it",
    "store-sets": "STORE sets the flags of a message",
    "copy-keeps-flags": "COPY keeps flags",
    "copy-recent": "messages are recent where COPY has put them",
    "keywords": "messages can have keywords",
    "expunge": "EXPUNGE removes messages that are marked as deleted",
    "close-expunges": "CLOSE removes messages that are marked as deleted",
    "leave": "a mailbox can be left without the removal of messages",
    "delete": "DELETE removes mailboxes",
    "inbox": "INBOX stays, or can be made again",
}
"""What facts there are, by name, in the order of a report."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a server does or does not; `said` is what it answered where it does not.

    `name` is short and stable, such as `append-flags`; `sentence` says it to a person.
    """

    name: str
    sentence: str
    holds: bool = True
    said: str = ""

    @property
    def remarkable(self) -> bool:
        """Whether it is no usual thing: it does not hold, or is an observation of its own."""
        return not self.holds or self.name not in SENTENCES

    @property
    def line(self) -> str:
        """The fact in one line for people."""
        if self.holds:
            return self.sentence
        return f"not so here: {self.sentence}" + (f" ({self.said})" if self.said else "")


class Facts:
    """The facts of one server, as they are learnt."""

    def __init__(self) -> None:
        self._known: dict[str, Fact] = {}

    def learn(self, name: str, holds: bool, said: object = "") -> None:
        """Take down whether a fact holds. One that was seen not to hold stays so."""
        known = self._known.get(name)
        if known is None or (known.holds and not holds):
            self._known[name] = Fact(name, SENTENCES[name], holds, "" if holds else str(said))

    def holds(self, name: str) -> bool:
        """Whether nothing speaks against a fact."""
        known = self._known.get(name)
        return known is None or known.holds

    def all(self) -> tuple[Fact, ...]:
        """Return what is known, in the order of the table."""
        return tuple(self._known[name] for name in SENTENCES if name in self._known)
