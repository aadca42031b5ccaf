"""UIDONLY (RFC 9586): the rule for clients."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

NUMBERS = Rule(
    "9586-3-client-numbers",
    "MUST",
    "3",
    "A client that has enabled UIDONLY uses no message sequence numbers.",
)

_BY_NUMBER = frozenset({"FETCH", "STORE", "SEARCH", "COPY", "MOVE", "SORT", "THREAD", "REPLACE"})


def no_numbers(said: Said) -> Iterator[Fault]:
    """Report a command that is about messages by their numbers."""
    name = said.command.name
    if "UIDONLY" in said.enabled and name in _BY_NUMBER:
        yield Fault(NUMBERS, f"{name} is used with UIDONLY enabled.", f"UID {name}", name)


CHECKS = (ClientCheck("begin", no_numbers, (NUMBERS,)),)
