"""CATENATE (RFC 4469): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4469 import urls
from conformance.passive.client_rules import ClientCheck, Said

RELATIVE = Rule(
    "4469-3-client-relative",
    "SHOULD",
    "3",
    "A client names parts by URLs that have no scheme and no server.",
)

_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:|//")


def relative(said: Said) -> Iterator[Fault]:
    """Report an absolute URL behind CATENATE, of which the RFC does not say what it means."""
    if said.command.name == "APPEND" and b" CATENATE (" in said.command.arguments.upper():
        absolute = [each for each in urls(said.command.arguments) or () if _ABSOLUTE.match(each)]
        if absolute:
            message = "APPEND with CATENATE has a URL with a scheme or a server."
            yield Fault(RELATIVE, message, "a URL that begins with the mailbox")


CHECKS = (ClientCheck("complete", relative, (RELATIVE,)),)
