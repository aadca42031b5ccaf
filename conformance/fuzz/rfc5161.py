"""ENABLE (RFC 5161) among generated commands: whatever it names, it is no error."""

from __future__ import annotations

from conformance.fuzz.executor import Executor
from conformance.fuzz.judged import ANY, OK, GeneratedCommand, Judged

_SELECTING = ("SELECT ", "EXAMINE ")


def may_enable(executor: Executor, who: str) -> bool:
    """Whether a session may enable anything: it never has selected a mailbox (section 3.1)."""
    said_before = (each.shown for each in executor.exchanges if each.who == who)
    return not any(each.startswith(_SELECTING) for each in said_before)


def _answer(asked: GeneratedCommand) -> set[str]:
    """Say that it is taken where no mailbox is selected; elsewhere a server may refuse it."""
    return OK if asked.start == "auth" else ANY


JUDGED = (Judged("enable", _answer, "5161-3.1-unknown", moves=True),)
