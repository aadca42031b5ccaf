"""MULTISEARCH (RFC 7377): the rules for clients about where ESEARCH searches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from conformance.checks.finding import Fault, Rule
from conformance.passive.client_arguments import arguments_of
from conformance.passive.client_rules import ClientCheck, Said
from conformance.wire.commands import SELECTING
from conformance.wire.states import State


def _rule(slug: str, level: str, sentence: str) -> Rule:
    return Rule(f"7377-2.2-client-{slug}", level, "2.2", sentence)


SELECTED = _rule(
    "selected",
    "MUST",
    "ESEARCH searches the selected mailbox, or watches it with UPDATE, only where one is selected;"
    " without source options it searches that one.",
)
DELAYED = _rule("delayed", "MUST", "selected-delayed is no source option of ESEARCH.")
SAVE = _rule(
    "save", "MUST", "ESEARCH has the option SAVE only where it searches the selected mailbox alone."
)
ONCE = _rule("once", "SHOULD", "The source options of ESEARCH include no mailbox more than once.")

_WITHOUT_NAMES: Final = frozenset({b"SELECTED", b"INBOXES", b"PERSONAL", b"SUBSCRIBED"})
"""Source options that stand by themselves."""
_OPTION: Final = re.compile(rb"[A-Z]+")


class Sources(NamedTuple):
    """What an ESEARCH says: where it searches, by the words of the source options.

    `names` are the mailboxes that they name, INBOX in capitals. `options` are those behind RETURN.
    """

    words: list[bytes]
    names: list[bytes]
    options: frozenset[bytes]


def _sources(said: Said) -> Sources | None:
    """Read an ESEARCH; None for what is none."""
    if said.command.name != "ESEARCH":
        return None
    read = arguments_of(said)
    if read is None:
        return None
    words, names = [], []
    for each in read.parts("filter-mailboxes"):
        words.append(each.octets.upper().split(b" ", 1)[0])
        names += [mailbox.string for mailbox in each.parts("mailbox")]
    returned = read.part("search-return-opts")
    return Sources(
        words or [b"SELECTED"],
        [_canonical(name) for name in names],
        frozenset(_OPTION.findall(returned.octets.upper())) if returned else frozenset(),
    )


def _canonical(name: bytes) -> bytes:
    return name.upper() if name.upper() == b"INBOX" else name


def in_state(said: Said) -> Iterator[Fault]:
    """Report what needs a selected mailbox where none is selected, or being selected."""
    sources = _sources(said)
    selecting = any(command.name in SELECTING for command in said.flight)
    if sources is None or selecting or said.state is not State.AUTHENTICATED:
        return
    for there, what in (
        (b"SELECTED" in sources.words, "ESEARCH searches the selected mailbox"),
        (b"UPDATE" in sources.options, "ESEARCH has UPDATE"),
    ):
        if there:
            yield Fault(SELECTED, f"{what}, and none is selected.", "SELECT before it", what)
            return


def well_chosen(said: Said) -> Iterator[Fault]:
    """Report sources that are none, that do not go with SAVE, or that are there twice."""
    sources = _sources(said)
    if sources is None:
        return
    if b"SELECTED-DELAYED" in sources.words:
        yield Fault(DELAYED, "ESEARCH searches selected-delayed.", "selected")
    if b"SAVE" in sources.options and sources.words != [b"SELECTED"]:
        yield Fault(SAVE, "ESEARCH saves what it finds elsewhere.", "selected alone")
    all_of = [word for word in sources.words if word in _WITHOUT_NAMES]
    names = list(sources.names)
    if b"SELECTED" in sources.words and said.mailbox is not None:
        names.append(_canonical(said.mailbox))
    if len(set(all_of)) < len(all_of) or len(set(names)) < len(names):
        yield Fault(ONCE, "ESEARCH searches a mailbox twice.", "each mailbox once")


CHECKS = (
    ClientCheck("begin", in_state, (SELECTED,), exact=True),
    ClientCheck("complete", well_chosen, (DELAYED, SAVE, ONCE)),
)
