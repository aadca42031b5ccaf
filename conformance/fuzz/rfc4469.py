"""CATENATE (RFC 4469) in generated programs: a message made of a text and of one that is there."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.casefile.compose import Payload
from conformance.fuzz.executor import HOME, Executor
from conformance.fuzz.operation import BOX, PICKS, Operation
from conformance.fuzz.sets import choose

_FIELD = b"X-Catenated: yes\r\n"


def catenate(executor: Executor, who: str, picks: Sequence[int], path: str) -> None:
    """Append a field and a message of the selected mailbox as one message."""
    view, target = executor.views[who], executor.mailbox(path)
    if view.adrift or view.mailbox is not executor.mailbox(HOME) or target is None:
        return
    chosen = choose(picks[:1], view.alive)
    executor.learn_uids(who, chosen)
    if not chosen or not executor.has_shown(chosen[0]):
        return
    said = executor.say(
        who,
        *(b"APPEND ", executor.name(path), b" CATENATE (TEXT ", Payload(_FIELD)),
        *(b' URL "/', executor.bare(), b"/;UID=", executor.uid(chosen[0]), b'")'),
        applies=False,
    )
    may_fail = executor.closed_to(who, target)
    allowed = {"OK", "NO"} if may_fail else {"OK"}
    if executor.await_status(said, allowed, "4469-3-url"):
        target.add(executor.store.appended(_FIELD + chosen[0].octets, frozenset(), ""))
    executor.take(who, said)


OPERATIONS = (Operation("catenate", catenate, {"picks": PICKS, "path": BOX}, needs="CATENATE"),)
