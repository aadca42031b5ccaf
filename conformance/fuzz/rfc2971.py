"""ID (RFC 2971) among generated commands."""

from __future__ import annotations

from conformance.checks.rfc2971 import LONGEST_FIELD
from conformance.fuzz.judged import ANY, OK, GeneratedCommand, Judged


def _identified(asked: GeneratedCommand) -> set[str]:
    """Say that an ID is taken, unless a field may be too long, or stand twice."""
    texts = [text.upper() for text in asked.holds("string")]
    modest = len(set(texts)) == len(texts) and all(len(text) <= LONGEST_FIELD for text in texts)
    return OK if modest else ANY


JUDGED = (Judged("id", _identified, "2971-3.1-ok", leaves="2971-3-served", shares=True),)
