"""Unique identifiers: their order, their permanence, and the values that announce them.

RFC 3501 calls a session the time that one mailbox is selected (section 1.2).
"""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Doubt, Report
from conformance.checks.view import TAGGED, View, number_in
from conformance.syntax.values import Mapping
from conformance.wire.commands import SELECTING, Command
from conformance.wire.dialogue import Arrival

ASCENDING = Rule(
    "3501-2.3.1.2-ascending",
    "MUST",
    "2.3.1.2",
    "Messages are numbered in the order of their UIDs.",
)
STAYS = Rule(
    "3501-2.3.1.1-uid-stays",
    "MUST",
    "2.3.1.1",
    "The UID of a message does not change while the mailbox is selected.",
)
IN_STEP = Rule(
    "3501-7.4.1-in-step",
    "MUST",
    "7.4.1",
    "A message number stands for the same message until an EXPUNGE sent to this session moves it.",
)
UIDNEXT = Rule(
    "3501-2.3.1.1-uidnext-falls",
    "MUST",
    "2.3.1.1",
    "Under one UIDVALIDITY, UIDNEXT only rises and is above every UID given so far.",
)
NEW = Rule(
    "3501-2.3.1.1-new-uid",
    "MUST",
    "2.3.1.1",
    "A message that arrives after UIDNEXT was reported gets that UID or a higher one.",
)
VALIDITY_STAYS = Rule(
    "3501-2.3.1.1-uidvalidity-stays",
    "MUST",
    "2.3.1.1",
    "UIDVALIDITY does not change while the mailbox is selected.",
)
VALIDITY_RISES = Rule(
    "3501-2.3.1.1-uidvalidity-rises",
    "MUST",
    "2.3.1.1",
    "When the UIDs of an earlier session are no longer valid, the new UIDVALIDITY is greater.",
)
UID_ITEM = Rule(
    "3501-6.4.8-uid-item",
    "MUST",
    "6.4.8",
    "A FETCH response caused by a UID command includes the UID.",
)

_VALIDITY_CODE = re.compile(rb"\* *OK +\[UIDVALIDITY +(\d{1,10})\]", re.IGNORECASE)
_MACRO = re.compile(rb"\b(?:ALL|FAST|FULL)\b")
_UNASKED = frozenset({b"FLAGS", b"MODSEQ"})


def uid_in_place(view: View, arrival: Arrival, report: Report) -> None:
    """Report a UID that contradicts what is known of this and the neighbouring messages."""
    current, position = view.current, arrival.count
    uid = arrival.response.uid
    if current is None or position is None or not uid:
        return
    known = current.positions.get(position)
    if known:
        if known != uid and not _is_ahead(view, position, uid, report):
            message = f"Message {position} had UID {known} and now has UID {uid}."
            report(Fault(STAYS, message, f"UID {known}"))
        return
    below, above = current.positions.below(position), current.positions.above(position)
    out_of_order = below >= uid or 0 < above <= uid
    if out_of_order and not _is_ahead(view, position, uid, report):
        expected = f"a UID above {below}" + (f" and below {above}" if above else "")
        message = f"Message {position} has UID {uid}, out of the order of its neighbours."
        report(Fault(ASCENDING, message, expected))
    settled, uidnext = current.settled, current.uidnext
    if settled is not None and uidnext is not None and position > settled and uid < uidnext:
        message = f"A message arrived after UIDNEXT {uidnext} was reported, and has UID {uid}."
        report(Fault(NEW, message, f"UID {uidnext} or higher"))


def _is_ahead(view: View, position: int, uid: int, report: Report) -> bool:
    """Report a number that counts a removal of which this session was not told yet."""
    current = view.current
    told = current.positions.of(uid) if current is not None else 0
    if current is None or told <= position or current.box is None or not current.box.removed:
        return False
    message = f"The message with UID {uid} is number {told}, and comes as number {position}."
    report(Fault(IN_STEP, message, f"number {told}, or EXPUNGE before this response"))
    return True


def uidvalidity_stays(view: View, arrival: Arrival, report: Report) -> None:
    """Report another UIDVALIDITY for the mailbox that is selected."""
    current = view.current
    if current is None or current.uidvalidity is None:
        return
    code = _VALIDITY_CODE.match(arrival.frame.text)
    if code is not None and int(code[1]) != current.uidvalidity:
        message = f"UIDVALIDITY changes from {current.uidvalidity} to {int(code[1])}."
        report(Fault(VALIDITY_STAYS, message, f"UIDVALIDITY {current.uidvalidity}"))


def selected_values(view: View, arrival: Arrival, report: Report) -> None:
    """Compare the UIDNEXT and UIDVALIDITY of a selection with what was reported before."""
    command, told = arrival.answers, view.pending
    if command is None or command.name not in SELECTING or told is None or not told.uidvalidity:
        return
    if arrival.status == "OK" and command.mailbox is not None:
        _compare(view, report, command, command.mailbox, told.uidvalidity, told.uidnext)


def status_values(view: View, arrival: Arrival, report: Report) -> None:
    """Compare the UIDNEXT and UIDVALIDITY of a STATUS response with what was reported before.

    For the selected mailbox a server may answer from the session's own, older picture of it.
    """
    response = arrival.response
    mailbox = response.mailbox
    commands = [command for command in arrival.in_flight if command.name == "STATUS"]
    validity = number_in(response.items.get(b"UIDVALIDITY"))
    if mailbox is None or not commands or not validity or view.current is None:
        return
    uidnext = number_in(response.items.get(b"UIDNEXT"))
    if mailbox == view.current.mailbox:
        return
    _compare(view, report, commands[0], mailbox, validity, uidnext)
    view.ledger.learn_validity(view.user, mailbox, validity, arrival.when)
    if uidnext:
        view.ledger.box(view.user, mailbox, validity).raise_floor(uidnext, arrival.when)


def _compare(
    view: View, report: Report, command: Command, mailbox: bytes, validity: int, uidnext: int | None
) -> None:
    """Compare with what had been reported when the command was sent."""
    before = view.ledger.validity(view.user, mailbox)
    if before is not None and before.since < command.sent_at and validity < before.value:
        message = f"UIDVALIDITY falls from {before.value} to {validity}."
        expected = f"{before.value}, or a greater value"
        report(Fault(VALIDITY_RISES, message, expected, command.name))
    box = view.ledger.box(view.user, mailbox, validity)
    if uidnext and uidnext < box.floor and box.floor_since < command.sent_at:
        message = f"UIDNEXT is {uidnext} where {box.floor} or more is due."
        report(Fault(UIDNEXT, message, f"{box.floor} or more", command.name))


def uid_included(view: View, arrival: Arrival, report: Report) -> None:
    """Report a FETCH response without UID that a UID command caused.

    Flag updates that nobody asked for may come without UID at any time. So a response counts as
    caused if it has another item, which the command names; or if it has the flags of a message
    that the command surely names, and no response with that message's UID follows.
    """
    commands = arrival.in_flight
    if not commands or view.muddled:
        return
    if not all(command.name.startswith("UID ") for command in commands):
        return
    items = arrival.response.items
    if not items.entries or items.get(b"UID") is not None:
        return
    fault = Fault(
        UID_ITEM,
        f"A FETCH response to {commands[0].name} has no UID.",
        "a FETCH response with UID",
        commands[0].name,
    )
    if any(_asks_for(command, key) for command in commands for key, _ in items.entries):
        report(fault)
    elif len(commands) == 1 and _names_message(view, arrival, commands[0], items):
        report(fault, Doubt(uid_of=arrival.count or 0))


def _asks_for(command: Command, key: bytes) -> bool:
    if command.name != "UID FETCH" or key in _UNASKED or not key[:1].isalpha():
        return False
    asked = command.arguments.upper()
    return key.partition(b"[")[0] in asked or _MACRO.search(asked) is not None


def _names_message(view: View, arrival: Arrival, command: Command, items: Mapping) -> bool:
    """Whether the command surely asks for the flags of the message that the response is about."""
    numbers, _, rest = command.arguments.upper().partition(b" ")
    current, position = view.current, arrival.count
    if current is None or not position or not set(items.keys()) <= _UNASKED:
        return False
    if command.name == "UID FETCH":
        if b"FLAGS" not in rest and _MACRO.search(rest) is None:
            return False
    elif command.name != "UID STORE" or b".SILENT" in rest:
        return False
    uid = current.positions.get(position)
    for part in numbers.split(b","):
        first, _, last = part.partition(b":")
        low, high = _bound(first), _bound(last or first)
        if (low is None or high is None) and 1 in (low, high):
            return True
        if uid and low is not None and high is not None:
            if min(low, high) <= uid <= max(low, high):
                return True
        elif uid and first != last and uid >= (low or high or uid + 1):
            return True
    return False


def _bound(text: bytes) -> int | None:
    return int(text) if text.isdigit() and len(text) <= 10 else None


CHECKS = (
    Check("uid-order", ("FETCH",), uid_in_place, (STAYS, ASCENDING, NEW, IN_STEP), words=(b"UID",)),
    Check("uidvalidity", ("OK",), uidvalidity_stays, (VALIDITY_STAYS,)),
    Check("uidnext", (TAGGED,), selected_values, (UIDNEXT, VALIDITY_RISES)),
    Check("uidnext", ("STATUS",), status_values, (UIDNEXT, VALIDITY_RISES)),
    Check("uid-item", ("FETCH",), uid_included, (UID_ITEM,)),
)
