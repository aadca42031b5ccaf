"""Registered keywords (RFC 5788): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

STAYS = Rule(
    "5788-3.4-client-stays",
    "SHOULD",
    "3.4",
    "A client takes neither $MDNSent nor $Forwarded from a message.",
)

_TAKEN = re.compile(
    rb"\S+ -FLAGS(?:\.SILENT)? .*?(\$(?:MDNSent|Forwarded))(?=[ )]|\Z)", re.IGNORECASE
)


def stays(said: Said) -> Iterator[Fault]:
    """Report a STORE that takes away what should stay."""
    if said.command.name not in ("STORE", "UID STORE"):
        return
    found = _TAKEN.match(said.command.arguments)
    if found is not None:
        keyword = "$MDNSent" if found[1].lower() == b"$mdnsent" else "$Forwarded"
        yield Fault(STAYS, f"STORE takes {keyword} away.", "it stays", keyword)


CHECKS = (ClientCheck("complete", stays, (STAYS,)),)
