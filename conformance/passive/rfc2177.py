"""IDLE (RFC 2177): the rules for clients."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said
from conformance.wire.commands import PROMPTED

IDLE_DONE = Rule(
    "2177-3-client-done",
    "MUST",
    "3",
    "While the server waits for DONE a client sends no command.",
)
DONE_ONCE = Rule(
    "2177-3-client-done-once",
    "MUST",
    "3",
    "DONE ends an IDLE that the server has agreed to, once; it is no command.",
)


def done_ends_it(said: Said) -> Iterator[Fault]:
    """Report a command where only DONE may come."""
    inside = next((c for c in reversed(said.flight) if c.name in PROMPTED), None)
    if inside is not None and inside.name == "IDLE":
        yield Fault(IDLE_DONE, "A command is sent where IDLE has to be ended.", "DONE")


def done_once(_said: Said) -> Iterator[Fault]:
    """Report a DONE while no IDLE is in progress."""
    yield Fault(DONE_ONCE, "DONE is sent while no IDLE is in progress.", "a command")


CHECKS = (
    ClientCheck("line", done_ends_it, (IDLE_DONE,), exact=True),
    ClientCheck("done", done_once, (DONE_ONCE,)),
)
