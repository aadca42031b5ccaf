"""LITERAL+ and LITERAL- (RFC 7888): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

LITERAL_MINUS = Rule(
    "7888-5-client-4096",
    "MUST",
    "5",
    "Where only LITERAL- is announced a literal of more than 4096 octets is a synchronising one.",
)

_NON_SYNC = re.compile(rb"\{0*(\d{1,19})\+\}\r\n")


def small_enough(said: Said) -> Iterator[Fault]:
    """Report a long non-synchronising literal where only short ones are announced."""
    told = said.announced
    if told is None or "LITERAL-" not in told or "LITERAL+" in told:
        return
    for size in _NON_SYNC.findall(said.command.text):
        if int(size) > 4096:
            message = f"A literal of {int(size)} octets is sent without waiting."
            yield Fault(LITERAL_MINUS, message, "a synchronising literal")
            return


CHECKS = (ClientCheck("complete", small_enough, (LITERAL_MINUS,)),)
