"""CATENATE (RFC 4469) in generated programs: a message made of a text and of one that is there."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.casefile.compose import Payload
from conformance.fuzz.conduct import HOME, Conduct
from conformance.fuzz.operation import BOX, PICKS, Operation
from conformance.fuzz.sets import choose

_FIELD = b"X-Catenated: yes\r\n"


def catenate(conduct: Conduct, who: str, picks: Sequence[int], path: str) -> None:
    """Append a field and a message of the selected mailbox as one message."""
    view, target = conduct.views[who], conduct.mailbox(path)
    if view.adrift or view.mailbox is not conduct.mailbox(HOME) or target is None:
        return
    chosen = choose(picks[:1], view.alive)
    conduct.learn_uids(who, chosen)
    if not chosen or not conduct.has_shown(chosen[0]):
        return
    said = conduct.say(
        who,
        *(b"APPEND ", conduct.name(path), b" CATENATE (TEXT ", Payload(_FIELD)),
        *(b' URL "/', conduct.bare(), b"/;UID=", conduct.uid(chosen[0]), b'")'),
        applies=False,
    )
    may_fail = conduct.closed_to(who, target)
    allowed = {"OK", "NO"} if may_fail else {"OK"}
    if conduct.await_status(said, allowed, "4469-3-url"):
        target.add(conduct.store.appended(_FIELD + chosen[0].octets, frozenset(), ""))
    conduct.take(who, said)


OPERATIONS = (Operation("catenate", catenate, {"picks": PICKS, "path": BOX}, needs="CATENATE"),)
