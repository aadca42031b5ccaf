"""REPLACE (RFC 8508): what becomes of the message that is replaced, and what is told of it."""

from __future__ import annotations

import re

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc4315 import LONGEST, numbers_of
from conformance.checks.table import Check, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

APPENDUID = Rule(
    "8508-4.3-appenduid",
    "SHOULD",
    "4.3",
    "A server that announces UIDPLUS answers a UID REPLACE with APPENDUID.",
)
TOLD = Rule(
    "8508-3.4-expunged-first",
    "SHOULD",
    "3.4",
    "EXPUNGE tells that the message is gone before the OK to REPLACE.",
)
LATE = Rule(
    "8508-3.4-expunge-late",
    "MUST",
    "3.4",
    "No EXPUNGE tells of a message that was not replaced.",
)
REMOVED = Rule(
    "8508-3.4-removed",
    "MUST",
    "3.4",
    "A message that was replaced is not in its mailbox any more.",
)

REPLACES = frozenset({"REPLACE", "UID REPLACE"})
_APPENDUID = re.compile(rb"\S+ +OK +\[APPENDUID +\d+ +\d+\]", re.IGNORECASE)
_VANISHED = re.compile(rb"\* VANISHED ([\d:,]{1,2000})\r\n", re.IGNORECASE)


class Replacing:
    """The REPLACE that a session has in flight: which message it is about, and what was told."""

    def __init__(self) -> None:
        self.alone = False
        """No other command was in flight when it began, and nobody else removes messages here."""
        self.position: int | None = None
        """The number of the message as the command began."""
        self.uid = 0
        """Its unique identifier; 0 where it is not known."""
        self.coded = False
        self.gone = False
        """It was told to be gone."""


class Replaced:
    """What has been replaced in a mailbox: unique identifier -> when that was completed."""

    def __init__(self) -> None:
        self.uids: dict[int, float] = {}


def replace_begins(view: View, command: Command) -> None:
    """Take which message it is."""
    replacing = view.attached.of(Replacing)
    box = view.selection.box
    replacing.alone = not view.begun and view.ledger.alone and box is not None and not box.removed
    replacing.coded = replacing.gone = False
    replacing.position, replacing.uid = None, 0
    named = command.arguments.partition(b" ")[0]
    if not named.isdigit() or len(named) > 10:
        return
    positions = view.selection.positions
    if command.name == "REPLACE":
        replacing.position = int(named)
        replacing.uid = positions.get(int(named))
    else:
        replacing.uid = int(named)


def appenduid(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """See APPENDUID while a REPLACE is in flight."""
    commands = (arrival.answers,) if arrival.answers else arrival.in_flight
    if any(each.name in REPLACES for each in commands) and _APPENDUID.match(arrival.frame.text):
        view.attached.of(Replacing).coded = True


def removal(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """See whether it is told to be gone."""
    if view.current is None or not any(each.name in REPLACES for each in arrival.in_flight):
        return
    replacing = view.attached.of(Replacing)
    vanished = _VANISHED.match(arrival.frame.text)
    position = arrival.count
    if vanished:
        replacing.gone |= not replacing.uid or replacing.uid in numbers_of(vanished[1])
    elif position and replacing.position is not None:
        replacing.gone |= position == replacing.position
    elif position:
        replacing.gone |= view.current.positions.get(position) in (0, replacing.uid)


def completed(view: View, arrival: Arrival, report: Report) -> None:
    """Hold what was told against the answer to a REPLACE."""
    command, current = arrival.answers, view.current
    if command is None or command.name not in REPLACES or current is None:
        return
    replacing = view.attached.of(Replacing)
    if arrival.status == "OK" and current.box is not None:
        replaced = current.box.attached.of(Replaced).uids
        if replacing.uid and len(replaced) < LONGEST and not view.muddled:
            replaced[replacing.uid] = arrival.when
        alone, current.box.removed = replacing.alone, True
    else:
        alone = replacing.alone
    known = replacing.position is not None or replacing.uid
    if not alone or view.muddled or not known:
        return
    if arrival.status == "NO" and replacing.gone and replacing.position is not None:
        message = f"{command.name} is answered NO, and EXPUNGE came of its message."
        report(Fault(LATE, message, "no EXPUNGE", command.name))
    if arrival.status == "OK" and not replacing.gone and command.name == "REPLACE":
        message = f"OK to {command.name}, and no EXPUNGE came."
        report(Fault(TOLD, message, "EXPUNGE before the OK", command.name))


def code_comes(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to a UID REPLACE of a message that was there, without APPENDUID."""
    command = arrival.answers
    if command is None or command.name != "UID REPLACE" or arrival.status != "OK":
        return
    replacing = view.attached.of(Replacing)
    if replacing.gone and not replacing.coded and not view.muddled:
        message = "A message was replaced by UID REPLACE, and no APPENDUID came."
        report(Fault(APPENDUID, message, "[APPENDUID ...] in an OK"))


def not_there(view: View, arrival: Arrival, report: Report) -> None:
    """Report a message that was replaced before this session selected the mailbox."""
    current, uid = view.current, arrival.response.uid
    if current is None or current.box is None or not uid:
        return
    when = current.box.attached.of(Replaced).uids.get(uid)
    if when is not None and when < current.since:
        message = f"The message with UID {uid} is here, and was replaced."
        report(Fault(REMOVED, message, "no message with that UID"))


CHECKS = (
    Check("replace-appenduid", ("OK", TAGGED), appenduid, (), needs="REPLACE"),
    Check("replace-expunged", ("EXPUNGE", "VANISHED"), removal, (), needs="REPLACE"),
    Check("replace-appenduid", (TAGGED,), code_comes, (APPENDUID,), needs="REPLACE&UIDPLUS"),
    Check("replace-expunged", (TAGGED,), completed, (TOLD, LATE), needs="REPLACE"),
    Check("replace-removed", ("FETCH",), not_there, (REMOVED,), needs="REPLACE", words=(b"UID",)),
)

FOLLOWERS = (Follower(REPLACES, replace_begins),)

EFFECTS = (Effect(("REPLACE", "UID REPLACE"), keeps_flags=True, brings_flags=True, removes=True),)
