"""ACL (RFC 4314) among generated commands: what may be asked of a mailbox that is there."""

from __future__ import annotations

from conformance.fuzz.domain import FREE
from conformance.fuzz.judged import ANY, EITHER, OK, GeneratedCommand, Judged, always


def _there(asked: GeneratedCommand) -> set[str]:
    """Say that the owner may ask of a mailbox which is there; of others RFC 4314 says nothing."""
    return EITHER if asked.mailboxes()[0] == FREE else OK


JUDGED = (
    Judged("getacl", _there, "4314-3.3-acl", asks=True),
    Judged("myrights", _there, "4314-3.5-myrights", asks=True),
    Judged("listrights", always(ANY), "4314-3.4-listrights", asks=True),
)
