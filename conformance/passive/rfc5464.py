"""METADATA (RFC 5464): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

LINES = Rule(
    "5464-3.2-client-lines",
    "MUST",
    "3.2",
    "A client ends the lines of a text that it sets as the value of an entry with CRLF.",
)

_COMMENT = re.compile(rb"/(?:shared|private)/comment\"? \{\d+\+?\}\r\n", re.IGNORECASE)
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def lines_end(said: Said) -> Iterator[Fault]:
    """Report a comment, which is text, with other ends of lines."""
    command = said.command
    if command.name != "SETMETADATA" or len(command.literals) != 1:
        return
    if _COMMENT.search(command.arguments) and _BARE.search(bytes(command.literals[0])):
        message = "SETMETADATA sets a comment whose lines do not end with CRLF."
        yield Fault(LINES, message, "CRLF between lines")


CHECKS = (ClientCheck("complete", lines_end, (LINES,)),)
