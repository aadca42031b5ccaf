"""JMAPACCESS (RFC 9698): what goes with it, how GETJMAPACCESS is answered, and by what."""

from __future__ import annotations

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.syntax.values import Leaf
from conformance.wire.announced import announced
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"9698-{section}-{slug}", "MUST", section, sentence)


OBJECTID = _rule("3", "objectid", "JMAPACCESS is announced together with OBJECTID.")
RESPONSE = _rule("4", "response", "GETJMAPACCESS that is answered OK brings one JMAPACCESS.")
URL = _rule("4", "url", "JMAPACCESS has a URL of https.")

_NAME = "GETJMAPACCESS"


class ToldAccess:
    """How many JMAPACCESS responses came since the last tagged response."""

    def __init__(self) -> None:
        self.count = 0


def with_objectid(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a list of capabilities that has JMAPACCESS alone."""
    names = announced(arrival.frame.text) or frozenset()
    if "JMAPACCESS" in names and "OBJECTID" not in names:
        report(Fault(OBJECTID, "JMAPACCESS is announced without OBJECTID.", "OBJECTID as well"))


def told(view: View, arrival: Arrival, report: Report) -> None:
    """Report what is no URL."""
    view.attached.of(ToldAccess).count += 1
    value = next(iter(arrival.response.values), None)
    if isinstance(value, Leaf) and not bytes(value.octets).lower().startswith(b"https://"):
        report(Fault(URL, "JMAPACCESS has something else than a URL of https.", '"https://..."'))


def answered(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK without the response, or with more than one."""
    seen, command = view.attached.of(ToldAccess), arrival.answers
    count, seen.count = seen.count, 0
    if command is None or command.name != _NAME or arrival.status != "OK" or view.muddled:
        return
    if count != 1 and arrival.in_flight == (command,):
        message = f"{count} JMAPACCESS responses come before the OK to GETJMAPACCESS."
        report(Fault(RESPONSE, message, "one JMAPACCESS", "none" if not count else "many"))


CHECKS = (
    Check("jmap-objectid", ("CAPABILITY", "OK", "PREAUTH", TAGGED), with_objectid, (OBJECTID,)),
    Check("jmap-url", ("JMAPACCESS",), told, (URL,), needs="JMAPACCESS"),
    Check("jmap-response", (TAGGED,), answered, (RESPONSE,), needs="JMAPACCESS"),
)

EFFECTS = (Effect((_NAME,), keeps_flags=True),)
