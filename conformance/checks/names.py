"""Names that LIST and LSUB return: each has to match the pattern that was asked for.

Only what nobody can read in another way is judged: the command is alone, its reference is empty,
and its pattern has one form only. Left out are patterns that a server may interpret before it
looks (a delimiter at the end or doubled, characters that break out of the current level,
modified UTF-7) and differences of letter case, since names may ignore it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from conformance.checks.finding import Fault, Rule, show
from conformance.checks.table import Check, Report
from conformance.checks.view import View, inbox_as_spelt
from conformance.syntax.values import Leaf
from conformance.wire.commands import Command
from conformance.wire.dialogue import Arrival

MATCH = Rule(
    "3501-6.3.8-match", "MUST", "6.3.8", "Every name that LIST returns matches the pattern."
)
LSUB_MATCH = Rule(
    "3501-6.3.9-wildcards",
    "MUST",
    "6.3.9",
    "Reference and pattern of LSUB mean what they mean to LIST.",
)
INBOX = Rule(
    "3501-5.1-inbox",
    "MUST",
    "5.1",
    "INBOX is one name in any letter case, so it is listed once.",
)

# An empty reference and one pattern, nothing behind it (LIST-EXTENDED has more of both).
_ARGUMENTS = re.compile(rb'"" (?:"((?:[^"\\]|\\["\\])*)"|([^\s(){"\\]+)|\{\d+\+?\}\r\n)', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_INTERPRETED = re.compile(rb"[~#/.&]")
_WILDCARDS = re.compile(rb"[*%]+")
_ANYTHING, _LEVEL = b"*%"
_LONGEST = 1000
"""Octets of a name or pattern that are compared."""


def name_matches(view: View, arrival: Arrival, report: Report) -> None:
    """Report a name in LIST or LSUB that the pattern of the command does not match."""
    response = arrival.response
    if len(arrival.in_flight) != 1 or view.muddled or view.native_utf8:
        return
    (command,) = arrival.in_flight
    pattern = pattern_of(command) if command.name == response.name else None
    name = response.mailbox
    if pattern is None or not name or len(response.values) < 3:
        return
    delimiter = response.values[1]
    if not isinstance(delimiter, Leaf):
        return
    separator = b"" if delimiter.is_nil else bytes(delimiter.octets)
    if _may_be_interpreted(pattern, separator):
        return
    # A level may be shown with its delimiter behind it.
    if any(matches(n, pattern, separator) for n in (name, name.removesuffix(separator))):
        return
    rule = MATCH if response.name == "LIST" else LSUB_MATCH
    message = f"{response.name} returns {show(name)} for the pattern {show(pattern)}."
    report(Fault(rule, message, f"names that match {show(pattern)}", _wildcards(pattern)))


def inbox_once(view: View, arrival: Arrival, report: Report) -> None:
    """Report INBOX in two spellings in the answer to one command."""
    spelt = inbox_as_spelt(arrival)
    if not spelt or len(arrival.in_flight) != 1 or view.muddled:
        return
    command, before = view.inbox
    if command == arrival.in_flight[0].number and before != spelt:
        message = f"{show(before)} and {show(spelt)} are listed as two names."
        report(Fault(INBOX, message, "one of them", arrival.response.name))


def pattern_of(command: Command) -> bytes | None:
    """Return the pattern of a LIST or LSUB with an empty reference, None if it has none such."""
    found = _ARGUMENTS.fullmatch(command.arguments)
    if found is None:
        return None
    if found[1] is not None:
        return _ESCAPE.sub(rb"\1", found[1]) or None
    if found[2] is not None:
        return found[2]
    return bytes(command.literals[0]) if len(command.literals) == 1 else None


def matches(name: bytes, pattern: bytes, separator: bytes) -> bool:
    """Whether a name matches a pattern (section 6.3.8); letter case does not count."""
    if max(len(name), len(pattern)) > _LONGEST:
        return True
    letters, anything, level, places = _automaton(pattern.lower())
    # A bit for each place in the pattern at which the rest of the name may begin to be matched.
    reached = 1 | (1 & (anything | level)) << 1
    for letter in name.lower():
        stay = anything if letter in separator.lower() else anything | level
        reached = (reached & letters.get(letter, 0)) << 1 | reached & stay
        reached |= (reached & (anything | level)) << 1
    return bool(reached >> places)


@lru_cache(maxsize=256)
def _automaton(pattern: bytes) -> tuple[dict[int, int], int, int, int]:
    """Return the places of each letter, of `*` and of `%`, as bits, and how many there are.

    Wildcards in a row are one: whatever they match, the most permissive of them does.
    """
    letters: dict[int, int] = {}
    places = _WILDCARDS.sub(lambda found: b"*" if b"*" in found[0] else b"%", pattern)
    for place, letter in enumerate(places):
        letters[letter] = letters.get(letter, 0) | 1 << place
    return letters, letters.get(_ANYTHING, 0), letters.get(_LEVEL, 0), len(places)


def _may_be_interpreted(pattern: bytes, separator: bytes) -> bool:
    """Whether a server may look for something else than the pattern says."""
    if _INTERPRETED.match(pattern) or b"&" in pattern:
        return True
    return bool(separator) and (pattern.endswith(separator) or separator * 2 in pattern)


def _wildcards(pattern: bytes) -> str:
    """Return what kind of pattern it is, for findings that are alike."""
    return "".join(sign for sign in "*%" if sign.encode() in pattern) or "no wildcard"


CHECKS = (
    Check("list-match", ("LIST", "LSUB"), name_matches, (MATCH, LSUB_MATCH)),
    Check("inbox-once", ("LIST", "LSUB"), inbox_once, (INBOX,)),
)
