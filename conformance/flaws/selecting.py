"""Flaws of SELECT, EXAMINE and what they tell of a mailbox (RFC 3501 sections 6.3.1, 6.3.2)."""

from __future__ import annotations

from conformance.flaws.acts import alter, drop
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _recent_to_all(talk: Talk, arrival: Arrival, _octets: bytes) -> bytes:
    """Tell every session of as many recent messages as any was told of."""
    key = ("recent", talk.mailbox)
    talk.shared[key] = max(talk.shared.get(key, 0), arrival.response.count or 0)
    return b"* %d RECENT\r\n" % talk.shared[key]


FLAWS = (
    flaw(
        "no-permanentflags",
        "SELECT and EXAMINE send no PERMANENTFLAGS",
        "",
        "3501-6.3.1-permanentflags",
        drop(code="PERMANENTFLAGS"),
    ),
    flaw(
        "recent-to-several-sessions",
        "A message is recent to every session that selects its mailbox",
        "E13",
        "3501-2.3.2-recent-once",
        alter(_recent_to_all, only="RECENT"),
    ),
)
