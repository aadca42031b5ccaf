"""What single commands leave behind: which mailboxes there are afterwards.

Which completion is right is in `commands`, and what comes with it in `answers`. Nothing is said of
INBOX, nor of levels of the hierarchy that are no mailbox, nor of the letters of a name: RFC 3501
section 5.1 lets a server show others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.fuzz.domain import FREE, HOME, OTHER, shown
from conformance.fuzz.executor import Executor
from conformance.fuzz.judged import Judged
from conformance.fuzz.on_mailboxes import is_unselectable
from conformance.model.view import Disagreement
from conformance.syntax.names import folded

_FAILED: Final = "3501-6-failed-no-change"


def names(executor: Executor, who: str, row: Judged, named: Sequence[bytes], *, ok: bool) -> None:
    """See that a command has made, removed and renamed the mailboxes that it should, and no other.

    `named` are the placeholders of the mailboxes that it names; `ok` says whether it succeeded.

    Raises:
        Disagreement: a mailbox is there that should not be, or is gone.
    """
    there = {HOME, OTHER}
    if ok and row.unmakes:
        there.discard(named[0])
    if ok and row.makes:
        there.add(named[-1])
    said = executor.say(who, b'LIST "" ', executor.bare(), b"*", applies=False)
    executor.await_status(said, {"OK"}, "3501-6.3.8-names")
    listed = {
        folded(arrival.response.mailbox or b""): arrival
        for arrival in said.of("LIST")
        if not is_unselectable(arrival)
    }
    moves, verb = row.unmakes or row.makes, row.name.upper()
    for name in (HOME, OTHER, FREE):
        arrival = listed.get(folded(executor.meaning(name)))
        if (arrival is not None) is (name in there):
            continue
        line = f"* LIST (...) {{delim}} {shown(name)}"
        raise Disagreement(
            row.names if ok or not moves else _FAILED,
            f"after {verb} {'' if ok else 'has failed '}there is "
            + (("a" if arrival else "no") + f" mailbox {shown(name)}"),
            expected=[": TAG OK", f"! {line}"] if arrival else [f": {line}", ": TAG OK"],
            received=arrival.frame.text.decode("latin-1") if arrival else str(said.reply),
            deviation=f"{verb}{'' if ok else ' that fails'}: "
            + ("a mailbox too many" if arrival else "a mailbox too few"),
        )
