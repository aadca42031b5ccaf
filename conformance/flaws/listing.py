"""Flaws of mailbox names, LIST, LSUB, CREATE, DELETE and RENAME (RFC 3501 sections 5.1, 6.3)."""

from __future__ import annotations

from conformance.flaws.acts import answer
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "ampersand-in-name-refused",
        "A mailbox whose name holds `&` can not be made",
        "C19",
        "3501-5.1.3-ampersand",
        answer(b"{tag} NO Invalid mailbox name\r\n", name="CREATE", where=rb"&"),
    ),
)
