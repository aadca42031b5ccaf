"""Flaws of mod-sequences (RFC 7162 section 3.1): how long they last, and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conformance.flaws.acts import (
    alter,
    command,
    number,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_FETCHES = "FETCH, UID FETCH"
_STORES = "STORE, UID STORE"
_SEARCHES = "SEARCH, UID SEARCH"
_COPIES = "COPY, UID COPY"
_HIGHEST = re.compile(rb"(HIGHESTMODSEQ )(\d+)", re.IGNORECASE)
_MODSEQ = re.compile(rb"(?<=[( ])(MODSEQ \()(\d+)", re.IGNORECASE)
_ONE_FLAG = rb"STORE \d+ \(UNCHANGEDSINCE \d+\) [+-]FLAGS"
_FLAGS = re.compile(rb"\* (\d+) FETCH .*FLAGS \(([^)]*)\)", re.IGNORECASE)
_SINCE = re.compile(rb"UNCHANGEDSINCE (\d+)", re.IGNORECASE)


def _raised(octets: bytes, pattern: re.Pattern[bytes], by: int) -> bytes:
    return pattern.sub(lambda m: m[1] + b"%d" % (int(m[2]) + by), octets)


def _by_session(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Count from a number that is higher for every connection."""
    return _raised(_raised(octets, _MODSEQ, talk.number), _HIGHEST, talk.number)


def _select_counts(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Raise HIGHESTMODSEQ of all mailboxes each time that a mailbox is opened."""
    opened = any(each.name in ("SELECT", "EXAMINE") for each in arrival.in_flight)
    talk.shared["opened"] = talk.shared.get("opened", 0) + opened
    return _raised(octets, _HIGHEST, talk.shared["opened"])


def _note_appended(talk: Talk, request: Request) -> None:
    talk.shared["came into"] = request.first


def _note_copied(talk: Talk, request: Request) -> None:
    talk.shared["came into"] = request.arguments.rpartition(b" ")[2].strip(b'"')


def _no_newer(talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Leave out what has come last where only what is new is asked for."""
    *data, last = responses
    if talk.shared.get("came into") == talk.mailbox and data and b" FETCH " in data[-1]:
        data.pop()
    return [*data, last]


def _whichever_flag(talk: Talk, request: Request) -> bytes | None:
    """Refuse to change a message that has changed, without a look at what it was that changed."""
    since, messages = _SINCE.search(request.octets), request.arguments.partition(b" ")[0]
    came = b"".join(talk.ask(b"%sFETCH %s (MODSEQ)" % (request.by_uid, messages), "none"))
    highest = max((int(found[2]) for found in _MODSEQ.finditer(came)), default=0)
    if since is None or highest <= int(since[1]):
        return None
    talk.say(request.tag + b" OK [MODIFIED %s] It has changed\r\n" % messages)
    return b""


def _flags_in(responses: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    found = (_FLAGS.search(each) for each in responses)
    return {each[1]: {*each[2].lower().split()} for each in found if each}


def _keep_flags(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Remember the flags that this session was told of, by message numbers."""
    talk.memory.setdefault("flags", {}).update(_flags_in([octets]))
    return octets


def _by_its_flag(talk: Talk, request: Request) -> bytes:
    """Do what was refused, if the flags that it names are as this session knows them."""
    told: set[bytes] | None = talk.memory.get("flags", {}).get(request.first)
    *data, last = talk.exchange(request)
    change = request.arguments.partition(b") ")[2]
    named = {*change.partition(b"(")[2].rstrip(b")").lower().split()}
    now = _flags_in(talk.ask(b"FETCH %s (FLAGS)" % request.first, "none")).get(request.first)
    if b"[MODIFIED" in last and told is not None and now is not None and not named & (told ^ now):
        silent = change.replace(b".SILENT", b"", 1)
        *data, last = talk.ask(b"STORE %s %s" % (request.first, silent), "none")
    talk.say(b"".join(data) + request.tag + b" " + last.partition(b" ")[2])
    return b""


FACADES = (
    facade(
        "flags-facade",
        "UNCHANGEDSINCE is about the flags that STORE names, for one message by its number",
        alter(_keep_flags, only="FETCH"),
        command(_by_its_flag, name="STORE", where=_ONE_FLAG),
    ),
)

FLAWS = (
    flaw(
        "modseq-of-store-ahead",
        "STORE tells a mod-sequence above the one that FETCH returns afterwards",
        "",
        "7162-3.1-falls",
        number(rb"MODSEQ \((\d+)\)", lambda n: n + 1, only="FETCH", to=_STORES),
    ),
    flaw(
        "modseq-by-session",
        "Mod-sequences are counted anew for each session",
        "",
        "7162-3.1-lasts",
        alter(_by_session),
    ),
    flaw(
        "appended-is-not-new",
        "Appended and copied messages are no newer than those that were there",
        "",
        "7162-3.1-appended",
        remembering(_note_appended, name="APPEND"),
        remembering(_note_copied, name=_COPIES),
        whole(_no_newer, name=_FETCHES, where=b"CHANGEDSINCE"),
    ),
    flaw(
        "select-raises-highestmodseq",
        "HIGHESTMODSEQ rises each time that a mailbox is opened",
        "",
        "7162-3.1.2.1-stays",
        alter(_select_counts, code="HIGHESTMODSEQ", kind="untagged"),
        alter(_select_counts, only="STATUS"),
    ),
    flaw(
        "unchangedsince-of-any-flag",
        "UNCHANGEDSINCE keeps a flag from being set since another flag has changed",
        "",
        "7162-3.1.3-spurious",
        command(_whichever_flag, name=_STORES, where=_ONE_FLAG),
        facade="flags-facade",
    ),
    flaw(
        "condstore-without-uid",
        "Without QRESYNC new flags come with MODSEQ, and without UID",
        "",
        "7162-3.1.4.2-uid",
        replace(rb" QRESYNC", b""),
        replace(rb"UID \d+ ", b"", only="FETCH", to="STORE, NOOP"),
    ),
    flaw(
        "search-with-modseq-unasked",
        "Once mod-sequences were asked for, every SEARCH has one",
        "",
        "7162-3.1.5-unasked",
        replace(
            rb"(SEARCH(?: \d+)+)\r\n",
            rb"\1 (MODSEQ 7)\r\n",
            only="SEARCH",
            to=_SEARCHES,
            where=rb"\A(?!.*MODSEQ)",
        ),
    ),
    flaw(
        "status-highestmodseq-zero",
        "HIGHESTMODSEQ of a second STATUS is 0",
        "",
        "7162-3.1.7-zero",
        number(rb"HIGHESTMODSEQ (\d+)", lambda _: 0, only="STATUS", since=2),
    ),
    flaw(
        "changedsince-below-zero",
        "A CHANGEDSINCE below zero is taken for 1",
        "",
        "7162-7-arguments",
        send_as(rb"CHANGEDSINCE -\d+", b"CHANGEDSINCE 1", name=_FETCHES),
    ),
)
