"""PARTIAL (RFC 9394): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

ONCE = Rule(
    "9394-3.1-client-once",
    "MUST",
    "3.1",
    "A client asks for one PARTIAL or for ALL, and not for two of them.",
)

_SEARCHES = frozenset({"SEARCH", "UID SEARCH"})
_RETURN = re.compile(rb"RETURN \(([^()]*)\)", re.IGNORECASE)


def one_part(said: Said) -> Iterator[Fault]:
    """Report PARTIAL beside another PARTIAL, or beside ALL."""
    found = _RETURN.match(said.command.arguments) if said.command.name in _SEARCHES else None
    options = found[1].upper().split() if found else []
    if b"PARTIAL" in options and options.count(b"PARTIAL") + options.count(b"ALL") > 1:
        message = "A search asks for PARTIAL and for ALL, or for PARTIAL twice."
        yield Fault(ONCE, message, "PARTIAL once, or ALL")


CHECKS = (ClientCheck("begin", one_part, (ONCE,)),)
