"""A facade of NOTIFY (RFC 5465) that tells of names, rights and metadata as the RFC has it.

No server at hand tells all of them. Of messages the server behind it tells by itself; what is told
here is kept in a log that all connections share, and said with the next NOOP.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import command, drop
from conformance.flaws.flaw import facade
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

BEHIND = "notify-facade"
SUBSCRIBING = "notify-subscribes-facade"
_OWN = ("MailboxName", "SubscriptionChange", "MailboxMetadataChange", "ServerMetadataChange")
_KNOWN = b"MessageNew MessageExpunge FlagChange " + " ".join(_OWN).encode()
_EVENT = re.compile(rb" ?\b(%s)\b" % "|".join(_OWN).encode(), re.IGNORECASE)
_UNKNOWN = re.compile(rb"XNoSuchEvent", re.IGNORECASE)
_STRING = rb'("[^"]*"|[^ "()]+)'
_TWO = re.compile(_STRING + b" " + _STRING)
_METADATA = re.compile(rb'("[^"]*"|[^ "()]*) \((\S+)', re.DOTALL)
_ACL = re.compile(_STRING + rb' \S+ ("[^"]*"|\S+)\Z')
_CHANGES = "CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, SETMETADATA, SETACL"


def _notify(talk: Talk, request: Request) -> bytes | None:
    """Remember what is asked for, and have the server tell the rest of it."""
    if _UNKNOWN.search(request.arguments):
        talk.say(request.tag + b" NO [BADEVENT (%s)] Not that\r\n" % _KNOWN)
        return b""
    talk.memory["events"] = {found.lower() for found in _EVENT.findall(request.arguments)}
    talk.memory["told"] = len(talk.shared.setdefault("log", []))
    return _EVENT.sub(b"", request.octets).replace(b"( ", b"(").replace(b"()", b"NONE")


def _parent(name: bytes) -> bytes:
    bare = name.strip(b'"')
    above = bare.rpartition(b"/")[0]
    if not above:
        return b""
    return b'* LIST (\\HasChildren) "/" "%s"\r\n' % above


def _exists(talk: Talk, name: bytes) -> bool:
    return any(text.startswith(b"* LIST") for text in talk.ask(b'LIST "" ' + name, "none"))


def _told(talk: Talk, request: Request) -> tuple[bytes, bytes]:
    """Return the event that a command makes, in small letters, and what is said of it."""
    arguments = request.arguments
    if request.name == "CREATE":
        text = b'* LIST (\\HasNoChildren) "/" %s\r\n' % arguments
        return b"mailboxname", text + _parent(arguments)
    if request.name == "DELETE":
        return b"mailboxname", b'* LIST (\\NonExistent) "/" %s\r\n' % arguments + _parent(arguments)
    if request.name == "RENAME" and (two := _TWO.fullmatch(arguments)):
        return b"mailboxname", b'* LIST () "/" %s ("OLDNAME" (%s))\r\n' % (two[2], two[1])
    if request.name == "SETMETADATA" and (entry := _METADATA.match(arguments)):
        mailbox = entry[1] or b'""'
        server = mailbox == b'""'
        event = b"servermetadatachange" if server else b"mailboxmetadatachange"
        return event, b"* METADATA %s %s\r\n" % (mailbox, entry[2])
    if request.name == "SETACL" and (right := _ACL.fullmatch(arguments)) and right[2] == b'""':
        theirs = b"Other/user1/" + right[1].strip(b'"')
        return b"mailboxname", b'* LIST (\\NonExistent \\NoAccess) "/" "%s"\r\n' % theirs
    attributes = [b"\\Subscribed"] if request.name == "SUBSCRIBE" else []
    attributes += [] if _exists(talk, arguments) else [b"\\NonExistent"]
    text = b'* LIST (%s) "/" %s\r\n' % (b" ".join(attributes), arguments)
    return b"subscriptionchange", text


def _changed(talk: Talk, request: Request) -> bytes:
    """Do it, and note what other connections shall be told."""
    answer = talk.exchange(request, shown="all")
    if answer and b" OK" in answer[-1]:
        event, text = _told(talk, request)
        talk.shared.setdefault("log", []).append((talk.number, event, text))
    talk.say(answer[-1] if answer else b"")
    return b""


def _news(talk: Talk, _request: Request) -> None:
    """Say what has happened since."""
    log = talk.shared.setdefault("log", [])
    events, told = talk.memory.get("events", set()), talk.memory.get("told", 0)
    talk.memory["told"] = len(log)
    for number, event, text in log[told:]:
        if number != talk.number and event in events:
            talk.say(text)


def _subscribes(talk: Talk, request: Request) -> bytes:
    """Subscribe to what is created, and note what other connections shall be told."""
    *_, last = talk.exchange(request, shown="all")
    if b" OK" in last:
        talk.ask(b"SUBSCRIBE " + request.arguments, "none")
        text = b'* LIST (\\Subscribed \\HasNoChildren) "/" %s\r\n' % request.arguments
        talk.shared.setdefault("log", []).append((talk.number, b"mailboxname", text))
    talk.say(last)
    return b""


FACADES = (
    facade(
        SUBSCRIBING,
        "Mailboxes that are created are subscribed to, and NOTIFY tells so",
        command(_notify, name="NOTIFY"),
        command(_subscribes, name="CREATE"),
        command(_news, name="NOOP"),
        backend="dovecot24",
    ),
    facade(
        BEHIND,
        "NOTIFY tells of names, subscriptions, rights and metadata",
        command(_notify, name="NOTIFY"),
        command(_changed, name=_CHANGES),
        command(_news, name="NOOP"),
        drop(only="FETCH", to="APPEND"),
        backend="dovecot24",
    ),
)
