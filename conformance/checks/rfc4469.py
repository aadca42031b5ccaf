"""CATENATE (RFC 4469): the URL that BADURL has is one of those in the command."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Leaf
from conformance.wire.dialogue import Arrival

FIRST = Rule(
    "4469-4.1-first",
    "MUST",
    "4.1",
    "BADURL has the URL at which the command failed, as it stands in the command.",
)

_CATENATES = frozenset({"APPEND", "REPLACE", "UID REPLACE"})
_URL = re.compile(rb'[ (]URL (?:"((?:[^"\\]|\\.)*)"|([^ "{)]+)|(\{))', re.IGNORECASE)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)


def urls(arguments: bytes) -> frozenset[bytes] | None:
    """Return the URLs that a command has, None if one is a literal or there are none."""
    found = _URL.findall(arguments)
    if not found or any(literal for _, _, literal in found):
        return None
    return frozenset(_ESCAPE.sub(rb"\1", quoted) or atom for quoted, atom, _ in found)


def named(view: View, arrival: Arrival, report: Report) -> None:
    """Report a BADURL with a URL that is not in the command."""
    command, code = arrival.answers, arrival.response.code
    if command is None or code is None or code.name != "BADURL" or view.muddled:
        return
    known = urls(command.arguments) if command.name in _CATENATES else None
    given = code.values[0] if len(code.values) == 1 else None
    if known is None or not isinstance(given, Leaf):
        return
    if bytes(given.octets) not in known:
        message = "BADURL has a URL that is not in the command."
        report(Fault(FIRST, message, b" or ".join(sorted(known)).decode("latin-1")))


CHECKS = (Check("badurl", (TAGGED,), named, (FIRST,), needs="CATENATE"),)
