"""IDLE (RFC 2177) in generated programs and among generated commands."""

from __future__ import annotations

from conformance.fuzz.executor import Executor
from conformance.fuzz.judged import OK, Judged, always
from conformance.fuzz.operation import Operation


def idle(executor: Executor, who: str) -> None:
    """IDLE, and DONE at once."""
    executor.idle_if_offered(who)


OPERATIONS = (Operation("idle", idle, needs="IDLE", selected=False),)

JUDGED = (Judged("IDLE", always(OK)),)
