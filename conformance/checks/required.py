"""Data that a command's OK promises: what has to come before it, and the codes in it."""

from __future__ import annotations

from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import SELECTING
from conformance.wire.dialogue import Arrival

CAPABILITY = Rule(
    "3501-6.1.1-response",
    "MUST",
    "6.1.1",
    "A CAPABILITY response comes before the OK to CAPABILITY.",
)
BYE = Rule("3501-6.1.3-bye", "MUST", "6.1.3", "An untagged BYE comes before the OK to LOGOUT.")
STATUS = Rule(
    "3501-6.3.10-response",
    "MUST",
    "6.3.10",
    "A STATUS response comes before the OK to STATUS.",
)
SEARCH = Rule(
    "3501-6.4.4-response",
    "MUST",
    "6.4.4",
    "A SEARCH response, empty if need be, comes before the OK to SEARCH.",
)
READ_ONLY = Rule(
    "3501-6.3.2-read-only",
    "MUST",
    "6.3.2",
    "The text of the OK to EXAMINE begins with the code READ-ONLY.",
)
ACCESS = Rule(
    "3501-6.3.1-access",
    "SHOULD",
    "6.3.1",
    "The text of the OK to SELECT begins with READ-WRITE, or READ-ONLY where that is the access.",
)


def _selection(key: str) -> Rule:
    what = f"An untagged OK with {key[1:-1]}" if key.startswith("[") else f"A {key} response"
    slug = key.strip("[]").lower()
    sentence = f"{what} comes before the OK to SELECT and EXAMINE."
    return Rule(f"3501-6.3.1-{slug}", "MUST", "6.3.1", sentence)


SELECTION = {
    key: _selection(key)
    for key in ("FLAGS", "EXISTS", "RECENT", "[PERMANENTFLAGS]", "[UIDNEXT]", "[UIDVALIDITY]")
}
"""What a selection has to bring. UNSEEN is left out: without unseen messages there is none."""

_NEEDS: dict[str, dict[str, Rule]] = {
    "CAPABILITY": {"CAPABILITY": CAPABILITY},
    "STATUS": {"STATUS": STATUS},
    "SEARCH": {"SEARCH": SEARCH},
    "UID SEARCH": {"SEARCH": SEARCH},
    "SELECT": SELECTION,
    "EXAMINE": SELECTION,
}
_IN_REV2: dict[str, tuple[str, ...]] = {"RECENT": (), "SEARCH": ("SEARCH", "ESEARCH")}
"""What IMAP4rev2 has in the place of responses of IMAP4rev1 (RFC 9051 appendix E)."""


def data_before_ok(view: View, arrival: Arrival, report: Report) -> None:
    """Report untagged data that did not come between a command and its OK."""
    command = arrival.answers
    needs = _NEEDS.get(command.name) if command is not None else None
    if command is None or needs is None or arrival.status != "OK":
        return
    begun = view.begun.get(command.number)
    if begun is None or (needs.get("SEARCH") and _wants_other_result(command.arguments)):
        return
    for key, rule in needs.items():
        names = _IN_REV2.get(key, (key,)) if view.revised else (key,)
        if names and all(view.last.get(name, 0) <= begun for name in names):
            message = f"OK to {command.name} without {key} before it."
            expected = f"* {_example(key)} before the OK"
            report(Fault(rule, message, expected, deviation=_deviation(command.name, key)))


def _deviation(command: str, key: str) -> str:
    """Say what is missing as a case says it that awaits it."""
    what = f"OK {key}" if key.startswith("[") else key
    return f"{command.removeprefix('UID ')}: no untagged {what}"


def _wants_other_result(arguments: bytes) -> bool:
    """Whether a SEARCH asks for another form of result (RFC 4466 section 2.6.1)."""
    return arguments.upper().startswith(b"RETURN ")


def _example(key: str) -> str:
    return f"OK {key[:-1]} ...]" if key.startswith("[") else f"n {key}" if _counts(key) else key


def _counts(key: str) -> bool:
    return key in ("EXISTS", "RECENT")


def bye_before_ok(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to LOGOUT without BYE before it."""
    command = arrival.answers
    if command is None or command.name != "LOGOUT" or arrival.status != "OK":
        return
    if view.bye_after is None and command.number in view.begun:
        message, expected = "OK to LOGOUT without BYE before it.", "* BYE before the OK"
        report(Fault(BYE, message, expected, deviation=_deviation("LOGOUT", "BYE")))


def access_in_ok(_view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to SELECT or EXAMINE whose text does not begin with the access."""
    command = arrival.answers
    if command is None or command.name not in SELECTING or arrival.status != "OK":
        return
    code = arrival.response.code
    name = code.name if code is not None else ""
    if command.name == "EXAMINE":
        if name != "READ-ONLY":
            report(Fault(READ_ONLY, "OK to EXAMINE without READ-ONLY.", "OK [READ-ONLY] ..."))
    elif name not in ("READ-ONLY", "READ-WRITE"):
        message = "OK to SELECT without READ-WRITE or READ-ONLY."
        report(Fault(ACCESS, message, "OK [READ-WRITE] ..."))


CHECKS = (
    Check(
        "required-data",
        (TAGGED,),
        data_before_ok,
        (CAPABILITY, STATUS, SEARCH, *SELECTION.values()),
    ),
    Check("logout-bye", (TAGGED,), bye_before_ok, (BYE,)),
    Check("access-code", (TAGGED,), access_in_ok, (READ_ONLY, ACCESS)),
)
