"""Fixtures are made here, in whichever way a server lets them be made.

A way is tried out in a mailbox of its own before a case's mailbox is filled by it: what is in
there afterwards is looked at once for each kind of fixture, and the case's mailbox is opened by
nobody, so that its messages are recent for the case. Only where flags can neither be appended nor
copied, STORE sets them in the case's mailbox, and they are recent no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from conformance.casefile.bindings import astring
from conformance.casefile.fixtures import Fixture, FixtureMessage
from conformance.play.appending import Appending, AppendRefused, Unanswered, has_date_field
from conformance.play.errors import Blocked
from conformance.play.facts import Facts
from conformance.play.leaving import Leaving
from conformance.play.line import CommandLine
from conformance.play.sight import Sight, look, stored
from conformance.wire.transcript import escape

FillingWay: TypeAlias = Literal["append", "copy", "store"]
"""How messages get their flags: by APPEND; by STORE in another mailbox, and COPY; by STORE."""

_WAYS: Final[tuple[FillingWay, ...]] = ("append", "copy", "store")
_VERBS: Final = {"append": "APPEND", "copy": "COPY", "store": "STORE"}
_FACTS: Final = {
    "append": "append-keeps-flags",
    "copy": "copy-keeps-flags",
    "store": "store-sets",
}
_ATTEMPTS: Final = 2  # for one fixture, before it is taken that no way leads there

_GONE: Final = FixtureMessage(
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
        self._ways: dict[_Kind, FillingWay] = {}
        self._failed: dict[str, list[str]] = {}
        self._too_much: frozenset[bytes] = frozenset()  # flags that the server sets by itself
        self._removal: bytes = b""  # EXPUNGE or CLOSE, once it is known
        self._safe = False  # whether a mailbox was left and its deleted messages stayed
        self._dates_kept = True
        self._exact = True
        self._copies_recent = True
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
            left = self._counts(mailbox)
            fact = "expunge" if verb == b"EXPUNGE" else "close-expunges"
            if reply.ok and (not left or 0 in left):
                self._removal = verb
                self._facts.learn(fact, True)
                return
            said.append(f"{reply}, and {max(left)} messages were left" if left else str(reply))
            self._facts.learn(fact, False, said[-1])
        raise Blocked(f"neither EXPUNGE nor CLOSE removes messages: {said[0]}")

    # -- learning ----------------------------------------------------------------------

    def _learn(self, fixture: Fixture) -> FillingWay:
        """Find the first way that leads to what the fixture is, in mailboxes to try it in."""
        failed = self._failed.setdefault(fixture.name, [])
        if len(failed) >= _ATTEMPTS:
            raise Blocked(failed[0])
        wrong: dict[FillingWay, str] = {}
        added: dict[FillingWay, frozenset[bytes]] = {}
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
            if not extra and not any(message.flags for message in fixture.messages):
                break
        if added:  # no worse than what the server makes of every message
            return next(iter(added))
        reason = "; ".join(dict.fromkeys(wrong.values()))
        failed.append(reason)
        raise Blocked(reason)

    def _attempt(self, fixture: Fixture, way: FillingWay) -> tuple[str, frozenset[bytes]]:
        """Try one way; return what is wrong then, and flags that nobody set."""
        recounted = False
        while True:
            runner = b""
            try:
                runner = self._scratch()
                made = self._make(runner, fixture, way)
                sight = look(self._line, runner, made)
                self._leaving.leave()
                if self._ate(runner, fixture) and self._leaving.distrust():
                    self._facts.learn("leave", False, "messages were gone afterwards")
                    continue
                wanted = len(fixture.messages)
                if sight.count not in (None, wanted) and self._line.count(runner) != wanted:
                    if not recounted:  # what was refused on the way may be there all the same
                        recounted = True
                        continue
                    said = f"{sight.count} messages are there in place of {wanted}"
                    self._facts.learn("append-adds", way != "append", said)
                    return f"APPEND was answered OK, and {said}", frozenset()
                return self._judge(made, way, sight), sight.added
            except Unanswered:
                raise
            except Blocked as blocked:
                if isinstance(blocked, AppendRefused):
                    self._list_refused = str(blocked)
                return str(blocked), frozenset()
            finally:
                if runner and not self._line.over:
                    self._discard(runner)

    def _ate(self, runner: bytes, fixture: Fixture) -> bool:
        """Whether messages have gone when the mailbox was left: those that are deleted may go."""
        if self._safe or not any("\\Deleted" in message.flags for message in fixture.messages):
            return False
        counts = self._counts(runner)
        self._safe = len(fixture.messages) in counts
        return bool(counts) and max(counts) < len(fixture.messages)

    def _judge(self, fixture: Fixture, way: FillingWay, sight: Sight) -> str:
        """Take down what is learnt of a way; return which flags it does not lead to."""
        self._facts.learn("append-adds", True)
        if sight.dated is not None and self._facts.holds("append-date"):
            said = f"INTERNALDATE is {escape(sight.date)}"
            self._dates_kept &= sight.dated
            self._facts.learn("append-keeps-date", sight.dated, said)
        if way == "append" and sight.grown:
            said = f"a message has {sight.grown} octets more"
            self._facts.learn("append-keeps-octets", False, said)
            self._exact = False
        if way == "copy" and sight.recent is not None:
            all_ = sight.recent == len(fixture.messages)
            self._copies_recent &= all_
            self._facts.learn("copy-recent", all_, f"{sight.recent} of {sight.count} are")
        said = f"{_listed(sight.lost)} is not there afterwards" if sight.lost else ""
        if any(message.flags for message in fixture.messages) and sight.shows_flags:
            self._facts.learn(_FACTS[way], not said, said)
        if way == "append" and sight.shows_flags:
            self._facts.learn(
                "append-sets-no-flag", not sight.added, f"{_listed(sight.added)} is set"
            )
        return f"{_VERBS[way]} does not give messages their flags: {said}" if said else ""

    def _counts(self, mailbox: bytes) -> set[int]:
        """Return how many messages STATUS and EXAMINE say that a mailbox has."""
        opened = self._line.ask(b"EXAMINE " + astring(mailbox).spelling)
        if opened.ok:
            self._leaving.leave()
        counts = [a.response.count for a in opened.untagged if a.response.name == "EXISTS"]
        return {n for n in (self._line.count(mailbox), *counts) if n is not None}

    # -- making ------------------------------------------------------------------------

    def _make(self, mailbox: bytes, fixture: Fixture, way: FillingWay) -> Fixture:
        made = self._made(mailbox, fixture, way)
        return made if made.exact else self._as_stored(mailbox, made)

    def _as_stored(self, mailbox: bytes, made: Fixture) -> Fixture:
        """Return a fixture whose messages have got lines of the server's own with these lines."""
        try:
            found = stored(self._line, mailbox, len(made.messages))
        finally:
            self._leaving.leave()
        if found is None:
            return made
        pairs = zip(made.messages, found, strict=True)
        messages = tuple(replace(message, octets=octets) for message, octets in pairs)
        return replace(made, messages=messages, exact=True)

    def _made(self, mailbox: bytes, fixture: Fixture, way: FillingWay) -> Fixture:
        if fixture.gone:
            for _ in range(fixture.gone):
                self._appending.append(mailbox, _GONE, flags=False)
            self.empty(mailbox)
        if way == "copy":
            made = self._copied(mailbox, fixture)
            return made if self._copies_recent else replace(made, recent=False)
        made = self._appended(mailbox, fixture, flags=way == "append")
        if way == "append":
            return made
        self._must(b"SELECT " + astring(mailbox).spelling)
        try:
            self._set_flags(fixture)
        finally:
            self._leaving.leave()
        return replace(made, recent=False)

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
        if made == fixture.messages and self._exact:
            return fixture
        return replace(fixture, messages=made, exact=self._exact)

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


def _listed(flags: Collection[bytes]) -> str:
    words = (flag.decode("ascii", "backslashreplace") for flag in sorted(flags))
    return ", ".join(word[:1] + word[1:].capitalize() for word in words)
