"""Flags on messages: keywords against the FLAGS response of the mailbox (RFC 3501 section 7.2.6).

The RFC says that FLAGS identifies the flags applicable in the mailbox, and that it comes with
SELECT. So a keyword that was there at SELECT has to be in it. Whether a keyword that is made
later has to be announced the RFC does not say outright: that is graded down to SHOULD.

And the flags of one message against themselves (section 7.4.2): what one response shows, the next
shows as well, unless somebody has changed it. Keywords that no client has named are the server's
own, and come and go as it likes.
"""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Report
from conformance.checks.view import View, changes_flags
from conformance.wire.dialogue import Arrival

LISTED = Rule(
    "3501-7.2.6-listed",
    "MUST",
    "7.2.6",
    "The FLAGS response of a selection lists the keywords that are in use in the mailbox.",
)
UPDATED = Rule(
    "3501-7.2.6-updated",
    "SHOULD",
    "7.2.6",
    "A keyword that comes into use while the mailbox is selected is announced by a new FLAGS"
    " response before it is seen on a message.",
)

STAND = Rule(
    "3501-7.4.2-flags-stand",
    "MUST",
    "7.4.2",
    "The flags in a FETCH response are those that the message has: the next response shows the"
    " same, as long as no command changes them.",
)

# What RFC 3501 defines, without \Recent, which a session may lose and gain.
_SYSTEM = frozenset((b"\\ANSWERED", b"\\FLAGGED", b"\\DELETED", b"\\SEEN", b"\\DRAFT"))


def keywords_listed(view: View, arrival: Arrival, report: Report) -> None:
    """Report keywords of a message that the last FLAGS response does not list, each once."""
    current = view.current
    if current is None or current.flags is None:
        return
    flags = arrival.response.flags()
    if not flags:
        return
    unlisted = sorted(f for f in flags - current.flags if not f.startswith(b"\\"))
    if not unlisted:
        return
    rule = LISTED if view.ledger.flags_touched < current.since else UPDATED
    names = show(b" ".join(unlisted))
    current.flags |= frozenset(unlisted)
    report(Fault(rule, f"FLAGS does not list {names}.", f"a FLAGS response with {names}"))


def flags_stand(view: View, arrival: Arrival, report: Report) -> None:
    """Report flags that differ from those last shown, where no command has changed any.

    Only where all clients of the server are watched, and none but this one has had a hand in
    flags since the mailbox was selected.
    """
    current, flags = view.current, arrival.response.flags()
    if current is None or flags is None or view.muddled or not view.ledger.alone:
        return
    if current.mailbox in (None, b"INBOX"):
        return  # everybody's mailbox
    before = current.shown.get(arrival.count or 0)
    if before is None or any(changes_flags(command) for command in arrival.in_flight):
        return
    if view.ledger.others_changed(view.number) >= current.since:
        return
    judged = _SYSTEM | view.named
    come, gone = sorted((flags - before) & judged), sorted((before - flags) & judged)
    if come or gone:
        changes = ["-" + show(flag) for flag in gone] + ["+" + show(flag) for flag in come]
        message = (
            f"Flags are not those last shown, and no command changed them: {' '.join(changes)}."
        )
        report(Fault(STAND, message, f"FLAGS ({show(b' '.join(sorted(before)))})"))


CHECKS = (
    Check("keywords", ("FETCH",), keywords_listed, (LISTED, UPDATED), words=(b"FLAGS",)),
    Check("flags-stand", ("FETCH",), flags_stand, (STAND,), words=(b"FLAGS",)),
)
