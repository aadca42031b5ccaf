"""UNSELECT (RFC 3691) in generated programs and among generated commands."""

from __future__ import annotations

from conformance.fuzz.executor import Executor
from conformance.fuzz.judged import OK, Judged, always
from conformance.fuzz.operation import Operation


def unselect(executor: Executor, who: str) -> None:
    """UNSELECT: the mailbox is left as it is."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None:
        return
    said = executor.say(who, b"UNSELECT", applies=False)
    executor.await_status(said, {"OK"}, "3691-2-authenticated")
    view.leave()


OPERATIONS = (Operation("unselect", unselect, needs="UNSELECT", then="not selected"),)

JUDGED = (Judged("UNSELECT", always(OK), "3691-1-announced", moves=True),)
