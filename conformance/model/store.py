"""The truth of an account: mailboxes, messages with the history of their flags, subscriptions.

Names are paths of labels (`a`, `a/x`), whatever a server's delimiter is. Flags are in capitals,
without Recent, which belongs to sessions (RFC 3501 section 2.3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Flags = frozenset[bytes]

RECENT = b"\\RECENT"
DELETED = b"\\DELETED"
SEEN = b"\\SEEN"

_SPELT = {
    name.upper(): name
    for name in (b"\\Answered", b"\\Deleted", b"\\Draft", b"\\Flagged", b"\\Seen", b"\\Recent")
}


def spelt(flags: Iterable[bytes]) -> str:
    """Write flags as a list in parentheses, in one order, as the RFC spells them."""
    words = sorted(_SPELT.get(flag, flag.lower()).decode("latin-1") for flag in flags)
    return f"({' '.join(words)})"


@dataclass(eq=False, slots=True)
class StoredMessage:
    """One message of one mailbox; a copy is another one."""

    serial: int
    octets: bytes = field(repr=False)
    date: str
    """As APPEND gave it (`date-time`), empty when the server chose."""
    versions: list[Flags]
    """The flags that it has had, latest last; only added to."""
    uid: int | None = None
    gone: bool = False
    floor: int = 0
    """Index of the first of `versions` that it may still have in truth."""
    unproved: str = ""
    """The rule that says how it came by its flags, as long as nobody has seen them: APPEND and COPY
    only SHOULD give them. Empty when they are known to be so."""
    kept_by: str = "3501-2.3.2-permanent"
    """The rule that says that its flags are as they were left."""
    dated_by: str = "3501-6.3.11-date"
    """The rule that says where its date is from."""
    claimed: bool = False
    """Whether a read-write session has been notified of it as recent."""

    @property
    def settled(self) -> bool:
        """Whether it is known what flags it has; of a copy it is not, before they were seen."""
        return not self.unproved and self.floor == len(self.versions) - 1

    @property
    def candidates(self) -> list[Flags]:
        """The flags one set of which it has in truth."""
        return self.versions[self.floor :]

    @property
    def flags(self) -> Flags:
        """The flags that it has now."""
        return self.versions[-1]

    def change(self, how: Callable[[Flags], Flags]) -> None:
        """Change its flags."""
        if how(frozenset()) == how(frozenset(_SPELT)):
            self.unproved = ""  # nothing is left of what was before
        changed = list(dict.fromkeys(how(version) for version in self.candidates))
        if changed != self.candidates:
            self.floor = len(self.versions)
            self.versions += changed

    def reopen(self, before: list[Flags]) -> None:
        """Take it that a change may not have been made; `before` are the flags until then."""
        now = self.candidates
        if now != before:
            self.floor = len(self.versions)
            self.versions += dict.fromkeys([*before, *now])

    def settle(self, flags: Flags) -> None:
        """Take it that these are the flags that it has."""
        self.unproved = ""
        self.floor = len(self.versions)
        self.versions.append(flags)


@dataclass(eq=False, slots=True)
class Mailbox:
    """A mailbox and everything that ever was in it."""

    path: str
    messages: list[StoredMessage] = field(default_factory=list)
    """Those that exist, in the order of arrival."""
    uidvalidity: int | None = None
    highest: int = 0
    """The highest UID that was seen in it."""

    def add(self, message: StoredMessage) -> None:
        """Add a message at the end."""
        self.messages.append(message)

    def remove(self, message: StoredMessage) -> None:
        """Take a message away; harmless when it is gone."""
        if not message.gone:
            message.gone = True
            self.messages.remove(message)

    def learn_uid(self, message: StoredMessage, uid: int) -> None:
        """Note a message's UID."""
        message.uid = uid
        self.highest = max(self.highest, uid)

    def forget_uids(self) -> None:
        """The mailbox has another name now, and perhaps another UIDVALIDITY.

        Then its messages are others to any client, and may be recent again.
        """
        self.uidvalidity, self.highest = None, 0
        for message in self.messages:
            message.uid, message.claimed = None, False


class Store:
    """An account as far as one program has made it."""

    def __init__(self) -> None:
        self.mailboxes: dict[str, Mailbox] = {}
        self.subscribed: set[str] = set()
        self.past: dict[str, list[tuple[int, int]]] = {}
        """UIDVALIDITY and highest UID of the mailboxes that a name stood for before."""
        self._serials = 0

    def message(self, octets: bytes, flags: Iterable[bytes] = (), date: str = "") -> StoredMessage:
        """Make a message that is in no mailbox yet."""
        self._serials += 1
        return StoredMessage(self._serials, octets, date, [frozenset(flags)])

    def appended(self, octets: bytes, flags: Flags, date: str) -> StoredMessage:
        """Make a message of what APPEND was given (RFC 3501 section 6.3.11)."""
        message = self.message(octets, flags, date)
        message.unproved = "3501-6.3.11-flags" if flags else ""
        return message

    def copy(self, message: StoredMessage, versions: Iterable[Flags]) -> StoredMessage:
        """Make a copy whose flags are one of `versions`."""
        self._serials += 1
        kept = list(dict.fromkeys(versions)) or [message.flags]
        rule = "3501-6.4.7-preserve"
        return StoredMessage(
            self._serials, message.octets, message.date, kept, unproved=rule, dated_by=rule
        )

    def create(self, path: str) -> Mailbox:
        """Create a mailbox; levels above it may come into being with it."""
        self.mailboxes[path] = Mailbox(path)
        return self.mailboxes[path]

    def delete(self, path: str) -> None:
        """Delete a mailbox with its messages; names below it stay."""
        self._bury(self.mailboxes.pop(path))

    def rename(self, path: str, to: str) -> None:
        """Rename a mailbox and the names below it."""
        for name in [name for name in self.mailboxes if name == path or below(name, path)]:
            mailbox = self.mailboxes.pop(name)
            self._bury(mailbox)
            mailbox.path = to + name[len(path) :]
            mailbox.forget_uids()
            self.mailboxes[mailbox.path] = mailbox

    def children(self, path: str) -> list[str]:
        """List the mailboxes below a name."""
        return [name for name in self.mailboxes if below(name, path)]

    def _bury(self, mailbox: Mailbox) -> None:
        if mailbox.uidvalidity is not None:
            past = (mailbox.uidvalidity, mailbox.highest)
            self.past.setdefault(mailbox.path, []).append(past)


def below(name: str, path: str) -> bool:
    """Whether a name is below a path."""
    return name.startswith(path + "/")
