"""Flaws of INPROGRESS (RFC 9585), and a facade of a server that tells how far it is each time.

No search of a few messages lasts until a server would tell of it by itself.
"""

from __future__ import annotations

from conformance.flaws.acts import alter, replace
from conformance.flaws.flaw import Flaw, facade, flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_LONG = "SEARCH, UID SEARCH, COPY"


def _told(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Tell three times how far a command is, before it is answered."""
    tag = arrival.answers.tag if arrival.answers is not None else b"]"
    named = b"NIL" if b"]" in tag else b'"%s"' % tag
    told = [
        b"* OK [INPROGRESS (%s NIL NIL)] At it\r\n" % named,
        *(b"* OK [INPROGRESS (%s %d 6)] At %d of 6\r\n" % (named, n, n) for n in (2, 4)),
    ]
    return b"".join(told) + octets


def _bracketed(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Put a tag in the place of NIL."""
    return octets.replace(b"(NIL", b'("%s"' % arrival.in_flight[0].tag)


FACADES = (
    facade(
        "inprogress-facade",
        "INPROGRESS is announced, and sent for each search and each COPY",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 INPROGRESS"),
        alter(_told, kind="tagged", to=_LONG),
        backend="cyrus",
    ),
)


def _flaw(name: str, title: str, requirements: str, pattern: bytes, replacement: bytes) -> Flaw:
    """Make a row whose notifications differ."""
    act = replace(pattern, replacement, only="OK", to=_LONG)
    return flaw(name, title, "", requirements, act, backend="cyrus", facade="inprogress-facade")


FLAWS = (
    flaw(
        "inprogress-unannounced",
        "INPROGRESS is sent, and not announced",
        "",
        "9585-3-announced",
        replace(rb" INPROGRESS\b", b"", only="OK CAPABILITY"),
        backend="cyrus",
        facade="inprogress-facade",
    ),
    _flaw(
        "inprogress-in-the-answer",
        "INPROGRESS is in the tagged response",
        "9585-4-untagged",
        rb"\A([^* ]+ OK )(\[[^\]]*\] )?",
        rb"\1[INPROGRESS] ",
    ),
    _flaw(
        "inprogress-as-warning",
        "A notification is an untagged NO",
        "9585-4-ok",
        rb"\* OK \[INPROGRESS",
        b"* NO [INPROGRESS",
    ),
    _flaw(
        "inprogress-first-tag",
        "Each notification has the tag of the first command",
        "9585-4-tag",
        rb'INPROGRESS \("[^"]*"',
        b'INPROGRESS ("a1"',
    ),
    flaw(
        "inprogress-bracket-told",
        "A tag with a bracket is told like others",
        "",
        "9585-4-bracket",
        alter(_bracketed, only="OK", kind="untagged", to=_LONG),
        backend="cyrus",
        facade="inprogress-facade",
    ),
    _flaw(
        "inprogress-goal-zero",
        "A GOAL that is not known is 0",
        "3501-9-nz-number 9585-4-positive",
        rb"(\d) 6\)",
        rb"\1 0)",
    ),
    _flaw(
        "inprogress-goal-below-zero",
        "A GOAL that is not known is -1",
        "9585-5-inprogress-state 9585-4-positive",
        rb"(\d) 6\)",
        rb"\1 -1)",
    ),
    _flaw(
        "inprogress-half-nil",
        "A GOAL is told while PROGRESS is not known",
        "9585-5-inprogress-state-unknown 9585-4-progress",
        rb"\d 6\)",
        b"NIL 6)",
    ),
    _flaw(
        "inprogress-negative",
        "PROGRESS is -1 before anything is done",
        "9585-5-inprogress-state 9585-4-progress",
        rb" NIL NIL\)",
        b" -1 NIL)",
    ),
    _flaw(
        "inprogress-beyond",
        "PROGRESS goes on behind GOAL",
        "9585-4-goal",
        rb"4 6\)",
        b"8 6)",
    ),
    _flaw(
        "inprogress-complete",
        "A notification says that everything is done",
        "9585-4-equal",
        rb"4 6\)",
        b"6 6)",
    ),
    _flaw(
        "inprogress-backward",
        "PROGRESS counts what is left",
        "9585-4-increasing",
        rb"4 6\)",
        b"1 6)",
    ),
    _flaw(
        "inprogress-other-goal",
        "GOAL is what PROGRESS will be next time",
        "9585-4-constant",
        rb"2 6\)",
        b"2 4)",
    ),
)
