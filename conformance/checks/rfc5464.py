"""METADATA (RFC 5464): names of entries, values that were too long, and what comes unasked."""

from __future__ import annotations

import re

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.syntax.values import Leaf, Mapping
from conformance.wire.dialogue import Arrival
from conformance.wire.states import State

ENABLE = Rule(
    "5464-1-enable",
    "MUST",
    "1",
    "A server that tells unasked of changed entries has ENABLE.",
)
NAMES = Rule(
    "5464-3.2-names",
    "MUST",
    "3.2",
    "Names of entries that a server shows begin with /private/ or /shared/, have neither * nor %"
    " nor two slashes in a row, no slash at the end, and nothing but ASCII.",
)
ENABLED = Rule(
    "5464-4.1-enabled",
    "MUST",
    "4.1",
    "METADATA comes unasked only where METADATA or METADATA-SERVER is enabled.",
)
MAXSIZE = Rule(
    "5464-4.2.1-maxsize",
    "MUST",
    "4.2.1",
    "With MAXSIZE values up to that size come, and no larger ones.",
)
NO_VALUES = Rule(
    "5464-4.4-names",
    "MUST",
    "4.4",
    "A METADATA response that comes unasked has names of entries, and no values.",
)
STATE = Rule(
    "5464-4.4-state",
    "MUST",
    "4.4",
    "METADATA responses come in the authenticated and in the selected state only.",
)

_ENTRY = re.compile(rb"(?:/(?:PRIVATE|SHARED))(?:/[^\x00-\x19*%/\x7f-\xff]+)+", re.IGNORECASE)
_ASKING = frozenset({"GETMETADATA", "SETMETADATA", "LIST"})
_SIZE = re.compile(rb"\([^()]*\bMAXSIZE (\d{1,10})\b[^()]*\)", re.IGNORECASE)
_STATES = frozenset({State.AUTHENTICATED, State.SELECTED})


def well_named(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a name that no entry has, unless the client has brought it up."""
    for name in _entries(arrival):
        if _ENTRY.fullmatch(name):
            continue
        if any(name in command.text.upper() for command in arrival.in_flight):
            continue
        report(Fault(NAMES, f"METADATA has an entry {show(name)}.", "/private/... or /shared/..."))


def unasked(view: View, arrival: Arrival, report: Report) -> None:
    """Report what comes though nobody has asked for it, and not in the way that is meant for it."""
    if arrival.state not in _STATES:
        message = "METADATA comes before anybody has logged in."
        report(Fault(STATE, message, "no METADATA response"))
        return
    if view.muddled or any(command.name in _ASKING for command in arrival.in_flight):
        return
    if arrival.response.items.entries:
        message = "METADATA comes unasked, with values."
        report(Fault(NO_VALUES, message, "the names of the entries"))
    if view.notified or any(command.name in ("ENABLE", "NOTIFY") for command in arrival.in_flight):
        return
    if view.enabled.isdisjoint(("METADATA", "METADATA-SERVER")):
        if "ENABLE" in (view.session.dialogue.capabilities or ("ENABLE",)):
            message = "METADATA comes unasked, and is not enabled."
            report(Fault(ENABLED, message, "no METADATA response"))
        else:
            message = "METADATA comes unasked, and ENABLE is not announced."
            report(Fault(ENABLE, message, "ENABLE in CAPABILITY"))


def within_maxsize(view: View, arrival: Arrival, report: Report) -> None:
    """Report a value that is larger than the one GETMETADATA in flight wants."""
    if view.muddled or len(arrival.in_flight) != 1:
        return
    (command,) = arrival.in_flight
    found = _SIZE.search(command.arguments) if command.name == "GETMETADATA" else None
    if found is None:
        return
    for name, value in arrival.response.items.entries:
        if isinstance(value, Leaf) and not value.is_nil and len(value.octets) > int(found[1]):
            message = f"The value of {show(name)} has {len(value.octets)} octets."
            report(Fault(MAXSIZE, message, f"values of {int(found[1])} octets at most"))


def _entries(arrival: Arrival) -> list[bytes]:
    """Return the names in a response, with values or without, in capitals."""
    rest = arrival.response.values[1:]
    if len(rest) == 1 and isinstance(rest[0], Mapping):
        return [key for key, _ in rest[0].entries]
    return [bytes(value.octets).upper() for value in rest if isinstance(value, Leaf)]


CHECKS = (
    Check("metadata-names", ("METADATA",), well_named, (NAMES,), needs="METADATA|METADATA-SERVER"),
    Check("metadata-unasked", ("METADATA",), unasked, (ENABLE, ENABLED, NO_VALUES, STATE)),
    Check("metadata-maxsize", ("METADATA",), within_maxsize, (MAXSIZE,)),
)

EFFECTS = (Effect(("GETMETADATA", "SETMETADATA"), keeps_flags=True),)
