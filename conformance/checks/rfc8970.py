"""PREVIEW (RFC 8970): what a preview may be, and how long."""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import View
from conformance.syntax.values import Leaf
from conformance.wire.dialogue import Arrival

NOT_NIL = Rule(
    "8970-3.2-not-nil",
    "MUST",
    "3.2",
    "A preview that is asked for without LAZY is never NIL.",
)
UTF_8 = Rule("8970-3.3-utf-8", "MUST", "3.3", "The preview is encoded in UTF-8.")
TWO_HUNDRED = Rule("8970-3.3-200", "SHOULD", "3.3", "The preview has 200 characters at most.")
LONGEST = Rule("8970-3.3-256", "MUST", "3.3", "The preview never has more than 256 characters.")

_WANTED = 200
_MOST = 256
_ITEM = re.compile(rb"PREVIEW", re.IGNORECASE)
_LAZY = re.compile(rb"LAZY", re.IGNORECASE)
_FETCHES = frozenset({"FETCH", "UID FETCH"})


def preview(view: View, arrival: Arrival, report: Report) -> None:
    """Report a preview that is NIL, no UTF-8, or too long."""
    value = arrival.response.items.get(b"PREVIEW")
    if not isinstance(value, Leaf) or view.muddled:
        return
    if value.is_nil:
        asking = [each for each in arrival.in_flight if _ITEM.search(each.text)]
        plain = [each for each in asking if each.name in _FETCHES and not _LAZY.search(each.text)]
        if asking and asking == plain:
            message = "PREVIEW is NIL, and LAZY was not asked for."
            report(Fault(NOT_NIL, message, "a string, which may be empty"))
        return
    try:
        text = bytes(value.octets).decode("utf-8")
    except UnicodeDecodeError:
        report(Fault(UTF_8, "PREVIEW is no UTF-8.", "UTF-8"))
        return
    if len(text) > _MOST:
        message = f"PREVIEW has {len(text)} characters."
        report(Fault(LONGEST, message, f"at most {_MOST}"))
    elif len(text) > _WANTED:
        message = f"PREVIEW has {len(text)} characters."
        report(Fault(TWO_HUNDRED, message, f"at most {_WANTED}"))


CHECKS = (
    Check(
        "preview",
        ("FETCH",),
        preview,
        (NOT_NIL, UTF_8, LONGEST, TWO_HUNDRED),
        needs="PREVIEW",
        words=(b"PREVIEW",),
    ),
)
