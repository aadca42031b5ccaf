"""Flaws of how commands are read: syntax, case, tags, literals (RFC 3501 sections 2.2, 9)."""

from __future__ import annotations

from conformance.flaws.acts import replace
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "no-imap4rev1",
        "CAPABILITY does not list IMAP4rev1",
        "",
        "3501-9-capability-data",
        replace(rb" IMAP4rev1", b"", only="CAPABILITY"),
    ),
)
