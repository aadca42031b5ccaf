"""QUOTA (RFC 9208) among generated commands."""

from __future__ import annotations

from conformance.fuzz.domain import FREE
from conformance.fuzz.judged import EITHER, OK, GeneratedCommand, Judged, always


def _rooted(asked: GeneratedCommand) -> set[str]:
    """Say that a mailbox which is there has roots, or none; of others a server need not know."""
    return EITHER if asked.mailboxes()[0] == FREE else OK


JUDGED = (
    Judged("getquotaroot", _rooted, "9208-4.1.2-quotaroot", asks=True),
    Judged("getquota", always(EITHER), "9208-4.1.1-quota", asks=True),
)
