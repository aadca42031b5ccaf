"""COMPRESS (RFC 4978): the rules for clients."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

WAITS = Rule(
    "4978-3-client-waits",
    "MUST",
    "3",
    "A client sends no command before it has seen the result of COMPRESS.",
)


def waits(said: Said) -> Iterator[Fault]:
    """Report a command behind a COMPRESS that is not answered."""
    if any(command.name == "COMPRESS" for command in said.flight):
        message = f"{said.command.name} is sent while COMPRESS is in progress."
        yield Fault(WAITS, message, "nothing before its result")


CHECKS = (ClientCheck("begin", waits, (WAITS,), exact=True),)
