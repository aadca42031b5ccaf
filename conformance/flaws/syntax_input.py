"""Flaws of how commands are read: syntax, case, tags, literals (RFC 3501 sections 2.2, 9)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    answer,
    before,
    command,
    drop,
    hang_up_on,
    hold,
    replace,
    send_as,
    twice,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_COMMAND = re.compile(
    rb"[^ ]+ (capability|noop|logout|login|select|examine|create|delete|rename|subscribe"
    rb"|unsubscribe|list|lsub|status|append|check|close|expunge|search|fetch|store|copy|uid|idle)\b",
    re.IGNORECASE,
)


def _refuse_lower_case(talk: Talk, request: Request) -> bytes | None:
    word = _COMMAND.match(request.octets)
    if word is None or word[1] == word[1].upper():
        return None
    talk.say(request.tag + b" BAD Unknown command\r\n")
    return b""


FLAWS = (
    flaw(
        "no-imap4rev1",
        "CAPABILITY does not list IMAP4rev1",
        "",
        "3501-9-capability-data",
        replace(rb" IMAP4rev1", b"", only="CAPABILITY"),
    ),
    flaw(
        "deep-parentheses-hang-up",
        "A search key in many parentheses closes the connection",
        "G10",
        "3501-6.4.4-list 3501-3.4-bye 3501-2.2.2-one-completion",
        hang_up_on(name="SEARCH, UID SEARCH", where=rb"\(\(\("),
    ),
    flaw(
        "non-synchronising-append-refused",
        "LITERAL+ is announced, and APPEND with such a literal is refused",
        "G12",
        "3501-6.1.1-response 3501-4.3-literal 3501-6.3.11-trycreate",
        answer(b"{tag} BAD Expected a literal\r\n", name="APPEND", where=rb"\{\d+\+\}"),
    ),
    flaw(
        "literal-count-with-zeros-refused",
        "A literal count that begins with a zero is taken for another kind of number",
        "G14",
        "3501-4.2-number 3501-9-literal",
        answer(b"{tag} BAD Octal count\r\n", where=rb"\{0\d+\+?\}\r\n", early=True),
    ),
    flaw(
        "control-characters-in-atoms",
        "Control characters and specials in a word are taken",
        "G16",
        "3501-2.2.2-strict",
        send_as(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", b"", count=0),
        replace(rb"\A(\S+) BAD .*\Z", rb"\1 OK done\r\n", kind="tagged"),
    ),
    flaw(
        "long-tags-cut",
        "Tags are cut to eight characters",
        "G17",
        "3501-2.2.2-tag",
        replace(rb"\A([^*+ ]{8})\S+ ", rb"\1 ", kind="tagged"),
    ),
    flaw(
        "unknown-command-ok",
        "A command that is not known is answered OK",
        "",
        "3501-2.2.2-unknown 3501-6.5.1-unknown",
        replace(rb"\A(\S+) BAD .*\Z", rb"\1 OK done\r\n", kind="tagged"),
    ),
    flaw(
        "capability-not-sent",
        "CAPABILITY is answered OK without a CAPABILITY response",
        "",
        "3501-6.1.1-response",
        drop(only="CAPABILITY"),
    ),
    flaw(
        "capability-sent-twice",
        "CAPABILITY is answered with two responses",
        "",
        "3501-6.1.1-single",
        twice(only="CAPABILITY"),
    ),
    flaw(
        "logout-without-bye",
        "LOGOUT is answered OK without a BYE",
        "",
        "3501-6.1.3-bye 3501-3.4-logout-ok",
        replace(rb"\A\* BYE .*\Z", b"", to="LOGOUT"),
    ),
    flaw(
        "bye-behind-ok",
        "The BYE of LOGOUT comes behind its OK",
        "",
        "3501-6.1.3-bye 3501-3.4-logout-ok",
        hold({"kind": "tagged"}, status="BYE"),
    ),
    flaw(
        "quoted-backslash-lost",
        "A backslash in a quoted string takes the next character away",
        "",
        "3501-4.3-quoted 3501-5.1-any-name",
        send_as(rb"\\[\"\\]", b"", count=0, name="CREATE, SELECT, STATUS, LOGIN, SUBSCRIBE, LIST"),
    ),
    flaw(
        "commands-in-upper-case-only",
        "Commands in lower case are not known",
        "",
        "3501-6.4.5-names 3501-6.4.6-names 3501-6.4.4-keys 3501-9-command 3501-9-case-insensitive",
        command(_refuse_lower_case),
    ),
    flaw(
        "empty-literal-refused",
        "A literal of no octets is refused",
        "",
        "3501-4.3-empty",
        answer(b"{tag} BAD Empty literal\r\n", where=rb"\{0\+?\}\r\n"),
    ),
    flaw(
        "atom-with-odd-characters-refused",
        "An atom of other characters than letters and digits is refused",
        "",
        "3501-4.1-atom",
        answer(b"{tag} BAD Bad atom\r\n", where=rb"[!#$&';<=>?@^`|}~]+\S* ?(?:\(|\r)"),
    ),
    flaw(
        "experimental-response-unasked",
        "A response that begins with X comes though nobody has asked",
        "",
        "3501-6.5.1-unasked",
        before(b"* XNEWS 1\r\n", kind="tagged", to="NOOP", state="selected"),
    ),
    flaw(
        "bye-and-goes-on",
        "The server says BYE, and goes on",
        "",
        "3501-7.1.5-close",
        before(b"* BYE Soon\r\n", kind="tagged", to="NOOP", state="selected"),
    ),
    flaw(
        "response-of-an-extension",
        "A response of an extension comes that is not announced",
        "",
        "3501-7.2.1-conform",
        before(b'* QUOTA "" (STORAGE 1 2)\r\n', kind="tagged", to="NOOP", state="selected"),
    ),
    flaw(
        "imap4-not-first",
        "CAPABILITY lists IMAP4 behind others",
        "",
        "3501-9-imap4-first",
        replace(rb" IMAP4rev1", b" IMAP4rev1 IMAP4", only="CAPABILITY"),
    ),
    flaw(
        "literal-is-the-last-argument",
        "A command is refused that goes on behind a literal",
        "",
        "3501-7.5-remainder 3501-4.3-literal",
        answer(
            b"{tag} BAD Literal must be last\r\n",
            name="STATUS, RENAME, SEARCH, UID SEARCH",
            where=rb"\{\d+\+?\}\r\n[^\r]* [^\s{]",
        ),
    ),
    flaw(
        "literals-are-other-names",
        "A name in a literal is another one than the same name in quotes",
        "",
        "3501-4-same-value 3501-4.3-literal",
        send_as(
            rb"\{\d+\+?\}\r\n([^\r ]*)",
            rb'"\1x"',
            name="SELECT, EXAMINE, STATUS, SUBSCRIBE, DELETE",
        ),
    ),
    flaw(
        "message-twice-in-a-set-refused",
        "A set that names a message twice is refused",
        "",
        "3501-9-set-twice",
        answer(
            b"{tag} BAD Twice\r\n",
            name="FETCH, STORE, SEARCH, COPY",
            where=rb" (?:[\d:]+,)*(\d+),\1[,: ]",
        ),
    ),
    flaw(
        "one-digit-day-refused",
        "A day of one digit in a search is refused",
        "",
        "3501-9-search-day",
        answer(b"{tag} BAD Bad date\r\n", name="SEARCH", where=rb"(?:ON|SINCE|BEFORE) \"?\d-"),
    ),
)
