"""Flaws of FILTERS (RFC 5466), and what a server may do otherwise; `rfc5466_facade` speaks it."""

from __future__ import annotations

from conformance.flaws.acts import answer, replace, send_as
from conformance.flaws.flaw import Act, Flaw, flaw
from conformance.flaws.rfc5466_facade import SEARCHES


def _flaw(name: str, title: str, requirements: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", requirements, *acts, facade="filters-facade")


FLAWS = (
    _flaw(
        "filter-shared-first",
        "A shared filter goes before a private one",
        "5466-1-private",
        send_as(
            rb"/private/(filters/values/imapc-types \"FL)", rb"/private/x\1", name="SETMETADATA"
        ),
    ),
    _flaw(
        "filter-private-only",
        "Shared filters can be stored, and are not searched by",
        "5466-1-either 5466-1-accessible",
        send_as(rb"/shared/filters/values/", b"/shared/filters/descriptions/", name="SETMETADATA"),
    ),
    _flaw(
        "filter-private-for-all",
        "Private filters are there for all users",
        "5466-1-accessible",
        send_as(rb"FILTER imapc-mine", b"ALL", name=SEARCHES),
    ),
    _flaw(
        "filter-in-parentheses",
        "The criteria are inserted in parentheses",
        "5466-3.1-inserted",
        send_as(rb"\"SEEN FLAGGED\"", b'"(SEEN FLAGGED)"', name="SETMETADATA"),
    ),
    _flaw(
        "filter-alone",
        "Keys beside a filter are passed over",
        "5466-3.1-inserted",
        send_as(rb" (FILTER \S+) NOT FLAGGED", rb" \1", name=SEARCHES),
    ),
    _flaw(
        "filter-unknown-without-code",
        "A filter that is not there is refused without a code",
        "5466-3.1-undefined",
        replace(rb"\[UNDEFINED-FILTER [^]]*\] ", b"", to=SEARCHES, kind="tagged"),
    ),
    _flaw(
        "filter-unknown-is-bad",
        "A filter that is not there is an error of syntax",
        "5466-3.1-undefined",
        replace(rb" NO (\[UNDEFINED)", rb" BAD \1", to=SEARCHES, kind="tagged"),
    ),
    _flaw(
        "filter-unknown-is-all",
        "A filter that is not there finds all messages",
        "5466-3.1-undefined",
        send_as(rb"FILTER imapc-nowhere", b"ALL", name=SEARCHES),
    ),
    _flaw(
        "filter-half-is-all",
        "A filter that is not complete finds what it can",
        "5466-3.1-full",
        send_as(rb"FILTER imapc-half", b"SEEN", name=SEARCHES),
    ),
    _flaw(
        "filter-two-passes",
        "Of three filters that lead to one another only two are followed",
        "5466-3.1-three",
        answer(
            b"{tag} NO [UNDEFINED-FILTER imapc-third] Too deep\r\n",
            name=SEARCHES,
            where=rb"FILTER imapc-first",
        ),
    ),
    _flaw(
        "filter-circle-is-bad",
        "Filters in a circle are an error of syntax",
        "5466-3.1-loop",
        answer(b"{tag} BAD A circle\r\n", name=SEARCHES, where=rb"FILTER imapc-(?:hen|egg)"),
    ),
    _flaw(
        "filter-circle-finds-nothing",
        "Filters in a circle are answered OK",
        "5466-3.1-loop",
        answer(b"* SEARCH\r\n{tag} OK Nothing\r\n", name=SEARCHES, where=rb"imapc-(?:hen|egg)"),
    ),
    _flaw(
        "filter-in-ascii",
        "Criteria beyond ASCII find nothing",
        "5466-3.1-utf8",
        send_as(rb"caf\xc3\xa9", b"caf??", name="SETMETADATA"),
    ),
    _flaw(
        "filter-any-charset",
        "A search by a filter may have any charset",
        "5466-3.1-badcharset",
        send_as(rb"CHARSET ISO-8859-1", b"CHARSET UTF-8", name=SEARCHES),
    ),
    _flaw(
        "filter-charset-is-no",
        "A search by a filter with another charset is answered NO",
        "5466-3.1-badcharset",
        replace(rb" BAD (\[BADCHARSET)", rb" NO \1", to=SEARCHES, kind="tagged"),
    ),
    _flaw(
        "filter-not-shown",
        "Filters can be stored, and not be read",
        "5466-3.2-metadata",
        answer(b"{tag} OK Nothing\r\n", name="GETMETADATA", where=rb"/filters/values/"),
    ),
    _flaw(
        "filter-stays-as-made",
        "A filter keeps the criteria that it was made with",
        "5466-3.2-modified",
        answer(b"{tag} OK Kept\r\n", name="SETMETADATA", where=rb"imapc-new \"FLAGGED"),
    ),
    _flaw(
        "filter-stays",
        "A filter that is removed is there",
        "5466-3.2-deleted",
        answer(b"{tag} OK Kept\r\n", name="SETMETADATA", where=rb"imapc-gone NIL"),
    ),
    _flaw(
        "filter-half-stored",
        "Criteria that are not complete are stored",
        "5466-3.2-full",
        answer(b"{tag} OK Kept\r\n", name="SETMETADATA", where=rb"\"OR SEEN\"", state="selected"),
    ),
    _flaw(
        "filter-toomany-unsaid",
        "A filter too many is refused without a code",
        "5466-3.2-toomany",
        replace(rb"\[METADATA TOOMANY\] ", b"", to="SETMETADATA", kind="tagged"),
    ),
    _flaw(
        "filter-by-description",
        "A description is a filter",
        "5466-3.2-descriptions",
        answer(
            b"* SEARCH 1 2 3 4 5\r\n{tag} OK Found\r\n", name=SEARCHES, where=rb"FILTER imapc-told"
        ),
    ),
    _flaw(
        "filter-in-capitals",
        "FILTER is known in capitals only",
        "5466-4-case",
        answer(b"{tag} BAD Unknown key\r\n", name=SEARCHES, where=rb"(?-i:filter)"),
    ),
)

ALLOWED = (
    _flaw(
        "filter-circle-named-elsewhere",
        "Of a circle another filter is named than the one that was asked for",
        "5466-3.1-loop",
        replace(rb"UNDEFINED-FILTER imapc-hen", b"UNDEFINED-FILTER imapc-egg", to=SEARCHES),
    ),
)
