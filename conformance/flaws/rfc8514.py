"""Flaws of SAVEDATE (RFC 8514): dates of another thing, searches by another date."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SEARCHES = "SEARCH, UID SEARCH"
_FETCHES = "FETCH, UID FETCH"
_DATE = re.compile(rb'(SAVEDATE ")([^"]*)', re.IGNORECASE)
_FALLBACK = send_as(rb"SAVED(BEFORE|ON|SINCE) ", rb"\1 ", count=0, name=_SEARCHES)
_NOT_SUPPORTED = send_as(rb"SAVEDATESUPPORTED", b"NOT ALL", count=0, name=_SEARCHES)
_NIL = replace(rb'SAVEDATE "[^"]*"', b"SAVEDATE NIL", only="FETCH")


def _of_first(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Give all messages that this user has the date that was told first."""
    found = _DATE.search(octets)
    if not found:
        return octets
    saved = bytes(talk.shared.setdefault("saved", found[2]) or b"")
    return _DATE.sub(rb"\g<1>" + saved, octets)


def _changed(talk: Talk, request: Request) -> None:
    talk.memory["stores"] = talk.memory.get("stores", 0) + bool(request.arguments)


def _of_last_change(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Put the save date off with each STORE."""
    if not talk.memory.get("stores"):
        return octets
    return _DATE.sub(rb"\g<1>31-Dec-2098 00:00:00 +0000", octets)


FLAWS = (
    flaw(
        "savedate-is-internaldate",
        "The searches for save dates go by the internal date",
        "",
        "8514-3-current",
        _FALLBACK,
    ),
    flaw(
        "savedate-goes-along",
        "A copy has the save date of its original",
        "",
        "8514-3-copied",
        alter(_of_first, only="FETCH"),
    ),
    flaw(
        "savedate-of-last-change",
        "The save date is that of the last change of flags",
        "",
        "8514-3-unchanged",
        command(_changed, name="STORE, UID STORE"),
        alter(_of_last_change, only="FETCH"),
    ),
    flaw(
        "savedate-not-announced",
        "SAVEDATE is there, and not announced",
        "",
        "8514-4.1-announced",
        replace(rb"(CAPABILITY IMAP4[^\]\r]*) SAVEDATE", rb"\1"),
    ),
    flaw(
        "savedate-unknown",
        "SAVEDATE is announced, and FETCH does not know it",
        "",
        "8514-4.2-fetch",
        answer(b"{tag} BAD Unknown item\r\n", name=_FETCHES, where=rb"SAVEDATE"),
    ),
    flaw(
        "savedate-in-seconds",
        "SAVEDATE is a number of seconds",
        "",
        "8514-4.2-fetch 3501-9-msg-att-static",
        replace(rb'SAVEDATE "[^"]*"', b"SAVEDATE 1420134653", only="FETCH"),
    ),
    flaw(
        "savedate-nil-for-some",
        "SAVEDATE is NIL of the first message alone",
        "",
        "8514-4.2-nil 8514-4.3-supported",
        replace(rb'(\* 1 FETCH \(.*)SAVEDATE "[^"]*"', rb"\1SAVEDATE NIL", only="FETCH"),
    ),
    flaw(
        "savedbefore-finds-all",
        "SAVEDBEFORE finds what was saved later",
        "",
        "8514-4.3-before",
        send_as(rb"SAVEDBEFORE", b"SAVEDSINCE", count=0, name=_SEARCHES),
    ),
    flaw(
        "savedon-is-since",
        "SAVEDON finds what was saved later",
        "",
        "8514-4.3-on",
        send_as(rb"SAVEDON", b"SAVEDSINCE", count=0, name=_SEARCHES),
    ),
    flaw(
        "savedsince-is-on",
        "SAVEDSINCE finds what was saved on the day alone",
        "",
        "8514-4.3-since",
        send_as(rb"SAVEDSINCE", b"SAVEDON", count=0, name=_SEARCHES),
    ),
    flaw(
        "savedate-supported-by-first",
        "SAVEDATESUPPORTED finds the first message alone",
        "",
        "8514-4.3-supported",
        send_as(rb"SAVEDATESUPPORTED", b"1", name=_SEARCHES),
    ),
    flaw(
        "no-savedate-finds-nothing",
        "There are no save dates, and a search for them finds nothing",
        "",
        "8514-4.3-fallback",
        _NIL,
        _NOT_SUPPORTED,
        send_as(rb"SAVED(?:BEFORE|ON|SINCE) [^ \r]+", b"NOT ALL", count=0, name=_SEARCHES),
    ),
    flaw(
        "savedate-takes-any-date",
        "A key that has no date is passed over",
        "",
        "8514-4.3-arguments",
        answer(
            b"* SEARCH\r\n{tag} OK Done\r\n", name="SEARCH", where=rb"SAVED\w+(?:\r| yes| 1-Foo)"
        ),
    ),
    flaw(
        "savedate-in-capitals-only",
        "SAVEDATE and SAVEDSINCE are known in capitals only",
        "",
        "8514-5-case",
        answer(b"{tag} BAD Unknown\r\n", name="FETCH, SEARCH", where=rb"(?-i:savedate|savedsince)"),
    ),
)

ALLOWED = (
    flaw(
        "no-savedate",
        "The mailboxes keep no save dates, and say so",
        "",
        "8514-4.2-fetch 8514-4.3-supported 8514-4.3-fallback 8514-3-current",
        _NIL,
        _NOT_SUPPORTED,
        _FALLBACK,
    ),
)
