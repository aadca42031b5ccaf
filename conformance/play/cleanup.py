"""Finding and removing the suite's own mailboxes, by every way that a server offers.

What LIST shows for a pattern is believed once it has shown a mailbox that was just made. Where no
pattern does, the names that were made are gone through one by one. What can not be removed is
told by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, TypeAlias

from conformance.casefile.bindings import astring, quoted
from conformance.play import ownership
from conformance.play.errors import Blocked
from conformance.play.facts import Facts
from conformance.play.line import CommandLine
from conformance.play.subscribed import subscribed
from conformance.wire.transcript import escape

Ours: TypeAlias = Callable[[str], bool]

_STEM: Final = ownership.STEM.encode()
_USE_TAKEN_AWAY: Final = b" (/private/specialuse NIL)"
_PASSES = 4  # deleting children may free parents; more levels than this no case makes
_IN_VAIN = 12
"""Mailboxes that resisted everything, after which the others are only asked to go."""
_ALL_RIGHTS: Final = b"lrswipkxtea"  # RFC 4314 section 2.1


class Cleanup:
    """Removes mailboxes and subscriptions whose names the suite has given out.

    `empty` removes the messages of a mailbox, or raises `Blocked`.
    """

    def __init__(self, line: CommandLine, facts: Facts, empty: Callable[[bytes], None]) -> None:
        self._line, self._facts, self._empty = line, facts, empty
        self._prefixes: tuple[bytes, ...] = (b"",)
        self._delimiter: bytes | None = None
        self._way: int | None = None  # which of the patterns shows what is there
        self._resisted: set[bytes] = set()
        self._in_vain = 0
        self._signs: dict[str, float] = {}
        self.removed: set[bytes] = set()
        """Names that DELETE has taken away."""

    @property
    def trusted(self) -> bool:
        """Whether LIST shows what there is; without it names have to be remembered."""
        return self._way is not None

    def use(self, prefixes: Iterable[bytes], delimiter: bytes | None) -> None:
        """Look for names below these prefixes."""
        self._prefixes, self._delimiter = tuple(dict.fromkeys(prefixes)), delimiter

    def abandoned(self, run: str) -> bool:
        """Whether a run is over, by all that its mailboxes say."""
        return ownership.abandoned(run, self._signs.get(run, 0.0))

    def learn(self, probe: bytes) -> None:
        """Find out which pattern shows a mailbox that is there."""
        prefix = probe[: probe.lower().rfind(_STEM)]
        own = ownership.run_of(probe.decode("latin-1"))
        for way, pattern in enumerate(_patterns(prefix + _STEM)):
            shown = [name for name in self._shown(b"LIST", pattern) if _run(name) == own]
            if shown:
                self._way = way
                self._facts.learn("list-spelling", probe in shown, f"LIST shows {escape(shown[0])}")
                break
        said = "it does not show a mailbox that was made"
        self._facts.learn("list-pattern", self._way == 0, said)

    def remove(
        self,
        ours: Ours,
        recorded: Collection[bytes] = (),
        *,
        stem: bytes = _STEM,
        last: bool = False,
    ) -> tuple[bytes, ...]:
        """Remove what is ours; return the names that are still there.

        `recorded` are names that may be there though LIST does not show them, `stem` is how all
        that are ours begin behind a prefix. `last`: those that resisted before are tried again.
        """
        if last:
            self._resisted.clear()
            self._in_vain = 0
        if stem == _STEM:
            self._listed(b"LIST", ours, stem)  # signs of life, before anything is removed
        for name in self._listed(b"LSUB", ours, stem):
            self._line.ask(b"UNSUBSCRIBE " + astring(name).spelling)
        hidden: Collection[bytes] = tuple(recorded)
        names: dict[bytes, None] = {}
        for turn in range(_PASSES):
            shown = self._listed(b"LIST", ours, stem)
            hidden = self._hidden(hidden, shown)
            names = dict.fromkeys((*shown, *hidden))
            left = [name for name in names if name not in self._resisted]
            if not left:
                break
            # Children first: a parent may refuse to go, or leave a name behind, before them.
            for name in sorted(left, key=len, reverse=True):
                if not self._delete(name) and turn:
                    self._insist(name)
            if turn == _PASSES - 1:
                shown = self._listed(b"LIST", ours, stem)
                names = dict.fromkeys((*shown, *self._hidden(hidden, shown)))
        self._resisted.update(names)
        self._facts.learn("delete", not names, f"{len(names)} mailboxes can not be removed")
        return tuple(names)

    def existing(self, ours: Ours) -> list[bytes]:
        """Return the names that LIST shows."""
        return self._listed(b"LIST", ours, _STEM)

    # -- removing ----------------------------------------------------------------------

    def _delete(self, name: bytes) -> bool:
        gone = self._line.ask(b"DELETE " + astring(name).spelling).ok
        if gone:
            self.removed.add(name)
        return gone

    def _insist(self, name: bytes) -> None:
        """Try what may make a server remove a mailbox that it does not want to."""
        if self._in_vain >= _IN_VAIN or self._line.over:
            return
        self._line.ask(b"UNSUBSCRIBE " + astring(name).spelling)
        if "SPECIAL-USE" in (self._line.session.dialogue.capabilities or ()):
            # A server may keep what it has a use for (RFC 6154 section 4 says how that is lost).
            self._line.ask(b"SETMETADATA " + astring(name).spelling + _USE_TAKEN_AWAY)
        if self._delete(name):
            return
        if self._take_rights(name) and self._delete(name):
            return
        try:
            self._empty(name)
        except Blocked:
            pass
        else:
            if self._delete(name):
                return
        for spelling in self._spellings(name):
            if self._line.ask(b"DELETE " + spelling).ok:
                return
        self._in_vain += 1

    def _take_rights(self, name: bytes) -> bool:
        """Have all rights on a mailbox, which cases about access control may have taken away."""
        session = self._line.session
        if not session.user or "ACL" not in (session.dialogue.capabilities or ()):
            return False
        names = b" ".join(astring(each).spelling for each in (name, session.user))
        return self._line.ask(b"SETACL " + names + b" " + _ALL_RIGHTS).ok

    def _spellings(self, name: bytes) -> Iterator[bytes]:
        yield quoted(name)
        inbox = b"INBOX" + name[5:] if name[:5].upper() == b"INBOX" else name
        for other in dict.fromkeys((inbox, name.lower(), name.upper())):
            if other != name:
                yield astring(other).spelling
        if self._delimiter and not name.endswith(self._delimiter):
            yield astring(name + self._delimiter).spelling

    # -- finding -----------------------------------------------------------------------

    def _hidden(self, recorded: Iterable[bytes], shown: Collection[bytes]) -> list[bytes]:
        """Return those names that LIST does not show and that are there all the same."""
        folded = {name.lower() for name in shown}
        return [n for n in recorded if n.lower() not in folded and self._line.exists(n)]

    def _listed(self, verb: bytes, ours: Ours, stem: bytes) -> list[bytes]:
        found: dict[bytes, None] = {}
        for prefix in self._prefixes:
            names = list(self._by_any_pattern(verb, prefix + stem))
            self._signs |= ownership.heard(name.decode("latin-1") for name in names)
            for name in names:
                run = _run(name)
                if run and ours(run) and name.lower().startswith(prefix.lower() + _STEM):
                    found[name] = None
        return list(found)

    def _by_any_pattern(self, verb: bytes, start: bytes) -> Iterator[bytes]:
        """Ask by the pattern that has shown what was there, by all of them where none has."""
        patterns = _patterns(start)
        if self._way is not None:
            patterns = patterns[self._way :][:1]
        for pattern in patterns:
            yield from self._shown(verb, pattern)

    def _shown(self, verb: bytes, pattern: bytes) -> list[bytes]:
        if verb == b"LSUB":
            return subscribed(self._line, pattern)
        reply = self._line.ask(verb + b' "" ' + pattern)
        return [
            arrival.response.mailbox
            for arrival in reply.untagged
            if arrival.response.name == verb.decode() and arrival.response.mailbox
        ]


def _patterns(start: bytes) -> tuple[bytes, ...]:
    """Return the ways to ask LIST for our names, which begin so; the narrowest first."""
    return (quoted(start + b"*"), quoted(start.upper() + b"*"), b'"*"', b"*", b'"%"')


def _run(name: bytes) -> str | None:
    return ownership.run_of(name.decode("latin-1"))
