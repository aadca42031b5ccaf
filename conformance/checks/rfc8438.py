"""STATUS=SIZE (RFC 8438): what STATUS tells is not less than the sizes that FETCH has told.

Only messages that the session has in its own mailbox count, as long as nothing was removed, there
or by another session that this run knows of.
"""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import View, number_in
from conformance.wire.dialogue import Arrival

AT_LEAST = Rule(
    "8438-3-at-least",
    "MUST",
    "3",
    "SIZE is at least the sum of RFC822.SIZE of all messages in the mailbox.",
)

_KEPT = 10_000
_REMOVING = ("EXPUNGE", "MOVE", "CLOSE", "DELETE", "RENAME", "SELECT", "EXAMINE", "REPLACE")


class Sizes:
    """Sizes that were told of messages in a mailbox while it is selected, by number."""

    def __init__(self) -> None:
        self.told: dict[int, int] = {}


def fetched(view: View, arrival: Arrival, _report: Report) -> None:
    """Remember the size of a message."""
    position, current = arrival.count, view.current
    size = number_in(arrival.response.item(b"RFC822.SIZE"))
    if position is None or current is None or size is None:
        return
    sizes = current.attached.of(Sizes)
    if len(sizes.told) < _KEPT:
        sizes.told[position] = size


def removed(view: View, _arrival: Arrival, _report: Report) -> None:
    """Forget all sizes: their numbers are others now."""
    if view.current is not None:
        view.current.attached.of(Sizes).told.clear()


def large_enough(view: View, arrival: Arrival, report: Report) -> None:
    """Report a SIZE of the selected mailbox below the sum of what was told of its messages."""
    current, box = view.current, arrival.response.mailbox
    size = arrival.response.item(b"SIZE")
    if current is None or current.box is None or box is None or box != current.mailbox:
        return
    if current.box.removed or view.muddled or size is None or size.number is None:
        return
    if any(verb in each.name for each in arrival.in_flight for verb in _REMOVING):
        return
    told = sum(current.attached.of(Sizes).told.values())
    if size.number < told:
        message = f"STATUS tells SIZE {size.number}, and FETCH has told {told} octets in all."
        report(Fault(AT_LEAST, message, f"at least {told}"))


CHECKS = (
    Check("size-fetched", ("FETCH",), fetched, (), needs="STATUS=SIZE", words=(b"RFC822.SIZE",)),
    Check("size-removed", ("EXPUNGE", "VANISHED"), removed, (), needs="STATUS=SIZE"),
    Check("size-at-least", ("STATUS",), large_enough, (AT_LEAST,), needs="STATUS=SIZE"),
)
