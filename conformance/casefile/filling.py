"""Fixtures are made here, in whichever way a server lets them be made.

A way is tried out in a mailbox of its own before a case's mailbox is filled by it: what is in
there afterwards is looked at once for each kind of fixture, and the case's mailbox is opened by
nobody, so that its messages are recent for the case. Only where flags can neither be appended nor
copied, STORE sets them in the case's mailbox, and they are recent no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from conformance.casefile.appending import Appending, AppendRefused, has_date_field
from conformance.casefile.bindings import astring
from conformance.casefile.errors import Blocked
from conformance.casefile.facts import Facts
from conformance.casefile.fixtures import Fixture, Message
from conformance.casefile.leaving import Leaving
from conformance.casefile.line import CommandLine
from conformance.syntax.values import instant

Way: TypeAlias = Literal["append", "copy", "store"]
"""How messages get their flags: by APPEND; by STORE in another mailbox, and COPY; by STORE."""

_WAYS: Final[tuple[Way, ...]] = ("append", "copy", "store")
_ATTEMPTS: Final = 2  # for one fixture, before it is taken that no way leads there
_SYSTEM: Final = frozenset({b"\\SEEN", b"\\ANSWERED", b"\\FLAGGED", b"\\DELETED", b"\\DRAFT"})

_GONE: Final = Message(
    b"Date: Sat, 01 Jun 2024 12:00:00 +0000\r\nFrom: suite@example.org\r\nSubject: gone\r\n\r\n"
    b"This message is removed before the case begins.\r\n"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What matters of a fixture for the way in which it can be made."""

    flags: frozenset[tuple[str, ...]]
    dated: bool
    fields: frozenset[bool]
    gone: bool


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is in a mailbox: None where the server does not say."""

    count: int | None
    flags: dict[int, frozenset[bytes]]
    dates: dict[int, bytes]


class Filling:
    """Fills mailboxes that exist and are empty.

    `scratch` makes an empty mailbox and returns its name, `discard` removes one.
    """

    def __init__(
        self,
        line: CommandLine,
        facts: Facts,
        leaving: Leaving,
        scratch: Callable[[], bytes],
        discard: Callable[[bytes], None],
    ) -> None:
        self._line, self._facts, self._leaving = line, facts, leaving
        self._scratch, self._discard = scratch, discard
        self._appending = Appending(line, facts)
        self._ways: dict[_Kind, Way] = {}
        self._failed: dict[str, list[str]] = {}
        self._too_much: frozenset[bytes] = frozenset()  # flags that the server sets by itself
        self._removal: bytes = b""  # EXPUNGE or CLOSE, once it is known
        self._safe = False  # whether a mailbox was left and its deleted messages stayed
        self._dates_kept = True
        self._keywords = True
        self._list_refused = ""  # what was said to APPEND with a flag list, if no form was taken
        self._sources: dict[str, tuple[bytes, Fixture]] = {}
        self.keeps_sources = True
        """Whether mailboxes that messages are copied from are kept until `forget`."""

    def fill(self, mailbox: bytes, fixture: Fixture) -> Fixture:
        """Put a fixture into an empty mailbox; return it as it is there.

        What is returned has another Date field, no keywords or no internal date where the server
        takes the message in no other way, or does not keep what it was given.

        Raises:
            Blocked: there is no way; says what the server refused or did otherwise.
        """
        if not fixture.messages and not fixture.gone:
            return fixture
        if not self._keywords:
            fixture = _without_keywords(fixture)
        kind = _kind(fixture)
        if kind not in self._ways:
            try:
                self._ways[kind] = self._learn(fixture)
            except Blocked as blocked:
                plain = _without_keywords(fixture)
                if plain is fixture or self._line.over:
                    raise
                self._ways[_kind(plain)] = self._learn(plain)
                self._keywords = False
                self._facts.learn("keywords", False, blocked)
                return self._make(mailbox, plain, self._ways[_kind(plain)])
        return self._make(mailbox, fixture, self._ways[kind])

    def forget(self) -> None:
        """Take it that mailboxes that were made to copy from are gone."""
        self._sources.clear()

    def empty(self, mailbox: bytes) -> None:
        """Remove all messages of a mailbox.

        Raises:
            Blocked: neither EXPUNGE nor CLOSE removes them.
        """
        said = []
        for verb in (self._removal,) if self._removal else (b"EXPUNGE", b"CLOSE"):
            self._must(b"SELECT " + astring(mailbox).spelling)
            try:
                self._must(b"STORE 1:* +FLAGS (\\Deleted)")
                reply = self._line.ask(verb)
            finally:
                if verb != b"CLOSE" or not reply.ok:
                    self._leaving.leave()
            left = self._count(mailbox)
            fact = "expunge" if verb == b"EXPUNGE" else "close-expunges"
            if reply.ok and not left:
                self._removal = verb
                self._facts.learn(fact, True)
                return
            said.append(f"{reply}, and {left} messages were left" if left else str(reply))
            self._facts.learn(fact, False, said[-1])
        raise Blocked(f"neither EXPUNGE nor CLOSE removes messages: {said[0]}")

    # -- learning ----------------------------------------------------------------------

    def _learn(self, fixture: Fixture) -> Way:
        """Find the first way that leads to what the fixture is, in mailboxes to try it in."""
        failed = self._failed.setdefault(fixture.name, [])
        if len(failed) >= _ATTEMPTS:
            raise Blocked(failed[0])
        wrong: dict[Way, str] = {}
        added: dict[Way, frozenset[bytes]] = {}
        # A message without flags goes another way only where the server sets some by itself.
        for way in _WAYS:
            said, extra = self._attempt(fixture, way)
            if not said and not extra:
                if self._list_refused:
                    self._facts.learn("append-flags", False, self._list_refused)
                return way
            if said:
                wrong[way] = said
            else:
                added[way] = extra
                self._too_much |= extra
            if self._line.over:
                break
        if added:  # no worse than what the server makes of every message
            return next(iter(added))
        reason = "; ".join(dict.fromkeys(wrong.values()))
        failed.append(reason)
        raise Blocked(reason)

    def _attempt(self, fixture: Fixture, way: Way) -> tuple[str, frozenset[bytes]]:
        """Try one way; return what is wrong then, and flags that nobody set."""
        while True:
            trial = b""
            try:
                trial = self._scratch()
                self._make(trial, fixture, way)
                sight = self._look(trial)
                self._leaving.leave()
                if self._ate(trial, fixture, sight):
                    self._facts.learn("leave", False, "messages were gone afterwards")
                    if self._leaving.distrust():
                        continue
                return self._judge(fixture, way, sight)
            except Blocked as blocked:
                if isinstance(blocked, AppendRefused):
                    self._list_refused = str(blocked)
                return str(blocked), frozenset()
            finally:
                if trial and not self._line.over:
                    self._discard(trial)

    def _ate(self, trial: bytes, fixture: Fixture, sight: _Sight) -> bool:
        """Whether messages have gone when the mailbox was left; what is deleted may go so."""
        if self._safe or not any("\\Deleted" in message.flags for message in fixture.messages):
            return False
        left = self._count(trial)
        wanted = len(fixture.messages)
        if left is not None and left < wanted and (sight.count or 0) <= wanted:
            return True
        self._safe = left == wanted
        return False

    def _judge(self, fixture: Fixture, way: Way, sight: _Sight) -> tuple[str, frozenset[bytes]]:
        wanted = len(fixture.messages)
        if sight.count is not None and sight.count != wanted:
            said = f"{sight.count} messages are there in place of {wanted}"
            if way == "append":
                self._facts.learn("append-adds", False, said)
            return f"APPEND was answered OK, and {said}", frozenset()
        self._facts.learn("append-adds", True)
        lost: set[bytes] = set()
        extra: set[bytes] = set()
        for number, message in enumerate(fixture.messages, 1):
            flags = sight.flags.get(number)
            if flags is not None:
                own = {flag.upper().encode() for flag in message.flags}
                lost |= own - flags
                extra |= (flags & _SYSTEM) - own
        self._judge_dates(fixture, sight)
        flagged = any(message.flags for message in fixture.messages)
        said = f"{_listed(lost)} is not there afterwards" if lost else ""
        if flagged and sight.flags:
            fact = {"append": "append-keeps-flags", "copy": "copy-keeps-flags"}.get(way)
            self._facts.learn(fact or "store-sets", not lost, said)
        if way == "append" and sight.flags:
            surplus = f"{_listed(extra)} is set" if extra else ""
            self._facts.learn("append-sets-no-flag", not extra, surplus)
        if lost:
            by = {"append": "APPEND", "copy": "COPY", "store": "STORE"}[way]
            return f"{by} does not give messages their flags: {said}", frozenset()
        return "", frozenset(extra)

    def _judge_dates(self, fixture: Fixture, sight: _Sight) -> None:
        for number, message in enumerate(fixture.messages, 1):
            shown = sight.dates.get(number)
            if message.date and shown and self._facts.holds("append-date"):
                kept = instant(shown) == instant(message.date.encode())
                self._dates_kept &= kept
                said = f"INTERNALDATE is {shown.decode('ascii', 'backslashreplace')}"
                self._facts.learn("append-keeps-date", kept, said)

    def _look(self, mailbox: bytes) -> _Sight:
        """Open a mailbox and see what is in it; it stays open.

        EXAMINE leaves the Recent flag, should it be the case's own mailbox after all.
        """
        name = astring(mailbox).spelling
        opened = self._line.ask(b"EXAMINE " + name)
        if not opened.ok:
            opened = self._line.ask(b"SELECT " + name)
        counts = [a.response.count for a in opened.untagged if a.response.name == "EXISTS"]
        flags: dict[int, frozenset[bytes]] = {}
        dates: dict[int, bytes] = {}
        if opened.ok and counts and counts[-1]:
            for arrival in self._line.ask(b"FETCH 1:* (FLAGS INTERNALDATE)").untagged:
                response, number = arrival.response, arrival.response.count or 0
                if response.name != "FETCH":
                    continue
                if (shown := response.flags()) is not None:
                    flags[number] = shown
                if (date := response.item(b"INTERNALDATE")) is not None:
                    dates[number] = bytes(date.octets)
        return _Sight(counts[-1] if counts else None, flags, dates)

    def _count(self, mailbox: bytes) -> int | None:
        """Say how many messages a mailbox has that nobody has to find recent."""
        count = self._line.count(mailbox)
        if count:
            return count
        # A server may say 0 always, or refuse STATUS.
        opened = self._line.ask(b"EXAMINE " + astring(mailbox).spelling)
        counts = [a.response.count for a in opened.untagged if a.response.name == "EXISTS"]
        if opened.ok:
            self._leaving.leave()
        return counts[-1] if counts else count

    # -- making ------------------------------------------------------------------------

    def _make(self, mailbox: bytes, fixture: Fixture, way: Way) -> Fixture:
        if fixture.gone:
            for _ in range(fixture.gone):
                self._appending.append(mailbox, _GONE, flags=False)
            self.empty(mailbox)
        if way == "copy":
            return self._copied(mailbox, fixture)
        made = self._appended(mailbox, fixture, flags=way == "append")
        if way == "store":
            self._must(b"SELECT " + astring(mailbox).spelling)
            try:
                self._set_flags(fixture)
            finally:
                self._leaving.leave()
        return made

    def _copied(self, mailbox: bytes, fixture: Fixture) -> Fixture:
        known = self._sources.get(fixture.name)
        source, made = known or (self._scratch(), fixture)
        try:
            if not known:
                made = self._appended(source, fixture, flags=False)
            self._must(b"SELECT " + astring(source).spelling)
            try:
                if not known:
                    self._set_flags(fixture)
                self._must(b"COPY 1:* " + astring(mailbox).spelling)
            finally:
                self._leaving.leave()
            if self.keeps_sources:
                self._sources[fixture.name] = source, made
        except Blocked:
            self._sources.pop(fixture.name, None)
            raise
        finally:
            if fixture.name not in self._sources and not self._line.over:
                self._discard(source)
        return made

    def _appended(self, mailbox: bytes, fixture: Fixture, *, flags: bool) -> Fixture:
        made = tuple(
            replace(sent, flags=message.flags, date=sent.date if self._dates_kept else "")
            for message in fixture.messages
            for sent in (self._appending.append(mailbox, message, flags=flags),)
        )
        return fixture if made == fixture.messages else replace(fixture, messages=made)

    def _set_flags(self, fixture: Fixture) -> None:
        for command in _stores(fixture, self._too_much):
            self._must(command)

    def _must(self, command: bytes) -> None:
        reply = self._line.ask(command)
        if not reply.ok:
            verb = command.split(b" ")[0].decode()
            if verb == "STORE":
                self._facts.learn("store-sets", False, reply)
            raise Blocked(f"the server refuses {verb} in the suite's mailbox: {reply}")


def _stores(fixture: Fixture, too_much: frozenset[bytes]) -> Iterator[bytes]:
    """Return the commands that give messages without flags those of the fixture."""
    for number, message in enumerate(fixture.messages, 1):
        if message.flags:
            yield b"STORE %d +FLAGS (%s)" % (number, " ".join(message.flags).encode())
        surplus = too_much - {flag.upper().encode() for flag in message.flags}
        if surplus:
            yield b"STORE %d -FLAGS (%s)" % (number, b" ".join(sorted(surplus)))


def _kind(fixture: Fixture) -> _Kind:
    messages = fixture.messages
    return _Kind(
        frozenset(message.flags for message in messages),
        any(message.date for message in messages),
        frozenset(has_date_field(message.octets) for message in messages),
        fixture.gone > 0,
    )


def _without_keywords(fixture: Fixture) -> Fixture:
    """Return a fixture with system flags alone, the same where it has no others."""
    messages = tuple(
        replace(message, flags=tuple(flag for flag in message.flags if flag.startswith("\\")))
        for message in fixture.messages
    )
    return fixture if messages == fixture.messages else replace(fixture, messages=messages)


def _listed(flags: set[bytes]) -> str:
    words = (flag.decode("ascii", "backslashreplace") for flag in sorted(flags))
    return ", ".join(word[:1] + word[1:].capitalize() for word in words)
