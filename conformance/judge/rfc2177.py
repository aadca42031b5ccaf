"""IDLE (RFC 2177): the rule for clients."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.judge.client_rules import ClientCheck, Said
from conformance.wire.commands import PROMPTED

IDLE_DONE = Rule(
    "2177-3-client-done",
    "MUST",
    "3",
    "While the server waits for DONE a client sends no command.",
)


def done_ends_it(said: Said) -> Iterator[Fault]:
    """Report a command where only DONE may come."""
    inside = next((c for c in reversed(said.flight) if c.name in PROMPTED), None)
    if inside is not None and inside.name == "IDLE":
        yield Fault(IDLE_DONE, "A command is sent where IDLE has to be ended.", "DONE")


CHECKS = (ClientCheck("line", done_ends_it, (IDLE_DONE,), exact=True),)
