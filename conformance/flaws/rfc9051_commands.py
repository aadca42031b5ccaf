"""Flaws of single commands of IMAP4rev2 (RFC 9051): refused, or carried out otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, ask_first, command, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9051_facade import REV2
from conformance.flaws.talk import Talk

_SEARCHES = "SEARCH, UID SEARCH"


def _refuses_again(talk: Talk, request: Request) -> bytes | None:
    name = request.arguments.removesuffix(b"\r\n")
    listed = talk.ask(b'LIST (SUBSCRIBED) "" ' + name, "none")
    if not any(line.startswith(b"* LIST") for line in listed):
        return None
    talk.say(request.tag + b" NO It is so already\r\n")
    return b""


def _status_of_selected(talk: Talk, request: Request) -> bytes | None:
    if not talk.mailbox or request.first != talk.mailbox:
        return None
    talk.say(request.tag + b" NO It is selected\r\n")
    return b""


def _makes_target(talk: Talk, request: Request) -> None:
    """Create the mailbox that messages are to be moved to."""
    target = re.sub(rb"(?i)\A.*? MOVE \S+ ", b"", request.octets).removesuffix(b"\r\n")
    talk.ask(b"CREATE " + target, "none")


def _tag_again(talk: Talk, request: Request) -> bytes | None:
    used = talk.memory.setdefault("tags", set())
    if request.tag not in used:
        used.add(request.tag)
        return None
    talk.say(request.tag + b" BAD This tag was used\r\n")
    return b""


FLAWS = (
    flaw(
        "rev2-tags-used-up",
        "A tag that was used before is answered BAD",
        "",
        "9051-2.2.1-tag-reuse",
        command(_tag_again),
        backend="cyrus310",
    ),
    flaw(
        "rev2-starttls-refused",
        "STARTTLS is announced, and answered NO",
        "",
        "9051-11.2-starttls",
        answer(b"{tag} NO Not now\r\n", name="STARTTLS"),
        backend="cyrus310",
    ),
    flaw(
        "rev2-not-announced-once-selected",
        "While a mailbox is selected CAPABILITY does not list IMAP4rev2",
        "",
        "9051-6.1.1-imap4rev2",
        replace(rb" IMAP4rev2", b"", only="CAPABILITY", state="selected"),
        facade=REV2,
    ),
    flaw(
        "subscribed-once-only",
        "SUBSCRIBE of a subscribed name is answered NO",
        "",
        "9051-6.3.7-again",
        command(_refuses_again, name="SUBSCRIBE"),
        facade=REV2,
    ),
    flaw(
        "status-not-of-the-selected",
        "STATUS of the selected mailbox is answered NO",
        "",
        "9051-6.3.11-selected",
        command(_status_of_selected, name="STATUS"),
        facade=REV2,
    ),
    flaw(
        "privacy-required-under-tls",
        "Under TLS a wrong password is answered with PRIVACYREQUIRED",
        "",
        "9051-7.1-privacyrequired",
        replace(rb"NO (\[[^]]*\] )?", b"NO [PRIVACYREQUIRED] ", status="NO", to="LOGIN", tls=True),
        facade=REV2,
    ),
    flaw(
        "quoted-string-of-ascii-only",
        "A quoted string with UTF-8 in it is answered BAD",
        "",
        "9051-4.3.1-utf8-quoted",
        answer(b"{tag} BAD 8-bit\r\n", name=_SEARCHES, where=rb'"[^"\r]*[\x80-\xff]'),
        facade=REV2,
    ),
    flaw(
        "list-in-latin-1",
        "LIST has names in ISO 8859-1",
        "",
        "9051-4.3-quoted-octets 9051-5.1-listed",
        replace(b"\xc3\xa9", b"\xe9", count=0, only="LIST"),
        facade=REV2,
    ),
    flaw(
        "uid-search-behind-the-news",
        "UID SEARCH tells what other sessions have removed before it reads its numbers",
        "",
        "9051-5.5-uid-search-numbers",
        ask_first(b"NOOP", "news", name="UID SEARCH"),
        facade=REV2,
    ),
    flaw(
        "rename-of-inbox-bad",
        "RENAME of INBOX is answered BAD",
        "",
        "9051-6.3.6-inbox-not-bad",
        answer(b"{tag} BAD Not the inbox\r\n", name="RENAME", where=rb'RENAME "?INBOX\b'),
        facade=REV2,
    ),
    flaw(
        "subscribe-in-words-only",
        "SUBSCRIBE is answered OK, and nothing is subscribed",
        "",
        "9051-6.3.7-subscribed",
        answer(b"{tag} OK Done\r\n", name="SUBSCRIBE"),
        facade=REV2,
    ),
    flaw(
        "search-text-in-the-body",
        "TEXT does not look into the header",
        "",
        "9051-6.4.4-text",
        send_as(rb"\bTEXT ", b"BODY ", name=_SEARCHES),
        facade=REV2,
    ),
    flaw(
        "move-makes-its-target",
        "MOVE into a mailbox that does not exist creates it",
        "",
        "9051-6.4.8-no-create",
        command(_makes_target, name="MOVE, UID MOVE"),
        facade=REV2,
    ),
    flaw(
        "move-in-capitals",
        "MOVE is known in capitals only",
        "",
        "9051-9-case",
        answer(b"{tag} BAD No such command\r\n", name="MOVE, UID MOVE", where=rb"(?-i:[mM]ov|mOv)"),
        facade=REV2,
    ),
    flaw(
        "star-of-no-message-bad",
        "To UID commands the star is answered BAD",
        "",
        "9051-9-star-empty",
        answer(
            b"{tag} BAD No message\r\n",
            name="UID FETCH, UID STORE, UID EXPUNGE",
            where=rb" (?:UID FETCH \*|UID \S+ 1:\*)",
        ),
        facade=REV2,
    ),
    flaw(
        "login-disabled-in-words",
        "LOGINDISABLED is announced before TLS, and the login succeeds",
        "",
        "9051-7.2.2-login-no",
        replace(rb"STARTTLS", b"STARTTLS LOGINDISABLED", only="CAPABILITY OK", tls=False),
        facade=REV2,
    ),
)
