"""Flaws of APPEND, COPY, EXPUNGE and of mailboxes that change (RFC 3501 sections 5.2, 7.4.1)."""

from __future__ import annotations

from conformance.flaws.acts import ask_first
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "expunge-during-fetch",
        "EXPUNGE is sent while FETCH, STORE or SEARCH is answered",
        "E01",
        "3501-7.4.1-during",
        ask_first(b"NOOP", "all", name="FETCH, STORE, SEARCH", state="selected"),
    ),
)
