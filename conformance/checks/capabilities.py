"""Capabilities told in two ways: as a code of OK, and in answer to CAPABILITY.

A greeting may be brief and leave out what nobody can use before the login; a code with the login
saves the client the question (RFC 3501 sections 6.2.2 and 6.2.3), so it has to be the whole list.
"""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.announced import announced
from conformance.wire.dialogue import Arrival

SAME = Rule(
    "3501-6.2.2-capability-code-same",
    "SHOULD",
    "6.2.2",
    "The capabilities in a code are those that CAPABILITY would tell.",
)

_CHANGES = frozenset({"LOGIN", "AUTHENTICATE", "STARTTLS", "ENABLE", "COMPRESS", "UNAUTHENTICATE"})
"""Commands after which the capabilities may be others."""
_SHOWN = 5
"""Names in a message."""


def code_and_answer_agree(view: View, arrival: Arrival, report: Report) -> None:
    """Report an answer to CAPABILITY that differs from the last code in the same state."""
    response, command = arrival.response, arrival.answers
    if response.kind == "data":
        told = announced(arrival.frame.text) or frozenset()
        coded, whole = view.coded if view.coded is not None else (None, False)
        asked = [other.name for other in arrival.in_flight] == ["CAPABILITY"]
        if not asked or coded is None or view.muddled:
            return
        for where, names in (("code", coded - told), ("answer to CAPABILITY", told - coded)):
            wrong = sorted(n for n in names if whole or n in coded or _counts_before_login(n))
            if wrong:
                some = ", ".join(wrong[:_SHOWN]) + (" ..." if len(wrong) > _SHOWN else "")
                message = f"{some}: only in the {where}."
                report(Fault(SAME, message, "the same names in both", f"only in the {where}"))
        return
    if command is not None and arrival.status == "OK" and command.name in _CHANGES:
        view.coded = None
        if command.name == "STARTTLS":
            return  # what comes before TLS does not count under it
    listed = announced(arrival.frame.text)
    if listed is not None:
        view.coded = listed, command is not None


def _counts_before_login(name: str) -> bool:
    return name.startswith("AUTH=") or name in ("STARTTLS", "LOGINDISABLED")


CHECKS = (
    Check(
        "capability-code", (TAGGED, "OK", "PREAUTH", "CAPABILITY"), code_and_answer_agree, (SAME,)
    ),
)
