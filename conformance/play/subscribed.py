"""Asking for subscriptions: by LSUB, or by LIST where a session speaks IMAP4rev2."""

from __future__ import annotations

from conformance.extending.offered import speaks_rev2
from conformance.play.line import CommandLine


def subscribed(line: CommandLine, pattern: bytes) -> list[bytes]:
    """Return the subscribed names that fit a pattern, spelt as it is sent.

    RFC 3501 section 6.3.9, RFC 9051 section 6.3.9.1.
    """
    dialogue = line.session.dialogue
    revised = speaks_rev2(dialogue.capabilities or (), dialogue.enabled)
    command, name = (b'LIST (SUBSCRIBED) "" ', "LIST") if revised else (b'LSUB "" ', "LSUB")
    return [
        arrival.response.mailbox
        for arrival in line.ask(command + pattern).untagged
        if arrival.response.name == name and arrival.response.mailbox
    ]
