"""Flaws of STATUS (RFC 3501 sections 6.3.10, 7.2.4)."""

from __future__ import annotations

from conformance.flaws.acts import ask_first, replace
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "trailing-space-in-status",
        "A space stands after the last parenthesis of STATUS data",
        "A11",
        "3501-9-response-data 3501-9-mailbox-data",
        replace(rb"\r\n\Z", b" \r\n", only="STATUS"),
    ),
    flaw(
        "status-clears-recent",
        "STATUS takes the mark of new messages away, as if the mailbox had been selected",
        "B13",
        "3501-6.3.10-recent-kept",
        ask_first(b"SELECT {first}", name="STATUS", state="authenticated"),
        ask_first(b"UNSELECT", name="STATUS", state="selected", where=rb"\(RECENT\)"),
    ),
)
