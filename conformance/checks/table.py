"""What a check is: a function, the responses it looks at, the rules it may report.

The checks themselves are in the modules of their families; `monitor` runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from conformance.checks.finding import Fault, Rule
from conformance.checks.view import View
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
    """One ambient check. `name` is what a case says after `allow=` to silence it."""

    name: str
    keys: tuple[str, ...]
    judge: Judge
    rules: tuple[Rule, ...]
