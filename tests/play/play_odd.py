"""A workspace on a server that is odd in one way, and the same account seen without the oddity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.casefile.bindings import astring
from conformance.casefile.fixtures import Fixture
from conformance.casefile.suite import Suite
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.proxy import FlawedServer
from conformance.play.connections import Connections, Way
from conformance.play.workspace import Workspace
from conformance.targets import Target

FIXTURES = Suite().fixtures
WAY = Way(timeout=5.0)


@dataclass
class Odd:
    """The odd server's workspace, and connections of the server behind it."""

    workspace: Workspace
    connections: Connections

    def fill(self, fixture: Fixture) -> tuple[bytes, Fixture]:
        """Fill a mailbox; return its name, and the fixture as it is said to be there."""
        name = self.workspace.name(self.workspace.new_case()) or b""
        return name, self.workspace.fill(name, fixture)

    def seen(self, name: bytes) -> Seen:
        """Look into a mailbox as it is."""
        with self.connections.connect("seen", "auth") as session:
            opened = session.command(b"EXAMINE " + astring(name).spelling)
            counts = {a.response.name: a.response.count or 0 for a in opened.untagged}
            fetched = session.command(b"FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])")
        flags, dates, texts = [], [], []
        for arrival in fetched.untagged:
            response = arrival.response
            flags.append((response.flags() or frozenset()) - {b"\\RECENT"})
            date, text = response.item(b"INTERNALDATE"), response.item(b"BODY[]")
            dates.append(bytes(date.octets) if date else b"")
            texts.append(bytes(text.octets) if text else b"")
        return Seen(counts.get("EXISTS", 0), counts.get("RECENT", 0), flags, dates, texts)

    def own(self) -> list[bytes]:
        """The mailboxes of this run that are there, in any letters; others are of other tests."""
        with self.connections.connect("own", "auth") as session:
            reply = session.command(b'LIST "" *')
        names = [a.response.mailbox or b"" for a in reply.untagged if a.response.name == "LIST"]
        run = self.workspace.run.encode().lower()
        return [name for name in names if run in name.lower()]

    def broken_facts(self) -> set[str]:
        """The facts that do not hold here."""
        return {fact.name for fact in self.workspace.facts() if not fact.holds}


@dataclass
class Seen:
    """What is in a mailbox."""

    exists: int
    recent: int
    flags: list[frozenset[bytes]]
    dates: list[bytes]
    texts: list[bytes]


def flags_of(fixture: Fixture) -> list[frozenset[bytes]]:
    return [frozenset(flag.upper().encode() for flag in m.flags) for m in fixture.messages]


@contextmanager
def odd(target: Target, *acts: Act) -> Iterator[Odd]:
    """A workspace on a server in front of which these acts are."""
    connections = Connections(target.endpoint, target.accounts, way=WAY)
    with FlawedServer(target.endpoint, flaw("test", "Odd", "", "", *acts)) as served:
        before = Connections(served.endpoint, target.accounts, way=WAY)
        with before.survey() as session:
            workspace = Workspace(session)
            try:
                yield Odd(workspace, connections)
            finally:
                workspace.end()
                with connections.survey() as plain:  # whatever the oddity has kept
                    Workspace(plain).end()
