"""What a session knows of the mailbox that it has selected, after each line of a transcript.

This is what a client may conclude from the server's responses (RFC 3501 sections 5.2, 7.3 and
7.4, RFC 7162 for VANISHED), and nothing that the suite knows beside them. An excerpt may begin
anywhere: what was said before it is unknown, and is shown so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.results.frames import RecordedFrame, frames
from conformance.results.records import RecordedLine
from conformance.results.text import counted
from conformance.syntax.responses import Response, read_response
from conformance.syntax.values import Leaf

_SHOWN = 6
"""Messages that are told one by one."""
_MOST = 10_000
"""Messages of a mailbox that are followed; of larger ones their number alone is told."""
_OPENS = frozenset({"SELECT", "EXAMINE"})
_LEAVES = frozenset({"CLOSE", "UNSELECT", "LOGOUT", "UNAUTHENTICATE"})
_SPELT = {
    f"\\{name}".upper().encode(): f"\\{name}"
    for name in ("Answered", "Deleted", "Draft", "Flagged", "Recent", "Seen")
}
"""System flags as the RFC spells them; flags are read in capitals."""


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """What a session knows of one message; None is not known."""

    uid: int | None = None
    flags: tuple[str, ...] | None = None

    def __str__(self) -> str:
        """In one line; empty where nothing is known."""
        uid = f" UID {self.uid}" if self.uid is not None else ""
        return uid + (f" ({' '.join(self.flags)})" if self.flags is not None else "")


@dataclass(frozen=True, slots=True)
class KnownMailbox:
    """What a session knows of the mailbox that it has selected.

    `name` is None where it is not known, `count` None where it is not known how many messages
    there are. `messages` are those that are followed, in order from number 1.
    """

    selected: bool = False
    name: str | None = None
    read_only: bool = False
    count: int | None = None
    messages: tuple[KnownMessage, ...] = ()

    @property
    def head(self) -> str:
        """How the mailbox is called, and how much is in it."""
        if not self.selected:
            return "no mailbox is selected"
        count = "messages unknown" if self.count is None else counted(self.count, "message")
        return f"{self.name or 'a mailbox'}{' (read-only)' if self.read_only else ''}, {count}"

    def __str__(self) -> str:
        """In one line, the first few messages of which something is known told one by one."""
        told = [f"{n}{each}" for n, each in enumerate(self.messages, 1) if str(each)]
        more = f"; {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        return f"{self.head}: {'; '.join(told[:_SHOWN])}{more}" if told else self.head


_NOTHING = KnownMailbox()


@dataclass(slots=True)
class _SessionKnowledge:
    """Follows what one session knows."""

    mailbox: str | None = None
    read_only: bool = False
    count: int | None = None
    messages: list[KnownMessage] = field(default_factory=list)
    asked: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Commands that are not answered yet, by tag: their name, and the mailbox that they name."""

    @property
    def now(self) -> KnownMailbox:
        """What it knows now."""
        if self.mailbox is None and self.count is None:
            return _NOTHING
        messages = tuple(self.messages)
        return KnownMailbox(True, self.mailbox, self.read_only, self.count, messages)

    # -- what was said -----------------------------------------------------------------

    def sent(self, text: bytes) -> None:
        """Take a command of the client."""
        tag, _, rest = text.partition(b" ")
        command = read_response(b"* " + rest)  # the forgiving reader takes any words
        if command.name in _OPENS | _LEAVES:
            first = command.values[0] if command.values else None
            name = first.name if isinstance(first, Leaf) else b""
            self.asked[tag] = (command.name, name.decode("utf-8", "replace"))
            if command.name in _OPENS:  # what was selected is not any more (section 6.3.1)
                self._forget(None)

    def received(self, response: Response) -> None:
        """Take a response of the server."""
        if response.kind == "tagged":
            self._answered(response)
        elif response.name == "EXISTS" and response.count is not None:
            self._exists(response.count)
        elif response.name == "EXPUNGE" and response.count:
            self._gone(response.count)
        elif response.name == "VANISHED":
            self._vanished(response)
        elif response.name == "FETCH" and response.count:
            self._fetched(response, response.count)

    def _answered(self, response: Response) -> None:
        name, mailbox = self.asked.pop(response.tag, ("", ""))
        if name in _OPENS and response.name == "OK":
            self.mailbox = mailbox
            code = response.code.name if response.code else ""
            self.read_only = code == "READ-ONLY" or (name == "EXAMINE" and code != "READ-WRITE")
        elif name in _OPENS or (name in _LEAVES and response.name == "OK"):
            self._forget(None)

    def _forget(self, mailbox: str | None) -> None:
        self.mailbox, self.read_only, self.count, self.messages = mailbox, False, None, []

    def _exists(self, count: int) -> None:
        self.count = count
        kept = min(count, _MOST)
        del self.messages[kept:]
        self.messages += [KnownMessage() for _ in range(kept - len(self.messages))]

    def _gone(self, number: int) -> None:
        if self.count:
            self.count -= 1
        if number <= len(self.messages):
            del self.messages[number - 1]

    def _vanished(self, response: Response) -> None:
        earlier = len(response.values) > 1
        last = response.values[-1] if response.values else None
        if earlier or not isinstance(last, Leaf):
            return
        uids = _numbers(bytes(last.octets))
        if self.count:
            self.count = max(0, self.count - len(uids))
        self.messages = [each for each in self.messages if each.uid not in uids]

    def _fetched(self, response: Response, number: int) -> None:
        if number > _MOST:
            return
        self.messages += [KnownMessage() for _ in range(number - len(self.messages))]
        known = self.messages[number - 1]
        uid = response.item(b"UID")
        flags = response.flags()
        self.messages[number - 1] = KnownMessage(
            known.uid if uid is None or uid.number is None else uid.number,
            known.flags
            if flags is None
            else tuple(sorted(_SPELT.get(flag, flag.decode("latin-1")) for flag in flags)),
        )


def states(lines: Sequence[RecordedLine]) -> list[KnownMailbox | None]:
    """Return for each line what its session knows after it, None where it is as before."""
    told: list[KnownMailbox | None] = [None] * len(lines)
    known: dict[str, _SessionKnowledge] = {}
    before: dict[str, KnownMailbox] = {}
    for frame in frames(lines):
        last = lines[frame.lines[-1]]
        session = known.setdefault(last.session, _SessionKnowledge())
        _take(session, frame, last.direction)
        now = session.now
        if now != before.setdefault(last.session, _NOTHING):
            before[last.session] = told[frame.lines[-1]] = now
    return told


def _take(session: _SessionKnowledge, frame: RecordedFrame, direction: str) -> None:
    if direction == "C":
        session.sent(frame.text)
    else:
        session.received(read_response(frame.text, frame.literals))


def _numbers(octets: bytes) -> frozenset[int]:
    """Return the numbers of a set without `*`, as many as are followed; empty if it is none."""
    found: set[int] = set()
    for part in octets.split(b","):
        first, _, last = part.partition(b":")
        if not first.isdigit() or (last and not last.isdigit()):
            return frozenset()
        low, high = sorted((int(first[:10]), int((last or first)[:10])))
        found.update(range(low, min(high, low + _MOST) + 1))
    return frozenset(found)
