"""Flaws of NOTIFY (RFC 5465): events of names, rights and metadata, most behind a facade."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, drop, remembering, replace
from conformance.flaws.flaw import Act, Flaw, flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc5465 import lost, unasked, without
from conformance.flaws.rfc5465_facade import BEHIND, SUBSCRIBING
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_DOVECOT = "dovecot24"
_WATCHED = re.compile(rb"\(mailboxes \(?(?:INBOX )?([^ ()]+)", re.IGNORECASE)


def _behind(name: str, title: str, rules: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", rules, *acts, backend=_DOVECOT, facade=BEHIND)


def _remember(talk: Talk, request: Request) -> None:
    found = _WATCHED.search(request.arguments)
    talk.memory["watched"] = found[1] if found else b""


def _revoked(talk: Talk, request: Request) -> None:
    """Count how often rights to a mailbox were set."""
    name = request.first
    talk.shared[name] = talk.shared.get(name, 0) + 1


def _times(talk: Talk, octets: bytes) -> int:
    names = (name for name in talk.shared if isinstance(name, bytes) and name in octets)
    return max((talk.shared[name] for name in names), default=0)


def _not_again(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b"" if _times(talk, octets) >= 3 else octets


def _still(talk: Talk, _request: Request) -> None:
    """Tell of a mailbox that was lost."""
    watched = talk.memory.get("watched", b"")
    if watched and _times(talk, watched) == 2:
        talk.say(b"* STATUS %s (MESSAGES 2 UIDNEXT 3)\r\n" % watched)


def _shown(talk: Talk, request: Request) -> bytes | None:
    """Show a mailbox that may not be listed."""
    found = _WATCHED.search(request.arguments)
    if found is None or _times(talk, found[1]) < 2:
        return None
    talk.say(b'* LIST (\\NoAccess) "/" %s\r\n' % found[1])
    return None


FLAWS = (
    flaw(
        "notify-shows-what-is-hidden",
        "A mailbox that may not be listed is told as out of reach",
        "",
        "5465-3.1-hidden",
        remembering(_revoked, name="SETACL"),
        command(_shown, name="NOTIFY"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-hides-what-is-shown",
        "A mailbox that may be listed and not read is ignored",
        "",
        "5465-3.1-no-access",
        drop(only="LIST", to="NOTIFY"),
        backend="cyrus310",
    ),
    flaw(
        "notify-goes-on-without-rights",
        "A mailbox that was lost is told of",
        "",
        "5465-5.9-stop",
        remembering(_revoked, name="SETACL"),
        remembering(_remember, name="NOTIFY"),
        command(_still, name="NOOP"),
        backend=_DOVECOT,
    ),
    flaw(
        "notify-not-again",
        "A mailbox that was lost and given back is not watched",
        "",
        "5465-5.9-restart",
        remembering(_revoked, name="SETACL"),
        alter(_not_again, only="STATUS"),
        backend=_DOVECOT,
    ),
    _behind(
        "notify-deaf-to-names",
        "Mailboxes that are created and names that are subscribed to are not told",
        "5465-5.4-created 5465-5.5-subscribed",
        unasked(lost, "LIST"),
    ),
    _behind(
        "notify-deleted-is-there",
        "A mailbox that was deleted is told as if it was there",
        "5465-5.4-deleted 5465-5.4-right 5465-5.5-attributes",
        unasked(without(rb"\\NonExistent ?"), "LIST"),
    ),
    _behind(
        "notify-without-oldname",
        "A mailbox that was renamed is told by its new name alone",
        "5465-5.4-renamed",
        replace(rb' \("OLDNAME" \([^)]*\)\)', b"", only="LIST"),
    ),
    _behind(
        "notify-tells-children",
        "Mailboxes below one that was renamed are told as well",
        "5465-5.4-children",
        alter(
            lambda _talk, _arrival, octets: (
                octets + re.sub(rb"([^ \"]+)(\"?) \(\"OLDNAME.*\r\n", rb"\1/sub\2\r\n", octets)
                if b"OLDNAME" in octets
                else octets
            ),
            only="LIST",
        ),
    ),
    _behind(
        "notify-without-parents",
        "The parent of a mailbox that was created is not told",
        "5465-5.4-parent",
        unasked(
            lambda _talk, _arrival, octets: b"" if b"\\HasChildren" in octets else octets, "LIST"
        ),
    ),
    _behind(
        "notify-names-without-children",
        "A name is told without saying whether there are mailboxes below",
        "5465-5.4-has-children",
        unasked(without(rb"\\HasNoChildren"), "LIST"),
    ),
    _behind(
        "notify-tells-own-names",
        "Who creates a mailbox is told so",
        "5465-5-own",
        alter(
            lambda _talk, arrival, octets: (
                b'* LIST () "/" %s\r\n' % arrival.answers.arguments + octets
                if arrival.answers and arrival.answers.name == "CREATE"
                else octets
            ),
            kind="tagged",
            to="CREATE",
        ),
    ),
    _behind(
        "notify-tells-what-is-subscribed-always",
        "A name that is no longer subscribed to is told as subscribed",
        "5465-5.5-subscribed",
        unasked(without(rb"\* LIST \(\)", rb"* LIST (\\Subscribed)"), "LIST"),
    ),
    _behind(
        "notify-metadata-unknown",
        "METADATA is announced, and its events are not known",
        "5465-5.6-supported 5465-5.7-supported",
        answer(
            b"{tag} NO [BADEVENT (MessageNew MessageExpunge)] No\r\n",
            name="NOTIFY",
            where=rb"Metadata",
        ),
    ),
    _behind(
        "notify-metadata-untold",
        "Metadata that change are not told",
        "5465-5.6-response 5465-5.6-removed 5465-5.7-response 5465-5.7-removed",
        drop(only="METADATA", to="NOOP"),
    ),
    _behind(
        "notify-all-metadata",
        "All entries are told where one has changed",
        "5465-5.6-only-changed 5465-5.7-only-changed",
        replace(rb"\r\n", b" /private/imapconfother\r\n", only="METADATA", to="NOOP"),
    ),
    _behind(
        "notify-lost-without-no-access",
        "A mailbox that is lost is not told as out of reach",
        "5465-5.9-no-access",
        unasked(without(rb" \\NoAccess"), "LIST"),
    ),
    flaw(
        "notify-shows-what-was-appended",
        "A message that the client has appended is sent to it",
        "",
        "5465-5.2-own",
        alter(
            lambda _talk, arrival, octets: (
                octets
                + b'* %d FETCH (ENVELOPE (NIL "my own" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n'
                % (arrival.response.count or 1)
            ),
            only="EXISTS",
            to="APPEND",
        ),
        backend=_DOVECOT,
        facade=BEHIND,
    ),
    flaw(
        "notify-subscribes-in-silence",
        "A mailbox that the server subscribes to is told without saying so",
        "",
        "5465-5.4-subscribed",
        unasked(without(rb"\\Subscribed "), "LIST"),
        backend=_DOVECOT,
        facade=SUBSCRIBING,
    ),
)
