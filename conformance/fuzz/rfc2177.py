"""IDLE (RFC 2177) in generated programs and among generated commands."""

from __future__ import annotations

from conformance.fuzz.executor import Conduct
from conformance.fuzz.judged import OK, Judged, always
from conformance.fuzz.operation import Operation


def idle(conduct: Conduct, who: str) -> None:
    """IDLE, and DONE at once."""
    conduct.idle_if_offered(who)


OPERATIONS = (Operation("idle", idle, needs="IDLE", selected=False),)

JUDGED = (Judged("IDLE", always(OK)),)
