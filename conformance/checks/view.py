"""What one session has been told: its mailbox as the server described it, and what it sent.

The picture follows the server's own stream, so it is right as long as the server is; where it
can not be known what the server means (a SELECT is under way, octets were lost, a command was
malformed on purpose) the picture says so, and the checks are silent. Nothing here judges.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.checks.effects import effect_of
from conformance.checks.ledger import Ledger
from conformance.checks.selection import POSITIONS, Positions, Selection
from conformance.extending.attached import Attached
from conformance.extending.offered import speaks_rev2
from conformance.syntax.responses import MAX_NUMBER
from conformance.syntax.values import Leaf, Value, members
from conformance.wire.announced import enabled
from conformance.wire.commands import PROMPTED, SELECTING, Command, first_string
from conformance.wire.dialogue import Arrival

if TYPE_CHECKING:
    from conformance.wire.observed import Observed

TAGGED = "tagged"
"""Key of tagged responses; other keys are the names of untagged responses, and `+`."""

NATIVE_UTF8 = frozenset({"UTF8=ACCEPT", "UTF8=ONLY", "IMAP4REV2"})
"""What brings UTF-8 into names, texts and messages once it is enabled."""

_KEY = re.compile(rb"\* *(?:\d+ +)?([A-Za-z][^ \r\n]*)")
_CODE = re.compile(rb"\* *(?:OK|NO|BAD) +\[([A-Za-z][^ \]\r\n]*)(?: +(\d{1,19})\])?", re.IGNORECASE)
_VANISHED = re.compile(rb"\* VANISHED ([\d:,]{1,20000})\r\n", re.IGNORECASE)
_FLAG = re.compile(rb"\\[^\x00-\x20(){%*\"\\\]\x7f-\xff]+")
_CLEAN = re.compile(rb"[\x20-\x7e\x80-\xff\r\n]{1,4096}")
_VERB = re.compile(r"[A-Z][A-Z0-9]*(?: [A-Z]+)?")

# Commands whose tag is remembered, to know a second answer from an answer to nothing.
_TAGS_KEPT = 1_000
_FLAGS_KEPT = 1_000

_STORE = frozenset({"STORE", "UID STORE"})
# BODY[...], RFC822 and RFC822.TEXT set \Seen (section 6.4.5); what is malformed may do so.
_SETS_SEEN = re.compile(rb"BODY *\[|RFC822(?!\.(?:HEADER|SIZE))|BINARY *\[", re.IGNORECASE)


@lru_cache(maxsize=64)
def _sets_seen(fetch: bytes) -> bool:
    """Whether a FETCH may do so; asked again for each message that it returns."""
    return _SETS_SEEN.search(fetch) is not None


def changes_flags(command: Command) -> bool:
    """Whether a command may change the flags of messages that are there already."""
    if command.name in ("FETCH", "UID FETCH"):
        return _sets_seen(command.text)
    return not effect_of(command.name).keeps_flags


def key_of(text: bytes) -> str:
    """Return the key of a response: its name in capitals, `+` or TAGGED; cheap, never fails."""
    if text.startswith(b"*"):
        found = _KEY.match(text)
        return found[1].decode("latin-1").upper() if found else ""
    return "+" if text.startswith(b"+") else TAGGED


def inbox_as_spelt(arrival: Arrival) -> bytes:
    """Return the name in LIST or LSUB octet for octet, where it is INBOX in some letter case."""
    for value in arrival.response.values[2:3]:
        if isinstance(value, Leaf) and value.name == b"INBOX":
            return bytes(value.octets)
    return b""


def number_in(value: Value | None) -> int | None:
    """Return a value as a number up to 32 bits, None when it is none."""
    if not isinstance(value, Leaf) or value.form != "atom":
        return None
    octets = value.octets
    if len(octets) > 10 or not octets.isdigit():
        return None
    number = int(octets)
    return number if number <= MAX_NUMBER else None


_LEAVING = frozenset({"CLOSE", "UNSELECT", "UNAUTHENTICATE"})
_INSIDE = frozenset({"CHECK", "EXPUNGE", "FETCH", "SEARCH", "STORE", "COPY"}).union(
    {"UID FETCH", "UID SEARCH", "UID STORE", "UID COPY"}
)
"""Commands of which a success shows that a mailbox is selected."""


class View:
    """One session: what it sent that matters, and the mailbox that it was told of."""

    def __init__(self, session: Observed, ledger: Ledger, number: int) -> None:
        self.session = session
        self.ledger = ledger
        self.number = number
        self.user = b"\0%d" % number  # unknown: shares nothing with other sessions
        self.selection = Selection()
        self.pending: Selection | None = None
        """What is being selected, while a SELECT or EXAMINE is in flight."""
        self.left = False
        """A command that leaves the mailbox was refused, and may have left it all the same."""
        self.begun: dict[int, int] = {}
        """Number of each command in flight -> responses read when it was sent."""
        self.last: dict[str, int] = {}
        """Key of a response, or its code in brackets -> number of the last one."""
        self.completed: dict[bytes, None] = {}
        """Tags that were answered, oldest first."""
        self.commands = 0
        self.read = 0
        self.muddled_by = 0
        self.bye_after: int | None = None
        """Number of commands sent when an untagged BYE was read."""
        self.logged_out = False
        self.left_by_logout: tuple[Command, ...] = ()
        """Commands that were in flight when LOGOUT was completed."""
        self.starting_tls = False
        self.enabled: frozenset[str] = session.dialogue.enabled
        """What ENABLED said is on in this session, in capitals (RFC 5161 section 3.2)."""
        self.coded: tuple[frozenset[str], bool] | None = None
        """Capabilities that a code told in the present state; whether it came with a login."""
        self.experimental = False
        """A command that begins with X may bring responses that do (section 6.5.1)."""
        self.notified = False
        """A NOTIFY may allow EXPUNGE at any time (RFC 5465)."""
        self.named: set[bytes] = set()
        """Flags in capitals that this session has named in STORE."""
        self.inbox: tuple[int, bytes] = (0, b"")
        """The command that INBOX was last listed to, by its number, and how it was spelt."""
        self.attached = Attached()
        """What extensions remember of this session."""
        self.with_uid: set[int] = set()
        """Messages of which a UID was told since the last tagged response or EXPUNGE."""

    @property
    def current(self) -> Selection | None:
        """The selected mailbox; None while another is being selected: whose data is it?"""
        return self.selection if self.pending is None else None

    @property
    def muddled(self) -> bool:
        """Whether the server may have read other commands than the ones that we count."""
        return self.muddled_by > 0

    @property
    def native_utf8(self) -> bool:
        """Whether names, texts and messages may be shown in UTF-8 (RFC 6855, RFC 9051)."""
        if self.enabled and not self.enabled.isdisjoint(NATIVE_UTF8):
            return True
        return self.revised

    @property
    def revised(self) -> bool:
        """Whether the session speaks IMAP4rev2."""
        return speaks_rev2(self.session.dialogue.capabilities or (), self.enabled)

    # -- the client's side -------------------------------------------------------------

    def command(self, command: Command) -> None:
        """Take a command that begins."""
        name = command.name
        effect = effect_of(name)
        self.commands = command.number
        self.begun[command.number] = self.read
        if not _is_clean(command):
            self.muddled_by = command.number
        if changes_flags(command):
            self.ledger.change_flags(self.number, command.sent_at)
            self.selection.shown = {}
            if len(self.named) < _FLAGS_KEPT:
                self.named |= set(command.arguments.upper().translate(None, b"()").split())
        elif effect.removes:  # a message that is gone may be shown without flags (RFC 2180)
            self.ledger.change_flags(self.number, command.sent_at)
        if name in SELECTING and self.pending is None:
            self.pending = Selection(command.sent_at)
        elif effect.brings_flags:
            self.ledger.flags_touched = command.sent_at
            if len(self.ledger.flags_stored) < _FLAGS_KEPT:
                self.ledger.flags_stored |= {flag.upper() for flag in _FLAG.findall(command.text)}
        elif effect.renames:
            self.ledger.move_names(command.sent_at)
        elif name == "NOTIFY":
            self.notified = True
        elif name.startswith("X"):
            self.experimental = True

    # -- the server's side -------------------------------------------------------------

    def lost(self) -> None:
        """Octets of the server were lost: nothing counted so far can be relied on."""
        self.begun.clear()
        self.muddled_by = max(1, self.commands)
        self.selection.lose_count()
        if self.pending is not None:
            self.pending.lose_count()

    def garbled(self) -> None:
        """Know that a line can not be read: whoever wrote it may have meant that a message went."""
        self._told.lose_count()

    def take(self, key: str, arrival: Arrival) -> None:
        """Follow a response, after the checks have looked at it."""
        self.read = self.last[key] = arrival.number
        if len(self.last) > _TAGS_KEPT:  # a flood of made-up names
            self.last = {key: arrival.number}
        follow = _FOLLOW.get(key)
        if follow is not None:
            follow(self, arrival)

    @property
    def _told(self) -> Selection:
        return self.selection if self.pending is None else self.pending

    def _exists(self, arrival: Arrival) -> None:
        count = arrival.count
        if count is not None:
            self._told.set_exists(count)

    def _recent(self, arrival: Arrival) -> None:
        self._told.recent = arrival.count

    def _expunge(self, arrival: Arrival) -> None:
        position = arrival.count
        self.with_uid.clear()
        if position is not None:
            self._told.expunge(position)
            if self._told.box is not None:
                self._told.box.removed = True

    def _enabled(self, arrival: Arrival) -> None:
        self.enabled = enabled(arrival.frame.text, self.enabled)

    def _listed(self, arrival: Arrival) -> None:
        spelt = inbox_as_spelt(arrival)
        if spelt and len(arrival.in_flight) == 1:
            self.inbox = arrival.in_flight[0].number, spelt

    def _vanished(self, arrival: Arrival) -> None:
        told = _VANISHED.match(arrival.frame.text)
        if told is None:
            if b"(EARLIER)" not in arrival.frame.text.upper():
                self._told.lose_count()
            return
        if self._told.box is not None:
            self._told.box.removed = True
        self.with_uid.clear()
        self._told.vanish(members(told[1]))

    def _flags(self, arrival: Arrival) -> None:
        self._told.flags = frozenset(bytes(x.octets).upper() for x in arrival.response.leaves)

    def _status(self, arrival: Arrival) -> None:
        code = _CODE.match(arrival.frame.text)
        if code is None:
            return
        name = code[1].upper().decode("latin-1")
        self.last[f"[{name}]"] = arrival.number
        if code[2] is None:
            return
        number, told = int(code[2]), self._told
        if name == "UIDVALIDITY":
            if told.uidvalidity not in (None, number):
                told.positions, told.settled, told.box = Positions(), None, None
            told.uidvalidity = number
        elif name == "UIDNEXT" and self.pending is not None:
            told.uidnext = number
        elif name == "UNSEEN" and self.pending is not None:
            told.unseen = number

    def _bye(self, _arrival: Arrival) -> None:
        if self.bye_after is None:
            self.bye_after = self.commands

    def _preauth(self, _arrival: Arrival) -> None:
        self.user = b""

    def _fetch(self, arrival: Arrival) -> None:
        position, current = arrival.count, self.current
        flags = arrival.response.flags()
        if position is not None and current is not None and flags is not None:
            changing = [c for c in arrival.in_flight if changes_flags(c)]
            if not changing or (len(arrival.in_flight) == 1 and changing[0].name in _STORE):
                current.show(position, flags)
            else:
                current.shown.pop(position, None)
        uid = arrival.response.uid
        if position is None or current is None or not uid:
            return
        current.positions.put(position, uid)
        if current.box is not None:
            current.box.raise_floor(uid + 1, arrival.when)
        if arrival.in_flight and len(self.with_uid) < POSITIONS:
            self.with_uid.add(position)

    def _tagged(self, arrival: Arrival) -> None:
        command, status = arrival.answers, arrival.status
        self.with_uid.clear()
        if command is None:
            return
        self.begun.pop(command.number, None)
        self.completed[command.tag] = None
        if len(self.completed) > _TAGS_KEPT:
            del self.completed[next(iter(self.completed))]
        if status != "OK" and (command.name in PROMPTED or b"{" in command.text):
            self.muddled_by = max(self.commands, 1)  # the rest may be read as commands
        elif command.number > self.muddled_by:
            self.muddled_by = 0
        if command.name in SELECTING:
            self._selected(command, status, arrival)
        if status != "OK" and changes_flags(command):
            self.selection.shown = {}
        if status == "OK":
            self._succeeded(command)
        elif command.name in _LEAVING:
            self.left = True

    def _selected(self, command: Command, status: str, arrival: Arrival) -> None:
        chosen, self.pending = self.pending, None
        self.selection, self.left = Selection(), False
        if status == "OK" and chosen is not None and not command.stray:
            chosen.mailbox = command.mailbox
            if chosen.mailbox is not None and chosen.uidvalidity:
                chosen.box = self.ledger.box(self.user, chosen.mailbox, chosen.uidvalidity)
                if chosen.uidnext:
                    chosen.box.raise_floor(chosen.uidnext, arrival.when)
                    chosen.settled = chosen.exists
                self.ledger.learn_validity(
                    self.user, chosen.mailbox, chosen.uidvalidity, arrival.when
                )
            self.selection = chosen
        following = [c for c in arrival.in_flight if c.name in SELECTING and c is not command]
        if following:
            self.pending = Selection(following[0].sent_at)
            self.begun.update((c.number, arrival.number) for c in following)

    def _succeeded(self, command: Command) -> None:
        self.left &= command.name not in _INSIDE
        if command.name in ("CLOSE", "UNSELECT"):
            if self.selection.box is not None:
                self.selection.box.removed = True
            self.selection = Selection()
        elif command.name == "LOGIN":
            user = first_string(command.arguments, command.literals)
            self.user = user if user is not None else self.user
        elif command.name == "AUTHENTICATE":
            self.user = _plain_user(command.text) or self.user
        elif command.name == "LOGOUT":
            self.logged_out = True
        elif command.name == "UNAUTHENTICATE":
            self._forget_login()
        self.starting_tls = command.name == "STARTTLS"

    def _forget_login(self) -> None:
        """Begin anew, as after the greeting (RFC 8437 section 4.1)."""
        self.user = b"\0%d" % self.number
        self.selection, self.pending = Selection(), None
        self.enabled = frozenset()
        self.notified = False
        self.inbox = (0, b"")
        self.attached = Attached()


_FOLLOW = {
    "EXISTS": View._exists,
    "RECENT": View._recent,
    "EXPUNGE": View._expunge,
    "VANISHED": View._vanished,
    "ENABLED": View._enabled,
    "LIST": View._listed,
    "LSUB": View._listed,
    "FLAGS": View._flags,
    "FETCH": View._fetch,
    "OK": View._status,
    "NO": View._status,
    "BAD": View._status,
    "BYE": View._bye,
    "PREAUTH": View._preauth,
    TAGGED: View._tagged,
}


def _is_clean(command: Command) -> bool:
    """Whether any server reads this line as one command with this tag."""
    return (
        command.answerable
        and not command.stray
        and _VERB.fullmatch(command.name) is not None
        and _CLEAN.fullmatch(command.text) is not None
    )


def _plain_user(text: bytes) -> bytes | None:
    """Return who logs in with AUTHENTICATE PLAIN, None for other mechanisms."""
    words = text.split()
    if len(words) < 4 or words[2].upper() != b"PLAIN":
        return None
    try:
        parts = b64decode(words[-1], validate=True).split(b"\0")
    except Base64Error:
        return None
    return (parts[0] or parts[1]) if len(parts) == 3 else None
