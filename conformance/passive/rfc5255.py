"""LANGUAGE and COMPARATOR (RFC 5255): the rules for clients.

Both commands take strings, and what is in a string is beyond the grammar of IMAP. When LANGUAGE is
sent hangs on what the session has done before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conformance.checks.finding import Fault, Rule, show
from conformance.passive.client_arguments import arguments_of
from conformance.passive.client_rules import ClientCheck, Said

EARLY = Rule(
    "5255-3.1-client-early",
    "SHOULD",
    "3.1",
    "A client asks for a language before it logs in, for the answer to a login may be of use.",
)
AGAIN = Rule(
    "5255-3.1-client-again",
    "MUST",
    "3.1",
    "A client that has asked for a language asks once more when TLS has begun: who was between"
    " may have changed the first answer.",
)
RANGE = Rule(
    "5255-3.5-client-range",
    "MUST",
    "3.5",
    "An argument of LANGUAGE is a language range, such as `de` or `de-CH`, or `default`.",
)
ORDER = Rule(
    "5255-4.10-client-order",
    "MUST",
    "4.10",
    "An argument of COMPARATOR is a collation, which has neither spaces nor letters beyond ASCII,"
    " or `default`.",
)

# RFC 4647 section 2, the extended form, which has the basic one in it.
_RANGE: Final = re.compile(rb"(?:[A-Za-z]{1,8}|\*)(?:-(?:[A-Za-z0-9]{1,8}|\*))*")
_LOGINS: Final = ("LOGIN", "AUTHENTICATE")
_ORDER: Final = re.compile(rb"[!-~]+")
_RULES: Final = {
    "LANGUAGE": ("lang-range-quoted", _RANGE, RANGE, "a language range"),
    "COMPARATOR": ("comp-order-quoted", _ORDER, ORDER, "a collation"),
}


def named(said: Said) -> Iterator[Fault]:
    """Report an argument that can name no language, or no comparator."""
    command = said.command
    if command.name not in _RULES:
        return
    part, form, rule, what = _RULES[command.name]
    read = arguments_of(said)
    if read is None:
        return
    for argument in read.parts(part):
        if not form.fullmatch(argument.string):
            message = f"{command.name} has {show(argument.octets)}, which is not {what}."
            yield Fault(rule, message, what)
            return


def asked_early(said: Said) -> Iterator[Fault]:
    """Report the first choice of a language where it could have been made before a login."""
    command = said.command
    if command.name != "LANGUAGE" or not command.arguments.strip() or "LANGUAGE" in said.succeeded:
        return
    if "LANGUAGE" in said.before_login and any(name in said.succeeded for name in _LOGINS):
        message = "A language is asked for after the login, and not before it."
        yield Fault(EARLY, message, "LANGUAGE before LOGIN or AUTHENTICATE")


def asked_again(said: Said) -> Iterator[Fault]:
    """Report, when the session ends, a language that was chosen in the clear alone."""
    if said.command.name != "LOGOUT":
        return
    names = list(said.succeeded)
    if "LANGUAGE" not in names or "STARTTLS" not in names:
        return
    behind = names[names.index("STARTTLS") + 1 :]
    if "LANGUAGE" not in behind and any(name in behind for name in _LOGINS):
        message = "LANGUAGE was sent before STARTTLS, and not again under TLS."
        yield Fault(AGAIN, message, "LANGUAGE behind STARTTLS")


CHECKS = (
    ClientCheck("begin", asked_early, (EARLY,), exact=True),
    ClientCheck("begin", asked_again, (AGAIN,), exact=True),
    ClientCheck("complete", named, (RANGE, ORDER)),
)
