"""LIST-EXTENDED (RFC 5258): the rules for clients about the options of LIST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_arguments import arguments_of
from conformance.passive.client_rules import ClientCheck, Said
from conformance.syntax.arguments import Argument

ANNOUNCED = Rule(
    "5258-3-client-announced",
    "MUST",
    "3",
    "A client sends no option of LIST that the server has not announced.",
)
TWICE = Rule(
    "5258-3-client-twice",
    "SHOULD",
    "3",
    "A client names no option of LIST more than once.",
)

_REV2: Final = "IMAP4REV2"
_BROUGHT: Final = {
    "MYRIGHTS": frozenset({"LIST-MYRIGHTS"}),
    "METADATA": frozenset({"LIST-METADATA"}),
    "SPECIAL-USE": frozenset({"SPECIAL-USE", _REV2}),
    "STATUS": frozenset({"LIST-STATUS", _REV2}),
}
"""Option of another extension -> capabilities, any of which brings it."""

_OPTIONS: Final = (
    "list-select-base-opt",
    "list-select-independent-opt",
    "list-select-mod-opt",
    "return-option",
)


def _names(options: Argument) -> list[str]:
    """Return the options in capitals, without their values."""
    found = []
    for each in options.parts(*_OPTIONS):
        name = each.octets.strip().split(b" ", 1)[0].split(b"(", 1)[0]
        found.append(name.decode("ascii", "replace").upper())
    return found


def of_list(said: Said) -> Iterator[Fault]:
    """Report options that were not announced, and those that are there twice."""
    command = said.command
    if command.name != "LIST" or b"(" not in command.arguments:
        return
    read = arguments_of(said)
    if read is None:
        return
    for options in read.parts("list-select-opts", "list-return-opts"):
        names = _names(options)
        for name in sorted({each for each in names if names.count(each) > 1})[:1]:
            yield Fault(TWICE, f"LIST has the option {name} twice.", f"{name} once", "twice")
        for name in dict.fromkeys(names):
            brought = _BROUGHT.get(name)
            if said.announced is not None and brought and brought.isdisjoint(said.announced):
                message = f"LIST has the option {name}, which was not announced."
                expected = f"{' or '.join(sorted(brought))} in CAPABILITY"
                yield Fault(ANNOUNCED, message, expected, name)


CHECKS = (ClientCheck("complete", of_list, (ANNOUNCED, TWICE)),)
