"""Flaws of NOTIFY (RFC 5465): events of messages, and which mailboxes are watched."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_then,
    command,
    drop,
    replace,
    send_as,
)
from conformance.flaws.flaw import Act, Saying, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_DOVECOT, _CYRUS = "dovecot24", "cyrus310"
_NEW = rb"(MessageNew MessageExpunge)"
_STATUS_OF = frozenset({"STATUS", "NOTIFY"})


def unasked(function: Saying, only: str) -> Act:
    """Let a function say what is sent instead of responses that no command has asked for."""

    def saying(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        if any(each.name in _STATUS_OF or "LIST" in each.name for each in arrival.in_flight):
            return octets
        return function(talk, arrival, octets)

    return alter(saying, only=only)


def _between(function: Saying, only: str) -> Act:
    """Do so between commands, and during NOOP."""

    def saying(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        if any(each.name != "NOOP" for each in arrival.in_flight):
            return octets
        return function(talk, arrival, octets)

    return alter(saying, only=only)


def _search_first(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b'* ESEARCH (TAG "p2") UID ADDTO (0 1)\r\n' + octets


def without(pattern: bytes, text: bytes = b"") -> Saying:
    """Return what puts a text in the place of a pattern."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda _talk, _arrival, octets: compiled.sub(text, octets)


def lost(_talk: Talk, _arrival: Arrival, _octets: bytes) -> bytes:
    """Say nothing."""
    return b""


def _kept(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Keep what comes without a command until there is one."""
    if arrival.in_flight:
        kept: bytes = talk.memory.pop("kept", b"")
        return kept + octets
    talk.memory["kept"] = talk.memory.get("kept", b"") + octets
    return b""


def _kept_until(talk: Talk, _request: Request) -> None:
    talk.say(talk.memory.pop("kept", b""))


def _added(talk: Talk, request: Request) -> bytes | None:
    """Add the groups of the NOTIFY before."""
    found = re.match(rb"SET ((?:STATUS )?)(\(.*)", request.arguments, re.IGNORECASE)
    if found is None:
        return None
    groups = talk.memory.get("groups", b"")
    talk.memory["groups"] = found[2]
    return request.octets.replace(found[2], found[2] + b" " + groups) if groups else None


def _overridden(_talk: Talk, request: Request) -> bytes | None:
    """Watch the selected mailbox as the other groups say."""
    if b"FlagChange" not in request.octets or b"selected " + _NEW not in request.octets:
        return None
    return request.octets.replace(_NEW, b"(MessageNew MessageExpunge FlagChange)", 1)


def _before_any(talk: Talk, request: Request) -> bytes:
    """Watch all mailboxes from the login on."""
    *data, last = talk.exchange(request)
    talk.say(b"".join(data) + last)
    if b" OK" in last:
        talk.ask(b"NOTIFY SET (selected %s) (personal %s)" % (_NEW, _NEW), "news")
    return b""


FLAWS = (
    flaw(
        "notify-deaf-to-other-mailboxes",
        "Nothing is told of messages in other mailboxes",
        "",
        "5465-5.2-status 5465-5.3-status 5465-6.2-personal 5465-6.3-inboxes",
        unasked(lost, "STATUS"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-with-commands-only",
        "Events are told when there is a command, and not before",
        "",
        "5465-3.1-always 5465-6.1.1-immediate",
        alter(_kept, only="STATUS EXISTS EXPUNGE FETCH"),
        command(_kept_until, name="NOOP"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-without-idle",
        "During IDLE events of other mailboxes are not told",
        "",
        "5465-4-idle",
        drop(only="STATUS", to="IDLE"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-none-is-nothing",
        "NOTIFY NONE is answered OK, and does nothing",
        "",
        "5465-3.1-none 5465-3.1-selected-left-out",
        answer(b"{tag} OK Done\r\n", name="NOTIFY", where=rb"NOTIFY NONE"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-set-adds",
        "NOTIFY SET adds to what was asked for before",
        "",
        "5465-3.1-replaces",
        command(_added, name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-ends-with-select",
        "SELECT puts an end to what NOTIFY has asked for",
        "",
        "5465-3.1-lasts",
        ask_then(b"NOTIFY NONE", "none", name="SELECT"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-before-any",
        "All mailboxes are watched from the login on",
        "",
        "5465-3.1-before",
        command(_before_any, name="LOGIN"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-all-messages",
        "Whoever asks for events of some mailbox is told those of the selected one",
        "",
        "5465-3.1-selected-left-out",
        send_as(rb"NOTIFY SET (?=\(mailboxes)", b"NOTIFY SET (selected %s) " % _NEW, name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-names-override-selected",
        "A group that names the selected mailbox says what is told of it",
        "",
        "5465-3.1-selected-overrides",
        command(_overridden, name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-flags-always",
        "Flags are told to who asks for new messages",
        "",
        "5465-3.1-set",
        send_as(
            rb"\(selected \(MessageNew MessageExpunge\)\)\r\n",
            b"(selected (MessageNew MessageExpunge FlagChange))\r\n",
            name="NOTIFY",
        ),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-tells-no-news",
        "NOTIFY SET tells nothing of what has changed",
        "",
        "5465-3.1-noop",
        drop(only="FETCH EXPUNGE", to="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-status-of-one",
        "NOTIFY SET STATUS tells no mailbox",
        "",
        "5465-3.1-status",
        drop(only="STATUS", to="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-status-without-uidnext",
        "STATUS of a NOTIFY has no UIDNEXT",
        "",
        "5465-3.1-status-new",
        replace(rb" UIDNEXT \d+", b"", only="STATUS", to="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-status-without-messages",
        "STATUS of a NOTIFY has no MESSAGES",
        "",
        "5465-3.1-status-expunge 5465-3.1-status-new",
        replace(rb"MESSAGES \d+ ", b"", only="STATUS", to="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-status-without-modseq",
        "STATUS of a NOTIFY has no HIGHESTMODSEQ",
        "",
        "5465-3.1-status-flags",
        replace(rb" HIGHESTMODSEQ \d+", b"", only="STATUS", to="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-status-always",
        "NOTIFY SET tells where mailboxes stand without being asked",
        "",
        "5465-3.1-status-left-out",
        send_as(rb"NOTIFY SET (?=\()", b"NOTIFY SET STATUS ", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-missing-is-no",
        "NOTIFY SET with a name of no mailbox is answered NO",
        "",
        "5465-3.1-missing 5465-3.1-ok",
        answer(b"{tag} NO No such mailbox\r\n", name="NOTIFY", where=rb"-missing\b"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-event-unknown-is-bad",
        "An event that is not known is answered BAD",
        "",
        "5465-3.1-unsupported",
        replace(rb"\A(\S+) NO \[BADEVENT[^\]]*\]", rb"\1 BAD", to="NOTIFY"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-without-badevent",
        "An event that is not known is answered NO without a code",
        "",
        "5465-3.1-badevent",
        replace(rb"\[BADEVENT[^\]]*\] ", b"", to="NOTIFY"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-badevent-of-one",
        "BADEVENT has the first event only",
        "",
        "5465-3.1-badevent-all",
        replace(rb"(\[BADEVENT \(\S+) [^)]*\)", rb"\1)", to="NOTIFY"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-flags-alone",
        "FlagChange may be asked for alone",
        "",
        "5465-5-flags-alone",
        answer(b"{tag} OK Done\r\n", name="NOTIFY", where=rb"\((Flag|Annotation)Change\)"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-new-alone",
        "MessageNew may be asked for alone",
        "",
        "5465-5-together",
        answer(b"{tag} OK Done\r\n", name="NOTIFY", where=rb"\(Message(New|Expunge)\)"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-fetch-without-uid",
        "A flag that has changed is told without the unique identifier",
        "",
        "5465-5.1-fetch",
        _between(without(rb"UID \d+ | UID \d+"), "FETCH"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-modseq-alone",
        "Flags that change elsewhere are told without UIDVALIDITY",
        "",
        "5465-5.1-status",
        unasked(without(rb" UIDVALIDITY \d+|UIDVALIDITY \d+ "), "STATUS"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-uidvalidity-untold",
        "Nothing is told where a mailbox is made anew",
        "",
        "5465-5.1-uidvalidity",
        unasked(without(rb" UIDVALIDITY \d+|UIDVALIDITY \d+ "), "STATUS"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-new-without-fetch",
        "A new message is told with EXISTS alone",
        "",
        "5465-5.2-exists",
        unasked(lost, "FETCH"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-status-has-no-modseq",
        "STATUS of an event has no HIGHESTMODSEQ where CONDSTORE is enabled",
        "",
        "5465-5.2-modseq 5465-5.3-modseq",
        unasked(without(rb" HIGHESTMODSEQ \d+"), "STATUS"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-without-expunge",
        "A message that goes is not told",
        "",
        "5465-5.3-expunge",
        drop(only="EXPUNGE VANISHED"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-delays-nothing",
        "SELECTED-DELAYED is SELECTED",
        "",
        "5465-6.1.2-delayed",
        send_as(rb"selected-delayed", b"selected", name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-one-group-of-a-kind",
        "Two groups that name mailboxes are refused",
        "",
        "5465-8-groups",
        answer(b"{tag} BAD Duplicate\r\n", name="NOTIFY", where=rb"\(mailboxes .*\(mailboxes "),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-in-capitals",
        "NOTIFY and its words are known as the RFC writes them",
        "",
        "5465-8-case",
        answer(b"{tag} BAD Unknown command\r\n", name="NOTIFY", where=rb"(?-i:notify|stAtus)"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-names-of-the-selected",
        "Names may be watched with SELECTED",
        "",
        "5465-6.1-message-events 5465-6.1-one",
        answer(b"{tag} OK Done\r\n", name="NOTIFY", where=rb"SET \(selected.*(Name|ption|delayed)"),
        backend=_CYRUS,
    ),
    flaw(
        "notify-search-before-exists",
        "A search is told to have a message before the message is told",
        "",
        "5465-5.2-context 5465-5.1-context",
        _between(_search_first, "EXISTS FETCH"),
        _between(lost, "ESEARCH"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-search-items-of-flags",
        "Items that a search asks for are sent when flags change",
        "",
        "5465-7-no-fetch",
        unasked(
            without(rb"FETCH \(", rb"FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "),
            "FETCH",
        ),
        backend=_DOVECOT,
    ),
)
