"""Flaws of MULTIAPPEND (RFC 3502)."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, command, drop, replace, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_SEVERAL = rb"(?s)\{\d+\+?\}\r\n.*\{\d+\+?\}\r\n"


def _count(request: Request) -> int:
    return len(request.literals)


def _alone(request: Request, which: int) -> bytes:
    """Return what appends one message of several to the same mailbox, without tag and CRLF."""
    message = request.literals[which]
    mailbox = request.arguments.partition(b" ")[0]
    return b"APPEND %s {%d}\r\n%s" % (mailbox, len(message), message)


def _first_only(talk: Talk, request: Request) -> bytes | None:
    if _count(request) < 2:
        return None
    *_, last = talk.ask(_alone(request, 0))
    talk.say(last.replace(last.split(b" ")[0], request.tag, 1))
    return b""


def _backwards(talk: Talk, request: Request) -> bytes | None:
    if _count(request) < 2:
        return None
    last = b""
    for which in reversed(range(_count(request))):
        *_, last = talk.ask(_alone(request, which))
    talk.say(request.tag + b" OK Done\r\n" if b" OK" in last else request.tag + b" NO Failed\r\n")
    return b""


def _one_by_one(talk: Talk, request: Request) -> None:
    """Append the first message whatever becomes of the others."""
    if _count(request) > 1 and not request.literals[-1]:
        talk.ask(_alone(request, 0))


def _makes(talk: Talk, request: Request) -> None:
    if _count(request) > 1:
        talk.ask(b"CREATE " + request.arguments.partition(b" ")[0])


def _next(found: re.Match[bytes]) -> bytes:
    return b"%s%d%s%d]" % (found[1], int(found[2]) + 1, found[3], int(found[4]) + 1)


FLAWS = (
    flaw(
        "multiappend-first-only",
        "Of several messages the first is appended",
        "",
        "3502-6.3.11-appended",
        command(_first_only, name="APPEND"),
    ),
    flaw(
        "multiappend-backwards",
        "Several messages are appended from the last to the first",
        "",
        "3502-6.3.11-appended",
        command(_backwards, name="APPEND"),
    ),
    flaw(
        "multiappend-one-kind-of-literal",
        "A literal8 behind a message that came as a literal is answered BAD",
        "",
        "3502-6.3.11-appended 3516-4.4-append",
        answer(
            b"{tag} BAD Unexpected literal8\r\n",
            name="APPEND",
            where=rb"(?s) \{\d+\+?\}\r\n.*\r\n ~\{\d+\+?\}\r\n",
        ),
    ),
    flaw(
        "multiappend-keeps-the-first",
        "The first message stays when the APPEND is cancelled",
        "",
        "3502-6.3.11-atomic",
        command(_one_by_one, name="APPEND"),
    ),
    flaw(
        "multiappend-empty-is-bad",
        "A message of no octets is answered BAD",
        "",
        "3502-6.3.11-zero",
        replace(rb"\A(\S+) NO", rb"\1 BAD", to="APPEND", where=rb"\{0\+?\}"),
    ),
    flaw(
        "multiappend-flags-of-none",
        "Flags in front of the second message and the following are passed over",
        "",
        "3502-6.3.11-flags",
        send_as(rb"\r\n \([^)]*\) ", rb"\r\n ", count=0, name="APPEND"),
    ),
    flaw(
        "multiappend-date-of-none",
        "A date in front of the second message and the following is passed over",
        "",
        "3502-6.3.11-date",
        send_as(rb'(\r\n (?:\([^)]*\) )?)"[^"]*" ', rb"\1", count=0, name="APPEND"),
    ),
    flaw(
        "multiappend-creates",
        "An APPEND of several messages creates its mailbox",
        "",
        "3502-6.3.11-no-create",
        command(_makes, name="APPEND"),
    ),
    flaw(
        "multiappend-without-trycreate",
        "An APPEND of several messages to a missing mailbox is refused without TRYCREATE",
        "",
        "3502-6.3.11-trycreate",
        replace(rb"\[TRYCREATE\] ", b"", to="APPEND", where=_SEVERAL),
    ),
    flaw(
        "multiappend-without-exists",
        "Several messages are appended to the selected mailbox without EXISTS",
        "",
        "3502-6.3.11-exists",
        drop(only="EXISTS", to="APPEND", where=_SEVERAL),
    ),
    flaw(
        "multiappend-uids-behind",
        "The set of APPENDUID is one further than the messages",
        "",
        "3502-6.3.11-appenduid",
        replace(rb"(\[APPENDUID \d+ )(\d+)([:,])(\d+)\]", _next, to="APPEND"),
    ),
    flaw(
        "multiappend-flags-of-nothing",
        "Flags behind the last message are passed over",
        "",
        "3502-6.3.11-arguments",
        send_as(rb" \(\\\w+\)\r\n\Z", b"\r\n", name="APPEND"),
    ),
)
