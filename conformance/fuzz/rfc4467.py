"""URLAUTH (RFC 4467) among generated commands, whose URLs stand for nothing."""

from __future__ import annotations

from conformance.fuzz.domain import FREE
from conformance.fuzz.judged import ANY, EITHER, NO, OK, REFUSED, GeneratedCommand, Judged, always


def _resetkey(asked: GeneratedCommand) -> set[str]:
    """Say that the mailbox has to be there; of mechanisms that are generated nobody knows."""
    if not asked.holds("mailbox"):
        return OK
    return NO if asked.mailboxes()[0] == FREE else EITHER


JUDGED = (
    Judged("resetkey", _resetkey, "4467-7-resetkey", shares=True),
    Judged("genurlauth", always(REFUSED), "4467-7-checks", asks=True),
    Judged("urlfetch", always(ANY), "4467-7-always", asks=True),
)
