"""Flaws of MESSAGELIMIT and SAVELIMIT (RFC 9738), and facades of servers that take six messages.

Six are fewer than a limit should be, so that the cases need no thousand messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.flaws.acts import answer, command, drop, replace, send_as
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.syntax.values import members

_LIMIT = 6
_SETS = "FETCH, UID FETCH, STORE, UID STORE, MOVE, UID MOVE"
_SEARCHES = "SEARCH, UID SEARCH"
_ALL = re.compile(rb" ALL ([\d:,]+)", re.IGNORECASE)
_UID = re.compile(rb"UID (\d+)", re.IGNORECASE)
_RETURN = re.compile(rb"(RETURN \([^()]*\) )?(.*)", re.IGNORECASE | re.DOTALL)
_BOUND = re.compile(rb"\bUID(AFTER|BEFORE) (\d+)", re.IGNORECASE)
_OK = re.compile(rb" OK (?:\[[^\]]*\] )?", re.IGNORECASE)


def _numbers(talk: Talk, name: str, keys: bytes) -> list[int]:
    """Ask which messages there are, by number or by UID."""
    uid = b"UID " if name.startswith("UID") else b""
    came = b"".join(talk.ask(b"%sSEARCH RETURN (ALL) %s" % (uid, keys), "none"))
    found = _ALL.search(came)
    return sorted(members(found[1]) or ()) if found else []


def _lowest(talk: Talk, name: str, number: int) -> int:
    """Return the UID of a message."""
    if name.startswith("UID"):
        return number
    came = b"".join(talk.ask(b"FETCH %d (UID)" % number, "none"))
    found = _UID.search(came)
    return int(found[1]) if found else 1


def _limited(talk: Talk, octets: bytes, low: int) -> bytes:
    """Carry out a part, and say how far it went."""
    *data, last = talk.exchange(Request(octets), "none") or [b""]
    talk.say(b"".join(data))
    code = b"[MESSAGELIMIT %d %d] " % (_LIMIT, low)
    if b" OK [EXPUNGEISSUED] " in last:
        talk.say(b"* NO " + code + b"Not all\r\n" + last)
    else:
        talk.say(_OK.sub(b" OK " + code, last, count=1))
    return b""


def _part(talk: Talk, request: Request) -> bytes | None:
    """Work on the newest messages of a set."""
    named, _, rest = request.arguments.partition(b" ")
    keys = b"UID " + named if request.name.startswith("UID") else named
    numbers = _numbers(talk, request.name, keys)
    if len(numbers) <= _LIMIT:
        return None
    kept = numbers[-_LIMIT:]
    low = _lowest(talk, request.name, kept[0])
    named = b",".join(b"%d" % number for number in kept)
    line = b"%s %s %s %s\r\n" % (request.tag, request.name.encode(), named, rest)
    return _limited(talk, line, low)


def _copied(talk: Talk, request: Request) -> bytes | None:
    """Copy all or nothing."""
    named = request.arguments.partition(b" ")[0]
    keys = b"UID " + named if request.name.startswith("UID") else named
    numbers = _numbers(talk, request.name, keys)
    if len(numbers) <= _LIMIT:
        return None
    talk.say(request.tag + b" NO [MESSAGELIMIT %d] Too many\r\n" % _LIMIT)
    return b""


def _appended(talk: Talk, request: Request) -> bytes | None:
    """Append all or nothing."""
    if len(request.literals) <= _LIMIT:
        return None
    talk.say(request.tag + b" NO [MESSAGELIMIT %d] Too many\r\n" % _LIMIT)
    return b""


def _expunged(talk: Talk, request: Request) -> bytes | None:
    """Remove the newest messages that are marked."""
    numbers = _numbers(talk, "UID EXPUNGE", b"DELETED UID " + request.arguments)
    if len(numbers) <= _LIMIT:
        return None
    named = b",".join(b"%d" % number for number in numbers[-_LIMIT:])
    line = b"%s UID EXPUNGE %s\r\n" % (request.tag, named)
    return _limited(talk, line, numbers[-_LIMIT])


def _bounded(found: re.Match[bytes]) -> bytes:
    uid = int(found[2])
    if found[1].upper() == b"AFTER":
        return b"UID %d:4294967295" % (uid + 1) if uid < 4294967295 else b"NOT ALL"
    return b"UID 1:%d" % (uid - 1) if uid > 1 else b"NOT ALL"


def _searched(talk: Talk, request: Request) -> bytes | None:
    """Look at the newest messages, and know the keys of section 3.2."""
    octets = _BOUND.sub(_bounded, request.octets)
    within = b" UID " in octets.upper()
    numbers = _numbers(talk, "UID SEARCH", b"ALL")
    if len(numbers) <= _LIMIT or within:
        return octets
    parsed = _RETURN.match(request.arguments)
    options, keys = (parsed[1] or b"", parsed[2]) if parsed else (b"", b"ALL")
    kept = b"UID " + b",".join(b"%d" % number for number in numbers[-_LIMIT:])
    line = b"%s %s %s%s %s\r\n" % (request.tag, request.name.encode(), options, kept, keys)
    return _limited(talk, line, numbers[-_LIMIT])


FACADES = (
    facade(
        "messagelimit-facade",
        "MESSAGELIMIT=6 is announced and kept",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 MESSAGELIMIT=%d" % _LIMIT),
        command(_part, name=_SETS, state="selected"),
        command(_copied, name="COPY, UID COPY", state="selected"),
        command(_appended, name="APPEND"),
        command(_expunged, name="UID EXPUNGE", state="selected"),
        command(_searched, name=_SEARCHES, state="selected"),
    ),
    facade(
        "savelimit-facade",
        "SAVELIMIT=6 is announced and kept",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 SAVELIMIT=%d" % _LIMIT),
        command(_copied, name="COPY, UID COPY", state="selected"),
        command(_appended, name="APPEND"),
    ),
)


def _flaw(name: str, title: str, requirements: str, *acts: Act, origin: str = "") -> Flaw:
    return flaw(name, title, origin, requirements, *acts, facade="messagelimit-facade")


def _saving(name: str, title: str, requirements: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", requirements, *acts, facade="savelimit-facade")


def _oldest(talk: Talk, request: Request) -> bytes:
    """Work on the oldest messages of a set that begins with 1."""
    octets = re.sub(rb" 1:[7*] ", b" 1:6 ", request.octets)
    *data, last = talk.exchange(Request(octets), "none") or [b""]
    talk.say(b"".join(data) + _OK.sub(b" OK [MESSAGELIMIT 6 1] ", last, count=1))
    return b""


def _first_six(talk: Talk, request: Request) -> bytes | None:
    """Append what is within the limit, and refuse the rest."""
    messages = request.literals
    if len(messages) <= _LIMIT:
        return None
    mailbox = request.arguments.partition(b" ")[0]
    for message in messages[:_LIMIT]:
        talk.ask(b"APPEND %s {%d}\r\n%s" % (mailbox, len(message), message), "none")
    talk.say(request.tag + b" NO [MESSAGELIMIT %d] Only the first ones\r\n" % _LIMIT)
    return b""


def _newest(talk: Talk, request: Request) -> None:
    """Copy six of seven messages, before the server refuses all of them."""
    talk.ask(b"COPY 2:7 " + request.arguments.partition(b" ")[2], "none")


def _next(step: int) -> Callable[[re.Match[bytes]], bytes]:
    return lambda found: b"%s%d" % (found[1], int(found[2]) + step)


FLAWS = (
    flaw(
        "limit-of-ten",
        "SAVELIMIT=10 is announced",
        "",
        "9738-3-thousand",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 SAVELIMIT=10"),
    ),
    _flaw(
        "limit-appends-some",
        "APPEND of seven messages appends six, and says NO",
        "9738-3.1-append",
        command(_first_six, name="APPEND"),
    ),
    _flaw(
        "limit-append-unsaid",
        "APPEND of too many messages is refused without a code",
        "9738-3.1-append",
        replace(rb"\[MESSAGELIMIT[^\]]*\] ", b"", to="APPEND", kind="tagged"),
    ),
    _flaw(
        "limit-unsaid-where-expunged",
        "A part is fetched, and only EXPUNGEISSUED told",
        "9738-3.1-both",
        drop(only="NO", kind="untagged", code="MESSAGELIMIT"),
    ),
    _flaw(
        "limit-beside-expungeissued",
        "MESSAGELIMIT is an untagged OK where EXPUNGEISSUED is told",
        "9738-3.1-both",
        replace(rb"\* NO", b"* OK", only="NO", code="MESSAGELIMIT"),
    ),
    _saving(
        "savelimit-of-fetch",
        "FETCH stops at the limit of SAVELIMIT",
        "9738-3-savelimit",
        send_as(rb" 1:7 ", b" 2:7 ", name="FETCH"),
        replace(rb" OK ", b" OK [MESSAGELIMIT 6 2] ", to="FETCH", where=rb"1:7", kind="tagged"),
    ),
    _saving(
        "savelimit-copies-part",
        "COPY copies the newest messages, and says NO",
        "9738-3.1-copy",
        command(_newest, name="COPY", where=rb" 1:7 "),
    ),
    _flaw(
        "limit-oldest-first",
        "STORE works on the oldest messages",
        "9738-3.1-highest-first 9738-3.1-code",
        command(_oldest, name="STORE", where=rb"1:7 \+FLAGS"),
    ),
    _flaw(
        "limit-search-unsaid",
        "SEARCH stops at the limit, and does not say so",
        "9738-3.1-code",
        replace(rb"\[MESSAGELIMIT[^\]]*\] ", b"", to="SEARCH", kind="tagged"),
    ),
    _flaw(
        "limit-store-unsaid",
        "STORE stops at the limit, and does not say so",
        "9738-3.1-code",
        replace(rb"\[MESSAGELIMIT[^\]]*\] ", b"", to="STORE", kind="tagged"),
    ),
    _flaw(
        "limit-copies-part",
        "COPY copies the newest messages, and says where it stopped",
        "9738-3.1-copy",
        send_as(rb" COPY 1:7 ", b" COPY 2:7 ", name="COPY"),
        replace(rb" OK (?:\[[^\]]*\] )?", b" OK [MESSAGELIMIT 6 2] ", to="COPY", where=rb"1:7"),
    ),
    _flaw(
        "limit-of-expunge",
        "EXPUNGE removes six messages",
        "9738-3.1-expunge",
        send_as(rb" EXPUNGE\r\n", b" UID EXPUNGE 1:*\r\n", name="EXPUNGE"),
    ),
    _flaw(
        "limit-of-close",
        "CLOSE removes nothing, and speaks of the limit",
        "9738-3.1-close",
        send_as(rb" CLOSE\r\n", b" UNSELECT\r\n", name="CLOSE"),
        replace(rb" OK ", b" OK [MESSAGELIMIT 6 1] ", to="CLOSE", kind="tagged"),
    ),
    _flaw(
        "limit-of-status",
        "STATUS counts six messages that are not seen",
        "9738-3.1-close",
        replace(rb"UNSEEN 7", b"UNSEEN 6", only="STATUS"),
    ),
    _flaw(
        "limit-once-and-for-all",
        "UID EXPUNGE that is asked again is refused",
        "9738-3.1-again",
        answer(b"{tag} NO [LIMIT] Once only\r\n", name="UID EXPUNGE, UID MOVE", nth=2),
    ),
    _flaw(
        "limit-saves-all",
        "SEARCH saves what it has not looked at",
        "9738-3.4-saved",
        send_as(rb"FETCH \$", b"FETCH 7,1", name="FETCH"),
    ),
    _flaw(
        "uidafter-unknown",
        "MESSAGELIMIT is announced, and UIDAFTER not known",
        "9738-3.2-uidafter",
        answer(b"{tag} BAD Unknown key\r\n", name=_SEARCHES, where=rb"UIDAFTER"),
    ),
    _flaw(
        "uidbefore-unknown",
        "MESSAGELIMIT is announced, and UIDBEFORE not known",
        "9738-3.2-uidbefore",
        answer(b"{tag} BAD Unknown key\r\n", name=_SEARCHES, where=rb"UIDBEFORE"),
    ),
    _flaw(
        "uidafter-inclusive",
        "UIDAFTER finds the UID that is given, too",
        "9738-3.2-uidafter",
        send_as(rb"(UIDAFTER )(\d+)", _next(-1), name=_SEARCHES),
    ),
    _flaw(
        "uidbefore-inclusive",
        "UIDBEFORE finds the UID that is given, too",
        "9738-3.2-uidbefore",
        send_as(rb"(UIDBEFORE )(\d+)\b(?<!4294967295)", _next(1), name=_SEARCHES),
    ),
    _flaw(
        "uidbefore-first-turned",
        "UIDBEFORE 1 finds the UID 1, for a set 1:0 is taken as 0:1",
        "9738-3.2-uidbefore",
        send_as(rb"UIDBEFORE 1\b", b"UID 1", name=_SEARCHES),
    ),
    _flaw(
        "uidafter-in-capitals",
        "UIDAFTER is known in capitals only",
        "9738-5-case",
        answer(b"{tag} BAD Unknown key\r\n", name="SEARCH", where=rb"(?-i:uidafter)"),
    ),
)
