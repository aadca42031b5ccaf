"""Flaws of LITERAL+ and LITERAL- (RFC 7888), and a facade that has the second for the first."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    hang_up_on,
    replace,
    whole,
)
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SENT = rb"\{\d+\+\}\r\n"
_LONG = rb"\{(?!0*[0-3]?\d{1,3}\+|0*40\d\d\+)\d+\+\}\r\n"
"""A count of 4100 or more with a plus, which is as near to 4096 as a pattern has to be."""


def _as_commands(_talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Take the octets of a refused literal for a command of the client."""
    found = re.fullmatch(rb"(\S+) NOOP", request.literals[0]) if request.literals else None
    if found is None or b" OK" in responses[-1]:
        return responses
    return [*responses, found[1] + b" OK Done\r\n"]


def _takes_minus(talk: Talk, request: Request) -> bytes:
    """Read the octets behind a count that is written with a minus."""
    talk.read_line()
    talk.say(request.tag + b" OK Done\r\n")
    return b""


def _minus(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(rb"LITERAL\+", b"LITERAL-", octets)


FACADES = (
    facade(
        "literal-minus-facade",
        "LITERAL- is announced instead of LITERAL+, and longer literals are refused",
        alter(_minus, only="CAPABILITY"),
        alter(_minus, code="CAPABILITY"),
        answer(b"{tag} BAD [TOOBIG] Wait to be asked\r\n", where=_LONG),
    ),
)

FLAWS = (
    flaw(
        "literal-plus-breaks-append",
        "LITERAL+ is announced, and APPEND refuses a literal with a plus",
        "G12",
        "7888-3-taken",
        answer(b"{tag} BAD Unexpected literal\r\n", name="APPEND", where=_SENT),
    ),
    flaw(
        "literal-minus-without-limit",
        "LITERAL- is announced, and a literal of 5000 octets is taken without waiting",
        "G09",
        "7888-5-too-long",
        answer(b"{tag} OK Done\r\n", name="STATUS", where=_LONG),
        facade="literal-minus-facade",
    ),
    flaw(
        "literal-minus-without-toobig",
        "LITERAL- is announced, and an APPEND with a longer literal is answered BAD without TOOBIG",
        "",
        "7888-5-toobig",
        answer(b"{tag} BAD Not so\r\n", name="APPEND", where=_LONG),
        facade="literal-minus-facade",
    ),
    flaw(
        "literal-minus-bye-without-toobig",
        "LITERAL- is announced, and a longer literal is answered with BYE without TOOBIG",
        "",
        "7888-5-toobig-bye",
        hang_up_on(b"* BYE Not so\r\n", where=_LONG),
        facade="literal-minus-facade",
    ),
    flaw(
        "literal-count-with-minus",
        "A count with a minus behind it is taken for that of a literal",
        "G09",
        "7888-8-strict",
        command(_takes_minus, where=rb"\{\d+-\}\r\n\Z"),
    ),
    flaw(
        "literal-plus-asked-for",
        "A literal with a plus is asked for all the same",
        "",
        "7888-3-not-asked",
        before(b"+ Ready\r\n", kind="tagged", where=_SENT),
    ),
    flaw(
        "literal-plus-as-commands",
        "The octets of a refused literal with a plus are carried out as a command",
        "",
        "7888-3-every-line",
        whole(_as_commands, where=_SENT),
    ),
    flaw(
        "literal-plus-cut-at-crlf",
        "A literal with a plus ends where its first line ends",
        "",
        "7888-3-count",
        command(
            lambda _, r: re.sub(rb"\{\d+\+\}\r\n(.*)\r\n.*\Z", rb"{0}\r\n", r.octets),
            name="RENAME",
            where=_SENT,
        ),
    ),
    flaw(
        "literal-plus-sent",
        "The server sends whole messages as literals with a plus in their count",
        "",
        "7888-3-sent-synchronizing",
        replace(rb"\{(\d+)\}\r\n", rb"{\1+}\r\n", only="FETCH", where=rb"\(UID BODY.PEEK\[\]\)"),
    ),
    flaw(
        "literal-plus-and-minus",
        "Both LITERAL+ and LITERAL- are announced",
        "",
        "7888-5-not-both",
        replace(rb"LITERAL\+", b"LITERAL+ LITERAL-", only="CAPABILITY"),
    ),
    flaw(
        "literal8-without-plus",
        "BINARY and LITERAL+ are announced, and a literal8 with a plus is refused",
        "G13",
        "7888-6-literal8",
        answer(b"{tag} BAD Invalid literal8\r\n", name="APPEND", where=rb"~\{\d+\+\}\r\n"),
    ),
    flaw(
        "multiappend-without-plus",
        "The second message of an APPEND is refused where it has a plus in its count",
        "",
        "7888-7-multiappend",
        answer(
            b"{tag} BAD Unexpected literal\r\n",
            name="APPEND",
            where=rb"(?s)\+\}\r\n.*\r\n [^\r\n]*\{\d+\+\}\r\n",
        ),
    ),
)
