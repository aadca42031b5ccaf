"""MOVE (RFC 6851): the rule for clients."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said
from conformance.passive.rfc3501 import names_by_number, renumbering

NUMBERS = Rule(
    "6851-3.3-client-numbers",
    "MUST",
    "3.3",
    "While a MOVE is in progress a client names no messages by number, and it sends no MOVE by"
    " number while a command is in progress that may renumber messages.",
)

MOVES = frozenset({"MOVE", "UID MOVE"})


def numbers_stand(said: Said) -> Iterator[Fault]:
    """Report numbers that a MOVE on its way changes, or that something changes under a MOVE."""
    command = said.command
    moves = [other for other in said.flight if other.name in MOVES]
    others = moves if command.name != "MOVE" else moves + renumbering(said)
    if others and (command.name == "MOVE" or names_by_number(command)):
        other = others[0].name
        message = f"{command.name} names messages by number while {other} is in progress."
        yield Fault(NUMBERS, message, f"the answer to {other} first", command.name)


CHECKS = (ClientCheck("begin", numbers_stand, (NUMBERS,), exact=True),)
