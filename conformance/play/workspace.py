"""The suite's own corner of an account: mailboxes under one unguessable name.

Everything that cases create is named here, filled here and removed here, together with what a
killed run left behind. Mail, flags, subscriptions and mailboxes of the user are never touched.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from dataclasses import dataclass

from conformance.casefile.bindings import astring
from conformance.casefile.fixtures import Fixture
from conformance.play import ownership
from conformance.play.cleanup import Cleanup, Ours
from conformance.play.errors import Blocked, Skip
from conformance.play.facts import Fact, Facts
from conformance.play.filling import Filling
from conformance.play.inbox import Inbox
from conformance.play.leaving import Leaving
from conformance.play.line import CommandLine
from conformance.syntax.values import Leaf
from conformance.wire.session import Session

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
    Where the account lets no mailbox be created, mailboxes of earlier runs are used again, and
    without any only cases are played that need none.
    """

    def __init__(self, session: Session, *, tidy: bool = True) -> None:
        self._line = CommandLine(session)
        self._facts = Facts()
        self._tidy = tidy
        self._run = ownership.new_run(remembered=tidy)
        self._beaten = time.time()
        self._heartbeat: bytes | None = None
        self._cases = 0
        self._scratched = 0
        self._rest: bytes | None = None
        self._made: dict[bytes, None] = {}
        self._named: dict[bytes, None] = {}
        self._reused: list[bytes] = []
        self._spare: bytes | None = None
        self._labels: tuple[int, list[str]] = (0, [])
        self._refused = ""
        self._leaving = Leaving(self._line, self._empty_one, self._missing)
        self._filling = Filling(
            self._line, self._facts, self._leaving, self._scratch, self._discard
        )
        self._cleanup = Cleanup(self._line, self._facts, self._filling.empty)
        self.inbox = Inbox(self._line, self._facts, self._leaving.leave)
        self.hierarchy = self._find_hierarchy()
        prefixes = [self.hierarchy.prefix]
        if self.hierarchy.delimiter:
            prefixes.append(b"INBOX" + self.hierarchy.delimiter)
        self._cleanup.use(prefixes, self.hierarchy.delimiter)
        if self._refused:
            self._reused = self._cleanup.existing(self._cleanup.abandoned)
            self._filling.keeps_sources = False
            self._spare = self._reused.pop() if len(self._reused) > 1 else None
        elif tidy:
            self.remove_leftovers()

    def attach(self, session: Session) -> None:
        """Go on over another session: the one before has ended, or its server."""
        self._line.session = session

    @property
    def run(self) -> str:
        """The name that all mailboxes of this run begin with, behind the personal prefix."""
        return self._run

    def facts(self) -> tuple[Fact, ...]:
        """Return what was learnt of the server while its mailboxes were made."""
        return self._facts.all()

    def new_case(self) -> int:
        """Return a number for a case's names; removes what has piled up from earlier cases."""
        if self._tidy and len(self._made) >= _MANY:
            self.remove_own()
        self.give_sign()
        self._cases += 1
        return self._cases

    @property
    def sign_is_due(self) -> bool:
        """Whether `give_sign` has something to say."""
        if not self._tidy or self._refused:
            return False
        return time.time() - self._beaten >= ownership.HEARTBEAT

    def give_sign(self) -> None:
        """Say in the account that this run goes on, where it was said long ago.

        What runs on other machines see of this one are its mailboxes alone.
        """
        if not self.sign_is_due:
            return
        before, name = self._heartbeat, self.hierarchy.prefix
        name += ownership.heartbeat(self._run).encode()
        self._beaten = time.time()
        if self._line.ask(b"CREATE " + astring(name).spelling).ok:
            self._made[name] = None
            self._heartbeat = name
            if before is not None and self._line.ask(b"DELETE " + astring(before).spelling).ok:
                self._made.pop(before, None)

    def name(self, case: int, label: str = "", path: str | None = None) -> bytes | None:
        """Return a mailbox name of a case; None for a child where there is no hierarchy.

        `path` holds the levels below, separated by `/`; the last may be empty.
        """
        levels = [level.encode() for level in path.split("/")] if path is not None else []
        if levels and self.hierarchy.delimiter is None:
            return None
        top = self._again(case, label)
        if top is None:
            top = f"{self._run}-{case}{'-' + label if label else ''}".encode()
            top = self.hierarchy.prefix + top
        name = (self.hierarchy.delimiter or b"").join([top, *levels])
        if not set(path or "") & set("%*"):
            self._named[name] = None
        return name

    def below_inbox(self, case: int, label: str) -> bytes | None:
        """Return the name of a child of INBOX for a case; None where there is no hierarchy."""
        if self.hierarchy.delimiter is None:
            return None
        name = b"".join(
            (b"INBOX", self.hierarchy.delimiter, f"{self._run}-{case}-{label}".encode())
        )
        self._named[name] = None
        return name

    def fill(self, mailbox: bytes, fixture: Fixture) -> Fixture:
        """Create a mailbox with the messages of a fixture; return the fixture as it is there.

        Other than asked for are only Date fields, internal dates and keywords that the server
        does not take or keep (see `Filling.fill`).

        Raises:
            Blocked: the server refuses; says what it answered.
        """
        self._have(mailbox)
        return self._filling.fill(mailbox, fixture)

    def fill_inbox(self, fixture: Fixture) -> Fixture:
        """Have INBOX hold the messages of a fixture and no others; return it as it is there.

        Raises:
            Skip: there is mail in it, and the account outlives the run.
            Blocked: as for `fill`.
        """
        if self._line.count(b"INBOX") != 0:
            if self._tidy:
                raise Skip("INBOX holds mail, and this is tried only where it is empty")
            self._filling.empty(b"INBOX")
        return self._filling.fill(b"INBOX", fixture)

    def make(self, mailbox: bytes) -> None:
        """Create an empty mailbox.

        Raises:
            Blocked: the server refuses; says what it answered.
        """
        self._have(mailbox)

    def remove_own(self) -> None:
        """Remove every mailbox and subscription of this run."""
        self._remove()

    def remove_leftovers(self) -> None:
        """Remove what runs that are over have left behind in this account."""
        self._cleanup.remove(self._cleanup.abandoned)

    def end(self, others: Collection[bytes] = ()) -> tuple[bytes, ...]:
        """Remove everything of this run, which is over; return the names that are still there.

        Among them is what earlier runs have left and the server does not let be removed.
        `others` are names of such runs that LIST may not show.
        """
        left: tuple[bytes, ...] = ()
        if self._tidy and not self._line.over:
            left = self._remove(last=True)
            if not self._refused:
                left += self.clean(self._cleanup.abandoned, others)
        if self._tidy and self._line.over:  # in the middle of it
            left = tuple(dict.fromkeys((*left, *self._made, *others)))
        if self.inbox.left:
            left += (b"INBOX",)
        ownership.end_run(self._run, clean=not left)
        return tuple(dict.fromkeys(left))

    def clean(self, ours: Ours, recorded: Collection[bytes] = ()) -> tuple[bytes, ...]:
        """Remove what runs have left; return the names that are still there."""
        return self._cleanup.remove(ours, recorded, last=True)

    def kept(self) -> tuple[bytes, ...]:
        """Return the names of mailboxes of other runs that may still go on."""

        def going_on(run: str) -> bool:
            return run != self._run and not self._cleanup.abandoned(run)

        return tuple(self._cleanup.existing(going_on))

    @property
    def shown(self) -> bool:
        """Whether LIST shows the mailboxes that are there."""
        return self._cleanup.trusted

    @property
    def made(self) -> tuple[bytes, ...]:
        """Names that were made and not removed yet."""
        return tuple(self._made) if self._tidy else ()

    @property
    def removed(self) -> int:
        """How many mailboxes of other runs were removed."""
        return len(
            {name for name in self._cleanup.removed if self._run.encode() not in name.lower()}
        )

    def _remove(self, *, last: bool = False) -> tuple[bytes, ...]:
        self._rest = None
        if self._heartbeat is not None:  # it goes with the rest, and the next case makes another
            self._heartbeat, self._beaten = None, 0.0
        self._filling.forget()
        recorded = self._made if self._cleanup.trusted else {**self._named, **self._made}
        # By the whole name: a server that is thrown away may hold thousands of earlier runs.
        left = self._cleanup.remove(
            lambda run: run == self._run, tuple(recorded), stem=self._run.encode(), last=last
        )
        self._made.clear()
        if self._cleanup.trusted:
            self._named.clear()
        else:
            self._named = dict.fromkeys(left)
        return left

    # -- making ------------------------------------------------------------------------

    def _have(self, mailbox: bytes) -> None:
        """Have an empty mailbox of this name.

        Raises:
            Blocked: it can not be made.
        """
        if self._refused:
            if mailbox not in (*self._reused, self._spare):
                raise Blocked(f"the server lets no mailbox be created: {self._refused}")
            if self._line.count(mailbox) != 0:
                self._filling.empty(mailbox)
            return
        name = astring(mailbox).spelling
        self._made[mailbox] = None
        if self._line.ask(b"CREATE " + name).ok:
            return
        # Where several processes use one account, a server may see a fresh name as taken.
        self._line.ask(b"DELETE " + name)
        reply = self._line.ask(b"CREATE " + name)
        if not reply.ok:
            raise Blocked(f"the server refuses CREATE for the suite's mailbox: {reply}")

    def _again(self, case: int, label: str) -> bytes | None:
        """Return the mailbox that serves a case again, the n-th for its n-th label."""
        if not self._reused:
            return None
        if self._labels[0] != case:
            self._labels = (case, [])
        labels = self._labels[1]
        if label not in labels:
            labels.append(label)
        at = labels.index(label)
        return self._reused[at] if at < len(self._reused) else None

    def _scratch(self) -> bytes:
        """Make an empty mailbox for something that no case sees."""
        if self._refused:
            mailbox = self._spare or self._reused[0]
        else:
            self._scratched += 1
            top = f"{self._run}-0-scratch{self._scratched}".encode()
            mailbox = self.hierarchy.prefix + top
        self._have(mailbox)
        return mailbox

    def _discard(self, mailbox: bytes) -> None:
        if self._refused:
            self._filling.empty(mailbox)
        elif self._tidy:
            self._line.ask(b"DELETE " + astring(mailbox).spelling)

    def _empty_one(self) -> bytes | None:
        """Return an empty mailbox that may be open while nobody needs it."""
        if self._rest is None and not self._refused:
            name = self.hierarchy.prefix + f"{self._run}-0-rest".encode()
            try:
                self._have(name)
            except Blocked:
                return None
            self._rest = name
        return self._rest

    def _missing(self) -> bytes:
        return self.hierarchy.prefix + f"{self._run}-0-none".encode()

    # -- finding out -------------------------------------------------------------------

    def _find_hierarchy(self) -> Hierarchy:
        reply = self._line.ask(b'LIST "" ""')
        delimiter: bytes | None = None
        for arrival in reply.untagged:
            if arrival.response.name == "LIST" and len(arrival.response.values) > 1:
                leaf = arrival.response.values[1]
                if isinstance(leaf, Leaf) and not leaf.is_nil:
                    delimiter = bytes(leaf.octets)
        said = f"{reply} to LIST" if self._line.over else ""
        prefixes = self._prefixes(delimiter)
        for prefix in prefixes:
            probe = prefix + self._run.encode() + b"-0"
            reply = self._line.ask(b"CREATE " + astring(probe).spelling)
            if reply.ok:
                self._facts.learn("create", True)
                self._made[probe] = None
                self._cleanup.learn(probe)
                return Hierarchy(self._usable(delimiter, probe), prefix)
            said = said or str(reply)
        self._facts.learn("create", False, said)
        self._refused = said
        return Hierarchy(delimiter, prefixes[0])

    def _usable(self, delimiter: bytes | None, probe: bytes) -> bytes | None:
        """Remove the probe; a delimiter is of use only where mailboxes may have children."""
        if delimiter is not None:
            child = probe + delimiter + b"child"
            if self._line.ask(b"CREATE " + astring(child).spelling).ok:
                self._made[child] = None
                self._line.ask(b"DELETE " + astring(child).spelling)
            else:
                delimiter = None
        self._line.ask(b"DELETE " + astring(probe).spelling)
        return delimiter

    def _prefixes(self, delimiter: bytes | None) -> list[bytes]:
        prefixes = [b""]
        if "NAMESPACE" in (self._line.session.dialogue.capabilities or ()):
            for arrival in self._line.ask(b"NAMESPACE").untagged:
                # RFC 2342 section 5: the first string of the first list is the personal prefix.
                found = re.match(rb'\* NAMESPACE \(\("([^"\\]*)"', arrival.frame.text)
                if found:
                    prefixes.append(found[1])
        if delimiter:
            prefixes.append(b"INBOX" + delimiter)
        return list(dict.fromkeys(prefixes))
