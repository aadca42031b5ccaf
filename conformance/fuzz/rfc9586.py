"""UIDONLY (RFC 9586) in generated programs: a session without numbers beside others that have them.

Once it is enabled all that a session does is said by UID; see `told` and `Executor.uid_only`. Now
and then it uses a number all the same, which has to be refused and to do nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from conformance.casefile.compose import ComposedPiece
from conformance.fuzz.executor import HOME, Executor
from conformance.fuzz.on_mailboxes import select
from conformance.fuzz.operation import BOX, PICKS, Operation
from conformance.fuzz.rfc5161 import may_enable
from conformance.fuzz.sets import choose, ranges
from conformance.model.view import Disagreement


def enable(executor: Executor, who: str, path: str) -> None:
    """ENABLE UIDONLY (section 3.1), and open a mailbox."""
    if who in executor.uid_only or not may_enable(executor, who):
        return
    said = executor.say(who, b"ENABLE UIDONLY", applies=False)
    executor.await_status(said, {"OK"}, "9586-3.1-enable")
    if "UIDONLY" not in executor.connect(who).dialogue.enabled:
        raise Disagreement(
            "9586-3.1-enable",
            "UIDONLY is announced, and ENABLE UIDONLY does not enable it",
            expected=[": * ENABLED UIDONLY ...", ": TAG OK"],
            received=str(said.reply),
            deviation="no ENABLED UIDONLY",
        )
    executor.uid_only.add(who)
    select(executor, who, path)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A command with numbers, and the rule by which it is refused."""

    before: bytes
    after: bytes
    rule: str
    into: bool = False
    """Whether the name of a mailbox stands at its end."""
    needs: str = ""
    star: bool = False
    """Whether the star stands for the number."""


_PROHIBITED = "9586-3.2-prohibited"
_OTHERS = "9586-3.8-others"

NUMBERED = (
    _Numbered(b"FETCH ", b" (FLAGS)", _PROHIBITED),
    _Numbered(b"STORE ", b" +FLAGS.SILENT (\\Deleted)", _PROHIBITED),
    _Numbered(b"COPY ", b" ", _PROHIBITED, into=True),
    _Numbered(b"MOVE ", b" ", _PROHIBITED, into=True, needs="MOVE"),
    _Numbered(b"SEARCH ", b"", _PROHIBITED),
    _Numbered(b"FETCH ", b" (FLAGS)", "9586-3-numbers", star=True),
    _Numbered(b"UID SEARCH ", b"", "9586-3.5-search"),
    _Numbered(b"UID SEARCH NOT ", b"", "9586-3.5-search"),
    _Numbered(b"SORT (ARRIVAL) US-ASCII ", b"", _OTHERS, needs="SORT"),
    _Numbered(b"THREAD REFERENCES US-ASCII ", b"", _OTHERS, needs="THREAD=REFERENCES"),
)


def use_number(executor: Executor, who: str, picks: Sequence[int], which: int) -> None:
    """Say a command with numbers, which is answered BAD with UIDREQUIRED and does nothing.

    That it has done nothing is seen by what comes later: the model knows of no change.
    """
    view = executor.views[who]
    row = NUMBERED[which % len(NUMBERED)]
    if (
        who not in executor.uid_only
        or view.adrift
        or not executor.environment.features.offers(row.needs)
    ):
        return
    numbers = [view.number(message) for message in choose(picks, view.alive)]
    if not numbers:
        return
    target: tuple[ComposedPiece, ...] = (executor.name(HOME),) if row.into else ()
    said = executor.say(who, row.before, b"*" if row.star else ranges(numbers), row.after, *target)
    executor.await_status(said, {"BAD"}, row.rule)
    code = said.reply.tagged.response.code if said.reply.tagged else None
    if code is None or code.name != "UIDREQUIRED":
        raise Disagreement(
            "9586-3-uidrequired",
            f"{executor.exchanges[-1].shown} is answered BAD without UIDREQUIRED",
            expected=[": TAG BAD [UIDREQUIRED]"],
            received=str(said.reply),
            deviation="BAD without UIDREQUIRED",
        )


OPERATIONS = (
    Operation(
        "enable uidonly",
        enable,
        {"path": BOX},
        needs="UIDONLY",
        selected=False,
        then="selected",
        early=True,
    ),
    Operation(
        "use a number",
        use_number,
        {"picks": PICKS, "which": st.integers(0, len(NUMBERED) - 1)},
        needs="UIDONLY",
    ),
)
