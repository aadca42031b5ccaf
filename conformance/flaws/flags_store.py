"""Flaws of flags and STORE (RFC 3501 sections 2.3.2, 6.4.6, 7.2.6)."""

from __future__ import annotations

from conformance.flaws.acts import send_as
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "store-replace-adds",
        "STORE FLAGS leaves the flags that were set before",
        "E12",
        "3501-6.4.6-replace",
        send_as(rb"(STORE \S+ )FLAGS", rb"\1+FLAGS", name="STORE, UID STORE"),
    ),
)
