"""Response codes (RFC 5530): a code answers a command that it can be about."""

from __future__ import annotations

import re
from typing import NamedTuple

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.ledger import Bounded
from conformance.checks.table import Check, Report
from conformance.checks.view import TAGGED, View
from conformance.wire.dialogue import Arrival


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"5530-{section}-{slug}", "SHOULD", section, sentence)


WRONG = _rule("3", "authenticationfailed", "AUTHENTICATIONFAILED is said of a login only.")
IDENTITY = _rule("3", "authorizationfailed", "AUTHORIZATIONFAILED is about another identity.")
EXPIRED = _rule("3", "expired", "EXPIRED is said of a login only.")
EXISTS = _rule("3", "alreadyexists", "ALREADYEXISTS is said of what was to be created.")
MISSING = _rule("3", "nonexistent", "NONEXISTENT is said of what does not exist.")
NEVER = _rule("3", "cannot", "What is refused with CANNOT does not succeed later.")
BARE = _rule("4", "bare", "A code of RFC 5530 stands alone in its brackets.")

_CODES = (
    rb"UNAVAILABLE|AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|CONTACTADMIN"
    rb"|NOPERM|INUSE|EXPUNGEISSUED|CORRUPTION|SERVERBUG|CLIENTBUG|CANNOT|LIMIT|OVERQUOTA"
    rb"|ALREADYEXISTS|NONEXISTENT"
)
_MORE = re.compile(rb"\S+ (?:OK|NO|BAD|BYE) \[(%s) [^\]\r]" % _CODES, re.IGNORECASE)
_KEPT = 100


class Misplaced(NamedTuple):
    """A code that stands in the answer to commands which it can not be about."""

    rule: Rule
    to: frozenset[str]


# Of commands that other RFCs add nothing is said: METADATA, for instance, has names of its own.
_MAILBOXES = frozenset(
    "SELECT EXAMINE STATUS DELETE CLOSE CHECK NOOP EXPUNGE SEARCH FETCH STORE UNSUBSCRIBE".split()  # noqa: SIM905
)
_PLAIN = _MAILBOXES | {"CREATE", "RENAME", "SUBSCRIBE", "LIST", "LSUB", "APPEND", "COPY"}
_MISPLACED = {
    "AUTHENTICATIONFAILED": Misplaced(WRONG, _PLAIN),
    "AUTHORIZATIONFAILED": Misplaced(IDENTITY, _PLAIN | {"LOGIN"}),
    "EXPIRED": Misplaced(EXPIRED, _PLAIN),
    "ALREADYEXISTS": Misplaced(EXISTS, _MAILBOXES),
    "NONEXISTENT": Misplaced(MISSING, frozenset({"CLOSE", "CHECK", "NOOP", "EXPUNGE"})),
}


class CannotCommands:
    """The commands that a session was refused with CANNOT."""

    def __init__(self) -> None:
        self.texts: Bounded[bytes, bool] = Bounded(_KEPT)


def coded(view: View, arrival: Arrival, report: Report) -> None:
    """Report a code that has nothing to do with its command, and CANNOT of what succeeds later."""
    command = arrival.answers
    if command is None or view.muddled or command.stray:
        return
    name = arrival.response.code.name if arrival.response.code is not None else ""
    misplaced = _MISPLACED.get(name)
    if misplaced is not None and command.name in misplaced.to:
        message = f"{command.name} is answered with the code {name}."
        report(Fault(misplaced.rule, message, "another code, or none", command.name))
    text = b" ".join((command.name.encode("latin-1"), command.arguments, *command.literals))
    refused = view.attached.of(CannotCommands).texts
    if command.name == "ENABLE":
        refused.clear()  # what the session may do is another (RFC 6855 section 6)
    if name == "CANNOT" and arrival.status == "NO":
        refused.put(text, True)
    elif arrival.status == "OK" and refused.get(text):
        message = f"{command.name} succeeds, and was refused with CANNOT before."
        report(Fault(NEVER, message, "NO again, or another code before", command.name))


def bare(_view: View, arrival: Arrival, report: Report) -> None:
    """Report a code with something behind it."""
    found = _MORE.match(arrival.frame.text)
    if found is not None:
        name = show(found[1]).upper()
        report(Fault(BARE, f"The code {name} has something behind it.", f"[{name}]", name))


CHECKS = (
    Check("code-and-command", (TAGGED,), coded, (WRONG, IDENTITY, EXPIRED, EXISTS, MISSING, NEVER)),
    Check("code-alone", (TAGGED, "OK", "NO", "BAD", "BYE"), bare, (BARE,)),
)
