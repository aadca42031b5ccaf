"""Flaws of IMAP4rev2: what SEARCH returns (RFC 9051 section 6.4.4), and BINARY (section 6.4.5)."""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import (
    alter,
    number,
    payload,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw

_SEARCHES = "SEARCH, UID SEARCH"
_FETCHES = "FETCH, UID FETCH"
_NUMBERS = re.compile(rb" ALL ([\d:,]+)")


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
)

_BINARY = (
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
