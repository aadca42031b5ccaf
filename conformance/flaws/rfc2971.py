"""Flaws of ID (RFC 2971)."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, drop, hang_up_on, instead, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_LIST = rb"\(\"name\""
_OTHERS = b" ".join(b'"x%d" "y"' % number for number in range(30))


def _named(talk: Talk, request: Request) -> None:
    """Remember that the client has said what it is."""
    talk.memory["named"] = b'"' in request.octets


def _less_for_the_named(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(rb" IDLE\b", b"", octets) if talk.memory.get("named") else octets


def _not_for_the_named(talk: Talk, request: Request) -> bytes | None:
    if not talk.memory.get("named"):
        return None
    talk.say(request.tag + b" NO Your program is not supported\r\n")
    return b""


FLAWS = (
    flaw(
        "id-answered-no",
        "ID is announced, and answered NO",
        "A25",
        "2971-3.1-ok",
        answer(b"{tag} NO Not for you\r\n", name="ID"),
    ),
    flaw(
        "id-without-response",
        "ID is answered OK without an ID response",
        "A25",
        "2971-3.2-response",
        drop(only="ID"),
    ),
    flaw(
        "id-wants-a-list",
        "ID NIL is refused, an empty list is taken",
        "A26",
        "2971-3.1-nil",
        answer(b"{tag} BAD Missing list\r\n", name="ID", where=rb"ID NIL\r"),
    ),
    flaw(
        "id-wants-a-pair",
        "ID with an empty list is refused, NIL is taken",
        "A26",
        "2971-4-id-params-list",
        answer(b"{tag} BAD Empty list\r\n", name="ID", where=rb"ID \(\)"),
    ),
    flaw(
        "id-crashes-on-nil",
        "An ID with a value NIL ends the connection",
        "G25",
        "2971-3.1-nil-value",
        hang_up_on(name="ID", where=rb" NIL[ )]"),
    ),
    flaw(
        "id-trailing-space",
        "A space stands behind the last value of the ID response",
        "A33",
        "2971-4-id-params-list",
        replace(rb"\)\r\n\Z", b" )\r\n", only="ID"),
    ),
    flaw(
        "id-behind-login-only",
        "ID is refused before the login",
        "",
        "2971-3.1-any-state",
        answer(b"{tag} BAD Log in first\r\n", name="ID", state="not authenticated"),
    ),
    flaw(
        "id-known-fields-only",
        "ID with a field that the RFC does not list is refused",
        "",
        "2971-3.1-any-field",
        answer(b"{tag} BAD Unknown field\r\n", name="ID", where=rb'\("(x-|colour)'),
    ),
    flaw(
        "id-hides-capability",
        "Who has named itself by ID is not told of IDLE",
        "",
        "2971-3-unchanged",
        command(_named, name="ID"),
        alter(_less_for_the_named, only="CAPABILITY"),
    ),
    flaw(
        "id-turns-away",
        "Who has named itself by ID is refused a login",
        "",
        "2971-3-served",
        command(_named, name="ID"),
        command(_not_for_the_named, name="LOGIN, AUTHENTICATE"),
    ),
    flaw(
        "id-long-field",
        "A field of the ID response has more than 30 octets",
        "",
        "2971-3.3-field-length",
        replace(_LIST, b'("x-a-field-that-says-more-than-a-field-may" "y" "name"', only="ID"),
    ),
    flaw(
        "id-long-value",
        "A value of the ID response has more than 1024 octets",
        "",
        "2971-3.3-value-length",
        replace(_LIST, b'("environment" "%s" "name"' % (b"PATH=/bin:" * 103), only="ID"),
    ),
    flaw(
        "id-many-fields",
        "The ID response has 31 fields",
        "",
        "2971-3.3-pairs",
        replace(_LIST, b"(%s " % _OTHERS + b'"name"', only="ID"),
    ),
    flaw(
        "id-field-twice",
        "The ID response has a field twice, in two spellings",
        "",
        "2971-3.3-twice",
        replace(_LIST, b'("Name" "imap" "name"', only="ID"),
    ),
    flaw(
        "id-date-of-its-own",
        "The date in the ID response is written in digits",
        "",
        "2971-3.3-date",
        replace(_LIST, b'("date" "2026-01-31" "name"', only="ID"),
    ),
)

ALLOWED = (
    flaw(
        "id-says-nothing",
        "The ID response is NIL",
        "",
        "2971-3.2-response",
        instead(b"* ID NIL\r\n", only="ID"),
    ),
)
