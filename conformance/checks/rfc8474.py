"""OBJECTID (RFC 8474): object ids are where they have to be, and stay what they are."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.ledger import Bounded, Box
from conformance.checks.table import Check, Follower, Report
from conformance.checks.view import TAGGED, View, number_in
from conformance.wire.commands import SELECTING, Command
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"8474-{section}-{slug}", "MUST", section, sentence)


SAME = _rule("4", "same", "A mailbox of one name and one UIDVALIDITY has one MAILBOXID.")
NO_REUSE = _rule("4", "no-reuse", "A mailbox with another UIDVALIDITY has another MAILBOXID.")
CREATE = _rule("4.1", "create", "The OK to CREATE has the code MAILBOXID.")
SELECT = _rule("4.2", "select", "SELECT and EXAMINE bring an OK with the code MAILBOXID.")
EMAIL = _rule("5.1", "same", "A message has the same EMAILID for ever.")
SAME_THREAD = _rule("5.2", "same-thread", "Messages of one EMAILID have one THREADID.")
STAYS = _rule("5.2", "stays", "The THREADID of a message does not change.")
NONE = _rule("5.2", "none", "THREADID is NIL where there are no threads, without parentheses.")
DISTINCT = _rule("5.2", "distinct", "No EMAILID is also a THREADID.")

NEEDS = "OBJECTID"
_ID = rb"\(([A-Za-z0-9_-]{1,255})\)"
_CODE = re.compile(rb"\S+ +OK +\[MAILBOXID +" + _ID + rb"\]", re.IGNORECASE)
_STATUS = re.compile(rb"[ (]MAILBOXID " + _ID + rb"(?=[ )])", re.IGNORECASE)
_EMAILID = re.compile(rb"[ (]EMAILID " + _ID + rb"(?=[ )])", re.IGNORECASE)
_THREADID = re.compile(rb"[ (]THREADID " + _ID + rb"(?=[ )])", re.IGNORECASE)
_KEPT = 2_000


class Selecting:
    """The MAILBOXID that was told since a session began to select."""

    def __init__(self) -> None:
        self.told: bytes | None = None


class Identity:
    """What ids a mailbox, or the mailboxes of one name, were told to have."""

    def __init__(self) -> None:
        self.id: bytes | None = None
        self.of: Bounded[bytes, tuple[int, int]] = Bounded(_KEPT)
        """An id -> the UIDVALIDITY that went with it, and how many renames there had been."""
        self.renames = 0


class ToldIds:
    """What a session was told of the ids of messages."""

    def __init__(self) -> None:
        self.of: Bounded[bytes, bytes] = Bounded(_KEPT)
        """The THREADID that goes with an EMAILID."""
        self.threads: Bounded[bytes, bool] = Bounded(_KEPT)


def renamed(view: View, command: Command) -> None:
    """Count a RENAME, with which an id may go over to a name of another UIDVALIDITY."""
    if command.name == "RENAME":
        _all(view).renames += 1


def created(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to CREATE without MAILBOXID."""
    command = arrival.answers
    if command is None or command.name != "CREATE" or arrival.status != "OK" or view.muddled:
        return
    code = arrival.response.code
    if code is None or code.name != "MAILBOXID":
        report(Fault(CREATE, "OK to CREATE without MAILBOXID.", "OK [MAILBOXID (...)]"))


def told(view: View, arrival: Arrival, _report: Report) -> None:
    """Remember the id in a code."""
    code = _CODE.match(arrival.frame.text)
    if code:
        view.attached.of(Selecting).told = code[1]


def selected(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to SELECT or EXAMINE without MAILBOXID, and one of another mailbox."""
    command = arrival.answers
    if command is None or command.name not in SELECTING:
        return
    selecting = view.attached.of(Selecting)
    mailbox_id, selecting.told = selecting.told, None
    if arrival.status != "OK" or view.muddled or command.stray:
        return
    if mailbox_id is None:
        message = f"OK to {command.name} without an untagged OK with MAILBOXID."
        report(Fault(SELECT, message, "* OK [MAILBOXID (...)]"))
    elif view.pending is not None and command.mailbox is not None and view.pending.uidvalidity:
        _compare(view, command.mailbox, view.pending.uidvalidity, mailbox_id, report)


def status(view: View, arrival: Arrival, report: Report) -> None:
    """Report a MAILBOXID in STATUS that is not the one that was told before."""
    found = _STATUS.search(arrival.frame.text)
    mailbox = arrival.response.mailbox
    validity = number_in(arrival.response.items.get(b"UIDVALIDITY"))
    if found and mailbox is not None and validity and not view.muddled:
        _compare(view, mailbox, validity, found[1], report)


def _compare(view: View, mailbox: bytes, validity: int, found: bytes, report: Report) -> None:
    """Compare an id with what was told of this mailbox and of others of its name."""
    box = view.ledger.box(view.user, mailbox, validity)
    its, ids = box.attached.of(Identity), _named(view, mailbox).attached.of(Identity)
    since = view.ledger.validity(view.user, mailbox)
    known = since is not None and since.value == validity  # nothing was deleted or renamed since
    if known and its.id is not None and its.id != found:
        message = f"MAILBOXID is {_show(found)}, and was {_show(its.id)} under this UIDVALIDITY."
        report(Fault(SAME, message, _show(its.id)))
    its.id = found
    before, renames = ids.of.get(found), _all(view).renames
    if before is not None and before[0] != validity and before[1] == renames:
        message = f"UIDVALIDITY is {validity}, and the MAILBOXID that of {before[0]}."
        report(Fault(NO_REUSE, message, "another MAILBOXID"))
    ids.of.put(found, (validity, renames))


def _named(view: View, mailbox: bytes) -> Box:
    """Return what stands for all mailboxes of a name: no mailbox has the UIDVALIDITY 0."""
    return view.ledger.box(view.user, mailbox, 0)


def _all(view: View) -> Identity:
    """Return what stands for all mailboxes: none has an empty name."""
    return view.ledger.box(b"", b"", 0).attached.of(Identity)


def messages(view: View, arrival: Arrival, report: Report) -> None:
    """Report ids of messages that change, that are mixed up, or that are none."""
    text = arrival.frame.text
    email, thread = _EMAILID.search(text), _THREADID.search(text)
    if thread and thread[1].upper() == b"NIL":
        report(Fault(NONE, "THREADID is NIL in parentheses.", "THREADID NIL"))
        thread = None
    for found, rule, name in ((email, EMAIL, b"EMAILID"), (thread, STAYS, b"THREADID")):
        if found:
            _stays(view, arrival, rule, name, found[1], report)
    if view.muddled:
        return
    known = view.attached.of(ToldIds)
    if thread:
        known.threads.put(thread[1], True)
    if email and known.threads.get(email[1]):
        message = f"The EMAILID {_show(email[1])} is a THREADID as well."
        report(Fault(DISTINCT, message, "different ids"))
    elif email and thread:
        before = known.of.get(email[1])
        if before not in (None, thread[1]):
            message = f"THREADID of the EMAILID {_show(email[1])} is another than before."
            report(Fault(SAME_THREAD, message, _show(before or b"")))
        known.of.put(email[1], thread[1])


def _stays(
    view: View, arrival: Arrival, rule: Rule, name: bytes, found: bytes, report: Report
) -> None:
    """Compare an id with the one that any session was told of the same message."""
    current = view.current
    if current is None or current.box is None:
        return
    if arrival.response.items.get(b"UID") is not None:
        uid = arrival.response.uid or 0
    else:
        uid = current.positions.get(arrival.count or 0)
    if not uid:
        return
    before = view.ledger.fact(current.box, uid, name)
    if before not in (None, found):
        what = name.decode("ascii")
        message = f"{what} of the message with UID {uid} was different before."
        report(Fault(rule, message, _show(before or b"")))
    view.ledger.learn(current.box, uid, name, found)


def _show(octets: bytes) -> str:
    return octets[:60].decode("ascii")


CHECKS = (
    Check("mailboxid-create", (TAGGED,), created, (CREATE,), needs=NEEDS),
    Check("mailboxid-code", ("OK",), told, ()),
    Check("mailboxid-select", (TAGGED,), selected, (SELECT, SAME, NO_REUSE), needs=NEEDS),
    Check("mailboxid-status", ("STATUS",), status, (SAME, NO_REUSE), needs=NEEDS),
    Check(
        "message-ids",
        ("FETCH",),
        messages,
        (EMAIL, STAYS, NONE, DISTINCT, SAME_THREAD),
        needs=NEEDS,
        words=(b"EMAILID", b"THREADID"),
    ),
)

FOLLOWERS = (Follower(frozenset({"RENAME"}), renamed),)
