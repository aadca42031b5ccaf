"""How much of what a server sends is kept: one record of limits, all changeable.

A hostile or broken server may send for ever; no buffer of the suite grows past a figure
that stands here. Deadlines are not limits in this sense: they belong to each wait.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets kept of each thing; what goes beyond is counted, reported and dropped."""

    line: int = 256 * KIB
    """Skeleton of one response: its lines without the payloads of literals."""
    literal: int = 16 * MIB
    """Payload of one literal."""
    literals: int = 10_000
    """How many literals of one response are kept."""
    frame: int = 32 * MIB
    """Payloads of all the literals of one response together."""
    reply: int = 256 * MIB
    """All that comes in one window (see `window`); it is counted only, but for what is kept."""
    responses: int = 1000
    """Responses that no flood is made of, however long they take to be judged (see `window`)."""
    answer: int = 50_000
    """Untagged responses that the reply to one command keeps, and as many continuation requests;
    observers see all of them."""
    transcript: int = 256 * KIB
    """Octets that one session's transcript remembers, both directions together."""


DEFAULT_LIMITS = Limits()
