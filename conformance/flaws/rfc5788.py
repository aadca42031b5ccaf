"""Flaws of registered keywords (RFC 5788)."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _own(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Keep a keyword from who looks into the mailbox of somebody else."""
    return re.sub(rb"\$MDNSent ?", b"", octets) if talk.mailbox.startswith(b"Other/") else octets


FLAWS = (
    flaw(
        "forwarded-for-one-session",
        "The keyword $Forwarded is told to the session that has set it, and never again",
        "",
        "5788-3.4-stays",
        replace(rb" ?\$Forwarded", b"", only="FETCH", to="FETCH"),
    ),
    flaw(
        "answered-for-forwarded",
        "To set the flag Answered takes $Forwarded and $MDNSent away",
        "",
        "5788-3.4-stays",
        send_as(rb"\+FLAGS (?=\(\\Answered)", b"FLAGS ", name="STORE"),
    ),
    flaw(
        "submitted-for-pending",
        "To set $Submitted takes $SubmitPending away",
        "",
        "5788-3.4-together",
        send_as(rb"\+FLAGS (?=\(\$Submitted)", b"FLAGS ", name="STORE"),
    ),
    flaw(
        "receipts-are-private",
        "The keyword $MDNSent is not shown in mailboxes of others",
        "",
        "5788-3.4-shared",
        alter(_own, only="FETCH"),
    ),
)
