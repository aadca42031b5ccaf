"""Flaws of OBJECTID (RFC 8474): ids that are missing, change, or stand for too much."""

from __future__ import annotations

import re
from hashlib import sha256

from conformance.flaws.acts import (
    alter,
    answer,
    command,
    drop,
    replace,
    send_as,
)
from conformance.flaws.flaw import Act, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.commands import first_string
from conformance.wire.dialogue import Arrival

_SELECTS = "SELECT, EXAMINE"
_SEARCHES = "SEARCH, UID SEARCH"
_MAILBOXID = re.compile(rb"(MAILBOXID \()[^)]*", re.IGNORECASE)
_EMAILID = re.compile(rb"(EMAILID \()([^)]*)", re.IGNORECASE)
_DATE = re.compile(rb'INTERNALDATE "[^"]*"', re.IGNORECASE)
_THREADID = re.compile(rb"(THREADID \()([^)]*)", re.IGNORECASE)


def _digest(text: bytes) -> bytes:
    return sha256(text).hexdigest()[:12].encode()


def _by_name(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Make the id of a mailbox of its name."""
    command = arrival.answers or next(iter(arrival.in_flight), None)
    name = first_string(command.arguments, command.literals) if command is not None else None
    return _MAILBOXID.sub(rb"\g<1>F" + _digest(name or b""), octets)


def _of_mailbox(pattern: re.Pattern[bytes]) -> Act:
    """Make the id of a message one of the mailbox that it is in."""

    def function(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
        return pattern.sub(rb"\g<1>\g<2>" + _digest(talk.mailbox), octets)

    return alter(function, only="FETCH")


def _both_alike(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Make the THREADID of a response its EMAILID."""
    email = _EMAILID.search(octets)
    return _THREADID.sub(rb"\g<1>" + email[2], octets) if email else octets


def _count(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    talk.memory["exists"] = arrival.response.count or 0
    return octets


def _of_count(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Put the number of messages behind the id of a thread."""
    return _THREADID.sub(rb"\g<1>\g<2>-%d" % talk.memory.get("exists", 0), octets)


def _asks_emailid(_talk: Talk, request: Request) -> bytes | None:
    """Ask for the EMAILID as well, which the THREADID is made of."""
    if re.search(rb"EMAILID", request.octets, re.IGNORECASE):
        return None
    bare = re.sub(rb" (THREADID)\r", rb" (\1)\r", request.octets, flags=re.IGNORECASE)
    return re.sub(rb"THREADID", b"EMAILID THREADID", bare, count=1, flags=re.IGNORECASE)


def _thread_of_emailid(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    email = _EMAILID.search(octets)
    return _THREADID.sub(rb"\g<1>T" + email[2], octets) if email else octets


def _of_date(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Put the internal date behind the id of a message."""
    date = _DATE.search(octets)
    return _EMAILID.sub(rb"\g<1>\g<2>-" + _digest(date[0]), octets) if date else octets


def _thread_of_each(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Put the mailbox and the number of the message behind the id of its thread."""
    place = _digest(b"%s %d" % (talk.mailbox, arrival.response.count or 0))
    return _THREADID.sub(rb"\g<1>\g<2>-" + place, octets)


_NO_THREADS = replace(rb"THREADID \([^)]*\)", b"THREADID NIL", only="FETCH")

FACADES = (
    facade(
        "dates-facade",
        "An EMAILID that is fetched with the internal date is of it as well",
        alter(_of_date, only="FETCH"),
        backend="cyrus",
    ),
    facade(
        "threads-facade",
        "Each message is of a thread of its own, with all of its copies",
        command(_asks_emailid, name="FETCH, UID FETCH", where=rb"THREADID"),
        alter(_thread_of_emailid, only="FETCH"),
        send_as(rb"THREADID T(?=M)", b"EMAILID ", count=0, name=_SEARCHES),
        send_as(rb"THREADID [^ \r]+", b"NOT ALL", count=0, name=_SEARCHES),
        backend="cyrus",
    ),
)

FLAWS = (
    flaw(
        "mailboxid-not-with-create",
        "CREATE is answered without MAILBOXID",
        "",
        "8474-4.1-create",
        replace(rb"\[MAILBOXID [^\]]*\] ", b"", to="CREATE"),
        backend="cyrus",
    ),
    flaw(
        "mailboxid-not-with-select",
        "SELECT and EXAMINE bring no MAILBOXID",
        "",
        "8474-4.2-select",
        drop(code="MAILBOXID", to=_SELECTS),
        backend="cyrus",
    ),
    flaw(
        "mailboxid-not-in-status",
        "MAILBOXID is no item of STATUS",
        "",
        "8474-4.3-status",
        answer(b"{tag} BAD Unknown item\r\n", name="STATUS", where=rb"MAILBOXID"),
        backend="cyrus",
    ),
    flaw(
        "mailboxid-of-selection",
        "The MAILBOXID of SELECT is another than that of EXAMINE and STATUS",
        "",
        "8474-4-same",
        replace(rb"(\[MAILBOXID \()", rb"\1S", to="SELECT"),
        backend="cyrus",
    ),
    flaw(
        "mailboxid-of-all",
        "All mailboxes have one MAILBOXID",
        "",
        "8474-4-unique 8474-4-no-reuse",
        replace(rb"(MAILBOXID \()[^)]*", rb"\1F1"),
        backend="cyrus",
    ),
    flaw(
        "mailboxid-by-name",
        "The MAILBOXID is made of the name",
        "",
        "8474-4-renamed 8474-4-unique",
        alter(_by_name, kind="untagged"),
        alter(_by_name, kind="tagged"),
        backend="cyrus",
    ),
    flaw(
        "mailboxid-by-name-made-anew",
        "A mailbox made anew under its old name has its old MAILBOXID",
        "",
        "8474-4-no-reuse",
        alter(_by_name, only="STATUS", where=rb"\(UIDVALIDITY MAILBOXID\)"),
        backend="cyrus",
    ),
    flaw(
        "objectid-not-announced",
        "OBJECTID is there, and not announced",
        "",
        "8474-3-announced",
        replace(rb" OBJECTID", b""),
        backend="cyrus",
    ),
    flaw(
        "emailid-is-the-number",
        "EMAILID is made of the number of the message",
        "",
        "8474-5.1-same",
        replace(rb"(\* (\d+) FETCH .*EMAILID \()[^)]*", rb"\1M\2", only="FETCH"),
        backend="cyrus",
    ),
    flaw(
        "emailid-of-all",
        "All messages have one EMAILID",
        "",
        "8474-5.1-emailid",
        replace(rb"(EMAILID \()[^)]*", rb"\1M1", only="FETCH"),
        backend="cyrus",
    ),
    flaw(
        "emailid-of-mailbox",
        "A copy has another EMAILID than its original",
        "",
        "8474-5.1-copied",
        _of_mailbox(_EMAILID),
        backend="cyrus",
    ),
    flaw(
        "threadid-of-mailbox",
        "A message has another THREADID in each mailbox",
        "",
        "8474-5.2-same-thread 8474-5.2-related",
        _of_mailbox(_THREADID),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "threadid-is-emailid",
        "The THREADID of a message is its EMAILID",
        "",
        "8474-5.2-distinct",
        alter(_both_alike, only="FETCH"),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "threadid-changes",
        "The THREADID of a message changes when another comes",
        "",
        "8474-5.2-stays",
        alter(_count, only="EXISTS"),
        alter(_of_count, only="FETCH"),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "threadid-nil-in-list",
        "NIL for a missing THREADID stands in parentheses",
        "",
        "8474-5.2-none",
        replace(rb"THREADID \([^)]*\)", b"THREADID (NIL)", only="FETCH"),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "threads-found-and-not-told",
        "THREADID is NIL, and a search for one finds messages",
        "",
        "8474-5.2-none",
        _NO_THREADS,
        answer(b"* SEARCH 1\r\n{tag} OK Done\r\n", name=_SEARCHES, where=rb"THREADID"),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "fetch-emailid-unknown",
        "OBJECTID is announced, and FETCH does not know its items",
        "",
        "8474-5.3-fetch",
        answer(b"{tag} BAD Unknown item\r\n", name="FETCH, UID FETCH", where=rb"EMAILID|THREADID"),
        backend="cyrus",
    ),
    flaw(
        "emailid-bare",
        "EMAILID stands without its parentheses",
        "",
        "8474-7-fetch-emailid-resp 8474-7-objectid",
        replace(rb"EMAILID \(([^)]*)\)", rb"EMAILID \1", only="FETCH"),
        backend="cyrus",
    ),
    flaw(
        "objectid-with-dots",
        "EMAILID has characters that no object id may have",
        "",
        "8474-7-fetch-emailid-resp 8474-7-objectid",
        replace(rb"(EMAILID \(.)", rb"\1.", only="FETCH"),
        backend="cyrus",
    ),
    flaw(
        "objectid-in-capitals-only",
        "MAILBOXID and EMAILID are known in capitals only",
        "",
        "8474-7-case",
        answer(b"{tag} BAD Unknown\r\n", name="STATUS, FETCH", where=rb"(?-i:mailboxid|emailid)"),
        backend="cyrus",
    ),
    flaw(
        "search-emailid-finds-all",
        "A search for an EMAILID finds every message",
        "",
        "8474-6-emailid",
        send_as(rb"EMAILID [^ \r]+", b"ALL", count=0, name=_SEARCHES),
        backend="cyrus",
    ),
    flaw(
        "search-threadid-finds-none",
        "A search for a THREADID finds nothing",
        "",
        "8474-6-threadid",
        send_as(rb"THREADID [^ \r]+", b"NOT ALL", name=_SEARCHES),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "search-takes-any-id",
        "Anything is an object id in a search",
        "",
        "8474-6-arguments",
        answer(
            b"* SEARCH\r\n{tag} OK Done\r\n", name="SEARCH", where=rb"ID(?:\r| [(*]| M/|.{260})"
        ),
        backend="cyrus",
    ),
    flaw(
        "emailid-of-any-date",
        "Messages of one text have one EMAILID, whatever their internal dates are",
        "",
        "8474-5.1-dates",
        replace(rb"(EMAILID \(\w+)-\w+", rb"\1", only="FETCH"),
        backend="cyrus",
        facade="dates-facade",
    ),
    flaw(
        "threads-of-one",
        "A message and the answer to it have two THREADIDs",
        "",
        "8474-5.2-related",
        alter(_thread_of_each, only="FETCH"),
        backend="cyrus310",
    ),
)

ALLOWED = (
    flaw(
        "no-threads",
        "THREADID is NIL of every message, and a search for one finds nothing",
        "",
        "8474-5.2-none 8474-5.2-same-thread 8474-6-threadid",
        _NO_THREADS,
        send_as(rb"THREADID [^ \r]+", b"NOT ALL", name=_SEARCHES),
        backend="cyrus",
        facade="threads-facade",
    ),
    flaw(
        "mailboxid-of-255",
        "A MAILBOXID has 255 characters, and begins with a hyphen",
        "",
        "8474-4-same 8474-7-objectid",
        replace(rb"MAILBOXID \(([^)]*)", lambda m: b"MAILBOXID (" + m[1].rjust(255, b"-")),
        backend="cyrus",
    ),
)
