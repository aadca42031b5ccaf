"""MOVE (RFC 6851): what becomes of messages that are moved, as COPYUID and EXPUNGE tell it."""

from __future__ import annotations

import re

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4315 import LONGEST, copied, numbers_of, unequal
from conformance.checks.table import Check, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

COPYUID = Rule(
    "6851-4.3-copyuid",
    "SHOULD",
    "4.3",
    "A server that announces UIDPLUS answers a UID MOVE with COPYUID.",
)
PAIRS = Rule(
    "6851-4.3-copyuid-true",
    "MUST",
    "4.3",
    "COPYUID has as many new unique identifiers as old ones.",
)
TOLD = Rule(
    "6851-3.3-expunged-first",
    "SHOULD",
    "3.3",
    "EXPUNGE tells of each message that was moved before the OK to MOVE.",
)
SOURCE = Rule(
    "6851-3.3-source",
    "MUST",
    "3.3",
    "A message that was moved is not in its old mailbox any more.",
)

MOVES = frozenset({"MOVE", "UID MOVE"})
_VANISHED = re.compile(rb"\* VANISHED ([\d:,]{1,2000})\r\n", re.IGNORECASE)


class Moving:
    """The MOVE that a session has in flight: what was told of it so far."""

    def __init__(self) -> None:
        self.alone = False
        """No other command was in flight when it began: all that comes is about it, or news."""
        self.first = False
        """Nobody has removed a message of this mailbox before: there can be no news of that."""
        self.copied: list[int] = []
        """Unique identifiers that COPYUID says the messages had."""
        self.gone: list[int] = []
        """Those of messages that were told to be gone; 0 where it is not known."""


class Moved:
    """What has been moved out of a mailbox: unique identifier -> when that was completed."""

    def __init__(self) -> None:
        self.uids: dict[int, float] = {}


def move_begins(view: View, _command: Command) -> None:
    """Begin to count what is told of a MOVE."""
    moving = view.attached.of(Moving)
    moving.alone = not view.begun
    box = view.selection.box
    moving.first = view.ledger.alone and box is not None and not box.removed
    moving.copied, moving.gone = [], []


def copyuid_pairs(view: View, arrival: Arrival, report: Report) -> None:
    """Take COPYUID, and report one whose sets have not the same length."""
    told = copied(arrival.frame.text)
    if told is None or not any(command.name in MOVES for command in arrival.in_flight):
        return
    view.attached.of(Moving).copied = told.old
    unequal(told, PAIRS, report)


def removal(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Count what is told to be gone while a MOVE is in flight."""
    if view.current is None or not any(command.name in MOVES for command in arrival.in_flight):
        return
    vanished = _VANISHED.match(arrival.frame.text)
    position = arrival.count
    if vanished:
        view.attached.of(Moving).gone += numbers_of(vanished[1])
    elif position and len(view.attached.of(Moving).gone) < LONGEST:
        view.attached.of(Moving).gone.append(view.current.positions.get(position))


def move_completed(view: View, arrival: Arrival, report: Report) -> None:
    """Compare what COPYUID says with what was told to be gone, once a MOVE is answered OK."""
    command, current = arrival.answers, view.current
    if command is None or command.name not in MOVES or arrival.status != "OK" or current is None:
        return
    moving = view.attached.of(Moving)
    if current.box is not None:
        moved = current.box.attached.of(Moved).uids
        if len(moved) < LONGEST:
            moved |= dict.fromkeys(moving.copied, arrival.when)
        current.box.removed = current.box.removed or bool(moving.copied)
    if not moving.alone or view.muddled:
        return
    missing = len(moving.copied) - len(moving.gone)
    if missing > 0:
        message = f"OK to {command.name} of {len(moving.copied)} messages, {missing} not told gone."
        report(Fault(TOLD, message, "EXPUNGE for each before the OK", command.name))


def copyuid_comes(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to a UID MOVE that has moved a message of its set, without COPYUID.

    Where another session has taken the message away before, OK is for nothing.
    """
    command = arrival.answers
    if command is None or command.name != "UID MOVE" or arrival.status != "OK":
        return
    moving = view.attached.of(Moving)
    if moving.copied or not (moving.alone and moving.first) or view.muddled:
        return
    named = command.arguments.partition(b" ")[0]
    if any(uid and _is_named(named, uid) for uid in moving.gone):
        message = "A message was moved by UID MOVE, and no COPYUID came."
        report(Fault(COPYUID, message, "[COPYUID ...] in an OK"))


def not_there(view: View, arrival: Arrival, report: Report) -> None:
    """Report a message that was moved away before this session selected the mailbox."""
    current, uid = view.current, arrival.response.uid
    if current is None or current.box is None or not uid:
        return
    when = current.box.attached.of(Moved).uids.get(uid)
    if when is not None and when < current.since:
        message = f"The message with UID {uid} is here, and was moved away."
        report(Fault(SOURCE, message, "no message with that UID"))


def _is_named(text: bytes, uid: int) -> bool:
    """Whether a set surely has a number: what an asterisk or `$` stands for is not known."""
    return not set(text) & set(b"*$") and uid in numbers_of(text)


CHECKS = (
    Check("move-copyuid", ("OK", TAGGED), copyuid_pairs, (PAIRS,), needs="MOVE&UIDPLUS"),
    Check("move-expunged", ("EXPUNGE", "VANISHED"), removal, (), needs="MOVE"),
    Check("move-expunged", (TAGGED,), move_completed, (TOLD,), needs="MOVE"),
    Check("move-copyuid", (TAGGED,), copyuid_comes, (COPYUID,), needs="MOVE&UIDPLUS"),
    Check("move-source", ("FETCH",), not_there, (SOURCE,), needs="MOVE", words=(b"UID",)),
)

FOLLOWERS = (Follower(MOVES, move_begins),)

EFFECTS = (Effect(("MOVE", "UID MOVE"), keeps_flags=True, brings_flags=True, removes=True),)
