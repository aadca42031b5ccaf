"""SEARCH=FUZZY (RFC 6203): the rule for clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said

FUZZY = Rule(
    "6203-4-client-fuzzy",
    "MUST",
    "4",
    "A client asks for RELEVANCY in a search that has FUZZY.",
)

_NAMES = frozenset({"SEARCH", "UID SEARCH", "SORT", "UID SORT"})
_RELEVANCY = re.compile(
    rb"(?:RETURN \((?P<options>[^()]*)\) )?(?:\((?P<order>[^()]*)\) )?(?P<keys>.*)",
    re.IGNORECASE | re.DOTALL,
)


def with_fuzzy(said: Said) -> Iterator[Fault]:
    """Report RELEVANCY, as an option or as an order, where no key is FUZZY."""
    command = said.command
    found = _RELEVANCY.match(command.arguments) if command.name in _NAMES else None
    if found is None or b"FUZZY" in found["keys"].upper():
        return
    order = found["order"] if command.name.endswith("SORT") else b""
    if b"RELEVANCY" in b" ".join((found["options"] or b"", order or b"")).upper().split():
        yield Fault(FUZZY, "RELEVANCY is asked for without FUZZY.", "FUZZY before a key")


CHECKS = (ClientCheck("begin", with_fuzzy, (FUZZY,)),)
