"""Flaws of STARTTLS, LOGIN and AUTHENTICATE (RFC 3501 sections 6.2, 11)."""

from __future__ import annotations

from conformance.flaws.acts import replace, under_tls
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "starttls-injection",
        "A command that came in the clear behind STARTTLS is run under TLS",
        "G01",
        "3501-6.2.1-discards",
        under_tls(lambda _talk, plaintext: plaintext),
    ),
    flaw(
        "starttls-offered-under-tls",
        "STARTTLS is offered again where TLS protects the connection already",
        "G04",
        "3501-6.2.1-once",
        replace(rb" IMAP4rev1", b" IMAP4rev1 STARTTLS", only="CAPABILITY", tls=True),
    ),
)
