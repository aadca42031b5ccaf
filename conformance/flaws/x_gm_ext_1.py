"""Flaws of X-GM-EXT-1, and a facade that speaks it in front of any server.

Numbers are made of what is in the messages, so copies have those of their originals. Labels are
kept by the facade, and are no mailboxes.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple

from conformance.flaws.acts import answer, command, drop, replace, send_as
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_FETCHES = "FETCH, UID FETCH"
_SEARCHES = "SEARCH, UID SEARCH"
_STORES = "STORE, UID STORE"
_ITEM = re.compile(rb" ?\b(X-GM-(?:MSGID|THRID|LABELS))\b", re.IGNORECASE)
_STORE = re.compile(rb"(\S+) ([+-]?)X-GM-LABELS(\.SILENT)? \(?(.*?)\)?", re.IGNORECASE)
_LABEL = re.compile(rb'"(?:\\.|[^"\\])*"|[^ ()"]+')
_ATOM = re.compile(rb"\\?[!#-$&'+-\[^-z|}~]+")
_KEY = re.compile(
    rb'(?<=[ (])X-GM-(MSGID|THRID|LABELS|RAW) ("(?:\\.|[^"\\])*"|[^ ()\r\n]+)', re.IGNORECASE
)
_FETCHED = re.compile(rb"\A\* (\d+) FETCH \(.*?UID (\d+)", re.IGNORECASE | re.DOTALL)
_REFERENCES = re.compile(rb"^References:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)


class GmailMessage(NamedTuple):
    """A message: its number and UID, and what Gmail knows it and its conversation by."""

    number: int
    uid: int
    id: int
    thread: int


def _number(text: bytes) -> int:
    return int.from_bytes(sha256(text).digest()[:8])


def _messages(talk: Talk, named: bytes, uid: bytes) -> list[GmailMessage]:
    """Ask for messages, by number or by UID, and number them."""
    found = []
    for response in talk.ask(b"%sFETCH %s (UID BODY.PEEK[])" % (uid, named), "none"):
        told = _FETCHED.match(response)
        if told is not None:
            text = response.partition(b"}\r\n")[2]
            root = _REFERENCES.search(text) or _MESSAGE_ID.search(text)
            thread = _number(root[1] if root else text)
            found.append(
                GmailMessage(int(told[1]), int(told[2]), _number(text[: -len(b")\r\n")]), thread)
            )
    return found


def _labels(talk: Talk, uid: int) -> list[bytes]:
    kept: list[bytes] = talk.shared.setdefault("labels", {}).setdefault((talk.mailbox, uid), [])
    return kept


def _plain(label: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", label[1:-1]) if label.startswith(b'"') else label


def _list(labels: list[bytes]) -> bytes:
    return b"(%s)" % b" ".join(
        each if _ATOM.fullmatch(each) else b'"%s"' % re.sub(rb'(["\\])', rb"\\\1", each)
        for each in labels
    )


def _fetch(talk: Talk, request: Request) -> bytes | None:
    """Show the items that the server behind does not know, and have it show the others."""
    named, _, items = request.arguments.partition(b" ")
    asked = [each.upper() for each in _ITEM.findall(items)]
    if not asked:
        return None
    for message in _messages(talk, named, request.by_uid):
        shown = {
            b"X-GM-MSGID": b"%d" % message.id,
            b"X-GM-THRID": b"%d" % message.thread,
            b"X-GM-LABELS": _list(_labels(talk, message.uid)),
        }
        told = b" ".join(b"%s %s" % (item, shown[item]) for item in asked)
        talk.say(b"* %d FETCH (UID %d %s)\r\n" % (message.number, message.uid, told))
    left = _ITEM.sub(b"", items).strip(b"() ")
    if not left:
        talk.say(request.tag + b" OK Success\r\n")
        return b""
    return b"%s %s %s (%s)\r\n" % (request.tag, request.name.encode(), named, left)


def _store(talk: Talk, request: Request) -> bytes | None:
    """Keep labels."""
    parsed = _STORE.fullmatch(request.arguments)
    if parsed is None:
        return None
    given = [_plain(each) for each in _LABEL.findall(parsed[4])]
    for message in _messages(talk, parsed[1], request.by_uid):
        labels = _labels(talk, message.uid)
        left = [each for each in labels if each not in given] if parsed[2] else []
        labels[:] = left if parsed[2] == b"-" else left + given
        if not parsed[3]:
            told = (message.number, message.uid, _list(labels))
            talk.say(b"* %d FETCH (UID %d X-GM-LABELS %s)\r\n" % told)
    talk.say(request.tag + b" OK Success\r\n")
    return b""


def _search(talk: Talk, request: Request) -> bytes | None:
    """Put in the place of each key the messages that it finds."""
    if not _KEY.search(request.octets):
        return None
    messages = _messages(talk, b"1:*", b"")

    def those(found: re.Match[bytes]) -> bytes:
        kind, value = found[1].upper(), _plain(found[2])
        if kind == b"RAW":
            field, _, word = value.rpartition(b":")
            return b'%s "%s"' % (b"SUBJECT" if field.lower() == b"subject" else b"TEXT", word)
        uids = [
            b"%d" % each.uid
            for each in messages
            if (kind == b"MSGID" and each.id == int(value))
            or (kind == b"THRID" and each.thread == int(value))
            or (kind == b"LABELS" and value in _labels(talk, each.uid))
        ]
        return b"UID " + b",".join(uids) if uids else b"NOT ALL"

    return _KEY.sub(those, request.octets)


FACADES = (
    facade(
        "gmail-facade",
        "X-GM-EXT-1 is announced; the numbers are hashes, and labels are kept in memory",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 X-GM-EXT-1"),
        command(_fetch, name=_FETCHES, state="selected"),
        command(_store, name=_STORES, state="selected"),
        command(_search, name=_SEARCHES, state="selected"),
    ),
)


def _flaw(name: str, title: str, requirements: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", requirements, *acts, facade="gmail-facade")


def _as_double(found: re.Match[bytes]) -> bytes:
    return b"%s%d" % (found[1], int(float(found[2])))


FLAWS = (
    _flaw(
        "gmail-number-rounded",
        "The number of a message goes through a floating-point number in SEARCH",
        "x-gm-ext-1-3-search x-gm-ext-1-3-folders",
        send_as(rb"(X-GM-MSGID )(\d+)", _as_double, name=_SEARCHES),
    ),
    _flaw(
        "gmail-copy-is-another",
        "A copy has a number of its own",
        "x-gm-ext-1-3-folders",
        answer(b"* SEARCH\r\n{tag} OK Success\r\n", name="SEARCH", where=rb"MSGID", nth=1),
    ),
    _flaw(
        "gmail-answer-alone",
        "Each message is a conversation",
        "x-gm-ext-1-4-thread",
        replace(rb"(\* 2 FETCH \(.*X-GM-THRID )\d+", rb"\g<1>2", only="FETCH"),
    ),
    _flaw(
        "gmail-thread-finds-first",
        "SEARCH X-GM-THRID finds the first message only",
        "x-gm-ext-1-4-search x-gm-ext-1-4-thread",
        send_as(rb"(X-GM-THRID \d+)", rb"\1 1", name=_SEARCHES),
    ),
    _flaw(
        "gmail-labels-untold",
        "STORE does not tell the labels",
        "x-gm-ext-1-5-store",
        drop(only="FETCH", to=_STORES, where=rb"X-GM-LABELS"),
    ),
    _flaw(
        "gmail-label-not-found",
        "SEARCH X-GM-LABELS finds nothing",
        "x-gm-ext-1-5-search x-gm-ext-1-5-store",
        send_as(rb"X-GM-LABELS \S+", b"NOT ALL", name=_SEARCHES),
    ),
    _flaw(
        "gmail-raw-as-text",
        "The text of X-GM-RAW is looked for as it is",
        "x-gm-ext-1-2-raw",
        send_as(rb"X-GM-RAW", b"TEXT", name=_SEARCHES),
    ),
)
