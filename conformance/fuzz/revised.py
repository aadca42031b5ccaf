"""What generated sessions do otherwise under IMAP4rev2 (RFC 9051).

SEARCH is answered with ESEARCH, which is read as the SEARCH response that the model and the checks
of answers know; CHECK, LSUB and RFC822 are not asked for, as they are gone; and what RFC 9051 has
added to commands that are judged here may be answered in any way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.extending.offered import speaks_rev2
from conformance.fuzz.domain import below
from conformance.play.protocol import as_search
from conformance.play.received import Received
from conformance.syntax.derivations import Derivation
from conformance.wire.dialogue import Arrival
from conformance.wire.session import Session

GONE = frozenset({b"RFC822", b"RFC822.HEADER", b"RFC822.TEXT"})
"""Items of FETCH that IMAP4rev2 does without (appendix E, item 18)."""

_ADDED = frozenset(
    {
        "list_select_opts",
        "list_return_opts",
        "patterns",
        "search_return_opts",
        "section_binary",
        "seq_last_command",
        "initial_resp",
        "LITERAL8",
    }
)
"""Rules of the formal syntax for what commands may have in IMAP4rev2 and not in IMAP4rev1."""


def is_added(derivation: Derivation) -> bool:
    """Whether a command has anything in it that only IMAP4rev2 has."""
    return any(
        each.production.rule in _ADDED or not _ADDED.isdisjoint(each.production.symbols)
        for each in below(derivation)
    )


def speaks(session: Session) -> bool:
    """Whether a session speaks IMAP4rev2."""
    dialogue = session.dialogue
    return speaks_rev2(dialogue.capabilities or (), dialogue.enabled)


def searched(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Read the ESEARCH responses to searches without return options as SEARCH responses."""
    return [_searched(arrival) for arrival in arrivals]


def _searched(arrival: Arrival) -> Arrival:
    if arrival.response.name != "ESEARCH":
        return arrival
    read = as_search(Received(arrival.response, arrival.frame.text))
    return replace(arrival, _response=read.response)
