"""The four states that broken commands are sent in, and whether they are as before afterwards.

Each place has a mailbox of its own, and says in a few lines what can be seen there. A session is
used for as long as it lasts; what was done to the mailboxes is made good before the next command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from conformance.casefile.bindings import astring
from conformance.casefile.fixtures import Fixture
from conformance.casefile.labels import Start
from conformance.fuzz.mutants import (
    STRICT,
    MutantAnswer,
    MutantBreach,
    may_deselect,
    name_of,
    probe,
)
from conformance.fuzz.revised import searched
from conformance.play.connections import Connections
from conformance.play.errors import Blocked
from conformance.play.workspace import Workspace
from conformance.syntax import grammar
from conformance.syntax.mutants import Mutant
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Session
from conformance.wire.states import State

StateSight: TypeAlias = frozenset[bytes]
"""What can be seen of the mailboxes and messages: lines without an order."""


@dataclass(frozen=True, slots=True)
class SessionState:
    """A state to send commands in."""

    name: str
    start: Start
    fixture: str
    """What is in the mailbox that exists."""
    selected: bool
    families: frozenset[str]
    """The rules of section 9 for the commands of this state."""


_ANY = "command-any"
_AUTH = frozenset({_ANY, "command-auth"})
_SELECT = _AUTH | {"command-select"}

SESSION_STATES: Final[tuple[SessionState, ...]] = (
    SessionState(
        "not authenticated", "greeted", "one", False, frozenset({_ANY, "command-nonauth"})
    ),
    SessionState("authenticated", "auth", "one", False, _AUTH),
    SessionState("selected, empty", "auth", "empty", True, _SELECT),
    SessionState("selected", "auth", "flagged", True, _SELECT),
)


class Ground:
    """One place on one server, with the two names that the commands of this place may use.

    One at a time has a workspace to itself: what was done to it is removed as a whole.

    Raises:
        Blocked: the server does not let the mailbox be made.
    """

    def __init__(
        self, connections: Connections, workspace: Workspace, place: SessionState, fixture: Fixture
    ) -> None:
        self.place = place
        self._connections = connections
        self._workspace = workspace
        self._fixture = fixture
        case = workspace.new_case()
        self.mailbox = workspace.name(case) or b""
        self.other = workspace.name(case, "other") or b""
        self._session: Session | None = None
        self._before: StateSight = frozenset()
        workspace.fill(self.mailbox, fixture)

    @property
    def grammar(self) -> grammar.Grammar:
        """The grammar of what the server announces in this place."""
        announced = self._connections.announced
        early = self.place.start == "greeted"
        if early:
            return grammar.load(announced.before)
        return grammar.load(announced.after, self._connections.enabled)

    def takes(self, mutant: Mutant) -> bool:
        """Whether a mutant is to be sent here: it is wrong for this server, and safe.

        A name that does not begin as ours do is only for accounts where everything may happen.
        """
        announced = self._connections.announced.before | self._connections.announced.after
        if mutant.kind.unless in announced:
            return False
        return self._connections.disposable or not (
            mutant.kind.foreign and name_of(mutant) in _NAMING
        )

    def close(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def session(self) -> Session:
        """Return a session in the state of the place, a new one if there is none.

        Raises:
            Blocked: the server lets the state not be reached.
            Skip: this target does not have the state.
        """
        if self._session is None or self._session.ending is not None:
            session = self._connections.connect("mutants", self.place.start)
            self._session = session
            if self.place.selected:
                reply = session.command(b"SELECT " + astring(self.mailbox).spelling)
                if not reply.ok:
                    raise Blocked(f"the server does not select its mailbox: {reply}")
            self._before = self.look(session)
        return self._session

    def look(self, session: Session) -> StateSight:
        """Ask the server what there is to be seen."""
        if self.place.start == "greeted":
            return frozenset({session.command(b'LIST "" ""').status.replace("BAD", "NO").encode()})
        # The two names and what a mutant makes of them, and not what the suite works with.
        pattern = b'"" "%s*"' % self.mailbox
        subscribed = b"LIST (SUBSCRIBED) " if self._connections.enabled else b"LSUB "
        asked = [b"LIST " + pattern, subscribed + pattern]
        if not self.place.selected:
            asked.append(b"STATUS " + astring(self.mailbox).spelling + b" (MESSAGES UIDNEXT)")
        elif self._fixture.messages:
            asked.append(b"UID FETCH 1:* (FLAGS)")
        else:
            asked.append(b"UID SEARCH ALL")
        seen: set[bytes] = set()
        for command in asked:
            reply = session.command(command)
            seen.add(command.split(b" ")[0] + b" " + reply.status.encode())
            seen.update(filter(None, map(_sight, searched(reply.untagged))))
        return frozenset(seen)

    def changed(self, mutant: Mutant, heard: MutantAnswer) -> tuple[str, ...]:
        """Say what is otherwise than before a mutant that was refused, and make all good again.

        After what was not refused nothing is said: that was what the command does.
        """
        session = self._session
        lost = heard.closed or heard.noop is None or not heard.noop.ok
        if session is None or lost:
            self._restart()
            return ()
        before, state = self._before, session.dialogue.state
        expected = State.SELECTED if self.place.selected else _STATES[self.place.start]
        after = self.look(session) if state is expected else frozenset()
        if after == before and session.ending is None:
            return ()
        self._restart()
        if session.dialogue.bye or not heard.refused or may_deselect(mutant):
            return ()
        return tuple(
            f"{word} {line.decode('ascii', 'backslashreplace')}"
            for word, lines in (("gone:", before - after), ("new:", after - before))
            for line in sorted(lines)
        )

    def _restart(self) -> None:
        """End the session, and make mailboxes that are not as they were anew."""
        before = self._before
        self.close()
        if self.place.start != "greeted":
            self.session()
            if self._before != before:
                self.close()
                self._workspace.remove_own()
                self._workspace.fill(self.mailbox, self._fixture)


_NAMING: Final = frozenset({"CREATE", "RENAME", "SUBSCRIBE"})
"""Commands that leave a new name behind."""
_STATES: Final = {"greeted": State.NOT_AUTHENTICATED, "auth": State.AUTHENTICATED}


def _sight(arrival: Arrival) -> bytes:
    """Return what a response shows, without what may change by itself."""
    response = arrival.response
    if response.name == "FETCH":
        uid = response.item(b"UID")
        flags = sorted((response.flags() or frozenset()) - {b"\\RECENT"})
        return b"UID %s FLAGS %s" % (bytes(uid.octets) if uid else b"?", b" ".join(flags))
    if response.name in ("LIST", "LSUB"):
        return response.name.encode() + b" " + (response.mailbox or b"?")
    if response.name == "STATUS":
        return arrival.frame.text
    if response.name == "SEARCH":
        return b"SEARCH %s" % b" ".join(bytes(leaf.octets) for leaf in response.leaves)
    return b""


def attempt(
    ground: Ground, mutant: Mutant, *, patience: float
) -> tuple[MutantAnswer, list[MutantBreach]]:
    """Send one mutant, look at what it has changed, and say what was wrong.

    Raises:
        Blocked, Skip: the state can not be reached.
    """
    place = ground.place
    proper = mutant.family in place.families
    heard, breaches = probe(
        ground.session(), mutant, place=place.name, proper=proper, patience=patience
    )
    differences = ground.changed(mutant, heard)
    if differences:
        wrong = f"was refused with {heard.status or 'BAD'} and yet changed something"
        breaches.append(MutantBreach(STRICT, mutant, place.name, wrong, "; ".join(differences), ()))
    return heard, breaches
