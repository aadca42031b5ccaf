"""ANNOTATE (RFC 5257): the rules for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said


def _rule(section: str, slug: str, sentence: str) -> Rule:
    return Rule(f"5257-{section}-client-{slug}", "MUST", section, sentence)


KIND = _rule("3.2.2", "kind", "A client stores attributes with .priv or .shared.")
FLAG = _rule("3.2.1", "flag", 'The value of a flag of a part is "1", "0" or NIL.')
FLAGS = _rule("3.5", "flags", "A client uses no entry /flags.")

_STORING = frozenset({"STORE", "UID STORE", "APPEND", "REPLACE", "UID REPLACE"})
_FETCHING = frozenset({"FETCH", "UID FETCH"})
_ITEM = re.compile(rb"(?:\A|[ (])ANNOTATION \((.*)", re.IGNORECASE | re.DOTALL)
_BARE = re.compile(rb'[( ](value|size) (?:"|\{|~\{|NIL)')
_FLAG = re.compile(rb'/[\d.]+/flags/\w+"? \(value\.\w+ (?!NIL\b|"[01]"|~?\{)')
_FLAGS = re.compile(rb'[( ]"?/flags[/ ")]')


def noted(said: Said) -> Iterator[Fault]:
    """Report annotations that are stored without their kind, or in an entry that is none."""
    command = said.command
    if command.name not in _STORING | _FETCHING:
        return
    found = _ITEM.search(command.arguments)
    if found is None:
        return
    # With a blank before it the first name is seen as those behind it are.
    names = b" " + found[1]
    if _FLAGS.search(names):
        yield Fault(FLAGS, f"{command.name} names the entry /flags.", "entries beside it")
    if command.name in _FETCHING:
        return
    if bare := _BARE.search(names):
        what = bare[1].decode("ascii")
        message = f"{command.name} sets {what} without .priv or .shared."
        yield Fault(KIND, message, f"{what}.priv or {what}.shared")
    if _FLAG.search(names):
        message = f"{command.name} gives a flag of a part a value that is none."
        yield Fault(FLAG, message, '"1", "0" or NIL')


CHECKS = (ClientCheck("complete", noted, (KIND, FLAG, FLAGS)),)
