"""INBOX as it was before a case that may change it, and putting it back afterwards.

Only for accounts where that is allowed. A message is the suite's own when it came while the case
was played and has all lines of a literal that the case sent; no other is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from conformance.casefile.bindings import astring
from conformance.play.facts import Facts
from conformance.play.line import CommandLine
from conformance.play.subscribed import subscribed

_INBOX = astring(b"INBOX").spelling
_LAST = 20  # messages of INBOX that are looked at where it is not known which are new


@dataclass(frozen=True, slots=True)
class _Before:
    there: bool
    subscribed: bool
    validity: int | None
    next: int | None


class Inbox:
    """Watches over INBOX; `leave` has no mailbox selected."""

    def __init__(self, line: CommandLine, facts: Facts, leave: Callable[[], None]) -> None:
        self._line, self._facts, self._leave = line, facts, leave
        self._before: _Before | None = None
        self.broken = ""
        """Why nothing can be played that needs INBOX, empty while it is there."""
        self.left = 0
        """Messages of the suite's that could not be removed."""

    def note(self) -> None:
        """Remember what INBOX is like."""
        there, validity, next_uid = self._status()
        self._before = _Before(there, self._subscribed(), validity, next_uid)

    def put_back(self, case: str, sent: Collection[bytes]) -> None:
        """Have INBOX as it was: there, subscribed, without what the case has `sent`."""
        before, self._before = self._before, None
        if before is None or not before.there or self._line.over:
            return
        there, validity, _ = self._status()
        if not there:
            reply = self._line.ask(b"CREATE " + _INBOX)
            there, validity, _ = self._status()
            if not there:
                self.broken = f"INBOX is gone since {case}, and can not be made again: {reply}"
                self._facts.learn("inbox", False, self.broken)
                return
        if before.subscribed and not self._subscribed():
            self._line.ask(b"SUBSCRIBE " + _INBOX)
        first = before.next if before.next and validity == before.validity else None
        self._remove(first, sent)

    def _status(self) -> tuple[bool, int | None, int | None]:
        reply = self._line.ask(b"STATUS " + _INBOX + b" (UIDVALIDITY UIDNEXT)")
        found: dict[bytes, int | None] = {}
        for arrival in reply.untagged:
            for key in (b"UIDVALIDITY", b"UIDNEXT"):
                leaf = arrival.response.item(key) if arrival.response.name == "STATUS" else None
                if leaf is not None:
                    found[key] = leaf.number
        return reply.ok, found.get(b"UIDVALIDITY"), found.get(b"UIDNEXT")

    def _subscribed(self) -> bool:
        return any(name.upper() == b"INBOX" for name in subscribed(self._line, _INBOX))

    def _remove(self, first: int | None, sent: Collection[bytes]) -> None:
        """Remove the case's messages, of which the first has this UID at least."""
        texts = [_lines(text) for text in sent]
        if not texts:
            return
        opened = self._line.ask(b"SELECT " + _INBOX)
        counts = [a.response.count for a in opened.untagged if a.response.name == "EXISTS"]
        total = (counts[-1] if counts else 0) or 0
        own: list[int] = []
        if opened.ok and total:
            if first is not None:
                fetch = b"UID FETCH %d:* (UID BODY.PEEK[])" % first
            else:
                fetch = b"FETCH %d:* (UID BODY.PEEK[])" % max(1, total - _LAST + 1)
            for arrival in self._line.ask(fetch).untagged:
                uid, body = arrival.response.item(b"UID"), arrival.response.item(b"BODY[]")
                if body is None or uid is None or not uid.number or uid.number < (first or 1):
                    continue  # 4:* is the last message too, where its UID is 3
                if any(text <= _lines(bytes(body.octets)) for text in texts):
                    own.append(uid.number)
        if own:
            self._expunge(own)
        elif opened.ok:
            self._leave()

    def _expunge(self, own: list[int]) -> None:
        """Remove messages, and none that somebody else has marked as deleted."""
        uids = b",".join(b"%d" % uid for uid in own)
        others = [
            leaf.number
            for arrival in self._line.ask(b"UID SEARCH DELETED").untagged
            if arrival.response.name == "SEARCH"
            for leaf in arrival.response.leaves
            if leaf.number and leaf.number not in own
        ]
        marked = self._line.ask(b"UID STORE " + uids + b" +FLAGS (\\Deleted)").ok
        removed = False
        if marked and "UIDPLUS" in (self._line.session.dialogue.capabilities or ()):
            removed = self._line.ask(b"UID EXPUNGE " + uids).ok
        if marked and not removed and not others:
            removed = self._line.ask(b"EXPUNGE").ok
            if not removed:
                removed = self._line.ask(b"CLOSE").ok
        if not removed:
            self.left += len(own)
        self._leave()


def _lines(octets: bytes) -> frozenset[bytes]:
    """Return what is to be found of a message: a server may add lines, and change line ends."""
    return frozenset(line.strip() for line in octets.split(b"\n")) - {b""}
