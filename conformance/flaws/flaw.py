"""What a flaw is: an id, the rule it breaks, and how it changes what the server says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from conformance.wire.dialogue import Arrival

Change: TypeAlias = Callable[[Arrival, bytes], bytes]
"""Takes a response in its context and its octets, returns the octets to send instead."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of a server.

    `requirements` are the rules of which a run has to report at least one.
    """

    id: str
    title: str
    requirements: tuple[str, ...]
    change: Change
