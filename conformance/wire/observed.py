"""What observers of a connection see of it, whoever leads it: a session, a relay, a recording."""

from __future__ import annotations

from typing import Protocol

from conformance.wire.dialogue import Dialogue
from conformance.wire.transcript import Transcript


class Observed(Protocol):
    """One connection between a client and a server.

    Attributes:
        name: Tells it apart from others of the same run.
        dialogue: What both sides have said so far, in context.
        transcript: The octets of both sides, safe to show.
    """

    name: str
    dialogue: Dialogue
    transcript: Transcript
