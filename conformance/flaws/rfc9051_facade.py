"""Facades of IMAP4rev2 (RFC 9051): a Dovecot that speaks it, and a Cyrus that speaks nothing else.

Debian's Dovecot is built without IMAP4rev2 and has most of what it consists of: extended LIST,
ESEARCH, BINARY, MOVE. The acts add the rest: names in UTF-8 (`rfc9051_names`), what a selection
says, one form of SEARCH response, identifiers in what nobody has asked for, and that there is no
RECENT. They also take no more than a hundred keywords in a mailbox, which Dovecot does not count.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    command,
    drop,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import facade
from conformance.flaws.request import Request
from conformance.flaws.rfc9051 import ENABLED, once_enabled
from conformance.flaws.rfc9051_names import NAMES, name_in, quoted, spelt, told_as
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival
from conformance.wire.states import State

REV2 = "rev2-facade"
"""Dovecot, speaking IMAP4rev1 and, once it is enabled, IMAP4rev2."""
REV2_TELLS = "rev2-telling-facade"
"""The same, telling sessions what became of mailboxes, and subscribing new ones, and any name."""
REV2_ONLY = "rev2-only-facade"
"""Cyrus without IMAP4rev1, and what it sends of it all the same."""

_NAME = re.compile(rb"(?i) IMAP4rev2(?=[ \r])")
_MOST = 100
"""Keywords of one mailbox."""
_GONE = re.compile(rb"(?i)\* (?:\d+ RECENT|OK \[UNSEEN )")
_LASTING = rb"\Answered \Flagged \Deleted \Seen \Draft"
_SEARCHES = "SEARCH, UID SEARCH"
_IN_UTF8 = rb"(?<=\) )(?=[^\r]*[\x80-\xff])(?!CHARSET)"
_ITEMS = (b"UIDNEXT", b"UIDVALIDITY", b"UNSEEN", b"RECENT")
_CONTROL = rb"[\x01-\x08\x0e-\x1f\x7f]|\xc2[\x80-\x9f]"
_DELETED = {
    "STATUS": re.compile(rb"(?i)[( ](DELETED)(?=[^()]*\)\r\n)"),
    "LIST": re.compile(rb"(?i)STATUS \((?:[^()]* )?(DELETED)(?=[ )])"),
}
_FLAGS = re.compile(rb"FLAGS \([^)]*\)")
_RECENT = re.compile(rb"(?i)(?<=\()\\Recent ?| \\Recent")
_UIDS, _NEWS = "identifiers by number", "what became of mailboxes"
_GONE_NAMES = "names of deleted mailboxes"
# Dovecot takes MESSAGE/RFC822 for a message and not MESSAGE/GLOBAL, so it stores that under a
# spelling of the first, as long as the second, which nobody else uses. It shows the type in small
# letters, so in BODYSTRUCTURE it is told by a subject in UTF-8.
_GLOBAL_STORED = (
    send_as(rb"(?<=message/)global", b"rFc822", count=0, name="APPEND"),
    replace(rb"(?<=message/)(?-i:rFc822)", b"global", count=0, only="FETCH"),
    replace(
        rb'"rfc822"(?= \S+ \S+ \S+ "8bit" \d+ \(\S+ (?:\{\d+\}\r\n|")[^"(]*[\x80-\xff])',
        b'"global"',
        count=0,
        only="FETCH",
    ),
)


def _is_ok(request: Request, last: bytes) -> bool:
    return last[len(request.tag) :].upper().startswith(b" OK")


def _enable(talk: Talk, request: Request) -> bytes:
    """Enable what Dovecot knows besides, and tell all of it in one response."""
    wanted = bool(_NAME.search(request.octets))
    asked = wanted and not talk.memory.get(ENABLED)
    rest = _NAME.sub(b"", request.octets)
    told = rest if b" ENABLE " in rest.upper() else rest.replace(b"\r\n", b" X-NOTHING\r\n")
    *data, last = talk.exchange(Request(told if wanted else request.octets))
    if _is_ok(request, last):
        talk.memory[ENABLED] = wanted or talk.memory.get(ENABLED, False)
        named = [line[len(b"* ENABLED") : -2] for line in data if line.startswith(b"* ENABLED")]
        data = [line for line in data if not line.startswith(b"* ENABLED")]
        first = b" IMAP4rev2" if asked else b""
        data.append(b"* ENABLED" + first + b"".join(named) + b"\r\n")
    talk.say(b"".join(data) + last)
    return b""


def _select(talk: Talk, request: Request) -> bytes:
    """Tell that the mailbox of before is closed, and what LIST says of the one that is opened."""
    if talk.state is State.SELECTED:
        talk.say(b"* OK [CLOSED] That mailbox is closed\r\n")
    *data, last = talk.exchange(request)
    full = talk.shared.get(("full", request.first))
    for line in data:
        if not _GONE.match(line):
            talk.say(line.replace(rb" \*)", b")") if full else line)
    if _is_ok(request, last):
        found = talk.ask(b"UID SEARCH ALL")
        talk.memory[_UIDS] = [n for line in found if b" SEARCH" in line for n in line.split()[2:]]
        listed = talk.ask(b'LIST "" ' + quoted(request.first))
        lists = [line for line in listed if line.startswith(b"* LIST ")]
        talk.say(spelt(lists[0] if lists else b'* LIST () "/" ' + quoted(request.first) + b"\r\n"))
    talk.say(last)
    return b""


def _store(talk: Talk, request: Request) -> bytes | None:
    """Refuse keywords for which there is no room."""
    flags = re.search(rb"(?i)FLAGS(?:\.SILENT)? \(?([^)\r]*)", request.octets)
    new = {flag for flag in flags[1].split() if not flag.startswith(b"\\")} if flags else set()
    known = talk.shared.setdefault(("keywords", talk.mailbox), set())
    if len(known | new) <= _MOST:
        known |= new
        return None
    talk.shared[("full", talk.mailbox)] = True
    talk.say(b"* OK [PERMANENTFLAGS (" + _LASTING + b")] No more keywords\r\n")
    talk.say(request.tag + b" NO [LIMIT] There is no room for more keywords\r\n")
    return b""


def _deleted(talk: Talk, name: bytes) -> int:
    """Count the messages with the flag Deleted, for which Dovecot has no item of STATUS."""
    was = talk.mailbox if talk.state is State.SELECTED else None
    again = b"EXAMINE " if talk.dialogue.read_only else b"SELECT "
    if was != name:
        talk.ask(b"EXAMINE " + quoted(name), "none")
    found = talk.ask(b"SEARCH DELETED", "none")
    if was is None:
        talk.ask(b"UNSELECT", "none")
    elif was != name:
        talk.ask(again + quoted(was), "none")
    return sum(len(line.split()) - 2 for line in found if line.startswith(b"* SEARCH"))


def _status(talk: Talk, request: Request) -> bytes | None:
    """Say how many messages have the flag Deleted where STATUS or LIST asks for it."""
    counted = _DELETED[request.command.name].search(request.octets)
    if counted is None:
        return None
    unasked = (item for item in _ITEMS if item not in request.octets.upper())
    other = next(unasked, b"MESSAGES")
    told = request.octets[: counted.start(1)] + other + request.octets[counted.end(1) :]
    for line in talk.exchange(Request(told)):
        if line.startswith(b"* STATUS "):
            number = b"DELETED %d" % _deleted(talk, name_in(line))
            talk.say(spelt(re.sub(other + rb" \d+", number, line)))
        else:
            talk.say(spelt(line))
    return b""


def _with_uid(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Put the identifier into what is told unasked of a message, as far as it is known."""
    uids, number = talk.memory.get(_UIDS, []), arrival.response.count or 0
    if not 0 < number <= len(uids):
        return octets
    if arrival.response.name == "EXPUNGE":
        del uids[number - 1]
        return octets
    asked = any(c.name.endswith(("FETCH", "STORE")) for c in arrival.in_flight)
    if asked or arrival.response.items.get(b"UID") is not None:
        return octets
    return octets.replace(b"FETCH (", b"FETCH (UID " + uids[number - 1] + b" ", 1)


def _without_recent(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return _FLAGS.sub(lambda found: _RECENT.sub(b"", found[0]), octets, count=1)


def _announcing(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Keep for the other sessions what became of a mailbox; a new name is subscribed."""
    if not _is_ok(request, responses[-1]):
        return responses
    old, gone = request.first, talk.shared.setdefault(_GONE_NAMES, set())
    new = re.split(rb'[" ]', request.arguments.strip(b'\r\n"'))[-1]
    if request.command.name == "DELETE":
        line = rb'* LIST (\NonExistent) "/" ' + quoted(old) + b"\r\n"
        gone.add(old)
    else:
        gone.discard(new)
        talk.ask(b"SUBSCRIBE " + quoted(new))
        line = rb'* LIST (\Subscribed) "/" ' + quoted(new) + b"\r\n"
    if request.command.name == "RENAME":
        line = told_as(new, old, rb"\Subscribed")
    talk.shared.setdefault(_NEWS, []).append((talk.number, line))
    return responses


def _subscribe(talk: Talk, request: Request) -> bytes:
    """Subscribe also what is no mailbox, which Dovecot does only while it is one."""
    *data, last = talk.exchange(request)
    if not _is_ok(request, last):
        name = quoted(request.first)
        if b" OK" in talk.ask(b"CREATE " + name, "none")[-1]:
            *data, last = talk.exchange(request)
            talk.ask(b"DELETE " + name, "none")
    talk.say(b"".join(data) + last)
    return b""


def _without_mailbox(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Say of a deleted mailbox that is listed for its children that it does not exist."""
    if name_in(octets) not in talk.shared.get(_GONE_NAMES, ()) or b"NonExistent" in octets:
        return octets
    return re.sub(rb"(LIST \()(\))?", rb"\1\\NonExistent \2", octets, count=1).replace(b" )", b")")


def _begins(talk: Talk, _request: Request) -> None:
    """Have a session be told of what becomes of mailboxes from now on, and not of all before."""
    talk.memory.setdefault(_NEWS, len(talk.shared.get(_NEWS, [])))


def _announced(talk: Talk, _request: Request) -> None:
    """Tell what other sessions have done since."""
    news = talk.shared.get(_NEWS, [])
    for number, line in news[talk.memory.get(_NEWS, 0) :]:
        if number != talk.number:
            talk.say(line)
    talk.memory[_NEWS] = len(news)


def _goes_over(talk: Talk, request: Request) -> None:
    """Have the server behind speak IMAP4rev2 before the first command of who has logged in."""
    if talk.state is State.AUTHENTICATED and not talk.memory.get(ENABLED):
        talk.memory[ENABLED] = True
        if not _NAME.search(request.octets):
            talk.ask(b"ENABLE IMAP4rev2", "none")


SPEAKS_REV2 = (
    replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 IMAP4rev2", only="CAPABILITY OK"),
    answer(
        b"{tag} BAD The server speaks first\r\n",
        name="AUTHENTICATE",
        where=rb"AUTHENTICATE (?:CRAM|DIGEST)-MD5 \S",
    ),
    command(_enable, name="ENABLE"),
    *map(
        once_enabled,
        (
            answer(b"{tag} NO Not in a name\r\n", name="CREATE", where=_CONTROL),
            *NAMES,
            command(_status, name="STATUS, LIST"),
            command(_select, name="SELECT, EXAMINE"),
            command(_store, name="STORE, UID STORE"),
            drop(only="RECENT"),
            alter(_with_uid, only="FETCH EXPUNGE"),
            alter(_without_recent, only="FETCH"),
            *_GLOBAL_STORED,
            send_as(rb"(?<=SEARCH )(?!RETURN)", b"RETURN (ALL) ", name=_SEARCHES),
            send_as(_IN_UTF8, b"CHARSET UTF-8 ", name=_SEARCHES),
            answer(b"{tag} BAD IMAP4rev2 has no such command\r\n", name="LSUB, CHECK"),
        ),
    ),
)
"""What makes a Dovecot speak IMAP4rev2."""

FACADES = (
    facade(REV2, "IMAP4rev2 is announced, and spoken where it is enabled", *SPEAKS_REV2),
    facade(
        REV2_TELLS,
        "The same, and sessions are told what others do to mailboxes",
        remembering(_begins),
        once_enabled(command(_announced, name="NOOP")),
        once_enabled(alter(_without_mailbox, only="LIST")),
        *SPEAKS_REV2,
        once_enabled(command(_subscribe, name="SUBSCRIBE")),
        once_enabled(whole(_announcing, name="CREATE, DELETE, RENAME")),
    ),
    facade(
        REV2_ONLY,
        "IMAP4rev2 is announced, and IMAP4rev1 is not",
        replace(rb" IMAP4rev1\b", b"", only="CAPABILITY OK"),
        command(_goes_over),
        replace(rb" IMAP4rev2", b"", only="ENABLED", where=rb"ENABLE (?!.*IMAP4rev2)"),
        drop(only="RECENT"),
        drop(code="UNSEEN", kind="untagged"),
        alter(_without_recent, only="FETCH FLAGS"),
        backend="cyrus310",
    ),
)
