"""REPLACE (RFC 8508) in generated programs."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from conformance.casefile.compose import Payload
from conformance.fuzz.executor import Executor
from conformance.fuzz.on_additions import TEXTS
from conformance.fuzz.operation import BOX, EITHER, Operation
from conformance.fuzz.sets import generated_flags, sequence, upper

_PICK = st.integers(0, 5)


def replace(
    executor: Executor,
    who: str,
    which: int,
    path: str,
    text: int,
    flags: Sequence[int],
    *,
    by_uid: bool,
) -> None:
    """REPLACE and UID REPLACE: one message comes into a mailbox, one leaves the selected one."""
    view = executor.views[who]
    source, target = view.mailbox, executor.mailbox(path)
    if view.adrift or source is None or view.read_only or view.untold:
        return
    # What another session has removed may be replaced or not (RFC 2180 section 4): none is named.
    there, names = sequence(executor, who, [which], by_uid=by_uid, gone=False)
    if not names:
        return
    given = [flag for flag in generated_flags(executor, flags) if flag.startswith(b"\\")]
    octets = TEXTS[text % len(TEXTS)]
    said = executor.say(
        who,
        (b"UID " if by_uid else b"") + b"REPLACE ",
        *names,
        b" ",
        executor.name(path),
        b" (" + b" ".join(given) + b") ",
        Payload(octets),
        applies=False,
    )
    if target is None:
        executor.take(who, said)
        executor.await_status(said, {"NO"}, "8508-3.4-no-create", "there is no such mailbox")
        return
    # RFC 2180 section 4.1.4: it may fail while others are there.
    allowed = {"OK", "NO"} if executor.shared(who) or len(view.alive) < len(view.told) else {"OK"}
    if not executor.await_status(said, allowed, "8508-3.4-appended"):
        executor.take(who, said)
        return
    target.add(executor.store.appended(octets, upper(given), ""))
    # EXISTS may come before EXPUNGE or behind it; the model wants to hear of the new one first.
    executor.take(who, said, lambda message: message in there)
    for message in there:
        source.remove(message)


OPERATIONS = (
    Operation(
        "replace",
        replace,
        {
            "which": _PICK,
            "path": BOX,
            "text": st.integers(0, 2),
            "flags": st.lists(_PICK, max_size=2),
            "by_uid": EITHER,
        },
        needs="REPLACE",
    ),
)
