"""SEARCHRES (RFC 5182) in generated programs: what is saved is found again by the marker."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.checks.rfc4731 import read
from conformance.fuzz.executor import Executor
from conformance.fuzz.on_messages import noop
from conformance.fuzz.operation import EITHER, PICKS, Operation
from conformance.fuzz.sets import sequence
from conformance.model.view import Disagreement


def save(
    executor: Executor, who: str, picks: Sequence[int], *, by_uid: bool, then_by_uid: bool
) -> None:
    """Save some messages, let a NOOP tell of those that have gone, and search for the marker."""
    view = executor.views[who]
    if view.adrift or view.mailbox is None:
        return
    chosen, names = sequence(executor, who, picks, by_uid=by_uid, gone=False)
    if not names:
        return
    verb = b"UID SEARCH RETURN (SAVE) UID " if by_uid else b"SEARCH RETURN (SAVE) "
    said = executor.say(who, verb, *names)
    # It may refuse to save (section 2.5).
    if not executor.await_status(said, {"OK", "NO"}, "5182-2.1-announced"):
        return
    noop(executor, who)
    if then_by_uid:
        executor.learn_uids(who, view.alive)
    known = {message: view.number(message) for message in view.alive}
    verb = b"UID SEARCH RETURN (ALL) $" if then_by_uid else b"SEARCH RETURN (ALL) $"
    said = executor.say(who, verb)
    executor.await_status(said, {"OK"}, "5182-2.1-marker")
    answers = [read(arrival.response).found or frozenset() for arrival in said.of("ESEARCH")]
    found = frozenset().union(*answers)
    for message, position in known.items():
        number = message.uid if then_by_uid else position
        if number is not None and (number in found) is not (message in chosen):
            what = "was saved and is not found" if message in chosen else "is found and not saved"
            raise Disagreement(
                "5182-2.1-saved",
                f"message {position} {what}",
                expected=[": TAG OK"],
                received=str(said.reply),
                deviation="other messages are saved",
            )


OPERATIONS = (
    Operation(
        "save",
        save,
        {"picks": PICKS, "by_uid": EITHER, "then_by_uid": EITHER},
        needs="SEARCHRES",
    ),
)
