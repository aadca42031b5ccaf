"""Flaws of ENVELOPE and its addresses (RFC 3501 section 7.4.2)."""

from __future__ import annotations

from conformance.flaws.acts import (
    replace,
)
from conformance.flaws.flaw import flaw

FLAWS = (
    flaw(
        "envelope-subject-case",
        "The subject in an ENVELOPE has its letter case swapped",
        "",
        "3501-7.4.2-envelope-subject",
        replace(
            rb'(ENVELOPE \("[^"]*" )("(?:[^"\\]|\\.)*")',
            lambda found: found[1] + found[2].swapcase(),
            only="FETCH",
        ),
    ),
    flaw(
        "space-between-addresses",
        "A space stands between the addresses of an envelope",
        "D01",
        "3501-9-env-to 3501-9-env-from 3501-9-env-sender"
        " 3501-9-env-cc 3501-9-env-reply-to 3501-9-env-bcc",
        replace(rb'(ENVELOPE .*?"[^"]*"\))\(', rb"\1 (", only="FETCH"),
    ),
    flaw(
        "empty-list-for-no-address",
        "An envelope has an empty list where there is no address",
        "D02",
        "3501-9-env-to 3501-9-env-cc 3501-9-env-bcc 3501-9-env-from 3501-9-env-sender"
        " 3501-9-env-reply-to 3501-9-address",
        replace(rb"(ENVELOPE \(.*\)) NIL", rb"\1 ()", only="FETCH"),
    ),
    flaw(
        "no-message-id-slot",
        "An envelope ends behind in-reply-to",
        "D04",
        "3501-9-envelope 3501-9-env-message-id 3501-9-env-in-reply-to",
        replace(rb'(ENVELOPE \(.*) (?:"[^"]*"|NIL)\)\)\r\n\Z', rb"\1))\r\n", only="FETCH"),
    ),
    flaw(
        "quotes-not-escaped",
        "A quote in a quoted string has no backslash before it",
        "D07",
        "3501-9-envelope 3501-9-env-subject 3501-9-address 3501-9-addr-name 3501-9-quoted"
        " 3501-9-env-from 3501-9-env-to",
        replace(rb"\\\"", b'"', count=0, only="FETCH"),
    ),
    flaw(
        "address-name-and-mailbox-swapped",
        "Name and mailbox of an address stand in each other's place",
        "D08",
        "3501-7.4.2-address",
        replace(
            rb'\(("[^"]*"|NIL) NIL ("[^"]*") ("[^"]*")\)', rb"(\2 NIL \1 \3)", count=0, only="FETCH"
        ),
    ),
    flaw(
        "eight-bit-in-envelope",
        "Encoded-words of a subject are sent decoded, as octets beyond ASCII in a quoted string",
        "D10",
        "3501-9-env-subject 3501-9-quoted 3501-9-quoted-char 3501-7.4.2-envelope-encoded"
        " 3501-9-envelope",
        replace(rb"=\?[^?]*\?[qb]\?[^?]*\?=", b"caf\xc3\xa9", count=0, only="FETCH", where=rb"ENV"),
    ),
    flaw(
        "line-end-in-envelope",
        "A folded subject is sent with its fold in a quoted string",
        "D11",
        "3501-9-env-subject 3501-9-quoted"
        " 3501-2.2-crlf 3501-9-envelope 3501-7.4.2-envelope-subject",
        replace(rb'(ENVELOPE \("[^"]*" "[^" ]* )', rb"\1\r\n ", only="FETCH"),
    ),
    flaw(
        "sender-missing",
        "The sender of an envelope is NIL where it is the same as from",
        "",
        "3501-7.4.2-envelope-default",
        replace(
            rb'(ENVELOPE \("[^"]*" (?:"[^"]*"|NIL) (\(\(.*?\)\))) \2', rb"\1 NIL", only="FETCH"
        ),
    ),
    flaw(
        "envelope-date-normalised",
        "The date of an envelope is written in another form than in the header",
        "",
        "3501-7.4.2-envelope-date",
        replace(rb'ENVELOPE \("(?:\w{3}, )?([^"]*)"', rb'ENVELOPE ("x \1"', only="FETCH"),
    ),
    flaw(
        "to-and-cc-swapped",
        "To and Cc of an envelope stand in each other's place",
        "",
        "3501-7.4.2-envelope-order",
        replace(
            rb"(\(\([^()]*\)\)) (\(\([^()]*\)\)) (NIL|\(\(.*\)\))"
            rb" (NIL|\"[^\"]*\") (NIL|\"[^\"]*\")\)",
            rb"\2 \1 \3 \4 \5)",
            only="FETCH",
        ),
    ),
    flaw(
        "empty-string-for-nil",
        "Where an envelope has nothing it has an empty string",
        "",
        "3501-4.5-nil 3501-7.4.2-envelope-absent",
        replace(rb" NIL(?=[ )])", b' ""', count=0, only="FETCH", where=rb"ENVELOPE"),
    ),
    flaw(
        "subject-with-leading-space",
        "The texts of an envelope keep the space behind the colon",
        "",
        "3501-7.4.2-field-spelling 3501-7.4.2-envelope-subject",
        replace(rb'(ENVELOPE \((?:"[^"]*"|NIL) ")', rb"\1 ", only="FETCH"),
    ),
)
