"""Flaws of names, namespaces, subscriptions and STATUS under IMAP4rev2 (RFC 9051)."""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import command, drop, number, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9051 import ENABLES, once_enabled
from conformance.flaws.talk import Talk


def _refuses_twice(talk: Talk, request: Request) -> bytes | None:
    name = request.arguments.removesuffix(b"\r\n")
    listed = any(
        each.startswith(b"* LIST") for each in talk.ask(b'LIST (SUBSCRIBED) "" ' + name, "none")
    )
    if listed:
        return None
    talk.say(request.tag + b" NO It is so already\r\n")
    return b""


def _lists_others(talk: Talk, request: Request) -> bytes | None:
    """List the second user below the prefix for other users, whoever asks."""
    told = b"".join(talk.ask(b"NAMESPACE", "none"))
    found = re.search(rb'NAMESPACE (?:NIL|\(\(.*?\)\)) \(\("([^"]*)" "(.)"', told)
    if found is None or found[1] not in request.arguments:
        return None
    line = b'* LIST () "%s" "%suser2"\r\n' % (found[2], found[1])
    talk.say(line + b"".join(talk.exchange(request)))
    return b""


FLAWS = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "names-taken-apart",
            "LIST has letters and their accents as two characters",
            "",
            "9051-5.1-listed 9051-5.1-net-unicode 9051-5.1-utf8",
            replace(b"\xc3\xa9", b"e\xcc\x81", count=0, only="LIST"),
        ),
        flaw(
            "names-in-surrogates",
            "LIST has characters beyond the basic plane as two surrogates",
            "",
            "9051-5.1-listed 9051-5.1-utf8",
            replace(rb"\xf0\x9f..", b"\xed\xa0\xbd\xed\xb8\x80", count=0, only="LIST", to="LIST"),
        ),
        flaw(
            "ampersand-is-utf-7",
            "A name with an ampersand is taken for modified UTF-7",
            "",
            "9051-5.1-ampersand",
            ENABLES,
            once_enabled(replace(rb"&", b"&-", only="LIST")),
        ),
        flaw(
            "unsubscribed-once",
            "UNSUBSCRIBE of a name that is not subscribed is answered NO",
            "",
            "9051-6.3.8-not-subscribed",
            command(_refuses_twice, name="UNSUBSCRIBE"),
        ),
        flaw(
            "status-deleted-counts-all",
            "STATUS has all messages under DELETED",
            "",
            "9051-6.3.11-deleted",
            number(rb"\bDELETED (\d+)", lambda count: count + 1, only="STATUS"),
        ),
        flaw(
            "status-size-too-small",
            "STATUS has half of the octets under SIZE",
            "",
            "9051-6.3.11-size",
            number(rb"\bSIZE (\d+)", lambda size: size // 2, only="STATUS"),
        ),
        flaw(
            "rev2-namespace-left-out",
            "NAMESPACE is answered OK without a NAMESPACE response",
            "",
            "9051-6.3.10-response",
            drop(only="NAMESPACE"),
        ),
        flaw(
            "other-users-listed",
            "LIST of the namespace of other users lists those who have granted nothing",
            "",
            "9051-11.5-other-users 9051-6.3.10-other-users",
            command(_lists_others, name="LIST"),
        ),
    )
)

ALLOWED = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "rev2-namespace-says-more",
            "A namespace has an extension behind its delimiter",
            "",
            "9051-6.3.10-response 9051-6.3.10-personal 9051-6.3.10-extensions",
            replace(rb'(\(\("[^"]*" "[^"]*")\)', rb'\1 "X-COLOUR" ("blue"))', only="NAMESPACE"),
        ),
    )
)
