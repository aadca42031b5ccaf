"""Flaws of what servers of IMAP4rev2 tell of mailboxes and messages, asked or not (RFC 9051)."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, drop, replace, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9051 import as_search
from conformance.flaws.rfc9051_facade import REV2, REV2_ONLY, REV2_TELLS
from conformance.flaws.talk import Talk

_OLDNAME = rb' \("OLDNAME" \(.*\)\)(?=\r\n)'
_CODE = re.compile(rb"\* OK (\[COPYUID [^]]*\])")


def _copyuid_last(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Put the COPYUID of a MOVE into the tagged OK."""
    *data, last = responses
    codes = [found[1] for line in data if (found := _CODE.match(line))]
    if codes:
        last = re.sub(rb"(?i) OK (?:\[[^]]*\] )?", b" OK " + codes[0] + b" ", last, count=1)
    return [*(line for line in data if not _CODE.match(line)), last]


FLAWS = (
    flaw(
        "unasked-without-uid-in-idle",
        "What is told of a message during IDLE has no UID",
        "",
        "9051-6.3.13-uid 9051-7.5.2-unasked-uid",
        replace(rb"UID \d+ ", b"", only="FETCH", to="IDLE"),
        facade=REV2,
    ),
    flaw(
        "unasked-without-uid",
        "What is told of a message with NOOP has no UID",
        "",
        "9051-7.5.2-unasked-uid",
        replace(rb"UID \d+ ", b"", only="FETCH", to="NOOP"),
        facade=REV2,
    ),
    flaw(
        "made-not-called-subscribed",
        "A mailbox that was subscribed as it was made is announced without Subscribed",
        "",
        "9051-6.3.4-announced-subscribed",
        replace(rb"(\()\\Subscribed(\) \S+ \S+\r)", rb"\1\2", only="LIST", to="NOOP"),
        facade=REV2_TELLS,
    ),
    flaw(
        "renamed-not-called-subscribed",
        "A mailbox that was subscribed as it was renamed is announced without Subscribed",
        "",
        "9051-6.3.6-announced-subscribed",
        replace(rb"(\()\\Subscribed(\).*OLDNAME)", rb"\1\2", only="LIST", to="NOOP"),
        facade=REV2_TELLS,
    ),
    flaw(
        "deleted-announced-as-it-was",
        "A deleted mailbox is announced without NonExistent",
        "",
        "9051-6.3.9.7-announced",
        replace(rb"\\NonExistent", b"", only="LIST", to="NOOP"),
        facade=REV2_TELLS,
    ),
    flaw(
        "renamed-without-old-name",
        "A renamed mailbox is announced without its old name",
        "",
        "9051-6.3.9.7-announced",
        replace(_OLDNAME, b"", only="LIST", to="NOOP"),
        facade=REV2_TELLS,
    ),
    flaw(
        "subscribed-said-of-all",
        "Each LIST response says Subscribed",
        "",
        "9051-7.3.1-subscribed",
        replace(rb"(LIST \()[^)]*", rb"\1\\Subscribed", only="LIST"),
        facade=REV2,
    ),
    flaw(
        "move-with-copyuid-at-the-end",
        "The COPYUID of MOVE comes in the tagged OK",
        "",
        "9051-6.4.8-copyuid-untagged",
        whole(_copyuid_last, name="MOVE, UID MOVE"),
        facade=REV2,
    ),
    flaw(
        "keywords-end-in-silence",
        "New keywords are refused, and the promise of PERMANENTFLAGS is not taken back",
        "",
        "9051-7.1-keyword-limit",
        drop(code="PERMANENTFLAGS", to="STORE"),
        facade=REV2,
    ),
    flaw(
        "keywords-promised-in-vain",
        "SELECT promises new keywords where there is no room for any",
        "",
        "9051-7.1-keyword-limit",
        replace(rb"(PERMANENTFLAGS \([^)\\]*\\[^*)]*)\)", rb"\1 \\*)", code="PERMANENTFLAGS"),
        facade=REV2,
    ),
    flaw(
        "rev2-code-without-space",
        "A response code has neither text nor a space behind it",
        "",
        "9051-7.1-code-with-text",
        replace(rb"\A(\* OK \[UIDNEXT [^\]]+\]) .*\r\n\Z", rb"\1\r\n"),
        facade=REV2,
    ),
    flaw(
        "rev2-only-answers-search",
        "A server that does not announce IMAP4rev1 answers with SEARCH",
        "",
        "9051-9-obsolete",
        alter(as_search, only="ESEARCH", to="SEARCH"),
        backend="cyrus310",
        facade=REV2_ONLY,
    ),
    flaw(
        "rev2-only-shows-mod-sequences",
        "A server that does not announce IMAP4rev1 shows mod-sequences to who has not asked",
        "",
        "9051-7.2.2-conform",
        replace(rb"FETCH \(", b"FETCH (MODSEQ (5) ", only="FETCH", to="FETCH, STORE"),
        backend="cyrus310",
        facade=REV2_ONLY,
    ),
    flaw(
        "rev2-only-speaks-beyond-ascii",
        "Texts are UTF-8 where no client has enabled IMAP4rev2",
        "",
        "9051-9-text-ascii",
        replace(rb"\A(\S+ OK) (?!\[)", b"\\1 \xc3\x87a va: ", kind="tagged", to="NOOP, CAPABILITY"),
        backend="cyrus310",
        facade=REV2_ONLY,
    ),
)
