"""What the module of an RFC registers of checks: rows of the kinds that are here.

`CHECKS` are of `Check`: a function, the responses it looks at, the rules it may report. `EFFECTS`
are of `Effect`: what commands may do that checks have to know. `FOLLOWERS` are of `Follower`: who
wants to see a command begin. `monitor` runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from conformance.checks.finding import Fault, Rule
from conformance.checks.view import View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival


class Doubt(NamedTuple):
    """What would excuse a fault, if it comes no later than the next tagged response.

    The fault counts when that tagged response comes and nothing has excused it, and is dropped
    when none comes.
    """

    exists: int = 0
    """An EXISTS of at least this number."""
    refused: bool = False
    """The tagged response is BAD: the server read something else than we sent."""
    uid_of: int = 0
    """A FETCH response with the UID of this message."""


class Report(Protocol):
    """Where a check says what it saw in the response that it looks at."""

    def __call__(self, fault: Fault, doubt: Doubt | None = None) -> None:
        """Report a fault, at once or when nothing excuses it."""


Judge: TypeAlias = Callable[[View, Arrival, Report], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One ambient check. `name` is what a case says after `allow=` to silence it.

    Where there are `words`, in capitals, it only looks at responses that have one of them in any
    letter case: most have nothing that it is about, and are not even read for it.

    `needs` are capabilities (see `offered`) that the server has to announce, and `enabled` one
    that the session has to have enabled, before the check looks at anything.
    """

    name: str
    keys: tuple[str, ...]
    judge: Judge
    rules: tuple[Rule, ...]
    needs: str = ""
    enabled: str = ""
    words: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Follower:
    """Sees commands of these names begin, before the view has taken them."""

    commands: frozenset[str]
    follow: Callable[[View, Command], None]
