"""CONDSTORE (RFC 7162 section 3.1): mod-sequences, who is told of them, and that they do not fall.

What a session has asked for is read here for QRESYNC as well.
"""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.ledger import Box
from conformance.checks.selection import Selection
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View, number_in
from conformance.syntax.values import Group, Leaf, Value, members
from conformance.wire.commands import SELECTING, Command
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str, level: str = "MUST", section: str = "3.1") -> Rule:
    return Rule(f"7162-{section}-{slug}", level, section, sentence)


FALLS = _rule("falls", "The mod-sequence of a message does not fall.")
INCLUDED = _rule("included", "A session that wants mod-sequences is told them with all new flags.")
TOLD = _rule(
    "told",
    "A session that wants mod-sequences is told HIGHESTMODSEQ or NOMODSEQ by every SELECT.",
    section="3.1.2",
)
ONE = _rule("one", "A mailbox has HIGHESTMODSEQ or NOMODSEQ, not both.", section="3.1.2")
HIGHEST = _rule("highest", "HIGHESTMODSEQ is not below any message's.", section="3.1.2.1")
HIGHEST_FALLS = _rule("falls", "HIGHESTMODSEQ does not fall.", section="3.1.2.1")
REFUSED = _rule("refused", "Where NOMODSEQ was told, mod-sequences are BAD.", section="3.1.2.2")
MODIFIED = _rule(
    "modified-set",
    "MODIFIED has numbers of messages that the STORE names, in its own kind of numbers.",
    section="3.1.3",
)
CHANGEDSINCE = _rule(
    "changedsince", "CHANGEDSINCE returns messages with a higher MODSEQ only.", section="3.1.4.1"
)
UID_TOO = _rule("uid", "New flags are told with UID.", "SHOULD", "3.1.4.2")
UID_TOO_QRESYNC = _rule("uid", "Under QRESYNC new flags are told with UID.", section="3.2.4")
SEARCH_ENDS = _rule("highest", "The result of a SEARCH by MODSEQ has one.", section="3.1.5")
UNASKED = _rule("unasked", "The result of another SEARCH has none.", "SHOULD", "3.1.5")
ZERO = _rule(
    "zero", "HIGHESTMODSEQ in STATUS is 0 for a mailbox with NOMODSEQ alone.", section="3.1.7"
)

NEEDS = "CONDSTORE|QRESYNC"
_KEPT = 10_000
"""Messages of a mailbox whose mod-sequences are remembered."""

_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_SECTION = re.compile(rb"\[[^\]]*\]")
_SEARCHED = re.compile(rb'MODSEQ (?:\d|"" (?:PRIV|SHARED|ALL) \d)')
TEXT = re.compile(
    rb'\b(?:BCC|BODY|CC|FROM|SUBJECT|TEXT|TO|KEYWORD|UNKEYWORD|HEADER [^ ]+) [^ ()"]+'
)
_CODE = re.compile(rb"\* OK \[(?:(NOMODSEQ)|HIGHESTMODSEQ (\d{1,20}))[\] ]", re.IGNORECASE)
_MODIFIED = re.compile(rb"\S+ (?:OK|NO) \[MODIFIED ([\d:,]{1,4000})\]", re.IGNORECASE)
_SINCE = re.compile(rb"\bCHANGEDSINCE (\d{1,20})")
_FETCHES = frozenset({"FETCH", "UID FETCH"})
_STORES = frozenset({"STORE", "UID STORE"})
_SEARCHES = frozenset({"SEARCH", "UID SEARCH"})
_ALWAYS = frozenset({b"FLAGS", b"UID", b"MODSEQ"})
"""Items that may come of themselves."""


class Aware:
    """Whether a session has asked for mod-sequences, and was answered OK."""

    def __init__(self) -> None:
        self.asked = False


class SelectionModseqs:
    """What a selection was told of its mod-sequences as a whole."""

    def __init__(self) -> None:
        self.highest: int | None = None
        """What HIGHESTMODSEQ says, which may be no mod-sequence at all: a zero."""
        self.none = False


class KnownModseqs:
    """What is known of the mod-sequences of a mailbox, by all sessions."""

    def __init__(self) -> None:
        self.messages: dict[int, tuple[int, int, float]] = {}
        """Unique identifier -> its mod-sequence, the session that was told, and when."""
        self.top: tuple[int, float] = (0, 0.0)
        """The highest mod-sequence of a message, and when it was told."""
        self.highest: tuple[int, float] = (0, 0.0)
        """The highest HIGHESTMODSEQ of SELECT or STATUS, and when it was told."""
        self.none = False


def words(command: Command) -> bytes:
    """Return the arguments of a command in capitals, without what stands in quotes or brackets."""
    return _SECTION.sub(b"[]", _QUOTED.sub(b'""', command.arguments)).upper()


def asks(command: Command) -> bool:
    """Whether a command is one that asks for mod-sequences."""
    name, said = command.name, words(command)
    if name in SELECTING:
        return re.search(rb"\(.*\b(?:CONDSTORE|QRESYNC)\b", said) is not None
    if name == "STATUS":
        return re.search(rb"\(.*\bHIGHESTMODSEQ\b", said) is not None
    if name in _FETCHES:
        return re.search(rb"\b(?:MODSEQ|CHANGEDSINCE)\b", said) is not None
    if name in _SEARCHES:
        return searches_modseq(command)
    return name in _STORES and b"UNCHANGEDSINCE" in said


def searches_modseq(command: Command) -> bool:
    """Whether MODSEQ is among the keys of a search."""
    return _SEARCHED.search(TEXT.sub(b"", words(command))) is not None


def is_aware(view: View) -> bool:
    """Whether a session has asked for mod-sequences."""
    return view.attached.of(Aware).asked or not view.enabled.isdisjoint({"CONDSTORE", "QRESYNC"})


def modseq_in(value: Value | None) -> int:
    """Return the number in the value of a MODSEQ item, 0 where it is none."""
    inner = value.items[0] if isinstance(value, Group) and len(value.items) == 1 else None
    return (inner.number or 0) if isinstance(inner, Leaf) else 0


def _told(view: View) -> Selection:
    return view.selection if view.pending is None else view.pending


def asked(view: View, arrival: Arrival, report: Report) -> None:
    """Take that a command asks for mod-sequences; report one that has to be refused."""
    command = arrival.answers
    if command is None or arrival.status != "OK" or not asks(command):
        return
    view.attached.of(Aware).asked = True
    if command.name == "STATUS" or command.name in SELECTING or view.current is None:
        return
    if view.current.attached.of(SelectionModseqs).none and not view.muddled:
        message = f"{command.name} asks for mod-sequences where NOMODSEQ was told, and is OK."
        report(Fault(REFUSED, message, "BAD", command.name))


def code(view: View, arrival: Arrival, report: Report) -> None:
    """Take HIGHESTMODSEQ or NOMODSEQ, and report the one that contradicts the other."""
    found = _CODE.match(arrival.frame.text)
    if found is None:
        return
    numbers = _told(view).attached.of(SelectionModseqs)
    if found[1] is None:
        numbers.highest = int(found[2])
    else:
        numbers.none = True
    if numbers.none and numbers.highest and not view.muddled:
        report(Fault(ONE, "Both HIGHESTMODSEQ and NOMODSEQ are told.", "one of the two"))


def selected(view: View, arrival: Arrival, report: Report) -> None:
    """Report a selection without either code, or with a HIGHESTMODSEQ that is too low."""
    command, told = arrival.answers, view.pending
    if command is None or command.name not in SELECTING or arrival.status != "OK" or told is None:
        return
    numbers = told.attached.of(SelectionModseqs)
    if view.muddled:
        return
    if (is_aware(view) or asks(command)) and numbers.highest is None and not numbers.none:
        message = f"OK to {command.name} without HIGHESTMODSEQ or NOMODSEQ before it."
        report(Fault(TOLD, message, "* OK [HIGHESTMODSEQ n] before the OK"))
    if command.mailbox is None or not told.uidvalidity:
        return
    box = view.ledger.box(view.user, command.mailbox, told.uidvalidity)
    known = box.attached.of(KnownModseqs)
    known.none = numbers.none
    if numbers.highest:
        _compare(view, box, command, numbers.highest, report)
        _raise(known, numbers.highest, arrival.when)


def _raise(known: KnownModseqs, highest: int, when: float) -> None:
    if highest > known.highest[0]:
        known.highest = highest, when


def _compare(view: View, box: Box, command: Command, highest: int, report: Report) -> None:
    """Report a HIGHESTMODSEQ below what was told before the command was sent.

    Without QRESYNC it is that of the messages that are there: an expunged one may have had it.
    """
    known = box.attached.of(KnownModseqs)
    if box.removed and "QRESYNC" not in (view.session.dialogue.capabilities or ()):
        return
    top, since = known.top
    before, told_at = known.highest
    if highest < top and since < command.sent_at and command.name in SELECTING:
        message = f"HIGHESTMODSEQ is {highest}, and a message has MODSEQ {top}."
        report(Fault(HIGHEST, message, f"{top} or more", command.name))
    elif highest < before and told_at < command.sent_at:
        message = f"HIGHESTMODSEQ falls from {before} to {highest}."
        report(Fault(HIGHEST_FALLS, message, f"{before} or more", command.name))


def status(view: View, arrival: Arrival, report: Report) -> None:
    """Report a HIGHESTMODSEQ of STATUS that falls, or is 0 where it must not be, or is not."""
    response = arrival.response
    leaf = response.items.get(b"HIGHESTMODSEQ")
    mailbox, commands = response.mailbox, [c for c in arrival.in_flight if c.name == "STATUS"]
    highest = leaf.number if isinstance(leaf, Leaf) else None
    if highest is None or mailbox is None or not commands or view.current is None:
        return
    validity = view.ledger.validity(view.user, mailbox)
    uidvalidity = number_in(response.items.get(b"UIDVALIDITY")) or (validity and validity.value)
    if not uidvalidity or mailbox == view.current.mailbox or view.muddled:
        return
    box = view.ledger.box(view.user, mailbox, uidvalidity)
    known = box.attached.of(KnownModseqs)
    if highest == 0 and known.highest[0]:
        message = "HIGHESTMODSEQ of STATUS is 0, and that of SELECT was not."
        report(Fault(ZERO, message, f"{known.highest[0]} or more", "zero"))
    elif highest and known.none:
        message = f"HIGHESTMODSEQ of STATUS is {highest} where SELECT had NOMODSEQ."
        report(Fault(ZERO, message, "0", "number"))
    elif highest:
        _compare(view, box, commands[0], highest, report)
        _raise(known, highest, arrival.when)


def message(view: View, arrival: Arrival, report: Report) -> None:
    """Report a mod-sequence that falls; remember it."""
    current, position = view.current, arrival.count
    modseq = modseq_in(arrival.response.items.get(b"MODSEQ"))
    if current is None or current.box is None or position is None or not modseq:
        return
    uid = arrival.response.uid or current.positions.get(position)
    known = current.box.attached.of(KnownModseqs)
    if modseq > known.top[0]:
        known.top = modseq, arrival.when
    if not uid:
        return
    before, session, when = known.messages.get(uid, (0, 0, 0.0))
    if modseq < before and (session == view.number or when < current.since) and not view.muddled:
        text = f"MODSEQ of the message with UID {uid} falls from {before} to {modseq}."
        report(Fault(FALLS, text, f"{before} or more"))
    if uid in known.messages or len(known.messages) < _KEPT:
        known.messages[uid] = (max(before, modseq), view.number, arrival.when)


def included(view: View, arrival: Arrival, report: Report) -> None:
    """Report new flags without mod-sequence, or without UID, while no FETCH may have asked so."""
    current, items = view.current, arrival.response.items
    if current is None or view.muddled or not is_aware(view) or items.get(b"FLAGS") is None:
        return
    if not current.attached.of(SelectionModseqs).highest:
        return  # whether this mailbox has mod-sequences is not known
    if any(command.name in _FETCHES for command in arrival.in_flight):
        return
    names = ", ".join(sorted({command.name for command in arrival.in_flight})) or "nothing"
    if items.get(b"MODSEQ") is None:
        text = f"New flags come without MODSEQ, in answer to {names}."
        report(Fault(INCLUDED, text, "MODSEQ as well"))
    if items.get(b"UID") is None:
        qresync = "QRESYNC" in (view.session.dialogue.capabilities or ())
        text = f"New flags come without UID, in answer to {names}."
        report(Fault(UID_TOO_QRESYNC if qresync else UID_TOO, text, "UID as well"))


def changed_since(view: View, arrival: Arrival, report: Report) -> None:
    """Report what FETCH with CHANGEDSINCE returns of a message that has not changed since."""
    items, fetches = arrival.response.items, arrival.in_flight
    if len(fetches) != 1 or fetches[0].name not in _FETCHES or view.muddled:
        return
    since = _SINCE.search(words(fetches[0]))
    modseq = modseq_in(items.get(b"MODSEQ"))
    if since and modseq and modseq <= int(since[1]) and not set(items.keys()) <= _ALWAYS:
        text = f"A message with MODSEQ {modseq} is returned as changed since {int(since[1])}."
        report(Fault(CHANGEDSINCE, text, "nothing of this message"))


def modified(view: View, arrival: Arrival, report: Report) -> None:
    """Report a MODIFIED with numbers that the STORE does not name."""
    command, found = arrival.answers, _MODIFIED.match(arrival.frame.text)
    if command is None or found is None or command.name not in _STORES or view.muddled:
        return
    named = members(command.arguments.partition(b" ")[0])
    told = members(found[1])
    if named is not None and told is not None and not told <= named:
        text = f"MODIFIED has {min(told - named)}, which {command.name} does not name."
        report(Fault(MODIFIED, text, "numbers of its set", command.name))


def search(view: View, arrival: Arrival, report: Report) -> None:
    """Report a result by MODSEQ without mod-sequence, and another one with it."""
    searches = [command for command in arrival.in_flight if "SEARCH" in command.name]
    if len(searches) != 1 or view.muddled or b"RETURN" in words(searches[0]):
        return
    text = arrival.frame.text.upper()
    has, finds = b"(MODSEQ " in text, re.match(rb"\* SEARCH \d", text) is not None
    if searches_modseq(searches[0]):
        if finds and not has:
            report(Fault(SEARCH_ENDS, "SEARCH by MODSEQ has no mod-sequence.", "(MODSEQ n)"))
    elif has and b"MODSEQ" not in searches[0].text.upper():
        report(Fault(UNASKED, "SEARCH tells a mod-sequence unasked.", "numbers alone"))


CHECKS = (
    Check("modseq-code", ("OK",), code, (ONE,), needs=NEEDS),
    Check("modseq-select", (TAGGED,), selected, (TOLD, HIGHEST, HIGHEST_FALLS), needs=NEEDS),
    Check("modseq-refused", (TAGGED,), asked, (REFUSED,), needs=NEEDS),
    Check("modseq-status", ("STATUS",), status, (ZERO, HIGHEST_FALLS), needs=NEEDS),
    Check("modseq-falls", ("FETCH",), message, (FALLS,), needs=NEEDS, words=(b"MODSEQ",)),
    Check(
        "modseq-included",
        ("FETCH",),
        included,
        (INCLUDED, UID_TOO, UID_TOO_QRESYNC),
        needs=NEEDS,
        words=(b"FLAGS",),
    ),
    Check(
        "modseq-changedsince",
        ("FETCH",),
        changed_since,
        (CHANGEDSINCE,),
        needs=NEEDS,
        words=(b"MODSEQ",),
    ),
    Check("modseq-modified", (TAGGED,), modified, (MODIFIED,), needs=NEEDS),
    Check("modseq-search", ("SEARCH",), search, (SEARCH_ENDS, UNASKED), needs=NEEDS),
)
