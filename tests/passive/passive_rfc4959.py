"""Rows of `passive_rows` for SASL-IR (RFC 4959)."""

from __future__ import annotations

from passive_rows import Row


def announced(*capabilities: str) -> list[str]:
    """Return a greeting with these capabilities."""
    code = " ".join(("IMAP4rev1", "AUTH=PLAIN", *capabilities))
    return [f"S: * OK [CAPABILITY {code}] ready"]


ROWS = (
    Row(
        "3501-2.2.1-client-unannounced",
        "a first response where SASL-IR was not announced; where it was",
        [*announced(), "C: a1 AUTHENTICATE PLAIN AGEAYg=="],
        [*announced("SASL-IR"), "C: a1 AUTHENTICATE PLAIN AGEAYg=="],
    ),
)
