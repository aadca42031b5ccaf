"""The revision of IMAP that cases are played under: how sessions go over to it, how answers read.

A server that announces both IMAP4rev1 and IMAP4rev2 speaks the first until a client enables the
second (RFC 9051 sections 6.3.1 and 9).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from conformance.play.errors import Blocked
from conformance.play.received import Received
from conformance.syntax.responses import read_response
from conformance.wire.session import Session

Protocol: TypeAlias = Literal["rev1", "rev2"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
Wanted: TypeAlias = Literal["rev1", "rev2", "both"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)


@dataclass(frozen=True, slots=True)
class ProtocolRevision:
    """One revision: what it is called, the capability that announces it, its RFC."""

    name: str
    rfc: str

    @property
    def capability(self) -> str:
        """As it stands in `Announced`."""
        return self.name.upper()


REVISIONS: dict[Protocol, ProtocolRevision] = {
    "rev1": ProtocolRevision("IMAP4rev1", "3501"),
    "rev2": ProtocolRevision("IMAP4rev2", "9051"),
}

_ENABLE = b"ENABLE IMAP4rev2"
_ESEARCH = re.compile(
    rb'\* ESEARCH(?: \(TAG (?:"[^"]*"|[^ ()"]+)\))?(?: UID)?(?: ALL (?P<all>[0-9:,]+))?'
    rb"(?P<modseq> MODSEQ [0-9]+)?\r\n",
    re.IGNORECASE,
)
_EXTENDED = re.compile(
    rb"(\* LIST \([^)]*\) \S+ (?:\"(?:[^\"\\]|\\.)*\"|[^\s\"(]+)) \(.*\)(?=\r\n\Z)"
)
"""A LIST response with fields that IMAP4rev1 does not have; without names in literals."""
_RANGE = re.compile(rb"(\d+)(?::(\d+))?")
_MOST = 100_000
"""Numbers of one ESEARCH response that are read."""


class NotAnnounced(ValueError):
    """The server does not announce the revision that is wanted; the message is one line."""


def choose(announced: Collection[str], wanted: Wanted | None) -> tuple[Protocol, ...]:
    """Return the revisions to play under: what is wanted, or else all that are announced.

    A server of which nothing is known is taken for one of IMAP4rev1.

    Raises:
        NotAnnounced: not all that is wanted is announced, or none is.
    """
    asked = [each for each in PROTOCOLS if wanted in (each, "both")]
    if not announced:
        return tuple(asked) or PROTOCOLS[:1]
    held = [each for each in PROTOCOLS if REVISIONS[each].capability in announced]
    lacking = [REVISIONS[each].name for each in asked if each not in held]
    if held and not lacking:
        return tuple(asked or held)
    missing = " and ".join(lacking) or "IMAP4rev1 or IMAP4rev2"
    instead = REVISIONS[held[0]].name if held else " ".join(sorted(announced))
    raise NotAnnounced(f"the server does not announce {missing}, but {instead}: nothing was tested")


def go_over(session: Session) -> None:
    """Have an authenticated session of a server that speaks both speak IMAP4rev2.

    Raises:
        Blocked: the server does not enable what it announces.
    """
    if not session.command(_ENABLE).ok:
        raise Blocked("the server announces IMAP4rev2, and does not let it be enabled")


def as_search(received: Received) -> Received:
    """Read an ESEARCH response to a plain SEARCH as the SEARCH response that IMAP4rev1 has.

    One that says more than the numbers (section 7.3.4) stays what it is.
    """
    response = received.response
    if response.name != "ESEARCH":
        return received
    found = _ESEARCH.fullmatch(received.text)
    if found is None:
        return received
    numbers: list[int] = []
    for first, last in _RANGE.findall(found["all"] or b""):
        one, other = sorted((int(first), int(last or first)))
        if len(numbers) + other - one > _MOST:
            return received
        numbers += range(one, other + 1)
    modseq = found["modseq"]  # as RFC 7162 section 3.1.5 has it in a SEARCH response
    words = [*(b" %d" % number for number in numbers), b" (%s)" % modseq[1:] if modseq else b""]
    text = b"".join([b"* SEARCH", *words, b"\r\n"])
    return Received(read_response(text), text)


def as_list(received: Received) -> Received:
    """Read a LIST response without extended fields, which may come unasked (section 7.3.1).

    So Cyrus tells the old name with a mailbox that was renamed.
    """
    found = _EXTENDED.match(received.text) if received.response.name == "LIST" else None
    if found is None:
        return received
    text = found[1] + b"\r\n"
    return Received(read_response(text), text)
