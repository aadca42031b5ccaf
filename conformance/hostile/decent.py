"""What a decent server answers: a few mailboxes in memory, as simple as can be.

It is no model of a server: what a client needs to get on with a session, and no more. Structures of
messages are all those of one part of plain text.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.hostile.arguments import Word, numbers, words

CAPABILITIES = b"IMAP4rev1 STARTTLS AUTH=PLAIN IDLE LITERAL+ UIDPLUS"
"""What is announced unless a behaviour says otherwise."""

_LETTER = (
    b"Date: Mon, 7 Feb 1994 21:52:25 -0800\r\nFrom: Fred Foobar <foobar@example.com>\r\n"
    b"Subject: afternoon meeting\r\nTo: mooch@example.com\r\n\r\nHello Joe, shall we meet?\r\n"
)
_ENVELOPE = (
    b'("Mon, 7 Feb 1994 21:52:25 -0800" "afternoon meeting"'
    b' (("Fred Foobar" NIL "foobar" "example.com")) NIL NIL'
    b' ((NIL NIL "mooch" "example.com")) NIL NIL NIL NIL)'
)
_DATE = b"07-Feb-1994 21:52:25 -0800"
_FLAGS = rb"(\Answered \Deleted \Draft \Flagged \Seen)"
_KEYS: dict[bytes, Callable[[set[bytes]], bool]] = {
    b"ALL": lambda _: True,
    b"SEEN": lambda flags: rb"\Seen" in flags,
    b"UNSEEN": lambda flags: rb"\Seen" not in flags,
    b"DELETED": lambda flags: rb"\Deleted" in flags,
    b"UNDELETED": lambda flags: rb"\Deleted" not in flags,
}
_SECTION = re.compile(
    rb"(?:RFC822(?P<old>\.HEADER|\.TEXT)?|BODY(?P<peek>\.PEEK)?\[(?P<section>[^\]]*)\])"
    rb"(?:<(?P<from>\d+)\.(?P<count>\d+)>)?",
    re.IGNORECASE,
)
_MACROS = {b"ALL": b"FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"}
_MACROS |= {b"FAST": b"FLAGS INTERNALDATE RFC822.SIZE", b"FULL": _MACROS[b"ALL"] + b" BODY"}


@dataclass(slots=True, eq=False)
class _DecentMessage:
    uid: int
    octets: bytes
    flags: set[bytes]
    date: bytes = _DATE


@dataclass(slots=True)
class _Box:
    messages: list[_DecentMessage] = field(default_factory=list)
    next_uid: int = 1

    def add(self, octets: bytes, flags: set[bytes], date: bytes = _DATE) -> None:
        self.messages.append(_DecentMessage(self.next_uid, octets, flags, date))
        self.next_uid += 1


class DecentStore:
    """The mailboxes of the one account, for all sessions."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.boxes: dict[bytes, _Box] = {b"INBOX": _Box()}
        self.boxes[b"INBOX"].add(_LETTER, set())
        self.subscribed: dict[bytes, None] = {}

    def find(self, name: bytes) -> _Box | None:
        """Return a mailbox by its name, None if there is none."""
        return self.boxes.get(_canonical(name))


class Decent:
    """One session: `answer` gives the lines of an answer, the tagged one last."""

    def __init__(self, store: DecentStore, capabilities: bytes = b"") -> None:
        self.capabilities = capabilities or CAPABILITIES
        self._store = store
        self._box: _Box | None = None
        self._seen: list[_DecentMessage] = []
        self._read_only = self._by_uid = False

    def answer(self, tag: bytes, name: str, arguments: bytes) -> list[bytes]:
        """Answer a command; not IDLE, AUTHENTICATE and STARTTLS, which go on."""
        with self._store.lock:
            by_uid = name == "UID"
            found = words(arguments)
            if by_uid and found:
                name = found.pop(0).text.decode("latin-1").upper()
            method = _COMMANDS.get(name)
            if method is None or (by_uid and name not in _BY_UID):
                return [tag + b" BAD no such command\r\n"]
            self._by_uid = by_uid
            try:
                said = method(self, found)
            except (LookupError, ValueError):
                return [tag + b" BAD can not be read\r\n"]
            status = said.pop() if said and not said[-1].startswith(b"*") else b"OK done"
            news = self._news() if name not in ("FETCH", "STORE", "SEARCH") or by_uid else []
            return [*(line + b"\r\n" for line in (*said, *news)), tag + b" " + status + b"\r\n"]

    def _news(self) -> list[bytes]:
        """Say what has changed in the mailbox that is open."""
        if self._box is None:
            return []
        there = self._box.messages
        gone = [at for at, message in enumerate(self._seen, 1) if message not in there]
        said = [b"* %d EXPUNGE" % at for at in reversed(gone)]
        if len(there) > len(self._seen) - len(said):
            said.append(b"* %d EXISTS" % len(there))
        self._seen = list(there)
        return said

    # -- in any state --------------------------------------------------------------------

    def _capability(self, _words: list[Word]) -> list[bytes]:
        return [b"* CAPABILITY " + self.capabilities]

    def _nothing(self, _words: list[Word]) -> list[bytes]:
        return []

    def _logout(self, found: list[Word]) -> list[bytes]:
        if found:
            return [b"BAD no arguments"]
        return [b"* BYE good bye"]

    # -- mailboxes -----------------------------------------------------------------------

    def _select(self, found: list[Word], *, read_only: bool = False) -> list[bytes]:
        self._box, self._seen = self._store.find(found[0].text), []
        if self._box is None:
            return [b"NO there is no such mailbox"]
        self._seen, self._read_only = list(self._box.messages), read_only
        access = b"READ-ONLY" if read_only else b"READ-WRITE"
        kept = rb"" if read_only else rb"\*"
        return [
            b"* FLAGS " + _FLAGS,
            b"* %d EXISTS" % len(self._seen),
            b"* 0 RECENT",
            b"* OK [UIDVALIDITY 1] valid",
            b"* OK [UIDNEXT %d] next" % self._box.next_uid,
            b"* OK [PERMANENTFLAGS (" + kept + b")] flags",
            b"OK [" + access + b"] done",
        ]

    def _examine(self, found: list[Word]) -> list[bytes]:
        return self._select(found, read_only=True)

    def _create(self, found: list[Word]) -> list[bytes]:
        name = _canonical(found[0].text.removesuffix(b"/"))
        if name in self._store.boxes:
            return [b"NO it is there already"]
        self._store.boxes[name] = _Box()
        return []

    def _delete(self, found: list[Word]) -> list[bytes]:
        name = _canonical(found[0].text)
        if name == b"INBOX" or name not in self._store.boxes:
            return [b"NO it can not be deleted"]
        del self._store.boxes[name]
        return []

    def _rename(self, found: list[Word]) -> list[bytes]:
        box = self._store.boxes.pop(_canonical(found[0].text), None)
        if box is None:
            return [b"NO not there"]
        self._store.boxes[_canonical(found[1].text)] = box
        return []

    def _subscribe(self, found: list[Word]) -> list[bytes]:
        self._store.subscribed[found[0].text] = None
        return []

    def _unsubscribe(self, found: list[Word]) -> list[bytes]:
        self._store.subscribed.pop(found[0].text, None)
        return []

    def _list(self, found: list[Word]) -> list[bytes]:
        return self._listed(b"LIST", found, self._store.boxes)

    def _lsub(self, found: list[Word]) -> list[bytes]:
        return self._listed(b"LSUB", found, self._store.subscribed)

    @staticmethod
    def _listed(kind: bytes, found: list[Word], names: Iterable[bytes]) -> list[bytes]:
        if not found[1].text:
            return [b'* %b (\\Noselect) "/" ""' % kind]
        pattern = re.escape(found[0].text + found[1].text)
        pattern = pattern.replace(rb"\*", rb".*").replace(rb"%", rb"[^/]*")
        return [
            b'* %b () "/" %b' % (kind, _string(name))
            for name in names
            if re.fullmatch(pattern, name, re.DOTALL)
        ]

    def _status(self, found: list[Word]) -> list[bytes]:
        box = self._store.find(found[0].text)
        if box is None:
            return [b"NO there is no such mailbox"]
        unseen = sum(rb"\Seen" not in message.flags for message in box.messages)
        known = {b"MESSAGES": len(box.messages), b"RECENT": 0, b"UIDNEXT": box.next_uid}
        known |= {b"UIDVALIDITY": 1, b"UNSEEN": unseen}
        items = b" ".join(b"%b %d" % (w.text, known[w.text.upper()]) for w in found[1].inner)
        return [b"* STATUS %b (%b)" % (_string(found[0].text), items)]

    def _append(self, found: list[Word]) -> list[bytes]:
        box = self._store.find(found[0].text)
        if box is None:
            return [b"NO [TRYCREATE] there is no such mailbox"]
        flags = {word.text for each in found[1:-1] for word in each.inner}
        dates = [each.text for each in found[1:-1] if each.text and not each.inner]
        box.add(found[-1].text, flags, *dates)
        return []

    # -- messages ------------------------------------------------------------------------

    def _open(self) -> _Box:
        if self._box is None:
            raise ValueError
        return self._box

    def _close(self, _words: list[Word]) -> list[bytes]:
        box = self._open()
        if not self._read_only:
            box.messages = [m for m in box.messages if rb"\Deleted" not in m.flags]
        self._box, self._seen = None, []
        return []

    def _expunge(self, _words: list[Word]) -> list[bytes]:
        box = self._open()
        box.messages = [m for m in box.messages if rb"\Deleted" not in m.flags]
        return []

    def _search(self, found: list[Word]) -> list[bytes]:
        """Search by flags; by anything else nothing is found."""
        self._open()
        wanted = [word.text.upper() for word in found]
        by_flags = all(word in _KEYS for word in wanted)
        hits = [
            message.uid if self._by_uid else number
            for number, message in enumerate(self._seen, 1)
            if by_flags and all(_KEYS[word](message.flags) for word in wanted)
        ]
        return [b"* SEARCH" + b"".join(b" %d" % number for number in hits)]

    def _chosen(self, text: bytes) -> list[tuple[int, _DecentMessage]]:
        self._open()
        by_uid = self._by_uid
        places = {(m.uid if by_uid else n): (n, m) for n, m in enumerate(self._seen, 1)}
        wanted = numbers(text, max(places, default=0))
        return [places[number] for number in places if number in wanted]

    def _copy(self, found: list[Word]) -> list[bytes]:
        box = self._store.find(found[1].text)
        if box is None:
            return [b"NO [TRYCREATE] there is no such mailbox"]
        for _, message in self._chosen(found[0].text):
            box.add(message.octets, set(message.flags), message.date)
        return []

    def _flag(self, found: list[Word]) -> list[bytes]:
        how, flags = found[1].text.upper(), {word.text for word in found[2].inner}
        said = []
        for number, message in self._chosen(found[0].text):
            old = message.flags
            message.flags = (
                old | flags if how[:1] == b"+" else old - flags if how[:1] == b"-" else flags
            )
            if not how.endswith(b".SILENT"):
                said.append(_fetched(number, message, [b"FLAGS"], self._by_uid))
        return said

    def _fetch(self, found: list[Word]) -> list[bytes]:
        items = [word.text for word in found[1].inner or found[1:]]
        if len(items) == 1 and items[0].upper() in _MACROS:
            items = _MACROS[items[0].upper()].split(b" ")
        return [
            _fetched(number, message, items, self._by_uid)
            for number, message in self._chosen(found[0].text)
        ]


_BY_UID = frozenset({"COPY", "EXPUNGE", "FETCH", "SEARCH", "STORE"})
_COMMANDS: dict[str, Callable[[Decent, list[Word]], list[bytes]]] = {
    "APPEND": Decent._append,
    "CAPABILITY": Decent._capability,
    "CHECK": Decent._nothing,
    "CLOSE": Decent._close,
    "COPY": Decent._copy,
    "CREATE": Decent._create,
    "DELETE": Decent._delete,
    "EXAMINE": Decent._examine,
    "EXPUNGE": Decent._expunge,
    "FETCH": Decent._fetch,
    "LIST": Decent._list,
    "LOGIN": Decent._nothing,
    "LOGOUT": Decent._logout,
    "LSUB": Decent._lsub,
    "NOOP": Decent._nothing,
    "RENAME": Decent._rename,
    "SEARCH": Decent._search,
    "SELECT": Decent._select,
    "STATUS": Decent._status,
    "STORE": Decent._flag,
    "SUBSCRIBE": Decent._subscribe,
    "UNSUBSCRIBE": Decent._unsubscribe,
}


def _fetched(number: int, message: _DecentMessage, items: list[bytes], by_uid: bool) -> bytes:
    names = dict.fromkeys(item for item in items)
    if by_uid:
        names[b"UID"] = None
    values = b" ".join(_item(name, message) for name in names)
    return b"* %d FETCH (%b)" % (number, values)


def _item(name: bytes, message: _DecentMessage) -> bytes:
    octets, upper = message.octets, name.upper()
    simple = {
        b"FLAGS": b"(" + b" ".join(sorted(message.flags)) + b")",
        b"UID": b"%d" % message.uid,
        b"RFC822.SIZE": b"%d" % len(octets),
        b"INTERNALDATE": b'"' + message.date + b'"',
        b"ENVELOPE": _ENVELOPE,
    }
    if upper in simple:
        return upper + b" " + simple[upper]
    if upper in (b"BODY", b"BODYSTRUCTURE"):
        lines = octets.count(b"\n")
        kind = b'("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" %d %d)'
        return upper + b" " + kind % (len(octets), lines)
    asked = _SECTION.fullmatch(name)
    if asked is None:
        raise ValueError
    section = (asked["section"] or asked["old"] or b"").upper().lstrip(b".")
    header, _, text = octets.partition(b"\r\n\r\n")
    piece = {b"HEADER": header + b"\r\n\r\n", b"TEXT": text, b"1": text}.get(section, octets)
    shown = upper.replace(b".PEEK", b"")
    if asked["from"]:
        first = int(asked["from"])
        piece = piece[first : first + int(asked["count"])]
        shown = shown[: shown.index(b"<")] + b"<%d>" % first
    return shown + b" {%d}\r\n" % len(piece) + piece


def _canonical(name: bytes) -> bytes:
    return b"INBOX" if name.upper() == b"INBOX" else name


def _string(octets: bytes) -> bytes:
    if re.search(rb"[\r\n\0\x80-\xff]", octets):
        return b"{%d}\r\n%b" % (len(octets), octets)
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
