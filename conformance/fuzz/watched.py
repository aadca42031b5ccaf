"""Watches sessions for what they exercise of the grammar, commands and responses."""

from __future__ import annotations

from conformance.syntax.exercised import Exercised
from conformance.wire.commands import PROMPTED
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Command, Ending, Session


class ExercisedWatch:
    """An observer that notes every command that was answered, and every whole response."""

    def __init__(self, exercised: Exercised) -> None:
        self._exercised = exercised

    def command(self, session: Session, command: Command) -> None:
        """Nothing yet: its literals are still to come."""

    def arrival(self, session: Session, arrival: Arrival) -> None:  # noqa: ARG002  # as observers have it
        """Note a response, and the command that it answers."""
        if arrival.answers is not None:
            command = arrival.answers
            # What IDLE and AUTHENTICATE go on with are lines of their own.
            text = command.text.partition(b"\r\n")[0] + b"\r\n"
            prompted = command.name in PROMPTED
            self._exercised.note("command", text if prompted else command.text)
        if arrival.frame.complete and not arrival.frame.faults:
            self._exercised.note(arrival.start, arrival.frame.text)

    def ended(self, session: Session, ending: Ending) -> None:
        """Nothing."""
