"""Flaws of IMAP4rev2: what SEARCH returns (RFC 9051 section 6.4.4), and BINARY (section 6.4.5)."""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    number,
    payload,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SEARCHES = "SEARCH, UID SEARCH"
_FETCHES = "FETCH, UID FETCH"
_NUMBERS = re.compile(rb" ALL ([\d:,]+)")


def _as_range(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Draw one range from the lowest to the highest number of ALL."""

    def generated(found: re.Match[bytes]) -> bytes:
        numbers = sorted(map(int, re.findall(rb"\d+", found[1])))
        return b" ALL %d:%d" % (numbers[0], numbers[-1])

    return _NUMBERS.sub(generated, octets)


def _ends_swapped(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    swapped = {b"MIN": b"MAX", b"MAX": b"MIN"}
    return re.sub(rb"\b(MIN|MAX)\b", lambda found: swapped[found[1]], octets)


def _one_by_one(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Send each item in an ESEARCH response of its own."""
    found = re.match(rb'(\* ESEARCH \(TAG "[^"]*"\)(?: UID)?)((?: \S+ \S+)+)\r\n', octets)
    if found is None:
        return octets
    items = re.findall(rb" \S+ \S+", found[2])
    return b"".join(found[1] + item + b"\r\n" for item in items)


def _crlf_to_lf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n")


def _backwards(found: re.Match[bytes]) -> bytes:
    numbers: list[int] = []
    for part in found[1].split(b","):
        first, _, last = part.partition(b":")
        numbers += range(int(first), int(last or first) + 1)
    return b" ALL " + b",".join(b"%d" % each for each in sorted(numbers, reverse=True))


def _turned(octets: bytes) -> bytes:
    found = re.match(rb'(\* ESEARCH \(TAG "[^"]*"\)(?: UID)?)((?: \S+ [\d:,]+)+)\r\n', octets)
    if found is None:
        return octets
    items = re.findall(rb" \S+ [\d:,]+", found[2])
    return found[1] + b"".join(reversed(items)) + b"\r\n"


_RETURNED = (
    flaw(
        "search-returns-count-by-default",
        "A search without return options is answered with COUNT",
        "",
        "9051-6.4.4-default-all 9051-6.4.4-response",
        replace(rb" ALL [\d:,]+", b" COUNT 1", only="ESEARCH", where=rb"SEARCH (?!RETURN)"),
    ),
    flaw(
        "esearch-count-without-zero",
        "COUNT is left out where nothing was found",
        "",
        "9051-6.4.4-count",
        replace(rb" COUNT 0\b", b"", only="ESEARCH"),
    ),
    flaw(
        "esearch-count-one-too-many",
        "COUNT is one too many",
        "",
        "9051-6.4.4-count",
        number(rb" COUNT (\d+)", lambda count: count + 1, only="ESEARCH"),
    ),
    flaw(
        "esearch-ends-swapped",
        "MIN has the highest number, and MAX the lowest",
        "",
        "9051-6.4.4-min-max",
        send_as(
            rb"RETURN \((MIN|MAX)\)",
            lambda m: b"RETURN (MAX)" if m[1].upper() == b"MIN" else b"RETURN (MIN)",
            name=_SEARCHES,
        ),
        alter(_ends_swapped, only="ESEARCH", where=rb"RETURN \((MIN|MAX)\)"),
    ),
    flaw(
        "esearch-in-pieces",
        "Each item is returned in an ESEARCH response of its own",
        "",
        "9051-6.4.4-single",
        alter(_one_by_one, only="ESEARCH"),
    ),
    flaw(
        "esearch-all-as-range",
        "ALL is one range from the lowest to the highest number",
        "",
        "9051-7.3.4-complete 9051-6.4.4-return-all",
        alter(_as_range, only="ESEARCH"),
    ),
    flaw(
        "esearch-all-without-the-last",
        "ALL ends before the last message that matches",
        "",
        "9051-6.4.4-return-all 9051-7.3.4-complete",
        replace(rb"( ALL [\d:,]*\d)[:,]\d+(?=\r)", rb"\1", only="ESEARCH"),
    ),
    flaw(
        "esearch-without-its-tag",
        "ESEARCH responses have no TAG",
        "",
        "9051-7.3.4-correlator",
        replace(rb' \(TAG "[^"]*"\)', b"", only="ESEARCH"),
    ),
    flaw(
        "esearch-tag-in-capitals",
        "The tag in an ESEARCH response is in capitals",
        "",
        "9051-7.3.4-correlator",
        replace(rb'\(TAG "([^"]*)"\)', lambda m: m[0].upper(), only="ESEARCH"),
    ),
    flaw(
        "esearch-uid-left-out",
        "The answer to UID SEARCH has no word UID",
        "",
        "9051-6.4.9-search-uid",
        replace(rb"\) UID\b", b")", only="ESEARCH"),
    ),
    flaw(
        "esearch-uid-to-search",
        "The answer to SEARCH has the word UID",
        "",
        "9051-7.3.4-numbers",
        replace(rb'(\(TAG "[^"]*"\))(?! UID)', rb"\1 UID", only="ESEARCH", to="SEARCH"),
    ),
    flaw(
        "esearch-left-out-if-empty",
        "A search that finds nothing has no ESEARCH response",
        "",
        "9051-7.3.4-empty 9051-6.4.4-response",
        alter(
            lambda _t, _a, octets: b"" if re.search(rb'"\)( UID)?\r\n', octets) else octets,
            only="ESEARCH",
        ),
    ),
    flaw(
        "esearch-zero-for-none",
        "MIN is 0 where nothing was found",
        "",
        "9051-7.3.4-empty",
        replace(rb'("\)(?: UID)?)\r\n', rb"\1 MIN 0\r\n", only="ESEARCH", where=rb"RETURN \(MIN"),
    ),
    flaw(
        "search-option-passed-over",
        "A return option that the server does not know is passed over",
        "",
        "9051-6.4.4-option-unknown",
        send_as(rb" ?X-NO-SUCH-OPTION-\d", b"", name=_SEARCHES),
    ),
    flaw(
        "esearch-says-more",
        "COUNT is returned though it was not asked for",
        "",
        "9051-6.4.4-asked",
        replace(rb"\r\n\Z", b" COUNT 1\r\n", only="ESEARCH", where=rb"RETURN \(MAX\)"),
    ),
    flaw(
        "rev2-esearch-item-twice",
        "An option that is given twice is answered twice",
        "",
        "9051-7.3.4-once",
        replace(rb" (MIN|COUNT) \d+", lambda m: m[0] * 2, only="ESEARCH", where=rb"\((\w+) \1\)"),
    ),
    flaw(
        "esearch-though-refused",
        "A search that is refused has an ESEARCH response with nothing in it",
        "",
        "9051-7.3.4-refused",
        before(
            b'* ESEARCH (TAG "{tag}") COUNT 0\r\n',
            kind="tagged",
            status="NO BAD",
            to="SEARCH",
        ),
    ),
    flaw(
        "search-charset-utf-8-unknown",
        "SEARCH CHARSET UTF-8 is answered NO",
        "",
        "9051-6.4.4-utf-8 9051-6.4.4-us-ascii",
        answer(b"{tag} NO [BADCHARSET (US-ASCII)]\r\n", name=_SEARCHES, where=rb"CHARSET UTF-8"),
    ),
    flaw(
        "sizes-of-32-bits",
        "Sizes of more than 32 bits are answered BAD",
        "",
        "9051-9-number64",
        answer(b"{tag} BAD Too large\r\n", where=rb"(SMALLER |LARGER |<\d*\.?)\d{10}"),
    ),
    flaw(
        "star-of-nothing-refused",
        "In an empty mailbox the star is answered BAD",
        "",
        "9051-9-star-empty",
        answer(
            b"{tag} BAD Nothing is there\r\n",
            name="UID FETCH, UID STORE, UID EXPUNGE",
            where=rb"UID \w+ (1:)?\* \(FLAGS\)\r|UID STORE 1:\* |UID EXPUNGE 1:\*",
        ),
    ),
)

_BINARY = (
    flaw(
        "rev2-binary-not-decoded",
        "BINARY returns what BODY does",
        "",
        "9051-6.4.5-binary",
        send_as(rb"BINARY((?:\.PEEK)?\[)", rb"BODY\1", count=0, name=_FETCHES),
        replace(
            rb"BODY\[(\d[\d.]*)\]", rb"BINARY[\1]", only="FETCH", where=rb"BODY(\.PEEK)?\[\d+\]"
        ),
    ),
    flaw(
        "binary-size-of-the-coded-part",
        "BINARY.SIZE is the length of the part as it is coded",
        "",
        "9051-7.5.2-binary-size",
        number(rb"BINARY\.SIZE\[[^]]*\] (\d+)", lambda size: size * 4 // 3, count=0),
    ),
    flaw(
        "binary-partial-from-the-start",
        "A partial BINARY begins with the first octet, whatever was asked for",
        "",
        "9051-6.4.5-binary-partial",
        replace(rb"(BINARY\[[^]]*\]<)\d+(>)", rb"\g<1>0\2", only="FETCH", to=_FETCHES),
    ),
    flaw(
        "binary-leaves-unseen",
        "BINARY does not set Seen",
        "",
        "9051-6.4.5-seen",
        send_as(rb"BINARY\[", b"BINARY.PEEK[", count=0, name=_FETCHES),
    ),
    flaw(
        "binary-peek-sets-seen",
        "BINARY.PEEK sets Seen",
        "",
        "9051-6.4.5-peek",
        send_as(rb"BINARY\.PEEK\[", b"BINARY[", count=0, name=_FETCHES),
    ),
    flaw(
        "binary-lines-of-unix",
        "BINARY has the lines of a text with LF alone",
        "",
        "9051-7.5.2-binary-crlf 9051-6.4.5-binary",
        payload(_crlf_to_lf, item=rb"BINARY\[[^]]*\]", only="FETCH"),
    ),
    flaw(
        "binary-of-unknown-without-code",
        "BINARY of a part whose encoding is not known is answered NO without UNKNOWN-CTE",
        "",
        "9051-7.5.2-unknown-cte",
        replace(rb"\[UNKNOWN-CTE\] ?", b"", status="NO"),
    ),
    flaw(
        "binary-of-unknown-as-it-is",
        "BINARY of a part whose encoding is not known returns it as it is",
        "",
        "9051-7.5.2-unknown-cte",
        replace(rb"NO \[UNKNOWN-CTE\]", b"OK", to=_FETCHES),
    ),
    flaw(
        "binary-as-literal8",
        "BINARY of a text is a literal8",
        "",
        "9051-7.5.2-binary-string",
        replace(rb"(BINARY\[[^]]*\]) \{", rb"\1 ~{", only="FETCH"),
    ),
)

FLAWS = tuple(changed(row, backend="cyrus310") for row in (*_RETURNED, *_BINARY))

ALLOWED = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "esearch-all-number-by-number",
            "ALL names each message by itself, the highest first",
            "",
            "9051-6.4.4-return-all 9051-7.3.4-complete 9051-6.4.4-default-all",
            alter(
                lambda _t, _a, octets: _NUMBERS.sub(_backwards, octets),
                only="ESEARCH",
                to=_SEARCHES,
            ),
        ),
        flaw(
            "esearch-items-in-other-order",
            "ESEARCH has its items in another order",
            "",
            "9051-6.4.4-min-max 9051-6.4.4-count 9051-6.4.4-return-all",
            alter(lambda _t, _a, octets: _turned(octets), only="ESEARCH", to=_SEARCHES),
        ),
    )
)
