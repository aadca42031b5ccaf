"""A response as a session hears it, for tests of what is made of it."""

from __future__ import annotations

from conformance.wire.dialogue import Arrival, Dialogue


def heard(text: bytes) -> Arrival:
    """Return one response of a session that has greeted."""
    dialogue = Dialogue()
    dialogue.received(b"* PREAUTH hello\r\n" + text)
    dialogue.next_arrival(0.0)
    arrival = dialogue.next_arrival(0.0)
    assert isinstance(arrival, Arrival)
    return arrival
