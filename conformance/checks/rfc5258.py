"""LIST-EXTENDED (RFC 5258): what may stand in a LIST response, and when."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.rfc3348 import HAS, HAS_NO, attributes
from conformance.checks.table import Check, Doubt, Follower, Report
from conformance.checks.view import View
from conformance.syntax.values import Mapping
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

NOT_BOTH = Rule(
    "5258-4-not-both",
    "MUST",
    "4",
    "HasChildren and HasNoChildren do not stand in one LIST response.",
)
ITEM = Rule(
    "5258-3-extended-item",
    "MUST",
    "3",
    "No extended data item comes before the client has shown that it can read it.",
)
ASKED = Rule("5258-3.5-asked", "MUST", "3.5", "CHILDINFO comes only to RECURSIVEMATCH.")
TAG = Rule("5258-6-tag", "MUST", "6", "The tag of an extended data item is an atom.")
PATTERNS_ONCE = Rule(
    "5258-3-patterns-once", "SHOULD", "3", "A name that matches several patterns is listed once."
)

_ATOM = re.compile(rb"[!#-$&'+-\[^-z|}~]+")
_EXTENDED = re.compile(rb'\(|\S+ \(|("[^"]*"|\S+) ("[^"]*"|\S+) ', re.DOTALL)
"""Arguments of an extended LIST: a parenthesis in the first or second place, or a third word."""
_PATTERNS = re.compile(rb"(?:\([^)]*\) )?\S+ \(\S+ ")
"""Arguments of a LIST with several patterns."""
_KEPT = 10_000
_RECURSIVE = re.compile(rb"\([^)]*RECURSIVEMATCH[^)]*\)", re.IGNORECASE)
_WIDENING = ("ENABLE", "NOTIFY")
"""Commands by which a client may show that it reads more than LIST of RFC 3501."""


class ListShown:
    """What a session has shown that it reads."""

    def __init__(self) -> None:
        self.extended = False
        self.recursive = False
        self.command = 0
        self.names: set[bytes] = set()
        """Names that came for one LIST, by its number, that has several patterns."""


def list_begins(view: View, command: Command) -> None:
    """See whether a client shows that it reads extended LIST responses."""
    shown = view.attached.of(ListShown)
    if command.name in _WIDENING or _EXTENDED.match(command.arguments):
        shown.extended = True
    if command.name in _WIDENING or _RECURSIVE.search(command.arguments):
        shown.recursive = True


def both(view: View, arrival: Arrival, report: Report) -> None:
    """Report both attributes at once, where RFC 3348 has no say."""
    if "CHILDREN" in (view.session.dialogue.capabilities or ()):
        return
    if attributes(arrival) >= {HAS, HAS_NO}:
        report(Fault(NOT_BOTH, "LIST has both HasChildren and HasNoChildren.", "one of them"))


def extended_items(view: View, arrival: Arrival, report: Report) -> None:
    """Report extended data items that nobody can have asked for, and tags that are no atoms."""
    values = arrival.response.values
    if len(values) < 4 or view.muddled or not isinstance(values[3], Mapping):
        return
    tags = list(values[3].keys())
    shown = view.attached.of(ListShown)
    if tags and not shown.extended:
        message = f"LIST has the item {show(tags[0])}, and no extended LIST was sent."
        report(Fault(ITEM, message, "attributes, delimiter and name"), Doubt(refused=True))
    elif not shown.recursive and b"CHILDINFO" in tags:
        message = "LIST has CHILDINFO, and RECURSIVEMATCH was not asked for."
        report(Fault(ASKED, message, "no CHILDINFO"), Doubt(refused=True))
    for tag in tags:
        if not _ATOM.fullmatch(tag):
            report(Fault(TAG, f"LIST has an item with the tag {show(tag)}.", "an atom"))


def once(view: View, arrival: Arrival, report: Report) -> None:
    """Report a name that comes twice for one LIST of several patterns."""
    name = arrival.response.mailbox
    if len(arrival.in_flight) != 1 or view.muddled or view.notified or not name:
        return
    (command,) = arrival.in_flight
    if command.name != "LIST" or not _PATTERNS.match(command.arguments):
        return
    shown = view.attached.of(ListShown)
    if shown.command != command.number or len(shown.names) > _KEPT:
        shown.command, shown.names = command.number, set()
    if name in shown.names:
        message = f"{show(name)} is listed twice for several patterns."
        report(Fault(PATTERNS_ONCE, message, "one LIST response"))
    shown.names.add(name)


CHECKS = (
    Check("list-patterns-once", ("LIST",), once, (PATTERNS_ONCE,), needs="LIST-EXTENDED"),
    Check("list-both", ("LIST",), both, (NOT_BOTH,), needs="LIST-EXTENDED"),
    Check(
        "list-extended-items",
        ("LIST",),
        extended_items,
        (ITEM, ASKED, TAG),
        needs="LIST-EXTENDED",
    ),
)

FOLLOWERS = (Follower(frozenset({"LIST", *_WIDENING}), list_begins),)
