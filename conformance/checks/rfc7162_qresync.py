"""QRESYNC (RFC 7162 section 3.2): VANISHED, when it comes and what it names, and CLOSED."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.rfc7162 import NEEDS, TEXT, SelectionModseqs, words
from conformance.checks.selection import Selection
from conformance.checks.table import Check, Doubt, Follower, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import members
from conformance.wire.commands import SELECTING, Command
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str, section: str) -> Rule:
    return Rule(f"7162-{section}-{slug}", "MUST", section, sentence)


NOT_BEFORE = _rule("not-before", "No VANISHED comes before QRESYNC or UIDONLY is enabled.", "3.2.3")
INSTEAD = _rule("instead", "Under QRESYNC VANISHED comes in the place of EXPUNGE.", "3.2.10")
EARLIER = _rule(
    "earlier",
    "VANISHED (EARLIER) answers UID FETCH with VANISHED or SELECT with QRESYNC.",
    "3.2.10",
)
NOTHING = _rule("nomodseq", "Where NOMODSEQ is told nothing is told to be gone.", "3.2.5.1")
FIRST = _rule("first", "VANISHED (EARLIER) comes before any FETCH response.", "3.2.6")
SET = _rule("set", "VANISHED (EARLIER) names UIDs of the set of UID FETCH, and gone ones.", "3.2.6")
VISIBLE = _rule(
    "visible", "VANISHED names messages that this session was told of, each once.", "3.2.10.2"
)
NO_COMMAND = _rule("no-command", "No VANISHED is sent while no command is in progress.", "3.2.10.2")
DURING = _rule("during", "No VANISHED is sent in response to FETCH, STORE or SEARCH.", "3.2.10.2")
UID_SEARCH = _rule(
    "uid-search", "No VANISHED is sent during a UID SEARCH by message numbers.", "3.2.10.2"
)
MODSEQ = _rule(
    "highestmodseq", "OK to EXPUNGE that has removed a message has HIGHESTMODSEQ.", "3.2.7"
)
NO_CODE = _rule("no-code", "OK to CLOSE has no HIGHESTMODSEQ.", "3.2.8")
CLOSED = _rule("closed", "SELECT of another mailbox brings CLOSED.", "3.2.11")

_VANISHED = re.compile(rb"\* VANISHED (\(EARLIER\) )?([\d:,]{1,20000})\r\n", re.IGNORECASE)
_CODE = re.compile(rb"\S+ OK \[HIGHESTMODSEQ \d", re.IGNORECASE)
_BY_NUMBER = re.compile(rb"(?:^|[ (])(?<!UID )[\d*][\d:,*]*(?=[ )]|$)")
_TAKES_NUMBER = re.compile(rb'\b(?:UID|LARGER|SMALLER|OLDER|YOUNGER|MODSEQ(?: "" \w+)?) [\d:,*]+')
_NUMBERED = frozenset({"FETCH", "STORE", "SEARCH"})
_EXPUNGES = frozenset({"EXPUNGE", "UID EXPUNGE"})
_KEPT = 10_000


class VanishedUids:
    """What a selection was told to be gone."""

    def __init__(self) -> None:
        self.uids: set[int] = set()


class Expunging:
    """The EXPUNGE that a session has in flight."""

    def __init__(self) -> None:
        self.alone = False
        """Nothing else was in flight, and nobody has removed a message that is not told yet."""
        self.gone = 0


def begins(view: View, _command: Command) -> None:
    """Begin to count what an EXPUNGE removes."""
    expunging, box = view.attached.of(Expunging), view.selection.box
    expunging.alone = not view.begun and box is not None and not box.removed and view.ledger.alone
    expunging.gone = 0


def expunge(view: View, arrival: Arrival, report: Report) -> None:  # noqa: ARG001  # as all have it
    """Report an EXPUNGE in a mailbox with mod-sequences, once QRESYNC is enabled."""
    current = view.current
    if current is None or view.muddled or not current.attached.of(SelectionModseqs).highest:
        return
    report(Fault(INSTEAD, "EXPUNGE comes though QRESYNC is enabled.", "VANISHED with the UID"))


def too_early(view: View, arrival: Arrival, report: Report) -> None:
    """Report a VANISHED that nobody has enabled."""
    enabling = any(command.name == "ENABLE" for command in arrival.in_flight)
    if view.enabled.isdisjoint({"QRESYNC", "UIDONLY"}) and not enabling and not view.muddled:
        report(Fault(NOT_BEFORE, "VANISHED comes before QRESYNC is enabled.", "EXPUNGE"))


def _wants_earlier(command: Command) -> bool:
    said = words(command)
    if command.name in SELECTING:
        return b"QRESYNC" in said
    return command.name == "UID FETCH" and b"VANISHED" in said


def earlier(view: View, arrival: Arrival, report: Report) -> None:
    """Report an EARLIER that nobody asked for, or late, or of other messages than named."""
    found = _VANISHED.match(arrival.frame.text)
    if found is None or found[1] is None or view.muddled:
        return
    wanting = [command for command in arrival.in_flight if _wants_earlier(command)]
    if not wanting:
        names = ", ".join(sorted({c.name for c in arrival.in_flight})) or "nothing"
        text = f"VANISHED (EARLIER) comes in answer to {names}."
        report(Fault(EARLIER, text, "VANISHED", "unasked"))
        return
    if len(arrival.in_flight) > 1:
        return
    command = wanting[0]
    if view.pending is not None and view.pending.attached.of(SelectionModseqs).none:
        text = "VANISHED (EARLIER) comes for a mailbox with NOMODSEQ."
        report(Fault(NOTHING, text, "nothing of that kind"))
    if view.last.get("FETCH", 0) > view.begun.get(command.number, arrival.number):
        text = f"VANISHED (EARLIER) of {command.name} comes behind a FETCH response."
        report(Fault(FIRST, text, "VANISHED (EARLIER) first"))
    if command.name == "UID FETCH" and view.current is not None:
        _named(view.current, command, found[2], report)


def _named(current: Selection, command: Command, text: bytes, report: Report) -> None:
    """Compare what is told to be gone with the set of a UID FETCH, and with what is there."""
    told, named = members(text), members(command.arguments.partition(b" ")[0])
    if told is None:
        return
    if named is not None and not told <= named:
        message = f"VANISHED (EARLIER) has {min(told - named)}, which UID FETCH does not name."
        report(Fault(SET, message, "identifiers of the set", "named"))
    removed = current.box is not None and current.box.removed
    there = [uid for uid in sorted(told)[:_KEPT] if current.positions.of(uid)]
    if there and not removed:
        message = f"VANISHED (EARLIER) has {there[0]}, and that message is there."
        report(Fault(SET, message, "messages that are gone", "there"))


def in_time(view: View, arrival: Arrival, report: Report) -> None:
    """Report a VANISHED while numbers have to stand; see `sizes.expunge_in_time`."""
    found = _VANISHED.match(arrival.frame.text)
    if found is None or found[1] is not None or view.muddled or view.notified:
        return
    working = [command for command in arrival.in_flight if not command.sending]
    if not working:
        report(Fault(NO_COMMAND, "VANISHED comes while no command is in progress.", "it later"))
        return
    names = {command.name for command in working}
    if names <= _NUMBERED:
        message = f"VANISHED comes in response to {', '.join(sorted(names))}."
        report(Fault(DURING, message, "VANISHED during a later command"), Doubt(refused=True))
    elif names <= _NUMBERED | {"UID SEARCH"} and all(
        _searches_by_number(command) for command in working if command.name == "UID SEARCH"
    ):
        message = "VANISHED comes during a UID SEARCH that has message numbers."
        report(Fault(UID_SEARCH, message, "VANISHED during a later command"), Doubt(refused=True))


def _searches_by_number(command: Command) -> bool:
    keys = TEXT.sub(b"", _TAKES_NUMBER.sub(b"", words(command)))
    return _BY_NUMBER.search(re.sub(rb"RETURN \([^)]*\)", b"", keys)) is not None


def visible(view: View, arrival: Arrival, report: Report) -> None:
    """Report a VANISHED of messages that this session does not have."""
    found, current = _VANISHED.match(arrival.frame.text), view.current
    if found is None or found[1] is not None or current is None:
        return
    told = members(found[2])
    if told is None:
        return
    view.attached.of(Expunging).gone += len(told)
    gone = current.attached.of(VanishedUids).uids
    again = told & gone
    if len(gone) < _KEPT:
        gone |= told
    if view.muddled:
        return
    if again:
        message = f"VANISHED names {min(again)}, which was told to be gone before."
        report(Fault(VISIBLE, message, "messages that are there", "again"))
    elif current.exists is not None and len(told) > current.exists:
        message = f"VANISHED names {len(told)} messages of {current.exists}."
        report(Fault(VISIBLE, message, f"at most {current.exists}", "count"))
    elif current.exists and current.exists <= _KEPT:
        uids = {current.positions.get(position) for position in range(1, current.exists + 1)}
        if 0 not in uids and not told <= uids:
            message = f"VANISHED names {min(told - uids)}, which no message here has."
            report(Fault(VISIBLE, message, "messages that are there", "unknown"))


def expunged(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to EXPUNGE without HIGHESTMODSEQ, and one to CLOSE with it."""
    command, current = arrival.answers, view.current
    if command is None or arrival.status != "OK" or view.muddled or current is None:
        return
    has = _CODE.match(arrival.frame.text) is not None
    if command.name == "CLOSE" and has:
        report(Fault(NO_CODE, "OK to CLOSE has HIGHESTMODSEQ.", "no code HIGHESTMODSEQ"))
    expunging = view.attached.of(Expunging)
    if command.name not in _EXPUNGES or not (expunging.alone and expunging.gone) or has:
        return
    if "QRESYNC" in view.enabled and current.attached.of(SelectionModseqs).highest:
        message = f"OK to {command.name} that has removed a message has no HIGHESTMODSEQ."
        report(Fault(MODSEQ, message, "OK [HIGHESTMODSEQ n]"))


def closed(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SELECT of another mailbox without CLOSED."""
    command, before = arrival.answers, view.selection.mailbox
    if command is None or command.name not in SELECTING or arrival.status != "OK":
        return
    begun = view.begun.get(command.number)
    if before is None or command.mailbox in (None, before) or begun is None or view.muddled:
        return
    if arrival.in_flight == (command,) and view.last.get("[CLOSED]", 0) <= begun:
        message = f"OK to {command.name} of another mailbox without CLOSED before it."
        report(Fault(CLOSED, message, "* OK [CLOSED] before the OK"))


CHECKS = (
    Check("qresync-expunge", ("EXPUNGE",), expunge, (INSTEAD,), needs="QRESYNC", enabled="QRESYNC"),
    Check("vanished-early", ("VANISHED",), too_early, (NOT_BEFORE,), needs="QRESYNC"),
    Check(
        "vanished-earlier", ("VANISHED",), earlier, (EARLIER, FIRST, SET, NOTHING), needs="QRESYNC"
    ),
    Check(
        "vanished-time", ("VANISHED",), in_time, (NO_COMMAND, DURING, UID_SEARCH), needs="QRESYNC"
    ),
    Check("vanished-visible", ("VANISHED",), visible, (VISIBLE,), needs="QRESYNC"),
    Check("qresync-expunged", (TAGGED,), expunged, (MODSEQ, NO_CODE), needs="QRESYNC"),
    Check("closed", (TAGGED,), closed, (CLOSED,), needs=NEEDS),
)

FOLLOWERS = (Follower(_EXPUNGES, begins),)
