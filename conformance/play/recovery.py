"""Having a server back that answers nobody any more: started again if it is ours, or waited for."""

from __future__ import annotations

import contextlib
import time
from typing import NamedTuple

from conformance.play.connections import Connections
from conformance.targets import Target
from conformance.wire.errors import TargetError
from conformance.wire.session import Session

HEALTH = 5.0
"""Seconds in which a server that is well answers NOOP."""

COMEBACK = 40.0
"""Seconds in which a server that went away may come back; a run without one ends in a minute."""


class Back(NamedTuple):
    """What came of it: a session that has logged in, or why there is none."""

    session: Session | None
    hung: bool
    """Whether the server let nobody in before it was started again or waited for."""
    reason: str = ""


def recover(target: Target, connections: Connections) -> Back:
    """Log in anew; where that fails have the server started again, or wait for it."""
    deadline = time.monotonic() + COMEBACK
    with contextlib.suppress(TargetError):
        return Back(connections.survey(), hung=False)
    with contextlib.suppress(TargetError):
        target.restart()
        connections.endpoint = target.endpoint
    while True:
        try:
            return Back(connections.survey(), hung=True)
        except TargetError as error:
            if time.monotonic() >= deadline:
                return Back(None, hung=True, reason=f"the server did not come back: {error}")
            time.sleep(0.5)
