"""Flaws of mailbox names, LIST, LSUB, CREATE, DELETE and RENAME (RFC 3501 sections 5.1, 6.3)."""

from __future__ import annotations

from conformance.flaws.acts import replace
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "ampersand-listed-bare",
        "LIST shows `&-` as a bare `&`, a name that can not be used",
        "C19",
        "3501-5.1.3-ampersand",
        replace(rb"&-", b"&", only="LIST"),
    ),
)
