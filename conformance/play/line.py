"""The connection over which the suite looks after its own mailboxes; it may be replaced."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.casefile.bindings import astring
from conformance.wire.session import Literal, Reply, Session


@dataclass(slots=True)
class CommandLine:
    """Sends commands over the session that stands now."""

    session: Session

    def ask(self, *parts: bytes | Literal) -> Reply:
        """Send a command and wait for its answer."""
        return self.session.command(*parts)

    @property
    def over(self) -> bool:
        """Whether the connection has ended."""
        return self.session.ending is not None

    def count(self, mailbox: bytes) -> int | None:
        """Return how many messages STATUS says that a mailbox has, None if it says nothing."""
        reply = self.ask(b"STATUS " + astring(mailbox).spelling + b" (MESSAGES)")
        for arrival in reply.untagged:
            response = arrival.response
            if response.name == "STATUS":
                leaf = response.item(b"MESSAGES")
                if leaf is not None:
                    return leaf.number
        return None

    def exists(self, mailbox: bytes) -> bool:
        """Whether STATUS finds a mailbox."""
        return self.ask(b"STATUS " + astring(mailbox).spelling + b" (MESSAGES)").ok
