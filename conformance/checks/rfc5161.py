"""ENABLE (RFC 5161): what ENABLED comes with and names, and that no capability changes."""

from __future__ import annotations

from conformance.checks.effects import Effect
from conformance.checks.finding import Fault, Rule
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival


def _rule(slug: str, sentence: str, level: str = "MUST", section: str = "3.1") -> Rule:
    return Rule(f"5161-{section}-{slug}", level, section, sentence)


RESPONSE = _rule("response", "ENABLE that is answered OK brings one ENABLED response.")
EACH = _rule("each-response", "ENABLED names what this ENABLE has enabled.", "SHOULD")
UNCHANGED = _rule("capabilities-unchanged", "ENABLE changes nothing in the list of capabilities.")
RESULT = _rule("result", "ENABLED comes as the result of an ENABLE.", section="3.2")

NEEDS = "ENABLE|IMAP4REV2"
IMPLIED = {"CONDSTORE": frozenset({"QRESYNC"})}
"""What is enabled with another name as well (RFC 7162 section 3.2.3)."""
_LEAVES = frozenset({"NOOP", "ENABLE", "CAPABILITY"})
"""Commands between which nobody but ENABLE could change the capabilities."""
_KEPT = 1_000


class Enabling:
    """What a session remembers of ENABLE."""

    def __init__(self) -> None:
        self.came = 0
        """ENABLED responses that no tagged OK has followed yet."""
        self.told: frozenset[str] | None = None
        """The capabilities of the last answer to CAPABILITY, while nothing may change them."""
        self.enabled = False
        """An ENABLE was completed since."""


def _names(command: Command) -> frozenset[str]:
    return frozenset(command.arguments.decode("latin-1").upper().split()[:_KEPT])


def enabled(view: View, arrival: Arrival, report: Report) -> None:
    """Report an ENABLED that no ENABLE has asked for, and one that tells of former ones."""
    enabling = view.attached.of(Enabling)
    enabling.came = min(enabling.came + 1, _KEPT)
    if view.muddled:
        return
    asking = [command for command in arrival.in_flight if command.name == "ENABLE"]
    if not asking:
        message = "ENABLED comes while no ENABLE is in progress."
        report(Fault(RESULT, message, "ENABLED with ENABLE alone"))
        return
    named = frozenset[str]().union(*map(_names, asking))
    words = arrival.frame.text.decode("latin-1").upper().split()[2:]
    before = [
        name for name in words if name in view.enabled - named and named.isdisjoint(_with(name))
    ]
    if before:
        message = f"ENABLED names {before[0]}, which was enabled before, and not by this command."
        report(Fault(EACH, message, "what this ENABLE has enabled"))


def _with(name: str) -> frozenset[str]:
    return IMPLIED.get(name, frozenset())


def enabled_came(view: View, arrival: Arrival, report: Report) -> None:
    """Report an OK to ENABLE with no ENABLED before it."""
    command = arrival.answers
    if command is None or command.name != "ENABLE":
        return
    enabling = view.attached.of(Enabling)
    came = enabling.came
    enabling.came = max(came - 1, 0)
    if arrival.status == "OK" and not came and not view.muddled:
        report(Fault(RESPONSE, "OK to ENABLE without an ENABLED.", "one ENABLED before the OK"))


def capabilities(view: View, arrival: Arrival, report: Report) -> None:
    """Report an answer to CAPABILITY that differs from that of before an ENABLE."""
    enabling = view.attached.of(Enabling)
    command = arrival.answers
    if command is not None:
        if view.muddled or command.name not in _LEAVES:
            enabling.told = None
        elif command.name == "ENABLE":
            enabling.enabled = True
        return
    if arrival.response.kind != "data" or arrival.response.name != "CAPABILITY":
        return
    names = frozenset(
        bytes(leaf.octets).decode("latin-1").upper() for leaf in arrival.response.leaves
    )
    alone = [other.name for other in arrival.in_flight] == ["CAPABILITY"]
    told, after = enabling.told, enabling.enabled
    enabling.told = names if alone and not view.muddled else None
    enabling.enabled = False
    if enabling.told is None or told is None or not after or told == names:
        return
    lost, new = sorted(told - names), sorted(names - told)
    name, what = (lost[0], "gone") if lost else (new[0], "new")
    message = f"{name} is {what} in the capabilities after ENABLE."
    report(Fault(UNCHANGED, message, "the capabilities of before", what))


CHECKS = (
    Check("enabled", ("ENABLED",), enabled, (RESULT, EACH), needs=NEEDS),
    Check("enabled-came", (TAGGED,), enabled_came, (RESPONSE,), needs=NEEDS),
    Check("enable-unchanged", (TAGGED, "CAPABILITY"), capabilities, (UNCHANGED,)),
)

EFFECTS = (Effect(("ENABLE",), keeps_flags=True),)
