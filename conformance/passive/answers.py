"""Rules of servers that only hold where all of a session is seen in order: what was asked for came.

They are not among the ambient checks, whose sessions break off and overlap on purpose. Each looks
at one command that was alone in flight from its beginning to its OK.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from conformance.checks.finding import Fault, Rule
from conformance.checks.refused import CHARSET
from conformance.syntax import grammar
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

STATUS_ITEMS = Rule(
    "3501-6.3.10-items", "MUST", "6.3.10", "STATUS returns the items that were requested."
)
FETCH_ITEMS = Rule(
    "3501-6.4.5-forms",
    "MUST",
    "6.4.5",
    "FETCH returns all items that were asked for.",
)
IDLE_ENDS = Rule(
    "2177-3-done",
    "MUST",
    "3",
    "IDLE is completed when the client has sent DONE, not before.",
)

RULES = (STATUS_ITEMS, FETCH_ITEMS, IDLE_ENDS)

_STATUS = re.compile(rb"\(([A-Za-z0-9.\- ]+)\)\Z")
_FETCH = re.compile(rb"[\d:,*$]+ (?:\((?P<list>.*)\)|(?P<one>.*))\Z", re.DOTALL)
_ITEM = re.compile(rb"([A-Z0-9][A-Z0-9.-]*)(\[[^\]]*\])?(?:<[\d.]+>)?")
_MACROS: dict[bytes, tuple[bytes, ...]] = {
    b"FAST": (b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE"),
    b"ALL": (b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE", b"ENVELOPE"),
    b"FULL": (b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE", b"ENVELOPE", b"BODY"),
}
# Parts by number may be missing, and of items of extensions their RFCs say when they come.
_SURE = frozenset({
    b"FLAGS", b"UID", b"INTERNALDATE", b"RFC822.SIZE", b"ENVELOPE", b"BODYSTRUCTURE", b"BODY",
    b"BODY[]", b"BODY[HEADER]", b"BODY[TEXT]", b"BODY[HEADER.FIELDS]", b"BODY[HEADER.FIELDS.NOT]",
    b"RFC822", b"RFC822.HEADER", b"RFC822.TEXT",
})  # fmt: skip
_STATUS_SURE = frozenset({b"MESSAGES", b"RECENT", b"UIDNEXT", b"UIDVALIDITY", b"UNSEEN"})
_TELLING = frozenset({b"FLAGS", b"UID"})  # a server may send these of any message, unasked
_FETCHES = frozenset({"FETCH", "UID FETCH"})
_SEARCHES = frozenset({"SEARCH", "UID SEARCH", "SORT", "UID SORT", "THREAD", "UID THREAD"})
_CHARSET = re.compile(rb"(?:\A| )CHARSET ", re.IGNORECASE)
_ALONE = re.compile(
    rb"\S+ (?:OK|NO|BAD|BYE|PREAUTH) \[[A-Z][A-Z0-9-]*(?: [^\r\n]*)?\] *\r\n\Z", re.IGNORECASE
)
_MESSAGES = 10_000


@dataclass(slots=True)
class _Asked:
    """What a command asks for, and what has come: items by message, or those of the mailbox."""

    command: Command
    items: Collection[bytes]
    got: dict[int, set[bytes]] = field(default_factory=dict)


class Answers:
    """Follows the answers of one connection; `report` takes what is wrong with a response."""

    def __init__(self, report: Callable[[Fault, bytes], None]) -> None:
        self._report = report
        self._asked: _Asked | None = None
        self._prompted = False

    def lose(self) -> None:
        """Know that something of what is in flight is not seen."""
        self._asked = None
        self._prompted = False

    def command(self, command: Command, flight: tuple[Command, ...]) -> None:
        """Take a command that begins; only the one that is alone is followed."""
        self._asked = None
        if len(flight) == 1:
            items = _status_items(command) or _fetch_items(command)
            self._asked = _Asked(command, items) if items else None

    def heard(self, arrival: Arrival, announced: frozenset[str]) -> None:
        """Take a response."""
        text = arrival.frame.text
        for fault in _of_code(arrival, announced):
            self._report(fault, text)
        asked = self._asked
        if text.startswith(b"+"):
            self._prompted = any(command.name == "IDLE" for command in arrival.in_flight)
        elif arrival.answers is not None:
            for fault in self._ended(arrival, arrival.answers):
                self._report(fault, text)
            self._asked = None
        elif asked is not None:
            self._collect(asked, arrival)

    def _collect(self, asked: _Asked, arrival: Arrival) -> None:
        name = arrival.response.name
        if name in ("EXPUNGE", "VANISHED") or len(asked.got) > _MESSAGES:
            self._asked = None
        elif name == "FETCH" and asked.command.name in _FETCHES:
            number = arrival.count or 0
            keys = {_plain(key) for key, _ in arrival.response.items.entries}
            asked.got.setdefault(number, set()).update(keys)
        elif name == "STATUS" and asked.command.name == "STATUS":
            asked.got.setdefault(0, set()).update(
                key.upper() for key, _ in arrival.response.items.entries
            )

    def _ended(self, arrival: Arrival, command: Command) -> Iterator[Fault]:
        if command.name == "IDLE":
            prompted, self._prompted = self._prompted, False
            if prompted and arrival.status == "OK" and b"\r\nDONE" not in command.text.upper():
                message = "IDLE is completed though the client has not sent DONE."
                yield Fault(IDLE_ENDS, message, "OK behind DONE, or BYE to end the session")
        elif command.name in _SEARCHES and arrival.status == "BAD":
            named = _CHARSET.search(command.arguments) is not None
            if named and b"CHARSET" in arrival.frame.text.upper() and not _coded(arrival):
                message = f"{command.name} is answered with BAD for its charset."
                yield Fault(CHARSET, message, "NO [BADCHARSET ...]")
        asked = self._asked
        if asked is None or asked.command is not command or arrival.status != "OK":
            return
        rule = STATUS_ITEMS if command.name == "STATUS" else FETCH_ITEMS
        for number, got in asked.got.items():
            missing = [item for item in asked.items if item not in got]
            wanted = number == 0 or not got <= _TELLING
            if missing and wanted:
                names = ", ".join(item.decode("ascii") for item in missing)
                of = f" for message {number}" if number else ""
                message = f"{command.name} asked for {names}, which did not come{of}."
                yield Fault(rule, message, names, f"{command.name} {names}")
                return


def _coded(arrival: Arrival) -> bool:
    """Whether the code says it: an ambient check looks at that."""
    code = arrival.response.code
    return code is not None and code.name == "BADCHARSET"


def _status_items(command: Command) -> Collection[bytes]:
    found = _STATUS.search(command.arguments) if command.name == "STATUS" else None
    words = found[1].upper().split() if found is not None else []
    return [word for word in words if word in _STATUS_SURE]


def _fetch_items(command: Command) -> Collection[bytes]:
    found = _FETCH.match(command.arguments) if command.name in _FETCHES else None
    if found is None:
        return ()
    text = (found["list"] or found["one"] or b"").upper()
    if text.strip() in _MACROS:
        return _MACROS[text.strip()]
    items = [_plain(each[0]) for each in _ITEM.finditer(text.replace(b"BODY.PEEK[", b"BODY["))]
    return [item for item in dict.fromkeys(items) if item in _SURE]


def _plain(key: bytes) -> bytes:
    """Return the name of an item without origin and names of fields."""
    found = _ITEM.match(key.upper())
    if found is None:
        return key.upper()
    section = found[2] or b""
    return found[1] + (section.split(b" ", 1)[0].rstrip(b"]") + b"]" if section else b"")


def _of_code(arrival: Arrival, announced: frozenset[str]) -> Iterator[Fault]:
    """Report a code that lacks what it needs, where there is no text to read it by.

    As text that begins with a bracket it conforms; no client reads it as such.
    """
    text = arrival.frame.text
    if arrival.frame.literals or _ALONE.match(text) is None:
        return
    strict = grammar.load(announced)
    whole = text.rstrip() + b" x\r\n"
    if strict.check(arrival.start, text) is not None:
        return  # the grammar has said so
    for fault in strict.faults(arrival.start, whole):
        rule = Rule(fault.requirement, "MUST", fault.section, f"The formal syntax of {fault.rule}.")
        expected = " or ".join(fault.expected) or "nothing more"
        yield Fault(rule, fault.message, expected, fault.shape)
