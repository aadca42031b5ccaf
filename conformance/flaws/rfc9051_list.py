"""Flaws of IMAP4rev2: LIST with options of selection and of return (RFC 9051 section 6.3.9)."""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import (
    alter,
    answer,
    drop,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_ATTRIBUTES = rb"(\* LIST \()([^)]*)(\))"
_CHILDINFO = rb" \(\"?CHILDINFO\"? \([^)]*\)\)"


def _without(name: bytes) -> bytes:
    """Return a pattern of an attribute and one space beside it."""
    return rb"\\" + name + rb" | ?\\" + name + rb"(?=\))"


def _swapped(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    other = {b"HasChildren": b"HasNoChildren", b"HasNoChildren": b"HasChildren"}
    return re.sub(rb"Has(?:No)?Children", lambda found: other[found[0]], octets)


def _status_first(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    status = [each for each in responses if each.startswith(b"* STATUS ")]
    return status + [each for each in responses if each not in status]


def _in_two(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """List a name with Subscribed once with the other attributes and once with this one."""
    if b"\\Subscribed" not in octets:
        return octets
    alone = re.sub(_ATTRIBUTES, rb"\1\\Subscribed\3", octets)
    return re.sub(_without(b"Subscribed"), b"", octets) + alone


_ROWS = (
    flaw(
        "list-empty-pattern-is-the-root",
        "In the extended syntax an empty pattern lists the delimiter",
        "",
        "9051-6.3.9-empty-ignored",
        answer(
            b'* LIST (\\Noselect) "/" ""\r\n{tag} OK\r\n',
            name="LIST",
            where=rb'LIST \(\) "" ""|LIST "" \(""\)|LIST "" "" RETURN',
        ),
    ),
    flaw(
        "list-options-in-one-order",
        "REMOTE has to stand before SUBSCRIBED, or the answer is BAD",
        "",
        "9051-6.3.9-option-order",
        answer(b"{tag} BAD Order\r\n", name="LIST", where=rb"SUBSCRIBED REMOTE|RECURSIVEMATCH \w"),
    ),
    flaw(
        "list-option-twice-refused",
        "An option of LIST that is given twice is answered BAD",
        "",
        "9051-6.3.9-option-twice",
        answer(b"{tag} BAD Twice\r\n", name="LIST", where=rb"SUBSCRIBED (CHILDREN )?SUBSCRIBED"),
    ),
    flaw(
        "rev2-list-option-passed-over",
        "An option of LIST that the server does not know is passed over",
        "",
        "9051-6.3.9-option-unknown",
        send_as(rb" ?\b(VENDOR\.)?NOSUCH-?OPTION", b"", name="LIST"),
    ),
    flaw(
        "list-remote-refused",
        "The option REMOTE is answered BAD",
        "",
        "9051-6.3.9-options 9051-6.3.9.1-remote",
        answer(b"{tag} BAD Nothing is remote\r\n", name="LIST", where=rb"\([^)]*REMOTE"),
    ),
    flaw(
        "list-remote-only",
        "The option REMOTE takes the local mailboxes away",
        "",
        "9051-6.3.9.1-remote",
        answer(b"{tag} OK\r\n", name="LIST", where=rb"\(REMOTE\)"),
    ),
    flaw(
        "list-subscribed-is-all",
        "LIST (SUBSCRIBED) lists all mailboxes",
        "",
        "9051-6.3.9.1-subscribed 9051-6.3.9.3-reasons",
        send_as(rb"LIST \(SUBSCRIBED\)", b"LIST", name="LIST"),
    ),
    flaw(
        "list-subscribed-without-attribute",
        "LIST (SUBSCRIBED) does not say Subscribed",
        "",
        "9051-6.3.9.1-subscribed-attribute",
        replace(_without(b"Subscribed"), b"", only="LIST", where=rb"LIST \([^)]*SUBSCRIBED"),
    ),
    flaw(
        "list-return-subscribed-of-all",
        "With RETURN (SUBSCRIBED) all names have Subscribed",
        "",
        "9051-6.3.9.2-subscribed",
        replace(_ATTRIBUTES, rb"\1\\Subscribed\3", only="LIST", where=rb"RETURN \([^)]*SUBSCRIBED"),
    ),
    flaw(
        "list-return-subscribed-passed-over",
        "RETURN (SUBSCRIBED) is taken, and no name has Subscribed",
        "",
        "9051-6.3.9.2-subscribed",
        replace(_without(b"Subscribed"), b"", only="LIST", where=rb"RETURN \([^)]*SUBSCRIBED"),
    ),
    flaw(
        "list-status-left-out",
        "RETURN (STATUS) is taken, and brings no STATUS response",
        "",
        "9051-6.3.9.2-status",
        drop(only="STATUS", to="LIST"),
    ),
    flaw(
        "list-status-before-its-list",
        "With RETURN (STATUS) the STATUS responses come before those of LIST",
        "",
        "9051-6.3.9.2-status-behind",
        whole(_status_first, name="LIST", where=rb"STATUS"),
    ),
    flaw(
        "rev2-list-recursivematch-alone",
        "RECURSIVEMATCH alone is answered OK",
        "",
        "9051-6.3.9.1-recursivematch-alone",
        send_as(
            rb"\(RECURSIVEMATCH\)|\(REMOTE RECURSIVEMATCH\)|\(RECURSIVEMATCH REMOTE\)",
            b"()",
            name="LIST",
        ),
    ),
    flaw(
        "list-recursivematch-passed-over",
        "RECURSIVEMATCH is taken, and does nothing",
        "",
        "9051-6.3.9.1-recursivematch",
        send_as(rb" RECURSIVEMATCH|RECURSIVEMATCH ", b"", name="LIST"),
    ),
    flaw(
        "childinfo-left-out",
        "LIST with RECURSIVEMATCH has no CHILDINFO",
        "",
        "9051-6.3.9.6-criteria 9051-6.3.9.1-recursivematch",
        replace(_CHILDINFO, b"", only="LIST"),
    ),
    flaw(
        "childinfo-unasked",
        "CHILDINFO comes with LIST (SUBSCRIBED), too",
        "",
        "9051-6.3.9.6-asked",
        replace(
            rb"\r\n\Z",
            b' ("CHILDINFO" ("SUBSCRIBED"))\r\n',
            only="LIST",
            where=rb"LIST \(SUBSCRIBED\)|RETURN \(CHILDREN",
        ),
    ),
    flaw(
        "childinfo-names-no-option",
        "CHILDINFO has an empty list",
        "",
        "9051-6.3.9.6-criteria",
        replace(rb"(CHILDINFO\"? )\([^)]*\)", rb"\1()", only="LIST"),
    ),
    flaw(
        "children-both-attributes",
        "A name has HasChildren and HasNoChildren",
        "",
        "9051-6.3.9.5-not-both",
        replace(rb"\\HasNoChildren", rb"\\HasChildren \\HasNoChildren", only="LIST"),
    ),
    flaw(
        "children-other-way-round",
        "HasChildren stands where there are no children",
        "",
        "9051-6.3.9.5-children-right",
        alter(_swapped, only="LIST", to="LIST"),
    ),
    flaw(
        "children-passed-over",
        "RETURN (CHILDREN) is taken, and nothing is said of children",
        "",
        "9051-6.3.9.5-children",
        replace(rb"\\Has(?:No)?Children ?", b"", only="LIST", to="LIST"),
    ),
    flaw(
        "attributes-twice",
        "An attribute stands twice in a LIST response",
        "",
        "9051-9-attributes-once",
        replace(rb"(\\Has\w+)", rb"\1 \1", only="LIST"),
    ),
    flaw(
        "list-names-in-two-responses",
        "A subscribed name is listed twice, with the attributes of one kind each",
        "",
        "9051-6.3.9.3-once",
        alter(_in_two, only="LIST", where=rb"RETURN \(SUBSCRIBED CHILDREN"),
    ),
)

FLAWS = tuple(changed(row, backend="cyrus310") for row in _ROWS)

ALLOWED = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "list-says-more-than-asked",
            "LIST has extended fields and attributes that were not asked for",
            "",
            "9051-6.3.9.2-attributes 9051-6.3.9-extended 9051-7.3.1-extended-unasked",
            replace(rb"\r\n\Z", b' ("X-COLOUR" ("blue"))\r\n', only="LIST", to="LIST"),
        ),
        flaw(
            "list-unmarked-too",
            "LIST says Unmarked besides HasNoChildren",
            "",
            "9051-6.3.9.5-children 9051-6.3.9.5-not-both",
            replace(rb"\\HasNoChildren", rb"\\HasNoChildren \\Unmarked", only="LIST", to="LIST"),
        ),
    )
)
