"""Flaws of SEARCH (RFC 3501 sections 6.4.4, 7.2.5)."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, ask_then, hang_up_on, replace, send_as, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk


def _by_their_uids(talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Put the UIDs of messages into a SEARCH response in the place of their numbers."""
    return [_with_uids(talk, said, set_) if (set_ := _found(said)) else said for said in responses]


def _found(response: bytes) -> bytes:
    """Return what a SEARCH response found as a set, empty for nothing and for other responses."""
    found = re.fullmatch(rb"\* SEARCH((?: \d+)+)\r\n", response)
    return b",".join(found[1].split()) if found else b""


def _with_uids(talk: Talk, response: bytes, numbers: bytes) -> bytes:
    said = b"".join(talk.ask(b"FETCH %s (UID)" % numbers))
    uids = dict(re.findall(rb"\* (\d+) FETCH \(UID (\d+)", said))
    return re.sub(rb"\d+", lambda number: uids.get(number[0], number[0]), response)


FLAWS = (
    flaw(
        "trailing-space-in-search",
        "A space stands after the last number of SEARCH data",
        "",
        "3501-9-mailbox-data",
        replace(rb"\r\n\Z", b" \r\n", only="SEARCH"),
    ),
    flaw(
        "body-search-finds-headers",
        "SEARCH BODY looks into headers as well",
        "F12",
        "3501-6.4.4-body",
        send_as(rb" BODY ", b" TEXT ", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "quoted-charset-refused",
        "A charset in quotes is refused",
        "F10",
        "3501-6.4.4-us-ascii 3501-4-same-value",
        answer(b"{tag} BAD Bad charset\r\n", name="SEARCH, UID SEARCH", where=rb'CHARSET "'),
    ),
    flaw(
        "key-name-for-its-value",
        "SEARCH SUBJECT looks for the word SUBJECT",
        "F13",
        "3501-6.4.4-subject",
        send_as(rb' SUBJECT ("[^"]*"|[^\s()]+)', b" SUBJECT SUBJECT", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "empty-string-refused",
        "An empty string as a search key is refused",
        "F14",
        "3501-6.4.4-empty-string 3501-6.4.4-header-present",
        answer(b"{tag} BAD Empty string\r\n", name="SEARCH, UID SEARCH", where=rb'""'),
    ),
    flaw(
        "far-dates-never-match",
        "Dates before 1902 and after 2037 match nothing",
        "F21",
        "3501-6.4.4-internal-date 3501-6.4.4-sent-date",
        answer(
            b"* SEARCH\r\n{tag} OK done\r\n",
            name="SEARCH, UID SEARCH",
            where=rb"-(?:0\d{3}|1[0-8]\d\d|190[01]|20[4-9]\d|203[89]|2[1-9]\d\d|[3-9]\d{3})\b",
        ),
    ),
    flaw(
        "uid-key-means-number",
        "The key UID in SEARCH is taken for message numbers",
        "F23",
        "3501-6.4.4-uid",
        send_as(rb" UID (\d)", rb" \1", name="SEARCH"),
    ),
    flaw(
        "search-case-sensitive",
        "Strings are found in the same letter case only",
        "F24",
        "3501-6.4.4-substring 3501-6.4.4-keys",
        answer(
            b"* SEARCH\r\n{tag} OK done\r\n",
            name="SEARCH, UID SEARCH",
            where=rb'(?-i:(?:SUBJECT|FROM|TO|BODY|TEXT|CC|BCC) "?(?:[A-Z]{3,}|[a-z]+[A-Z]))',
        ),
    ),
    flaw(
        "or-means-and",
        "OR matches what matches both keys",
        "",
        "3501-6.4.4-or",
        send_as(rb" OR ", b" ", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "not-is-ignored",
        "NOT is passed over",
        "",
        "3501-6.4.4-not",
        send_as(rb" NOT ", b" ", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "larger-includes-equal",
        "LARGER matches messages of exactly that size",
        "",
        "3501-6.4.4-size",
        send_as(
            rb"LARGER (\d+)",
            lambda found: b"LARGER %d" % max(int(found[1]) - 1, 0),
            name="SEARCH, UID SEARCH",
        ),
    ),
    flaw(
        "before-includes-the-day",
        "BEFORE matches the day itself",
        "",
        "3501-6.4.4-internal-date",
        send_as(rb" BEFORE (\S+)", rb" OR BEFORE \1 ON \1", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "since-means-after",
        "SINCE does not match the day itself",
        "",
        "3501-6.4.4-internal-date",
        send_as(rb" SINCE (\S+)", rb" SINCE \1 NOT ON \1", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "sent-dates-are-internal",
        "SENTSINCE, SENTON and SENTBEFORE look at the internal date",
        "",
        "3501-6.4.4-sent-date",
        send_as(rb" SENT(SINCE|ON|BEFORE)", rb" \1", count=0, name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "from-finds-to",
        "FROM matches the To field as well",
        "",
        "3501-6.4.4-address-keys",
        send_as(rb' FROM ("[^"]*"|[^\s()]+)', rb" OR FROM \1 TO \1", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "text-is-body",
        "TEXT does not look into headers",
        "",
        "3501-6.4.4-text",
        send_as(rb" TEXT ", b" BODY ", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "header-finds-other-fields",
        "HEADER matches the string in any field",
        "",
        "3501-6.4.4-header",
        send_as(rb' HEADER (?:"[^"]*"|\S+) ', b" TEXT ", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "unseen-is-all",
        "UNSEEN matches messages that are seen",
        "",
        "3501-6.4.4-flag-keys",
        send_as(rb" UNSEEN", b" ALL", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "keyword-is-ignored",
        "KEYWORD matches every message",
        "",
        "3501-6.4.4-keyword",
        send_as(rb" KEYWORD \S+", b" ALL", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "unknown-charset-ignored",
        "An unknown charset is passed over",
        "",
        "3501-6.4.4-charset-no",
        send_as(rb"CHARSET (?:\"[^\"]*\"|\S+)", b"CHARSET US-ASCII", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "unknown-charset-bad",
        "An unknown charset is answered BAD",
        "",
        "3501-6.4.4-charset-no",
        replace(rb"\A(\S+) NO \[BADCHARSET[^\]]*\]", rb"\1 BAD", kind="tagged"),
    ),
    flaw(
        "search-without-response",
        "SEARCH that matches nothing has no SEARCH response",
        "",
        "3501-6.4.4-response 3501-7.2.5-empty",
        replace(rb"\A\* SEARCH\r\n", b"", only="SEARCH"),
    ),
    flaw(
        "search-sets-seen",
        "SEARCH in the text of messages sets the flag Seen",
        "",
        "3501-6.4.4-no-change",
        ask_then(
            rb"STORE 1:* +FLAGS.SILENT (\Seen)",
            name="SEARCH, UID SEARCH",
            where=rb" (?:BODY|TEXT|SUBJECT) ",
        ),
    ),
    flaw(
        "uid-search-gives-numbers",
        "UID SEARCH answers with message numbers",
        "",
        "3501-6.4.8-search 3501-7.2.5-numbers",
        send_as(rb"UID SEARCH", b"SEARCH", name="UID SEARCH"),
    ),
    flaw(
        "search-gives-uids",
        "SEARCH answers with UIDs",
        "",
        "3501-7.2.5-numbers 3501-6.4.4-set 3501-6.4.4-uid 3501-2.3.1.2-range",
        whole(_by_their_uids, name="SEARCH"),
    ),
    flaw(
        "list-of-keys-refused",
        "A list of keys in parentheses is refused",
        "",
        "3501-6.4.4-list",
        answer(b"{tag} BAD Unknown key\r\n", name="SEARCH, UID SEARCH", where=rb" \("),
    ),
    flaw(
        "second-key-ignored",
        "Of several keys only the first counts",
        "",
        "3501-6.4.4-and",
        send_as(
            rb"(SEARCH (?:UN)?(?:SEEN|FLAGGED|ANSWERED|DELETED|DRAFT)) .*\r\n",
            rb"\1\r\n",
            name="SEARCH, UID SEARCH",
        ),
    ),
    flaw(
        "date-forms-refused",
        "A date in quotes is refused",
        "",
        "3501-6.4.4-date-forms",
        answer(b"{tag} BAD date\r\n", name="SEARCH, UID SEARCH", where=rb'"\d+-\w{3}-\d{4}"'),
    ),
    flaw(
        "new-is-recent",
        "NEW matches recent messages that are seen",
        "",
        "3501-6.4.4-recent",
        send_as(rb" NEW\b", b" RECENT", name="SEARCH, UID SEARCH"),
        send_as(rb" OLD\b", b" ALL", name="SEARCH, UID SEARCH"),
    ),
    flaw(
        "subset-of-numbers",
        "SEARCH leaves out the last number of what it found",
        "",
        "3501-6.4.4-all 3501-6.4.4-set",
        replace(rb"(\* SEARCH .*) \d+\r\n", rb"\1\r\n", only="SEARCH"),
    ),
    flaw(
        "badcharset-in-bad",
        "The code BADCHARSET comes with BAD",
        "",
        "3501-6.4.4-charset-no",
        replace(rb"\A(\S+) NO \[BADCHARSET", rb"\1 BAD [BADCHARSET", kind="tagged"),
    ),
    flaw(
        "unkeyword-ends-session",
        "SEARCH UNKEYWORD ends the session",
        "",
        "3501-6.4.4-answered",
        hang_up_on(name="SEARCH", where=rb"UNKEYWORD"),
    ),
    flaw(
        "number-beyond-last-is-last",
        "A number behind the last message stands for the last one",
        "",
        "3501-2.3.1.2-nothing-else",
        send_as(
            rb" 9(?= |\r)", b" *", name="FETCH, STORE, SEARCH, COPY", where=rb"[A-Z] 9(?: |\r)"
        ),
    ),
)
