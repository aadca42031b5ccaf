"""LANGUAGE and COMPARATOR (RFC 5255): the rules for clients.

Both commands take strings, and what is in a string is beyond the grammar of IMAP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conformance.checks.finding import Fault, Rule, show
from conformance.passive.client_arguments import arguments_of
from conformance.passive.client_rules import ClientCheck, Said

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


CHECKS = (ClientCheck("complete", named, (RANGE, ORDER)),)
