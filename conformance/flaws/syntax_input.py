"""Flaws of how commands are read: syntax, case, tags, literals (RFC 3501 sections 2.2, 9)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    answer,
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


def _octal_count(_talk: Talk, request: Request) -> bytes | None:
    found = re.search(rb"\{0+([1-7][0-7]*)(\+?)\}\r\n", request.octets)
    if found is None:
        return None
    return request.octets[: found.start()] + b"{%d%s}\r\n" % (int(found[1], 8), found[2])


def _refuse_lower_case(talk: Talk, request: Request) -> bytes | None:
    word = request.octets.split(b" ", 2)[1].strip() if b" " in request.octets else b""
    if not re.search(rb"[a-z]", word):
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
        "3501-6.1.1-response 3501-4.3-literal",
        answer(b"{tag} BAD Expected a literal\r\n", name="APPEND", where=rb"\{\d+\+\}"),
    ),
    flaw(
        "literal-count-read-as-octal",
        "A literal count with leading zeros is read as an octal number",
        "G14",
        "3501-4.2-number",
        command(_octal_count, early=True),
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
        "3501-4.3-quoted",
        send_as(rb"\\[\"\\]", b"", count=0, name="CREATE, SELECT, STATUS, LOGIN, SUBSCRIBE, LIST"),
    ),
    flaw(
        "commands-in-upper-case-only",
        "Commands in lower case are not known",
        "",
        "3501-6.4.5-names 3501-6.4.6-names 3501-6.4.4-keys 3501-9-command",
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
)
