"""Flaws of FETCH but for body structures and texts (RFC 3501 sections 6.4.5, 7.4.2)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    command,
    drop,
    number,
    payload,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _close_on_no_date(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    if b"ENVELOPE (NIL NIL" in octets:
        talk.close()
        return b""
    return octets


def _doubled(header: bytes) -> bytes:
    """Repeat every field."""
    return header.removesuffix(b"\r\n") * 2 + b"\r\n"


def _date_by_session(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    def later(found: re.Match[bytes]) -> bytes:
        return b"%s%02d" % (found[1], (int(found[2]) + talk.number) % 60)

    return re.sub(rb'(INTERNALDATE "[^"]*:)(\d\d)', later, octets)


def _refuse_lower_case(talk: Talk, request: Request) -> bytes | None:
    words = re.sub(rb"\{.*|\"[^\"]*\"", b"", request.arguments)
    if re.search(rb"\b(?:flags|body|uid|envelope|fast|all|unseen|internaldate)\b", words) is None:
        return None
    talk.say(request.tag + b" BAD Unknown item\r\n")
    return b""


def _with_mime_header(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Put the part's own header before its text where the part is a message."""
    found = re.search(rb"FETCH (\d+) .*BODY(?:\.PEEK)?\[(\d)\]", request.octets)
    if found is None:
        return responses
    said = b"".join(talk.ask(b"FETCH %s (BODY.PEEK[%s.MIME])" % (found[1], found[2])))
    header = re.search(rb"\{\d+\}\r\n(.*?message/rfc822.*?\r\n\r\n)", said, re.S | re.I)
    if header is None:
        return responses
    count = re.compile(rb"(BODY\[%s\] )\{(\d+)\}\r\n" % found[2])

    def longer(place: re.Match[bytes]) -> bytes:
        size = int(place[2]) + len(header[1])
        return b"%s{%d}\r\n%s" % (place[1], size, header[1])

    return [count.sub(longer, response) for response in responses]


FLAWS = (
    flaw(
        "trailing-space-in-fetch",
        "A space stands before the last parenthesis of FETCH data",
        "A13",
        "3501-9-msg-att",
        replace(rb"\)\r\n\Z", b" )\r\n", only="FETCH"),
    ),
    flaw(
        "internaldate-year",
        "INTERNALDATE is a year late",
        "",
        "3501-2.3.3-append 3501-6.4.5-internaldate",
        number(rb'INTERNALDATE "[ 0-9]\d-\w{3}-(\d{4})', lambda year: year + 1, only="FETCH"),
    ),
    flaw(
        "size-off-by-one",
        "RFC822.SIZE is one octet too large",
        "D48",
        "3501-2.3.4-size",
        number(rb"RFC822\.SIZE (\d+)", lambda size: size + 1, only="FETCH"),
    ),
    flaw(
        "header-asked-twice-sent-twice",
        "A header field that is asked for twice is sent twice",
        "D56",
        "3501-6.4.5-header-fields",
        payload(
            _doubled,
            item=rb"BODY\[HEADER\.FIELDS \([^)]*\)\]",
            only="FETCH",
            where=rb"HEADER\.FIELDS \((\S+) (\S+ )*\1[ )]",
        ),
    ),
    flaw(
        "uid-range-beyond-star",
        "`n:*` finds nothing when n is above the highest UID",
        "E28",
        "3501-6.4.8-star",
        send_as(rb"FETCH (\d+):\*", rb"FETCH \1:4294967295", name="UID FETCH"),
    ),
    flaw(
        "part-of-message-is-whole-message",
        "BODY[n] of a part of type MESSAGE/RFC822 has the MIME header of the part too",
        "D36",
        "3501-6.4.5-message-part 3501-6.4.5-parts",
        whole(_with_mime_header, name="FETCH", where=rb"BODY(?:\.PEEK)?\[\d\]"),
    ),
    flaw(
        "no-part-one",
        "BODY[1] of a message that is no multipart is refused",
        "D37",
        "3501-6.4.5-part-one",
        answer(b"{tag} NO No such part\r\n", name="FETCH, UID FETCH", where=rb"BODY(\.PEEK)?\[1\]"),
    ),
    flaw(
        "partial-ignored",
        "A partial fetch returns the whole text, without the origin",
        "D40",
        "3501-6.4.5-partial 3501-7.4.2-origin",
        send_as(rb"<\d+\.\d+>", b"", count=0, name="FETCH, UID FETCH"),
    ),
    flaw(
        "rfc822-under-another-name",
        "RFC822 is answered as BODY[]",
        "D41",
        "3501-6.4.5-rfc822 3501-7.4.2-same-text",
        replace(rb"RFC822 (?=\{|\"|NIL)", b"BODY[] ", only="FETCH"),
    ),
    flaw(
        "fetch-without-data",
        "UID FETCH of a message that exists is answered OK without its data",
        "D43",
        "3501-6.4.8-set 3501-6.4.5-forms 3501-6.4.8-uid-item",
        drop(only="FETCH", to="UID FETCH"),
    ),
    flaw(
        "failed-fetch-says-ok",
        "A FETCH that fails is answered OK",
        "D44",
        "3501-9-beyond-last 3501-2.3.1.2-range 3501-2.2.2-strict",
        replace(rb"\A(\S+) (?:BAD|NO) .*\Z", rb"\1 OK done\r\n", to="FETCH", kind="tagged"),
    ),
    flaw(
        "internaldate-zero",
        "INTERNALDATE is a day that is none",
        "D46",
        "3501-9-date-time 3501-9-msg-att-static 3501-9-date-month",
        replace(
            rb'INTERNALDATE "[^"]*"', b'INTERNALDATE "00/Jan/0000 00:00:00 +0000"', only="FETCH"
        ),
    ),
    flaw(
        "internaldate-by-login",
        "INTERNALDATE is another one in each session",
        "D47",
        "3501-2.3.1.1-immutable 3501-6.4.5-static 3501-2.3.3-append 3501-6.4.5-internaldate",
        alter(_date_by_session, only="FETCH"),
    ),
    flaw(
        "fetch-of-message-zero",
        "A FETCH response bears the number 0",
        "D51",
        "3501-9-nz-number 3501-9-message-data 3501-2.3.1.2-range 3501-9-response-data",
        replace(rb"\A\* 1 FETCH", b"* 0 FETCH", only="FETCH"),
    ),
    flaw(
        "single-item-refused",
        "A single FETCH item without parentheses is refused",
        "D54",
        "3501-6.4.5-forms",
        answer(b"{tag} BAD Expected a list\r\n", name="FETCH", where=rb"FETCH \S+ [^(\s]+\r\n"),
    ),
    flaw(
        "lower-case-refused",
        "FETCH items in lower case are refused",
        "D55",
        "3501-6.4.5-names",
        command(_refuse_lower_case, name="FETCH, UID FETCH, STORE, UID STORE, SEARCH"),
    ),
    flaw(
        "no-such-field-is-nil",
        "HEADER.FIELDS without a matching field is NIL instead of a blank line",
        "D57",
        "3501-6.4.5-blank-line",
        replace(rb"(HEADER\.FIELDS \([^)]*\)\]) \{2\}\r\n\r\n", rb"\1 NIL", only="FETCH"),
    ),
    flaw(
        "peek-sets-seen",
        "BODY.PEEK sets the flag Seen",
        "",
        "3501-6.4.5-peek",
        send_as(rb"BODY\.PEEK\[", b"BODY[", count=0, name="FETCH, UID FETCH"),
    ),
    flaw(
        "reading-sets-no-flag",
        "Fetching a text does not set the flag Seen",
        "",
        "3501-6.4.5-seen",
        send_as(rb"BODY\[", b"BODY.PEEK[", count=0, name="FETCH, UID FETCH"),
    ),
    flaw(
        "fast-without-size",
        "FAST does not include RFC822.SIZE",
        "",
        "3501-6.4.5-macros",
        send_as(rb" FAST\b", b" (FLAGS INTERNALDATE)", name="FETCH, UID FETCH"),
    ),
    flaw(
        "uid-fetch-without-uid",
        "UID FETCH does not tell the UID unless it is asked for",
        "",
        "3501-6.4.8-uid-item",
        replace(rb"UID \d+ ", b"", only="FETCH", to="UID FETCH"),
    ),
    flaw(
        "uid-fetch-numbered-by-uid",
        "The number of a FETCH response to UID FETCH is the UID",
        "",
        "3501-6.4.8-number 3501-2.3.1.2-range",
        replace(rb"\A\* \d+ (FETCH \(.*UID (\d+))", rb"* \2 \1", only="FETCH", to="UID FETCH"),
    ),
    flaw(
        "uid-fetch-reads-numbers",
        "UID FETCH takes its set for message numbers",
        "",
        "3501-6.4.8-set",
        send_as(rb"UID FETCH (\S+) \(", rb"FETCH \1 (UID ", name="UID FETCH"),
    ),
    flaw(
        "partial-from-one",
        "The octets of a partial fetch are counted from 1",
        "",
        "3501-6.4.5-partial 3501-6.4.5-partial-zero 3501-6.4.5-partial-truncated"
        " 3501-6.4.5-partial-fields",
        send_as(
            rb"<(\d+)\.",
            lambda found: b"<%d." % max(int(found[1]) - 1, 0),
            count=0,
            name="FETCH, UID FETCH",
        ),
        number(rb"\]<(\d+)>", lambda origin: origin + 1, only="FETCH"),
    ),
    flaw(
        "header-without-blank-line",
        "BODY[HEADER] ends without the blank line",
        "",
        "3501-6.4.5-halves 3501-6.4.5-blank-line",
        payload(lambda text: text.removesuffix(b"\r\n"), item=rb"BODY\[HEADER\]", only="FETCH"),
    ),
    flaw(
        "whole-message-cut",
        "BODY[] lacks the last line of the message",
        "",
        "3501-6.4.5-whole 3501-6.3.11-appended 3501-7.4.2-not-truncated",
        payload(lambda text: text.rpartition(b"\r\n")[0][:-3], item=rb"BODY\[\]", only="FETCH"),
    ),
    flaw(
        "fields-not-and-fields",
        "HEADER.FIELDS.NOT returns the fields that are named",
        "",
        "3501-6.4.5-header-fields-not",
        send_as(rb"HEADER\.FIELDS\.NOT", b"HEADER.FIELDS", name="FETCH, UID FETCH"),
        replace(rb"HEADER\.FIELDS ", b"HEADER.FIELDS.NOT ", only="FETCH"),
    ),
    flaw(
        "group-lost",
        "The end of a group of addresses is left out",
        "",
        "3501-7.4.2-group",
        replace(rb"\(NIL NIL NIL NIL\)", b"", count=0, only="FETCH"),
    ),
    flaw(
        "uids-change-in-a-session",
        "The UIDs of a session change in the middle of it",
        "E17",
        "3501-2.3.1.1-uid-stays",
        number(rb"\bUID (\d+)", lambda uid: uid + 1000, only="FETCH", since=3),
    ),
    flaw(
        "modseq-unasked",
        "FETCH responses have MODSEQ though nobody has asked for it",
        "",
        "3501-6.1.1-not-unasked",
        replace(rb"FETCH \(", b"FETCH (MODSEQ (1) ", only="FETCH"),
    ),
    flaw(
        "first-flag-only",
        "FLAGS of a message shows the first flag and no other",
        "",
        "3501-6.4.5-flags",
        replace(rb"FLAGS \((\\\w+) [^)]*\)", rb"FLAGS (\1)", only="FETCH"),
    ),
    flaw(
        "partial-behind-the-end-is-nil",
        "A partial fetch that begins behind the end is NIL",
        "",
        "3501-6.4.5-partial-beyond",
        replace(rb'(\]<\d+>) (?:""|\{0\}\r\n)', rb"\1 NIL", count=0, only="FETCH"),
    ),
    flaw(
        "origin-only-for-parts",
        "A partial fetch that holds the whole text has no origin",
        "",
        "3501-6.4.5-partial-zero",
        replace(rb"\]<0>", b"]", count=0, only="FETCH"),
    ),
    flaw(
        "internaldate-31-february",
        "INTERNALDATE is a day that does not exist",
        "D46",
        "3501-9-real-date",
        replace(rb'INTERNALDATE "[ 0-9]\d-\w{3}', b'INTERNALDATE "31-Feb', only="FETCH"),
    ),
    flaw(
        "envelope-of-nothing-ends-session",
        "The envelope of a message without a header ends the session",
        "",
        "3501-6.4.5-any-message",
        alter(_close_on_no_date, only="FETCH"),
    ),
    flaw(
        "text-with-an-origin",
        "A text that was asked for as a whole comes as a piece from octet 0 on",
        "",
        "3501-7.4.2-origin",
        replace(rb"(BODY\[TEXT\]) (?=[{\"])", rb"\1<0> ", only="FETCH"),
    ),
    flaw(
        "long-message-cut",
        "Of a long message BODY[] is the beginning",
        "",
        "3501-7.4.2-not-truncated 3501-6.4.5-whole",
        payload(lambda content: content[:4096], item=rb"BODY\[\]", only="FETCH"),
    ),
)
