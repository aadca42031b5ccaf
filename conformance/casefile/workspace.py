"""The suite's own corner of an account: mailboxes under one unguessable name.

Everything that cases create is named here, filled here and removed here, together with what a
killed run left behind. Mail, flags, subscriptions and mailboxes of the user are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from conformance.casefile import ownership
from conformance.casefile.bindings import astring, list_mailbox
from conformance.casefile.errors import Blocked
from conformance.casefile.fixtures import Fixture
from conformance.syntax.values import Leaf
from conformance.wire.errors import TargetError
from conformance.wire.session import Literal, Session

Ours: TypeAlias = Callable[[str], bool]

_GONE = b"Subject: gone\r\n\r\nThis message is removed before the case begins.\r\n"
_PASSES = 4  # deleting children may free parents; more levels than this no case makes
_MANY = 64
"""Mailboxes that may pile up before they are removed in the middle of a run."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """How the account names mailboxes: the delimiter (None: flat) and the personal prefix."""

    delimiter: bytes | None
    prefix: bytes = b""


class Workspace:
    """Mailboxes of one run, made and removed over a session of its own.

    The session is authenticated and not used by anybody else. `tidy` False removes nothing:
    for a server that is thrown away afterwards, where removal may cost more than the run.

    Raises:
        TargetError: the account lets no mailbox be created.
    """

    def __init__(self, session: Session, *, tidy: bool = True) -> None:
        self._session = session
        self._tidy = tidy
        self._run = ownership.new_run()
        self._cases = 0
        self._created = 0
        self._keeps_flags: dict[str, bool] = {}
        self.hierarchy = self._find_hierarchy()
        if tidy:
            self.remove_leftovers()

    def attach(self, session: Session) -> None:
        """Go on over another session: the one before has ended, or its server."""
        self._session = session

    @property
    def run(self) -> str:
        """The name that all mailboxes of this run begin with, behind the personal prefix."""
        return self._run

    def new_case(self) -> int:
        """Return a number for a case's names; removes what has piled up from earlier cases."""
        if self._tidy and self._created >= _MANY:
            self.remove_own()
        self._cases += 1
        return self._cases

    def name(self, case: int, label: str = "", path: str | None = None) -> bytes | None:
        """Return a mailbox name of a case; None for a child where there is no hierarchy.

        `path` holds the levels below, separated by `/`; the last may be empty.
        """
        top = f"{self._run}-{case}{'-' + label if label else ''}".encode()
        levels = [level.encode() for level in path.split("/")] if path is not None else []
        if levels and self.hierarchy.delimiter is None:
            return None
        return self.hierarchy.prefix + (self.hierarchy.delimiter or b"").join([top, *levels])

    def below_inbox(self, case: int, label: str) -> bytes | None:
        """Return the name of a child of INBOX for a case; None where there is no hierarchy."""
        if self.hierarchy.delimiter is None:
            return None
        return b"".join(
            (b"INBOX", self.hierarchy.delimiter, f"{self._run}-{case}-{label}".encode())
        )

    def fill(self, mailbox: bytes, fixture: Fixture) -> None:
        """Create a mailbox and append the messages of a fixture.

        Raises:
            Blocked: the server refuses; says what it answered.
        """
        self._created += 1
        name = astring(mailbox).spelling
        if not self._session.command(b"CREATE " + name).ok:
            # Where several processes use one account, a server may see a fresh name as taken.
            self._session.command(b"DELETE " + name)
            self._must(b"CREATE " + name)
        if fixture.gone:
            self._use_uids(mailbox, fixture.gone)
        for message in fixture.messages:
            head = b"APPEND " + astring(mailbox).spelling + b" "
            if message.flags:
                head += b"(" + " ".join(message.flags).encode() + b") "
            if message.date:
                head += b'"' + message.date.encode() + b'" '
            self._must(head, Literal(message.octets))
        if any(message.flags for message in fixture.messages):
            self._check_flags(mailbox, fixture)

    def _use_uids(self, mailbox: bytes, count: int) -> None:
        """Have so many messages come and go."""
        name = astring(mailbox).spelling
        for _ in range(count):
            self._must(b"APPEND " + name + b" ", Literal(_GONE))
        self._must(b"SELECT " + name)
        try:
            self._must(b"STORE 1:* +FLAGS.SILENT (\\Deleted)")
            self._must(b"EXPUNGE")
        finally:
            self._leave(mailbox)

    def _leave(self, mailbox: bytes) -> None:
        """Have no mailbox selected; one that can not be opened leaves none (section 6.3.1)."""
        if not self._session.command(b"CLOSE").ok:
            self._session.command(b"EXAMINE " + astring(mailbox + b"-none").spelling)

    def _check_flags(self, mailbox: bytes, fixture: Fixture) -> None:
        """See once that APPEND keeps the flags it is given, which is a SHOULD (section 6.3.11).

        EXAMINE leaves the Recent flag to the case.
        """
        if fixture.name not in self._keeps_flags:
            self._must(b"EXAMINE " + astring(mailbox).spelling)
            reply = self._session.command(b"FETCH 1:* (FLAGS)")
            self._leave(mailbox)
            kept = {a.response.count: a.response.flags() for a in reply.untagged}
            self._keeps_flags[fixture.name] = all(
                {flag.upper().encode() for flag in message.flags} <= (kept.get(number) or set())
                for number, message in enumerate(fixture.messages, 1)
            )
        if not self._keeps_flags[fixture.name]:
            raise Blocked("the server does not keep the flags that APPEND gives a message")

    def remove_own(self) -> None:
        """Remove every mailbox and subscription of this run."""
        self._remove(lambda run: run == self._run)
        self._created = 0

    def remove_leftovers(self) -> None:
        """Remove what runs that are over have left behind in this account."""
        self._remove(ownership.abandoned)

    def end(self) -> None:
        """Remove everything of this run; the run is over."""
        if self._tidy:
            self.remove_own()
        ownership.end_run(self._run)

    def _must(self, *parts: bytes | Literal) -> None:
        reply = self._session.command(*parts)
        if not reply.ok:
            verb = bytes(parts[0] if isinstance(parts[0], bytes) else b"").split(b" ")[0].decode()
            raise Blocked(f"the server refused {verb} for the case's mailbox: {reply}")

    def _find_hierarchy(self) -> Hierarchy:
        reply = self._session.command(b'LIST "" ""')
        delimiter: bytes | None = None
        for arrival in reply.untagged:
            if arrival.response.name == "LIST" and len(arrival.response.values) > 1:
                leaf = arrival.response.values[1]
                if isinstance(leaf, Leaf) and not leaf.is_nil:
                    delimiter = bytes(leaf.octets)
        said = ""
        for prefix in self._prefixes(delimiter):
            probe = prefix + self._run.encode() + b"-0"
            reply = self._session.command(b"CREATE " + astring(probe).spelling)
            if reply.ok:
                return Hierarchy(self._usable(delimiter, probe), prefix)
            said = str(reply)
        raise TargetError(f"the account lets no mailbox be created: {said}")

    def _usable(self, delimiter: bytes | None, probe: bytes) -> bytes | None:
        """Remove the probe; a delimiter is of use only where mailboxes may have children."""
        if delimiter is not None:
            child = astring(probe + delimiter + b"child").spelling
            if self._session.command(b"CREATE " + child).ok:
                self._session.command(b"DELETE " + child)
            else:
                delimiter = None
        self._session.command(b"DELETE " + astring(probe).spelling)
        return delimiter

    def _prefixes(self, delimiter: bytes | None) -> list[bytes]:
        prefixes = [b""]
        if "NAMESPACE" in (self._session.dialogue.capabilities or ()):
            for arrival in self._session.command(b"NAMESPACE").untagged:
                # RFC 2342 section 5: the first string of the first list is the personal prefix.
                found = re.match(rb'\* NAMESPACE \(\("([^"\\]*)"', arrival.frame.text)
                if found:
                    prefixes.append(found[1])
        if delimiter:
            prefixes.append(b"INBOX" + delimiter)
        return list(dict.fromkeys(prefixes))

    def _remove(self, ours: Ours) -> None:
        prefixes = [self.hierarchy.prefix]
        if self.hierarchy.delimiter:
            prefixes.append(b"INBOX" + self.hierarchy.delimiter)
        for prefix in dict.fromkeys(prefixes):
            self._remove_below(prefix + ownership.STEM.encode(), ours)

    def _remove_below(self, stem: bytes, ours: Ours) -> None:
        for mailbox in self._listed(b"LSUB", stem, ours):
            self._session.command(b"UNSUBSCRIBE " + astring(mailbox).spelling)
        for _ in range(_PASSES):
            # Children first: a parent may refuse to go, or leave a name behind, before them.
            names = sorted(self._listed(b"LIST", stem, ours), key=len, reverse=True)
            if not names:
                return
            for mailbox in names:
                self._session.command(b"DELETE " + astring(mailbox).spelling)

    def _listed(self, command: bytes, stem: bytes, ours: Ours) -> list[bytes]:
        reply = self._session.command(command + b' "" ' + list_mailbox(stem + b"*").spelling)
        names = []
        for arrival in reply.untagged:
            mailbox = arrival.response.mailbox
            if arrival.response.name != command.decode() or not mailbox:
                continue
            run = ownership.run_of(mailbox.decode("latin-1"))
            if mailbox.startswith(stem) and run and ours(run):
                names.append(mailbox)
        return list(dict.fromkeys(names))
