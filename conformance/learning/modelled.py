"""The mailbox of an exercise in the model, and what the command of the exercise does to it.

What the data of an answer has to be is judged by `fuzz.answers`, which does so for generated
sessions; which messages go and come, by the session's view of the model.
"""

from __future__ import annotations

import functools

from conformance.casefile.suite import Suite
from conformance.fuzz import answers
from conformance.fuzz.executor import Answered
from conformance.fuzz.judged import CommandResult
from conformance.learning.ideas import Exercise
from conformance.message.parts import Part
from conformance.message.search import KeptMessage
from conformance.model.store import DELETED, Store, StoredMessage
from conformance.model.view import Disagreement, SessionView
from conformance.syntax.grammar import Grammar, load
from conformance.wire.commands import begin
from conformance.wire.dialogue import Arrival


@functools.cache
def suite() -> Suite:
    """Return the cases with their fixtures and their catalogue."""
    return Suite()


class Classroom:
    """One mailbox, and one session that has it open or is about to open it."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._view = SessionView()
        held = suite().fixtures[exercise.fixture].messages
        uids = exercise.uids or range(1, len(held) + 1)
        store = Store()
        self._mailbox = store.create("lesson")
        self._parsed: dict[StoredMessage, Part] = {}
        for message, uid in zip(held, uids, strict=False):
            flags = [flag.upper().encode() for flag in message.flags]
            stored = store.message(message.octets, flags, message.date)
            self._mailbox.add(stored)
            self._mailbox.learn_uid(stored, uid)
            self._parsed[stored] = message.parsed
        self._command = begin(exercise.asks.encode() + b"\r\n", 0.0, 1)
        self._capabilities: frozenset[str] = frozenset()

    # -- before the question -----------------------------------------------------------

    def knows(self, arrival: Arrival) -> None:
        """Take a response that stands in the exercise: what it says is so."""
        answers_to = arrival.answers.name if arrival.answers else ""
        if arrival.status == "OK" and answers_to in ("SELECT", "EXAMINE"):
            count = len(self._mailbox.messages)
            self._view.select(self._mailbox, count, read_only=answers_to == "EXAMINE")
        flags = arrival.response.flags() if arrival.response.name == "FETCH" else None
        number = arrival.response.count or 0
        if flags is not None and 0 < number <= len(self._mailbox.messages):
            self._mailbox.messages[number - 1].settle(flags)

    # -- the answer --------------------------------------------------------------------

    def answered(self, said: Answered) -> None:
        """Hold an answer against the model.

        Raises:
            Disagreement: it is not what a correct server says.
        """
        view, removed = self._view, self._exercise.removed
        kept = {
            number: KeptMessage(self._parsed[message], number, message.uid, message.flags)
            for number, message in enumerate(self._mailbox.messages, 1)
        }
        elsewhere = [message for n, message in enumerate(self._mailbox.messages, 1) if n in removed]
        for message in elsewhere:
            self._mailbox.remove(message)
        if said.ok and self._command.name in ("SELECT", "EXAMINE"):
            self._opened(said)
            return
        doomed = self._doomed()
        for arrival in said.reply.untagged:
            count = arrival.response.count or 0
            if arrival.response.name == "EXISTS":
                view.exists(count)
            elif arrival.response.name == "EXPUNGE":
                view.expunge(count, lambda message: message in doomed)
        left = [message for message in doomed if not message.gone]
        if said.ok and left:
            raise Disagreement(
                "3501-6.4.3-untagged",
                f"message {view.number(left[0])} is marked as deleted, and no EXPUNGE comes for it",
            )
        self._looked_at(CommandResult(self._command.text, said, kept, self._grammar))

    @property
    def _grammar(self) -> Grammar:
        return load(frozenset({"IMAP4REV1", "IDLE", "UIDPLUS"}))

    def _doomed(self) -> list[StoredMessage]:
        if self._command.name != "EXPUNGE":
            return []
        return [message for message in self._view.alive if DELETED in message.flags]

    def _opened(self, said: Answered) -> None:
        counts = [arrival.response.count for arrival in said.of("EXISTS")]
        if counts:
            read_only = self._command.name == "EXAMINE"
            self._view.select(self._mailbox, counts[-1] or 0, read_only=read_only)

    def _looked_at(self, came: CommandResult) -> None:
        """See that the data is what it has to be, of the commands that return data of messages."""
        name = self._command.name.removeprefix("UID ")
        if not came.said.ok or name not in ("SEARCH", "FETCH", "STORE"):
            return
        {"SEARCH": answers.searched, "FETCH": answers.fetched, "STORE": answers.stored}[name](came)
