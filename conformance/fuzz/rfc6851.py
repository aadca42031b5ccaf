"""MOVE (RFC 6851) in generated programs and among generated commands."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.fuzz.answers import named_in
from conformance.fuzz.executor import Executor
from conformance.fuzz.judged import CommandResult, Judged, copies
from conformance.fuzz.on_additions import Transfer, transfer
from conformance.fuzz.operation import BOX, EITHER, PICKS, Operation
from conformance.model.view import Disagreement

MOVE = Transfer(b"MOVE", "6851-3.3-target", "6851-3.3-no-create", removes=True)


def move(executor: Executor, who: str, picks: Sequence[int], path: str, *, by_uid: bool) -> None:
    """MOVE and UID MOVE: what is put into the other mailbox leaves this one."""
    transfer(executor, who, picks, path, by_uid=by_uid, how=MOVE)


OPERATIONS = (
    Operation("move", move, {"picks": PICKS, "path": BOX, "by_uid": EITHER}, needs="MOVE"),
)


def _moved(came: CommandResult) -> None:
    """See that as many messages are told to have gone as the command names, and no other."""
    named = len(named_in(came.read, came.kept))
    gone = len(came.said.of("EXPUNGE"))
    if gone != named:
        raise Disagreement(
            "6851-3.3-expunged" if gone < named else "6851-3.3-others",
            f"{named} messages were moved, and {gone} EXPUNGE responses came",
            expected=[": * {:nz_number} EXPUNGE", ": TAG OK"] if named else [": TAG OK"],
            received=str(came.said.reply),
            deviation="no untagged EXPUNGE" if gone < named else "one EXPUNGE too many",
        )


JUDGED = (
    Judged(
        "move",
        copies,
        "6851-3.3-target",
        look=_moved,
        about="messages",
        names="6851-3.3-no-create",
    ),
)
