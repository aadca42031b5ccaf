"""LIST-MYRIGHTS and LIST-METADATA (RFC 8440, RFC 9590): what LIST brings along, and when."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Follower, Report
from conformance.checks.view import View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

RIGHTS = Rule(
    "8440-3-order",
    "MUST",
    "3",
    "The MYRIGHTS response of a mailbox does not come before its LIST response.",
)
NOTES = Rule(
    "9590-3-order",
    "MUST",
    "3",
    "The METADATA responses of a mailbox come behind its LIST response.",
)

_OPTION = {
    "MYRIGHTS": re.compile(rb"RETURN \(.*\bMYRIGHTS\b.*\)\Z", re.IGNORECASE | re.DOTALL),
    "METADATA": re.compile(rb"RETURN \(.*\bMETADATA \(.*\)\Z", re.IGNORECASE | re.DOTALL),
}
_RULES = {"MYRIGHTS": RIGHTS, "METADATA": NOTES}
_KEPT = 10_000


class ListedNames:
    """Names that have come for the LIST that began last."""

    def __init__(self) -> None:
        self.names: set[bytes] = set()


def list_begins(view: View, _command: Command) -> None:
    """Forget what was listed before."""
    view.attached.of(ListedNames).names.clear()


def listed(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Note a name."""
    names = view.attached.of(ListedNames).names
    if arrival.response.mailbox is not None and len(names) < _KEPT:
        names.add(arrival.response.mailbox)


def behind(view: View, arrival: Arrival, report: Report) -> None:
    """Report what comes along with a name before the name has come."""
    if len(arrival.in_flight) != 1 or view.muddled or view.notified:
        return
    (command,) = arrival.in_flight
    kind, name = arrival.response.name, arrival.response.mailbox
    names = view.attached.of(ListedNames).names
    if command.name != "LIST" or name is None or len(names) >= _KEPT:
        return
    if _OPTION[kind].search(command.arguments) and name not in names:
        message = f"{kind} of {show(name)} comes before LIST has named it."
        report(Fault(_RULES[kind], message, f"LIST of {show(name)} before it"))


CHECKS = (
    Check("list-along", ("LIST",), listed, ()),
    Check("list-along", ("MYRIGHTS",), behind, (RIGHTS,), needs="LIST-MYRIGHTS"),
    Check("list-along", ("METADATA",), behind, (NOTES,), needs="LIST-METADATA"),
)

FOLLOWERS = (Follower(frozenset({"LIST"}), list_begins),)
