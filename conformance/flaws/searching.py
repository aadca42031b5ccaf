"""Flaws of SEARCH (RFC 3501 sections 6.4.4, 7.2.5)."""

from __future__ import annotations

from conformance.flaws.acts import replace, send_as
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "trailing-space-in-search",
        "A space stands after the last number of SEARCH data",
        "",
        "3501-9-mailbox-data",
        replace(rb"\r\n\Z", b" \r\n", only="SEARCH"),
    ),
    flaw(
        "body-search-finds-headers",
        "SEARCH BODY looks into headers as well",
        "F12",
        "3501-6.4.4-body",
        send_as(rb" BODY ", b" TEXT ", name="SEARCH, UID SEARCH"),
    ),
)
