"""IMAP4rev2 (RFC 9051): texts before a session has enabled it.

Of a server that announces IMAP4rev1 too, the formal syntax of RFC 3501 says the same.
"""

from __future__ import annotations

import re

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import NATIVE_UTF8, TAGGED, View
from conformance.wire.dialogue import Arrival

TEXT = Rule(
    "9051-9-text-ascii",
    "MUST",
    "9",
    "Texts are US-ASCII until the client has enabled IMAP4rev2.",
)

_8_BIT = re.compile(rb"[\x80-\xff]")


def text_before_enable(view: View, arrival: Arrival, report: Report) -> None:
    """Report octets beyond US-ASCII in a status response of a session that has enabled nothing."""
    told = view.session.dialogue.capabilities or frozenset()
    if not view.revised or view.enabled & NATIVE_UTF8 or "LANGUAGE" in told:  # RFC 5255 has UTF-8
        return
    if _8_BIT.search(arrival.frame.text):
        message = "The text has octets beyond US-ASCII before ENABLE IMAP4rev2."
        report(Fault(TEXT, message, "US-ASCII"))


CHECKS = (
    Check(
        "text-ascii",
        (TAGGED, "OK", "NO", "BAD", "BYE", "PREAUTH"),
        text_before_enable,
        (TEXT,),
        needs="IMAP4REV2",
    ),
)
