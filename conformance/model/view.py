"""What one session has been told of the mailbox that it has selected.

Servers may be late: a session may still be shown a message that another has removed, or flags
that were changed since, until they tell it otherwise (RFC 3501 sections 5.2 and 7.4.1, RFC 2180
section 4). What a server can not do is remove a message that is there, show what never was, or go
back behind what it has shown; that is a `Disagreement`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from conformance.model.store import DELETED, RECENT, Flags, Mailbox, StoredMessage, spelt

IN_STEP = "3501-7.4.1-in-step"
"""A number stands for one message; an EXPUNGE that no command accounts for breaks that rule."""


class Disagreement(Exception):
    """The server says what it may not.

    `requirement` is the rule of the catalogue, `expected` what may come, as lines of a case file
    without the mark's side (`: * 2 EXPUNGE`), or one sentence in `message`. `group` stands for
    several rules that have one cause until the session is as short as can be. `deviation` says what
    the server did otherwise, in the same few words whatever was generated (`no untagged EXPUNGE`);
    `late`: all that is wrong is that something has not come in time.
    """

    def __init__(
        self,
        requirement: str,
        message: str,
        *,
        expected: Sequence[str] = (),
        received: str = "",
        group: str = "",
        deviation: str = "",
        late: bool = False,
    ) -> None:
        super().__init__(f"{requirement}: {message}")
        self.requirement = requirement
        self.group = group or requirement
        self.message = message
        self.expected = tuple(expected)
        self.received = received
        self.deviation = deviation
        self.late = late


class SessionView:
    """A session's picture of its selected mailbox; empty while none is selected."""

    def __init__(self) -> None:
        self.mailbox: Mailbox | None = None
        self.read_only = False
        self.adrift = False
        """Whether the mailbox was deleted or renamed under the session: nothing can be expected."""
        self.slots: list[StoredMessage | None] = []
        """What stands at each number; None where that can not be known."""
        self._shown: dict[StoredMessage, tuple[list[Flags], int]] = {}
        self._later: set[StoredMessage] = set()
        self.own: set[StoredMessage] = set()
        """Messages whose flags this read-only session may see otherwise than they are."""

    def select(self, mailbox: Mailbox, count: int, *, read_only: bool) -> None:
        """Take a successful SELECT or EXAMINE that announced `count` messages."""
        self.__init__()  # type: ignore[misc]  # everything begins anew
        self.mailbox, self.read_only = mailbox, read_only
        if count != len(mailbox.messages):
            raise Disagreement(
                "3501-6.3.1-count",
                f"EXISTS is {count}, and there are {len(mailbox.messages)} messages",
                expected=[f": * {len(mailbox.messages)} EXISTS"],
                received=f"* {count} EXISTS",
                deviation="another number of EXISTS",
            )
        self.slots = list(mailbox.messages)
        self._later = {message for message in mailbox.messages if message.claimed}
        for message in mailbox.messages:
            # A new session reads the mailbox as it is.
            self._shown[message] = ([], message.floor)

    def leave(self) -> None:
        """No mailbox is selected any more."""
        self.__init__()  # type: ignore[misc]  # everything begins anew

    # -- what may be ----------------------------------------------------------------------

    @property
    def told(self) -> list[StoredMessage]:
        """The messages that the session knows of, those that are gone included."""
        return [message for message in self.slots if message is not None]

    @property
    def alive(self) -> list[StoredMessage]:
        """The messages that the session knows of and that exist."""
        return [message for message in self.told if not message.gone]

    @property
    def untold(self) -> list[StoredMessage]:
        """The messages of which the session has not heard yet."""
        if self.mailbox is None:
            return []
        told = set(self.told)
        return [message for message in self.mailbox.messages if message not in told]

    @property
    def settled(self) -> bool:
        """Whether the session has been told everything."""
        return None not in self.slots and len(self.told) == len(self.alive) and not self.untold

    def number(self, message: StoredMessage) -> int:
        """The message number under which the session knows a message."""
        return self.slots.index(message) + 1

    def possible(self, message: StoredMessage) -> list[Flags]:
        """The flags that the session may be shown, the latest last."""
        shown, index = self._shown.get(message, ([], 0))
        return [*shown, *message.versions[index:]]

    def truths(self, message: StoredMessage, flag: bytes) -> frozenset[bool]:
        """Whether a flag may be shown as set, as not set, or either."""
        if message.unproved:
            return frozenset((True, False))
        return self._meant(message, flag)

    def _meant(self, message: StoredMessage, flag: bytes) -> frozenset[bool]:
        return frozenset(flag in version for version in self.possible(message))

    def change(
        self, message: StoredMessage, how: Callable[[Flags], Flags], *, late: bool = False
    ) -> bool:
        """Change a message's flags: what the session changes itself it is shown from then on.

        `late`: it may still be shown what was before. Returns whether that is a change for certain,
        whatever the session was shown before.
        """
        before = self.possible(message)
        sure = not message.unproved
        message.change(how)
        kept = before if late else []
        changed = [*kept, *map(how, before), *message.versions[message.floor :]]
        self._shown[message] = (list(dict.fromkeys(changed)), len(message.versions))
        return sure and all(how(version) != version for version in before)

    def suppose(self, message: StoredMessage, how: Callable[[Flags], Flags]) -> None:
        """Take it that a read-only session has changed flags for itself alone, or not at all.

        PERMANENTFLAGS without a flag leaves both open (RFC 3501 section 7.1).
        """
        before = self.possible(message)
        self._shown[message] = ([*before, *map(how, before)], len(message.versions))
        self.own.add(message)
        message.kept_by = "3501-6.3.2-no-change"

    # -- what the server says --------------------------------------------------------------

    def exists(self, count: int) -> None:
        """Take an EXISTS response."""
        new = count - len(self.slots)
        if new <= 0 or self.mailbox is None or self.adrift:
            return
        untold = self.untold
        if new == len(untold) and None not in self.slots:
            self.slots += untold
        else:
            # Those that came and went unheard may be counted until EXPUNGE takes them.
            self.slots += [None] * new
            self._resolve()

    def _resolve(self) -> None:
        """Find out what stands where that was not known, if there is only one way left."""
        if self.mailbox is None or any(message.gone for message in self.told):
            return
        if None in self.slots and len(self.slots) == len(self.mailbox.messages):
            self.slots = list(self.mailbox.messages)

    def expunge(
        self,
        number: int,
        removable: Callable[[StoredMessage], bool],
        requirement: str = IN_STEP,
    ) -> None:
        """Take an EXPUNGE response; `removable` says what the command in flight may remove.

        Raises:
            Disagreement: with `requirement`, if it may not remove that.
        """
        if self.adrift or not 0 < number <= len(self.slots):
            return  # the ambient checks know that a number has to exist
        message = self.slots[number - 1]
        if message is not None and not message.gone and not removable(message):
            if self.read_only and DELETED in message.flags:
                raise Disagreement(
                    "3501-6.3.2-no-change",
                    f"message {number} is taken away, though EXAMINE has opened the mailbox",
                    expected=[f"! * {number} EXPUNGE"],
                    received=f"* {number} EXPUNGE",
                    deviation="untagged EXPUNGE is sent (3501-6.3.2-no-change)",
                )
            raise Disagreement(
                requirement,
                f"message {number} is taken away, which nobody has removed",
                expected=[f"! * {number} EXPUNGE"],
                received=f"* {number} EXPUNGE",
                deviation="an untagged EXPUNGE of what nobody removed",
            )
        del self.slots[number - 1]
        if message is not None and self.mailbox is not None:
            self.mailbox.remove(message)
        self._resolve()

    def vanish(
        self,
        uids: Iterable[int],
        removable: Callable[[StoredMessage], bool],
        requirement: str = IN_STEP,
    ) -> None:
        """Take a VANISHED response: as `expunge`, of messages by their UIDs (RFC 7162)."""
        strange = 0
        for uid in uids:
            number = self.place(uid)
            if number:
                self.expunge(number, removable, requirement)
            else:
                strange += 1
        # Others are among those whose UIDs nobody knows.
        unknown = [n for n, each in enumerate(self.slots) if each is None or each.uid is None]
        if not self.adrift and strange:
            for index in unknown:
                self.slots[index] = None
            for index in reversed(unknown[-strange:]):
                del self.slots[index]
            self._resolve()

    def place(self, uid: int, item: int | None = None) -> int:
        """Return the number at which the message with a UID stands, 0 if that is not known.

        `item` is the UID that a UIDFETCH response has among its items (RFC 9586).
        """
        number = next((n for n, m in enumerate(self.slots, 1) if m and m.uid == uid), 0)
        if item not in (None, uid):
            raise Disagreement(
                "9586-3.3-uidfetch",
                f"UIDFETCH is of the UID {uid}, and the item UID in it is {item}",
                expected=[f": * {number} FETCH", ": TAG OK"],
                received=f"* {uid} UIDFETCH (UID {item})",
                deviation="another UID",
            )
        return number

    def fetched(self, number: int, uid: int | None, flags: Flags | None) -> StoredMessage | None:
        """Take UID and FLAGS of a FETCH response; return the message, None if unknown."""
        if self.adrift or not 0 < number <= len(self.slots) or self.mailbox is None:
            return None
        message = self.slots[number - 1]
        if message is None:
            message = self._by_uid(uid)
            self.slots[number - 1] = message
        if message is None:
            return None
        if uid is not None:
            self._uid(number, message, uid)
        if flags is not None:
            self._flags(number, message, flags)
        return message

    def _by_uid(self, uid: int | None) -> StoredMessage | None:
        known = [m for m in self.untold if m.uid is not None and m.uid == uid]
        return known[0] if known else None

    def _uid(self, number: int, message: StoredMessage, uid: int) -> None:
        if self.mailbox is None:
            return
        if message.uid is None:
            self.mailbox.learn_uid(message, uid)
        elif message.uid != uid:
            raise Disagreement(
                IN_STEP,
                f"message {number} has the UID {uid}, and for this session it is the one with "
                f"the UID {message.uid}",
                expected=[f": * {number} FETCH (UID {message.uid})"],
                received=f"* {number} FETCH (UID {uid})",
                deviation="another UID",
            )

    def _flags(self, number: int, message: StoredMessage, flags: Flags) -> None:
        shown = flags - {RECENT}
        if RECENT in flags:
            if message in self._later:
                raise Disagreement(
                    "3501-2.3.2-recent-once",
                    f"message {number} is recent again, after another session was told of it",
                    expected=[f": * {number} FETCH (FLAGS {spelt(message.flags)})"],
                    received=f"FLAGS {spelt(flags)}",
                )
            message.claimed = message.claimed or not self.read_only
        if message.gone:
            return
        possible = self.possible(message)
        every = frozenset[bytes]().union(*possible) | shown
        wrong = [flag for flag in every if (flag in shown) not in self._meant(message, flag)]
        if wrong:
            raise Disagreement(
                message.unproved or message.kept_by,
                f"message {number} is shown with the flags {spelt(shown)}",
                expected=[f": * {number} FETCH (FLAGS {spelt(possible[-1])})"],
                received=f"FLAGS {spelt(shown)}",
                deviation="other flags than were given",
            )
        if message in self.own:
            return
        message.unproved = ""
        if not message.settled:
            message.settle(shown)
            self._shown[message] = ([shown], len(message.versions))
        elif shown in possible:
            self._shown[message] = (possible[possible.index(shown) :], len(message.versions))
