"""ENABLE (RFC 5161): the rules for clients."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_rules import ClientCheck, Said
from conformance.wire.commands import SELECTING
from conformance.wire.states import State

NAMES = Rule(
    "5161-3.1-client-names",
    "SHOULD",
    "3.1",
    "A client names in ENABLE only extensions that need to be enabled.",
)
SELECTED = Rule(
    "5161-3.1-client-selected",
    "MUST",
    "3.1",
    "A client sends no ENABLE once it has selected a mailbox.",
)

_NEED_NONE = frozenset(
    {"ACL", "BINARY", "CATENATE", "CHILDREN", "COMPRESS=DEFLATE", "ENABLE", "ESEARCH", "ID"}
    | {"IDLE", "IMAP4REV1", "LIST-EXTENDED", "LIST-STATUS", "LITERAL+", "LITERAL-", "MOVE"}
    | {"MULTIAPPEND", "NAMESPACE", "OBJECTID", "PREVIEW", "QUOTA", "SASL-IR", "SAVEDATE"}
    | {"SEARCHRES", "SORT", "SPECIAL-USE", "STARTTLS", "STATUS=SIZE", "UIDPLUS", "UNSELECT"}
    | {"WITHIN"}
)
"""Capabilities that are in effect as soon as they are announced."""


def needed(said: Said) -> Iterator[Fault]:
    """Report a name in ENABLE that needs no enabling."""
    if said.command.name != "ENABLE":
        return
    names = said.command.arguments.decode("latin-1").upper().split()
    for name in sorted(_NEED_NONE.intersection(names))[:1]:
        message = f"ENABLE names {name}, which needs no enabling."
        yield Fault(NAMES, message, "names of extensions that have to be enabled", name)


def nothing_selected(said: Said) -> Iterator[Fault]:
    """Report an ENABLE while a mailbox is selected, or being selected."""
    if said.command.name != "ENABLE":
        return
    selecting = any(command.name in SELECTING for command in said.flight)
    if selecting or said.state is State.SELECTED:
        message = "ENABLE is sent behind SELECT or EXAMINE."
        yield Fault(SELECTED, message, "ENABLE before a mailbox is selected")


CHECKS = (
    ClientCheck("begin", needed, (NAMES,)),
    ClientCheck("begin", nothing_selected, (SELECTED,), exact=True),
)
