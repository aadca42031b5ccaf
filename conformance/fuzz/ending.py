"""The end of a program: all views are brought up to date and have to agree, a fresh one as well."""

from __future__ import annotations

import time

from conformance.fuzz.executor import Answered, Executor, own_flags
from conformance.fuzz.on_mailboxes import list_, lsub, select
from conformance.model.store import StoredMessage, spelt
from conformance.model.view import Disagreement, SessionView

FRESH = "fresh"
"""The session that is opened at the end and looks at everything anew."""

POLLS = 100
"""How often a session may ask with NOOP before it has to know everything."""

_PAUSE = 0.03  # seconds between two of them, so that they take some on a fast machine too


def conclude(executor: Executor) -> None:
    """Compare all sessions with the model.

    Raises:
        Disagreement: a session that is not told what happened, or shows something else.
    """
    for who in executor.opened():
        view = executor.views[who]
        if view.mailbox is not None and not view.adrift:
            _catch_up(executor, who, view)
            _compare(executor, who, view)
    list_(executor, FRESH)
    lsub(executor, FRESH)
    for path in list(executor.store.mailboxes):
        view = executor.views[FRESH]
        select(executor, FRESH, path, examine=True)
        _compare(executor, FRESH, view)


def _catch_up(executor: Executor, who: str, view: SessionView) -> None:
    """Poll until the session has been told of everything."""
    polls = POLLS * executor.environment.patience
    said = executor.say(who, b"NOOP")
    exchange = executor.exchanges[-1]
    while not view.settled:
        polls -= 1
        if not polls:
            exchange.polls = True
            raise _untold(view, said)
        exchange.polls = True
        time.sleep(_PAUSE)
        said = executor.say(who, b"NOOP", record=False)
    executor.await_status(said, {"OK"}, "3501-6.1.2-ok")


def _untold(view: SessionView, said: Answered) -> Disagreement:
    gone = [message for message in view.told if message.gone]
    if gone:
        number = view.number(gone[0])
        return Disagreement(
            "3501-5.2-size",
            f"message {number} was removed by another session, and NOOP, again and again, "
            "brings no EXPUNGE",
            expected=[f": * {number} EXPUNGE", ": TAG OK"],
            received=str(said.reply),
            deviation="no untagged EXPUNGE",
            late=True,
        )
    count = len(view.slots) + len(view.untold)
    return Disagreement(
        "3501-7.3.1-change",
        "messages were added, and NOOP, again and again, brings no EXISTS",
        expected=[f": * {count} EXISTS", ": TAG OK"],
        received=str(said.reply),
        deviation="no untagged EXISTS",
        late=True,
    )


def _compare(executor: Executor, who: str, view: SessionView) -> None:
    """Fetch the flags and UIDs of everything, and compare."""
    if not view.slots:
        return
    polls = POLLS * executor.environment.patience
    while True:
        said = executor.say(who, executor.of_all(who), b" (UID FLAGS)")
        executor.await_status(said, {"OK"}, "3501-6.4.5-forms")
        wrong = _difference(view, said)
        if wrong is None:
            return
        polls -= 1
        if not polls or not wrong.late:
            raise wrong
        executor.exchanges.pop()
        time.sleep(_PAUSE)
        executor.say(who, b"NOOP", record=False)


def _difference(view: SessionView, said: Answered) -> Disagreement | None:
    shown = {
        seen.number: seen for seen in said.fetched if seen.arrival.response.flags() is not None
    }
    uids: list[int] = []
    for number, message in enumerate(view.slots, 1):
        if message is None:
            continue
        if number not in shown:
            return Disagreement(
                "3501-6.4.5-each",
                f"FETCH of all messages returns nothing of message {number}",
                expected=[_line(number, message), ": TAG OK"],
                received=str(said.reply),
                deviation="no untagged FETCH",
            )
        flags = own_flags(shown[number].arrival) or frozenset()
        theirs = message.settled and message not in view.own
        if theirs and flags - {b"\\RECENT"} != message.flags:
            return Disagreement(
                message.kept_by,
                f"message {number} has other flags than it was given",
                expected=[_line(number, message), ": TAG OK"],
                received=f"FLAGS {spelt(flags)}",
                deviation="other flags than were given",
                late=True,  # another NOOP may bring the latest
            )
        if message.uid is not None:
            uids.append(message.uid)
    if uids != sorted(set(uids)):
        return Disagreement(
            "3501-2.3.1.1-ascending",
            "the UIDs do not ascend",
            received=" ".join(map(str, uids)),
            deviation="UIDs do not ascend",
        )
    return None


def _line(number: int, message: StoredMessage) -> str:
    return f": * {number} FETCH (FLAGS {spelt(message.flags)})"
