"""Keywords on messages against the FLAGS response of the mailbox (RFC 3501 section 7.2.6).

The RFC says that FLAGS identifies the flags applicable in the mailbox, and that it comes with
SELECT. So a keyword that was there at SELECT has to be in it. Whether a keyword that is made
later has to be announced the RFC does not say outright: that is graded down to SHOULD.
"""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Report
from conformance.checks.view import View
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


CHECKS = (Check("keywords", ("FETCH",), keywords_listed, (LISTED, UPDATED)),)
