"""URLAUTH (RFC 4467): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

MESSAGE = Rule(
    "4467-3-client-message",
    "MUST",
    "3",
    "A client asks for access to messages and their parts, not to a server, mailbox or search.",
)

_URL = re.compile(rb'imap://[^ "]*;URLAUTH=', re.IGNORECASE)


def of_message(said: Said) -> Iterator[Fault]:
    """Report a URL of a GENURLAUTH that has no UID."""
    if said.command.name == "GENURLAUTH":
        urls = _URL.findall(said.command.arguments)
        if any(b"/;uid=" not in url.lower() for url in urls):
            yield Fault(MESSAGE, "GENURLAUTH has a URL of no message.", "a URL with ;UID=")


CHECKS = (ClientCheck("complete", of_message, (MESSAGE,)),)
