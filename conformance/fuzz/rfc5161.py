"""ENABLE (RFC 5161) among generated commands: whatever it names, it is no error."""

from __future__ import annotations

from conformance.fuzz.judged import ANY, OK, GeneratedCommand, Judged


def _answer(asked: GeneratedCommand) -> set[str]:
    """Say that it is taken where no mailbox is selected; elsewhere a server may refuse it."""
    return OK if asked.start == "auth" else ANY


JUDGED = (Judged("enable", _answer, "5161-3.1-unknown", moves=True),)
