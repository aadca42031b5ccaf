"""SPECIAL-USE (RFC 6154): which mailboxes are listed for their use, and by which attributes."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.rfc3348 import attributes
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.wire.dialogue import Arrival

SELECTION = Rule(
    "6154-2-selection",
    "MUST",
    "2",
    "LIST (SPECIAL-USE) is taken, and lists only mailboxes that have a special use.",
)
ATTRIBUTES = Rule(
    "6154-6-attributes",
    "MUST",
    "6",
    "Attributes of special use are those that a standard defines: others are not made up.",
)

_SELECTING = re.compile(rb"\(([^()]*)\) ")
_OTHERS = frozenset(
    rb"\%s" % name
    for name in (
        b"NOINFERIORS",
        b"NOSELECT",
        b"MARKED",
        b"UNMARKED",
        b"HASCHILDREN",
        b"HASNOCHILDREN",
        b"NONEXISTENT",
        b"SUBSCRIBED",
        b"REMOTE",
        b"NOACCESS",  # RFC 5465 section 5.9
    )
)
"""Attributes that say nothing of a use."""
_USES = frozenset(
    rb"\%s" % name
    for name in (
        *(b"ALL", b"ARCHIVE", b"DRAFTS", b"FLAGGED", b"JUNK", b"SENT", b"TRASH"),
        b"IMPORTANT",
        *(b"MEMOS", b"SCHEDULED", b"SNOOZED"),
    )
)
"""Those of RFC 6154, of RFC 8457, and others in the registry of IANA."""


def only_used(view: View, arrival: Arrival, report: Report) -> None:
    """Report a mailbox that is listed for a use and shows none."""
    if len(arrival.in_flight) != 1 or view.muddled or view.notified:
        return
    (command,) = arrival.in_flight
    found = _SELECTING.match(command.arguments) if command.name == "LIST" else None
    options = found[1].upper().split() if found else []
    if b"SPECIAL-USE" not in options or b"RECURSIVEMATCH" in options:
        return
    if "IMAP4REV2" in view.enabled:  # names may be told unasked (RFC 9051 section 7.3.1)
        return
    if attributes(arrival) <= _OTHERS:
        name = show(arrival.response.mailbox or b"")
        message = f"LIST (SPECIAL-USE) lists {name}, without a special use."
        report(Fault(SELECTION, message, "mailboxes with a special use"))


def known_uses(_view: View, arrival: Arrival, report: Report) -> None:
    """Report attributes that no standard defines; flags of messages have a rule of their own."""
    strange = attributes(arrival) - _OTHERS - _USES - _FLAGS
    if strange:
        message = f"{show(b' '.join(sorted(strange)))} is no attribute of a mailbox."
        report(Fault(ATTRIBUTES, message, "attributes that a standard defines"))


_FLAGS = frozenset(
    rb"\%s" % name for name in (b"ANSWERED", b"DELETED", b"SEEN", b"DRAFT", b"RECENT")
)

CHECKS = (
    Check("list-special-use", ("LIST",), only_used, (SELECTION,), needs="SPECIAL-USE"),
    Check("list-uses", ("LIST",), known_uses, (ATTRIBUTES,), needs="SPECIAL-USE"),
)
