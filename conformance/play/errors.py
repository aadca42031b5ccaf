"""What may stop a case before its first line: verdicts that say why it could not be judged."""

from __future__ import annotations


class Skip(Exception):
    """The case does not apply to this server or target."""


class Blocked(Exception):
    """A precondition of the case failed: nothing is said about its requirement.

    `deviation` is what the server did otherwise, in the words of `deviation`, where that is known.
    """

    def __init__(self, reason: str, deviation: str = "") -> None:
        super().__init__(reason)
        self.deviation = deviation
