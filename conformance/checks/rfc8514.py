"""SAVEDATE (RFC 8514): the date a message was saved stays what it is, and finds what it should."""

from __future__ import annotations

import re
from datetime import UTC

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.syntax.values import Leaf, instant
from conformance.wire.dialogue import Arrival

UNCHANGED = Rule(
    "8514-3-unchanged",
    "MUST",
    "3",
    "The save date of a message does not change while the message is in its mailbox.",
)
SUPPORTED = Rule(
    "8514-4.3-supported",
    "MUST",
    "4.3",
    "SAVEDATESUPPORTED finds all messages of a mailbox that keeps save dates, or none.",
)

_ITEM = b"SAVEDATE"
_SUPPORTED = re.compile(rb"SAVEDATESUPPORTED *\Z", re.IGNORECASE)
_FOUND = re.compile(rb"\* SEARCH((?: \d+)*) ?\r?\n?\Z", re.IGNORECASE)


def stays(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SAVEDATE that differs from what any session was told of the same message."""
    current, items = view.current, arrival.response.items
    value = items.get(_ITEM)
    if current is None or current.box is None or not isinstance(value, Leaf) or value.is_nil:
        return
    date = instant(value.octets)
    if items.get(b"UID") is not None:
        uid = arrival.response.uid or 0
    else:
        uid = current.positions.get(arrival.count or 0)
    if date is None or not uid:
        return
    saved = date.astimezone(UTC).isoformat().encode()
    before = view.ledger.fact(current.box, uid, _ITEM)
    if before not in (None, saved):
        message = f"SAVEDATE of the message with UID {uid} was different before."
        report(Fault(UNCHANGED, message, (before or b"").decode("ascii")))
    view.ledger.learn(current.box, uid, _ITEM, saved)


def all_or_none(view: View, arrival: Arrival, report: Report) -> None:
    """Report a search for SAVEDATESUPPORTED alone that finds some of the messages."""
    current, found = view.current, _FOUND.match(arrival.frame.text)
    if current is None or current.exists is None or found is None or view.muddled:
        return
    if [other.name for other in arrival.in_flight] != ["SEARCH"]:
        return
    if not _SUPPORTED.match(arrival.in_flight[0].arguments.strip()):
        return
    count = len(set(found[1].split()))
    if count and count < current.exists:
        message = f"SAVEDATESUPPORTED finds {count} of {current.exists} messages."
        report(Fault(SUPPORTED, message, "all messages, or none"))


CHECKS = (
    Check(
        "savedate-stays", ("FETCH",), stays, (UNCHANGED,), needs="SAVEDATE", words=(b"SAVEDATE",)
    ),
    Check("savedate-supported", ("SEARCH",), all_or_none, (SUPPORTED,), needs="SAVEDATE"),
)
