"""Flaws of IMAP4rev2 (RFC 9051): how sessions go over to it, and what they are answered then.

The server behind them announces both revisions. `unless_enabled` and `once_enabled` wrap acts
that are for sessions that have not, or that have, enabled IMAP4rev2; `ENABLES` has to stand before
them.
"""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import alter, answer, before, drop, remembering, replace
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

ENABLED = "IMAP4rev2 is enabled"
"""What a connection remembers once its session has gone over."""


def _goes_over(talk: Talk, _request: Request) -> None:
    talk.memory[ENABLED] = True


ENABLES = remembering(_goes_over, name="ENABLE", where=rb"IMAP4rev2")
"""Takes note of the sessions that enable IMAP4rev2."""


def _only(act: Act, *, enabled: bool) -> Act:
    said, asked = act.response, act.command

    def response(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        meant = said is not None and talk.memory.get(ENABLED, False) is enabled
        return said(talk, arrival, octets) if said and meant else octets

    def asking(talk: Talk, request: Request) -> bytes | None:
        meant = asked is not None and talk.memory.get(ENABLED, False) is enabled
        return asked(talk, request) if asked and meant else None

    return changed(act, response=response if said else None, command=asking if asked else None)


def unless_enabled(act: Act) -> Act:
    """Let an act be for sessions of IMAP4rev1 only."""
    return _only(act, enabled=False)


def once_enabled(act: Act) -> Act:
    """Let an act be for sessions of IMAP4rev2 only."""
    return _only(act, enabled=True)


def _numbers(listed: bytes) -> list[int]:
    numbers: list[int] = []
    for part in listed.split(b","):
        first, _, last = part.partition(b":")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def as_search(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write an ESEARCH response with ALL as the SEARCH response of IMAP4rev1."""
    found = re.search(rb" ALL ([\d:,]+)", octets)
    numbers = _numbers(found[1]) if found else []
    return b"".join((b"* SEARCH", *(b" %d" % each for each in numbers), b"\r\n"))


def _as_esearch(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    numbers = re.findall(rb"\d+", octets)
    tag = arrival.in_flight[0].tag if arrival.in_flight else b"x"
    return b'* ESEARCH (TAG "%s")%s\r\n' % (tag, b" ALL " + b",".join(numbers) if numbers else b"")


def _enabled_for_all(talk: Talk, _request: Request) -> None:
    talk.shared[ENABLED] = True


def _esearch_for_all(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return _as_esearch(talk, arrival, octets) if talk.shared.get(ENABLED) else octets


def _closes(talk: Talk, _request: Request) -> None:
    talk.memory["closed"] = True


def _search_after_close(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return as_search(talk, arrival, octets) if talk.memory.get("closed") else octets


def _again(talk: Talk, _request: Request) -> None:
    """Count the commands ENABLE."""
    talk.memory["enables"] = talk.memory.get("enables", 0) + 1


def _search_after_second(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return as_search(talk, arrival, octets) if talk.memory.get("enables", 0) > 1 else octets


_UTF8 = rb'(\* LIST \([^)]*\) \S+ )"?([^"\r]*?)&AOk-([^"\r]*?)"?\r'


FLAWS = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "rev2-names-before-enable",
            "LIST has names in UTF-8 before IMAP4rev2 is enabled",
            "",
            "9051-A-quoted-ascii 9051-A-convention",
            ENABLES,
            unless_enabled(replace(_UTF8, b'\\1"\\2\xc3\xa9\\3"\r', only="LIST")),
        ),
        flaw(
            "rev2-names-in-utf-7",
            "LIST has names in modified UTF-7 after IMAP4rev2 is enabled, too",
            "",
            "9051-5.1-listed 9051-A-convention 9051-5.1-utf8",
            ENABLES,
            once_enabled(replace(b"\xc3\xa9", b"&AOk-", count=0, only="LIST")),
        ),
        flaw(
            "rev2-esearch-before-enable",
            "SEARCH is answered with ESEARCH before IMAP4rev2 is enabled",
            "",
            "9051-7.2.2-both",
            ENABLES,
            unless_enabled(alter(_as_esearch, only="SEARCH", to="SEARCH")),
        ),
        flaw(
            "rev2-search-after-enable",
            "SEARCH is answered with SEARCH after IMAP4rev2 is enabled, too",
            "",
            "9051-6.4.4-response",
            ENABLES,
            once_enabled(alter(as_search, only="ESEARCH", to="SEARCH, UID SEARCH")),
        ),
        flaw(
            "rev2-not-among-enabled",
            "ENABLE IMAP4rev2 enables it, and ENABLED does not say so",
            "",
            "9051-6.3.1-imap4rev2 9051-6.3.1-response",
            replace(rb"( IMAP4rev2)(?=[ \r])", b"", only="ENABLED"),
        ),
        flaw(
            "rev2-enabled-in-words-only",
            "ENABLE IMAP4rev2 is answered well, and changes nothing",
            "",
            "9051-6.3.1-imap4rev2 9051-6.3.2-list 9051-6.4.4-response",
            answer(
                b"* ENABLED IMAP4rev2\r\n{tag} OK Done\r\n",
                name="ENABLE",
                where=rb"ENABLE IMAP4rev2\r",
            ),
        ),
        flaw(
            "rev2-enable-by-letter-case",
            "ENABLE takes the name IMAP4rev2 in the one letter case only",
            "",
            "9051-6.3.1-imap4rev2",
            answer(b"* ENABLED\r\n{tag} OK\r\n", name="ENABLE", where=rb"(?-i:imap4REV2)"),
        ),
        flaw(
            "rev2-enable-all-or-none",
            "ENABLE with a name that the server does not know is answered BAD",
            "",
            "9051-6.3.1-unknown",
            answer(b"{tag} BAD Unknown extension\r\n", name="ENABLE", where=rb"NOSUCH"),
        ),
        flaw(
            "rev2-enabled-nothing",
            "ENABLE that enables nothing has no ENABLED response",
            "",
            "9051-6.3.1-response",
            drop(only="ENABLED", where=rb"ENABLE NOSUCHEXTENSION\r"),
        ),
        flaw(
            "rev2-enable-sets",
            "A second ENABLE switches off what the first has enabled",
            "",
            "9051-6.3.1-additive",
            remembering(_again, name="ENABLE"),
            alter(_search_after_second, only="ESEARCH", to="SEARCH"),
        ),
        flaw(
            "rev2-until-closed",
            "With the first mailbox that is closed the session is one of IMAP4rev1 again",
            "",
            "9051-6.3.1-stays",
            remembering(_closes, name="CLOSE, UNSELECT"),
            alter(_search_after_close, only="ESEARCH", to="SEARCH"),
        ),
        flaw(
            "rev2-enabled-for-all",
            "Once a session has enabled IMAP4rev2, all sessions are answered with ESEARCH",
            "",
            "9051-7.2.2-both",
            remembering(_enabled_for_all, name="ENABLE", where=rb"IMAP4rev2"),
            alter(_esearch_for_all, only="SEARCH", to="SEARCH"),
        ),
        flaw(
            "rev2-enabled-besides",
            "ENABLED names an extension that was not asked for",
            "",
            "9051-7.2.1-asked",
            replace(rb"\r\n\Z", b" QRESYNC\r\n", only="ENABLED", where=rb"NO-?SUCH"),
        ),
        flaw(
            "rev2-enabled-with-noop",
            "ENABLED comes with NOOP, as a reminder",
            "",
            "9051-7.2.1-asked",
            before(b"* ENABLED IMAP4rev2\r\n", kind="tagged", to="NOOP", state="selected"),
        ),
    )
)

ALLOWED = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "rev2-enabled-again",
            "A second ENABLE IMAP4rev2 is answered with ENABLED IMAP4rev2",
            "",
            "9051-6.3.1-additive 9051-7.2.1-asked",
            replace(rb"ENABLED\r", b"ENABLED IMAP4rev2\r", only="ENABLED", where=rb"IMAP4rev2"),
        ),
    )
)
