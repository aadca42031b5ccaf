"""Flaws of IDLE (RFC 2177) that are about its news alone; others are in `messages`."""

from __future__ import annotations

from conformance.flaws.acts import hold
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "idle-tells-at-its-end",
        "New mail that comes while IDLE runs is told when it ends",
        "",
        "2177-3-news",
        hold({"kind": "tagged", "to": "IDLE"}, only="EXISTS RECENT", to="IDLE"),
    ),
)
