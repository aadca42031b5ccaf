"""The rules of POP3 that sessions are judged by: those for servers are the catalogue's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.checks.finding import Rule

CLIENT_FORM = Rule(
    "1939-3-client-form",
    "MUST",
    "3",
    "A command is its keyword, and its arguments behind a single space each, as the section on the "
    "command has them.",
)
CLIENT_STATE = Rule(
    "1939-5-client-state",
    "MUST",
    "5",
    "Commands about messages are given in the TRANSACTION state only, behind a login.",
)
CLIENT_DELETED = Rule(
    "1939-5-client-deleted",
    "MUST",
    "5",
    "A command does not refer to a message that is marked as deleted.",
)
CLIENT_PASS = Rule(
    "1939-7-client-pass",
    "MUST",
    "7",
    "PASS is given only directly behind a USER that was taken.",
)
CLIENT_RULES: Final = (CLIENT_FORM, CLIENT_STATE, CLIENT_DELETED, CLIENT_PASS)


def _rule(section: str, slug: str) -> Rule:
    """Return a rule of the catalogue for servers, which has its sentence."""
    return Rule(f"1939-{section}-{slug}", "MUST", section, "")


STATUS = _rule("3", "upper-case")
LENGTH = _rule("3", "length")
CRLF = _rule("3", "crlf")
UNKNOWN = _rule("3", "unknown")
WRONG_STATE = _rule("3", "wrong-state")
STAT = _rule("5", "stat")
LISTED = _rule("5", "list")
LISTED_DELETED = _rule("5", "list-deleted")
DELETED = _rule("5", "dele-referenced")
NOOP = _rule("5", "noop")
UID = _rule("7", "uidl")
UID_FORM = _rule("7", "uidl-form")
UID_PERSISTS = _rule("7", "uidl-persists")
UID_DELETED = _rule("7", "uidl-deleted")
CAPABILITY = Rule("2449-5-capability", "MUST", "5", "A capability is its name and its parameters.")

FORMS: Final[Mapping[str, Rule]] = {
    "drop_listing_reply": STAT,
    "scan_listing_reply": LISTED,
    "scan_listing": LISTED,
    "unique_id_listing_reply": UID,
    "unique_id_listing": UID,
    "capability": CAPABILITY,
}
"""The rule that a line breaks which is not of the form of its start symbol."""
