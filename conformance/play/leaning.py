"""What a case leans on of its fixture and of INBOX, read off the lines that it sends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from conformance.casefile.computed import uses_computed
from conformance.casefile.fixtures import Fixture
from conformance.casefile.plan import Step, own_literals

_DATES: Final = re.compile(
    r"\b(?:BEFORE|SINCE|INTERNALDATE|YOUNGER|OLDER|ARRIVAL|ALL|FAST|FULL)\b|\bON \"?\d",
    re.IGNORECASE,
)
_FETCH: Final = re.compile(r"\bFETCH\b", re.IGNORECASE)
_FETCHED_CONTENT: Final = re.compile(r"\b(?:ENVELOPE|BODY|RFC822|ALL|FAST|FULL)\b", re.IGNORECASE)
_SEARCHED_CONTENT: Final = re.compile(
    r"\b(?:SENT(?:BEFORE|ON|SINCE)|BODY|LARGER|SMALLER|HEADER|TEXT)\b", re.IGNORECASE
)
_ON_THE_PAGE: Final = re.compile(r"\{#\}|\"|SIZE \d|SEARCH")
"""What says of a response which octets or numbers it has to hold."""
_WHOLE: Final = re.compile(
    r"BODY(?:\.PEEK)?\[(?:\]|HEADER\]|HEADER\.FIELDS\.NOT)|RFC822(?!\.(?:TEXT|SIZE))"
    r"|\b(?:LARGER|SMALLER)\b|(?<![\[.\d])\bTEXT\b",
    re.IGNORECASE,
)
_SIZE: Final = re.compile(r"SIZE \d")
_SEARCH_DATES: Final = re.compile(
    r"\b(?:BEFORE|SINCE|INTERNALDATE|YOUNGER|OLDER|ARRIVAL)\b|\bON \"?\d", re.IGNORECASE
)
_RECENT: Final = re.compile(r"\b(?:RECENT|NEW|OLD)\b", re.IGNORECASE)
_INBOX: Final = re.compile(r"\bINBOX\b", re.IGNORECASE)


def lacks(made: Fixture, wanted: Fixture, steps: tuple[Step, ...]) -> str:
    """Say what a case looks at and its mailbox does not have; empty if it can be played."""
    every = list(_sent(steps))
    if not made.recent and (any(map(_RECENT.search, every)) or _awaits_recent(steps)):
        return "the messages are not recent: the server keeps no flags that APPEND gives them"
    if not made.exact and any(map(_looks_at_content, every)):
        return "the server adds lines to the messages that it stores"
    if uses_computed(steps):  # what is right is read off the mailbox as it is
        return ""
    pairs = list(zip(made.messages, wanted.messages, strict=True))
    sent = list(_sent(step for step in steps if any("* " in e.text for e in step.expects)))
    if any(a.date != b.date for a, b in pairs) and any(map(_looks_at_dates, sent)):
        return "the server does not keep the date and time that APPEND gives a message"
    altered = [(a.octets, b.octets) for a, b in pairs if a.octets != b.octets]
    only_fields = all(stored.endswith(sent) for stored, sent in altered)
    if altered and (_says_whole(steps) if only_fields else _says_content(steps)):
        return "the messages are not on the server as the case knows them"
    keywords = {flag for a, b in pairs for flag in set(b.flags) - set(a.flags)}
    if any(flag.lower() in line.lower() for flag in keywords for line in sent):
        return "the server takes no keywords"
    return ""


def names_inbox(steps: tuple[Step, ...]) -> bool:
    """Whether a case names INBOX itself."""
    return any(map(_INBOX.search, _sent(steps)))


def sent_literals(steps: tuple[Step, ...]) -> list[bytes]:
    """Return the literals that a case sends, as far as they stand on the page."""
    return [
        b"\n".join(
            b"".join(piece for piece in line.pieces if isinstance(piece, bytes)) for line in lines
        )
        for lines in own_literals(steps).values()
    ]


def _awaits_recent(steps: Iterable[Step]) -> bool:
    """Whether a case says which messages are recent."""
    awaited = (e.text for step in steps for e in step.expects if e.kind != "never")
    return any(re.search(r"\bRECENT\b", text, re.IGNORECASE) for text in awaited)


def _says_content(steps: Iterable[Step]) -> bool:
    """Whether a case says itself what is in the messages that it fetches or searches."""
    for step in steps:
        awaited = [e.text for e in step.expects if e.text.startswith("* ")]
        if any(map(_ON_THE_PAGE.search, awaited)) and any(map(_looks_at_content, _sent([step]))):
            return True
    return False


def _says_whole(steps: Iterable[Step]) -> bool:
    """Whether a case says itself what one field more in front of a message changes."""
    for step in steps:
        awaited = [e.text for e in step.expects if e.text.startswith("* ")]
        if any(map(_SIZE.search, awaited)):
            return True
        if any(map(_ON_THE_PAGE.search, awaited)) and any(map(_WHOLE.search, _sent([step]))):
            return True
    return False


def _looks_at_content(line: str) -> bool:
    # ALL is every message to SEARCH, and a macro with the envelope to FETCH.
    return bool((_FETCHED_CONTENT if _FETCH.search(line) else _SEARCHED_CONTENT).search(line))


def _looks_at_dates(line: str) -> bool:
    # ALL is every message to SEARCH, and a macro with the date to FETCH.
    return bool((_DATES if _FETCH.search(line) else _SEARCH_DATES).search(line))


def _sent(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        for send in step.sends:
            if send.kind in ("line", "raw", "poll"):
                yield send.text
