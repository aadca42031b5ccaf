"""CREATE-SPECIAL-USE (RFC 6154): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

ANNOUNCED = Rule(
    "6154-3-client-announced",
    "MUST",
    "3",
    "A client gives CREATE the parameter USE only where CREATE-SPECIAL-USE is announced.",
)

_USE = re.compile(rb" \((?:[^()]+ )*USE \(", re.IGNORECASE)


def announced(said: Said) -> Iterator[Fault]:
    """Report USE where it was never announced."""
    if said.announced is None or "CREATE-SPECIAL-USE" in said.announced:
        return
    if said.command.name == "CREATE" and _USE.search(said.command.text):
        message = "CREATE has USE, and CREATE-SPECIAL-USE is not announced."
        yield Fault(ANNOUNCED, message, "CREATE with a name", "CREATE with USE")


CHECKS = (ClientCheck("complete", announced, (ANNOUNCED,)),)
