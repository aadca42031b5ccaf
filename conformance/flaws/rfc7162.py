"""Flaws of CONDSTORE (RFC 7162 section 3.1), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    after,
    alter,
    answer,
    drop,
    number,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_STORES = "STORE, UID STORE"
_FETCHES = "FETCH, UID FETCH"
_SEARCHES = "SEARCH, UID SEARCH"
_SELECTS = "SELECT, EXAMINE"
_CONDITION = rb"\(UNCHANGEDSINCE \d+\) "
_MODSEQ = rb" ?MODSEQ \(\d+\)"
_CODE = rb"\[MODIFIED [\d:,]+\] "


def _first_number(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell the mod-sequence that a message had when it was first told of."""
    position = re.match(rb"\* (\d+) FETCH", octets)
    if position is None:
        return octets
    key = b"modseq" + _talk.mailbox + position[1]

    def told(found: re.Match[bytes]) -> bytes:
        return b"MODSEQ (%s)" % _talk.memory.setdefault(key, found[1])

    return re.sub(rb"MODSEQ \((\d+)\)", told, octets)


def _only_all_or_none(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Take back what was done where one message has failed the test."""
    failed = re.search(_CODE, responses[-1])
    if failed is None:
        return responses
    messages = request.arguments.partition(b" ")[0]
    uid = request.by_uid
    talk.ask(b"%sSTORE %s -FLAGS.SILENT (\\Flagged)" % (uid, messages), "none")
    return [responses[-1]]


def _numbers_as_uids(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Name in MODIFIED the message numbers of what a UID STORE has not changed."""
    failed = re.search(rb"\[MODIFIED ([\d:,]+)\]", responses[-1])
    if failed is None or not request.name.startswith("UID "):
        return responses
    *found, _ = talk.ask(b"SEARCH UID " + failed[1], "none")
    numbers = b",".join(b"".join(found).split()[2:])
    return [*responses[:-1], re.sub(rb"MODIFIED [\d:,]+", b"MODIFIED " + numbers, responses[-1])]


FLAWS = (
    flaw(
        "highestmodseq-one",
        "HIGHESTMODSEQ is always 1",
        "B26",
        "7162-3.1.2.1-highest 7162-3.1.2.1-rises",
        number(rb"\[HIGHESTMODSEQ (\d+)", lambda _: 1, code="HIGHESTMODSEQ"),
    ),
    flaw(
        "modseq-minus-one",
        "MODSEQ is -1",
        "D49",
        "7162-7-permsg-modsequence 7162-7-fetch-mod-resp 7162-7-mod-sequence-value",
        replace(rb"MODSEQ \(\d+\)", b"MODSEQ (-1)", only="FETCH"),
    ),
    flaw(
        "modseq-zero",
        "MODSEQ is 0 for messages that were never changed",
        "",
        "7162-3.1-assigned 7162-7-permsg-modsequence 7162-7-mod-sequence-value",
        replace(rb"MODSEQ \(\d+\)\)", b"MODSEQ (0))", only="FETCH"),
    ),
    flaw(
        "modseq-of-first-look",
        "The mod-sequence of a message does not change",
        "",
        "7162-3.1-changed 7162-3.1.3-updated 7162-3.1.3-performed",
        alter(_first_number, only="FETCH"),
    ),
    flaw(
        "modseq-counts-down",
        "Later changes have lower mod-sequences",
        "",
        "7162-3.1-falls 7162-3.1-rises 7162-3.1-different",
        number(rb"MODSEQ \((\d+)\)", lambda n: max(1, 9_000_000 - n), only="FETCH"),
    ),
    flaw(
        "modseq-raised-by-nothing",
        "STORE of a flag that is set raises the mod-sequence",
        "",
        "7162-3.1-unchanged",
        send_as(
            rb"\A(\S+) STORE (\d+) ([+-])(FLAGS[^\r]*)",
            rb"\1 STORE \2 \3FLAGS (\\Answered)",
            name="STORE",
            where=rb"STORE 4 [+-]FLAGS \(\\Flagged",
        ),
    ),
    flaw(
        "modseq-not-included",
        "New flags come without MODSEQ",
        "",
        "7162-3.1-included 7162-3.1-aware",
        replace(_MODSEQ, b"", only="FETCH", to="STORE, UID STORE, NOOP"),
    ),
    flaw(
        "modseq-of-store-only",
        "New flags of another session come without MODSEQ",
        "",
        "7162-3.1-included",
        replace(_MODSEQ, b"", only="FETCH", to="NOOP"),
    ),
    flaw(
        "first-without-highestmodseq",
        "The first command that asks for mod-sequences brings no HIGHESTMODSEQ",
        "",
        "7162-3.1-first",
        drop(code="HIGHESTMODSEQ", to="FETCH, SEARCH, STORE, STATUS"),
    ),
    flaw(
        "select-without-highestmodseq",
        "SELECT tells neither HIGHESTMODSEQ nor NOMODSEQ",
        "",
        "7162-3.1.2-told",
        drop(code="HIGHESTMODSEQ", to=_SELECTS),
    ),
    flaw(
        "select-with-both-codes",
        "SELECT tells HIGHESTMODSEQ and NOMODSEQ",
        "",
        "7162-3.1.2-one",
        after(b"* OK [NOMODSEQ] None\r\n", code="HIGHESTMODSEQ", to=_SELECTS),
    ),
    flaw(
        "nomodseq-and-answers",
        "SELECT tells NOMODSEQ, and mod-sequences are returned all the same",
        "",
        "7162-3.1.2.2-refused",
        replace(
            rb"HIGHESTMODSEQ \d+",
            b"NOMODSEQ",
            code="HIGHESTMODSEQ",
            to=_SELECTS,
            where=rb"\(CONDSTORE\)",
        ),
    ),
    flaw(
        "highestmodseq-falls",
        "HIGHESTMODSEQ of each SELECT is lower than before",
        "",
        "7162-3.1.2.1-falls 7162-3.1.2.1-highest",
        number(rb"\[HIGHESTMODSEQ (\d+)", lambda n: max(1, 1_000_000 - n), code="HIGHESTMODSEQ"),
    ),
    flaw(
        "unchangedsince-ignored",
        "UNCHANGEDSINCE is passed over",
        "",
        "7162-3.1.3-refused 7162-3.1.3-modified",
        send_as(_CONDITION, b"", name=_STORES),
    ),
    flaw(
        "unchangedsince-below",
        "A message with the very mod-sequence of UNCHANGEDSINCE is refused",
        "",
        "7162-3.1.3-performed",
        send_as(
            rb"UNCHANGEDSINCE (\d+)",
            lambda m: b"UNCHANGEDSINCE %d" % max(0, int(m[1]) - 1),
            name=_STORES,
        ),
    ),
    flaw(
        "modified-left-out",
        "What has failed the test is left as it is, and MODIFIED does not come",
        "",
        "7162-3.1.3-modified",
        replace(_CODE, b"", to=_STORES, kind="tagged"),
    ),
    flaw(
        "modified-has-numbers",
        "MODIFIED of UID STORE has message numbers",
        "",
        "7162-3.1.3-modified-set",
        whole(_numbers_as_uids, name="UID STORE", where=b"UNCHANGEDSINCE"),
    ),
    flaw(
        "modified-has-the-first",
        "MODIFIED has the first message only of those that have failed",
        "",
        "7162-3.1.3-modified-set",
        replace(rb"(MODIFIED \d+)[:,][\d:,]+", rb"\1", kind="tagged"),
    ),
    flaw(
        "one-failure-keeps-all",
        "A message that has failed the test keeps the others from being changed",
        "",
        "7162-3.1.3-others",
        whole(_only_all_or_none, name=_STORES, where=b"UNCHANGEDSINCE"),
    ),
    flaw(
        "silent-tells-no-modseq",
        "STORE with UNCHANGEDSINCE and .SILENT brings no FETCH",
        "",
        "7162-3.1.3-untagged",
        drop(only="FETCH", to=_STORES, where=rb"UNCHANGEDSINCE.*\.SILENT"),
    ),
    flaw(
        "unchangedsince-zero-is-none",
        "UNCHANGEDSINCE 0 is read as if it were not there",
        "",
        "7162-3.1.3-zero",
        send_as(rb"\(UNCHANGEDSINCE 0\) ", b"", name=_STORES),
    ),
    flaw(
        "named-twice-fails",
        "A message that the set names twice is in MODIFIED",
        "",
        "7162-3.1.3-twice",
        replace(rb" OK ", b" OK [MODIFIED 3] ", kind="tagged", to="STORE", where=rb" 3,2:4 \("),
    ),
    flaw(
        "unknown-uid-stops-store",
        "A conditional UID STORE that names an identifier of no message changes nothing",
        "",
        "7162-3.1.3-unknown-uid",
        answer(b"{tag} OK Done\r\n", name="UID STORE", where=rb",4294967290 \(UNCH"),
    ),
    flaw(
        "changedsince-ignored",
        "CHANGEDSINCE is passed over",
        "",
        "7162-3.1.4.1-changedsince",
        send_as(rb"CHANGEDSINCE \d+", b"CHANGEDSINCE 1", name=_FETCHES),
    ),
    flaw(
        "changedsince-equal",
        "CHANGEDSINCE returns the message with that very mod-sequence as well",
        "",
        "7162-3.1.4.1-changedsince",
        send_as(
            rb"CHANGEDSINCE (\d+)",
            lambda m: b"CHANGEDSINCE %d" % max(1, int(m[1]) - 1),
            name=_FETCHES,
        ),
    ),
    flaw(
        "changedsince-without-modseq",
        "FETCH with CHANGEDSINCE returns no MODSEQ that was not asked for",
        "",
        "7162-3.1.4.1-implicit",
        replace(_MODSEQ, b"", only="FETCH", to=_FETCHES, where=b"CHANGEDSINCE"),
    ),
    flaw(
        "modseq-item-missing",
        "UID FETCH of MODSEQ alone returns UID",
        "",
        "7162-3.1.4.2-item",
        replace(_MODSEQ, b"", only="FETCH", to=_FETCHES, where=rb"UID FETCH \d+ MODSEQ"),
    ),
    flaw(
        "search-modseq-above",
        "SEARCH by MODSEQ leaves out the message with that very mod-sequence",
        "",
        "7162-3.1.5-search",
        send_as(rb"MODSEQ (\d{1,18})\b", lambda m: b"MODSEQ %d" % (int(m[1]) + 1), name=_SEARCHES),
    ),
    flaw(
        "search-without-modseq",
        "SEARCH by MODSEQ returns numbers alone",
        "",
        "7162-3.1.5-highest",
        replace(rb" \(MODSEQ \d+\)", b"", only="SEARCH"),
    ),
    flaw(
        "search-modseq-low",
        "SEARCH by MODSEQ returns a mod-sequence below the highest",
        "",
        "7162-3.1.5-highest",
        number(rb"\(MODSEQ (\d+)", lambda n: max(1, n - 1), only="SEARCH"),
    ),
    flaw(
        "search-nothing-with-modseq",
        "SEARCH by MODSEQ that finds nothing returns MODSEQ 1",
        "",
        "7162-3.1.5-nothing",
        replace(rb"SEARCH\r\n", b"SEARCH (MODSEQ 1)\r\n", only="SEARCH", where=b"MODSEQ"),
    ),
    flaw(
        "search-entry-unknown",
        "SEARCH by the mod-sequence of a flag is refused",
        "",
        "7162-3.1.5-entry 7162-3.1.5-entry-types",
        answer(b"{tag} BAD No such key\r\n", name=_SEARCHES, where=b'MODSEQ "/flags'),
    ),
    flaw(
        "status-other-number",
        "HIGHESTMODSEQ of STATUS is another number than that of SELECT",
        "",
        "7162-3.1.7-status",
        number(rb"HIGHESTMODSEQ (\d+)", lambda n: n + 1, only="STATUS"),
    ),
    flaw(
        "condstore-parameter-unknown",
        "SELECT does not know the parameter CONDSTORE",
        "",
        "7162-3.1.8-parameter",
        answer(b"{tag} BAD No such parameter\r\n", name=_SELECTS, where=rb"\(CONDSTORE"),
    ),
    flaw(
        "sort-without-modseq",
        "SORT by MODSEQ returns numbers alone",
        "",
        "7162-3.1.9-sort",
        replace(rb" \(MODSEQ \d+\)", b"", only="SORT"),
    ),
    flaw(
        "sort-nothing-with-modseq",
        "SORT by MODSEQ that finds nothing returns MODSEQ 1",
        "",
        "7162-3.1.9-nothing",
        replace(rb"SORT\r\n", b"SORT (MODSEQ 1)\r\n", only="SORT", where=b"MODSEQ"),
    ),
    flaw(
        "thread-with-modseq",
        "THREAD by MODSEQ returns a mod-sequence",
        "",
        "7162-3.1.9-thread",
        replace(rb"\r\n", b" (MODSEQ 7)\r\n", only="THREAD", where=b"MODSEQ"),
    ),
    flaw(
        "esearch-modseq-missing",
        "ESEARCH of a search or sort by MODSEQ for ALL has no MODSEQ",
        "",
        "7162-3.1.10-esearch 7162-3.1.10-esort",
        replace(rb" MODSEQ \d+", b"", only="ESEARCH", where=rb"RETURN \(ALL\)"),
    ),
    flaw(
        "condstore-capitals-only",
        "The words of CONDSTORE are known in capitals only",
        "",
        "7162-7-case",
        answer(b"{tag} BAD Unknown\r\n", where=rb"(?-i:modSeq)"),
    ),
)

ALLOWED = (
    flaw(
        "modified-in-no",
        "MODIFIED comes in a tagged NO",
        "",
        "7162-3.1.3-modified 7162-3.1.3-refused",
        replace(rb" OK (\[MODIFIED)", rb" NO \1", kind="tagged", to=_STORES),
    ),
)
