"""Allowed: the same said in another way (RFC 3501 sections 2.3.2, 4, 5.1, 7 and 9)."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, number, replace, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.folding import names_in_capitals
from conformance.flaws.following import expunged_before
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_LITERAL = re.compile(rb" \{(\d+)\}\r\n")
_QUOTABLE = re.compile(rb"[ !#-\[\]-~]+")
_HEAD = re.compile(rb"\A(?:\* (?:\d+ )?|\S+ )(?:[A-Z]+)(?: \[[^\] ]+| \([A-Z0-9.]+)?")
_FLAGS = re.compile(rb"FLAGS \([^)]*\)", re.IGNORECASE)
_UNDER_WAY = rb"\A\* \d+ FETCH \((?:UID \d+ |FLAGS \([^)]*\) )*"


def _small_keywords(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write the name of a response, its code and its first item in small letters."""
    return _HEAD.sub(lambda found: _but_tag(found[0]), octets, count=1)


def _but_tag(head: bytes) -> bytes:
    tag, space, rest = head.partition(b" ")
    return tag + space + rest.lower()


def _small_flags(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    def small(found: re.Match[bytes]) -> bytes:
        return re.sub(rb"\\\w+", lambda flag: flag[0].lower(), found[0])

    return _FLAGS.sub(small, octets)


def _short_in_quotes(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write each literal that may be one as a quoted string."""
    out, rest = b"", octets
    while marker := _LITERAL.search(rest):
        end = marker.end() + int(marker[1])
        content = rest[marker.end() : end]
        if _QUOTABLE.fullmatch(content):
            out += rest[: marker.start()] + b' "%s"' % content
        else:
            out += rest[:end]
        rest = rest[end:]
    return out + rest


def _empty_otherwise(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write an empty text as a literal if it is in quotes, and the other way round."""
    item = rb"(BODY\[[^\]]*\](?:<\d+>)?|RFC822\.TEXT) "
    if re.search(item + rb'""', octets):
        return re.sub(item + rb'""', rb"\1 {0}\r\n", octets)
    return re.sub(item + rb"\{0\}\r\n", rb'\1 ""', octets)


def _fields_in_quotes(found: re.Match[bytes]) -> bytes:
    return found[1] + b" ".join(b'"%s"' % name.strip(b'"') for name in found[2].split()) + b")"


def _backwards(_talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Turn the order of the responses round that a command is about; others stay in front."""
    in_front: list[bytes] = []
    turned: list[bytes] = []
    for each in responses[:-1]:
        other = request.name.endswith(("FETCH", "STORE")) and b" FETCH " not in each
        first = other or b"[CLOSED]" in each
        (in_front if first else turned).append(each)
    return [*in_front, *reversed(turned), responses[-1]]


def _lowest_first(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Tell of the first message that is removed first, and count those before it as gone."""
    gone, others = expunged_before(responses)
    told = [b"* %d EXPUNGE\r\n" % (each - before) for before, each in enumerate(gone)]
    return [*told, *others]


def _numbers_backwards(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    first, second, *numbers = octets.split()
    return b" ".join((first, second, *reversed(numbers))) + b"\r\n"


ROWS = (
    flaw(
        "keywords-of-the-protocol-in-small-letters",
        "Names of responses, codes and first items are in small letters",
        "",
        "3501-9-case-insensitive 3501-6.4.5-each 3501-6.3.10-items 3501-6.3.1-exists"
        " 3501-6.1.1-response",
        alter(_small_keywords),
    ),
    flaw(
        "flags-in-small-letters",
        "Flags are in small letters",
        "",
        "3501-6.4.5-flags 3501-6.4.6-returns 3501-6.3.1-flags 3501-7.2.6-system-flags"
        " 3501-7.1-permanentflags",
        alter(_small_flags, only="FETCH FLAGS"),
        alter(_small_flags, code="PERMANENTFLAGS"),
    ),
    flaw(
        "inbox-in-mixed-letters",
        "INBOX is shown as Inbox, also where it begins a name",
        "",
        "3501-5.1-inbox 3501-6.3.8-inbox 3501-6.3.8-match 3501-7.2.4-name 3501-6.3.9-declared"
        " 3501-6.3.5-inbox-inferiors",
        replace(rb'((?:"/"|NIL) "?)INBOX(?=["\r/])', rb"\1Inbox", only="LIST LSUB"),
        replace(rb'(\* STATUS "?)INBOX', rb"\1Inbox", only="STATUS"),
    ),
    flaw(
        "mailbox-names-in-capitals",
        "Mailbox names have no letter case, and are shown in capitals",
        "",
        "3501-6.3.3-created 3501-6.3.8-match 3501-6.3.9-declared 3501-5.1.3-exact"
        " 3501-7.2.4-name 3501-6.3.5-renamed 3501-6.3.6-subscribed",
        *names_in_capitals(),
    ),
    flaw(
        "short-texts-in-quotes",
        "Texts that a quoted string can hold are no literals",
        "",
        "3501-6.4.5-partial 3501-6.4.5-parts 3501-6.4.5-whole 3501-4-same-value",
        alter(_short_in_quotes, only="FETCH"),
    ),
    flaw(
        "empty-texts-in-the-other-form",
        "Empty texts are literals where they were quoted strings, or quoted strings",
        "",
        "3501-6.4.5-partial-beyond 3501-6.4.5-header-fields 3501-4.3-empty",
        alter(_empty_otherwise, only="FETCH"),
    ),
    flaw(
        "field-names-in-quotes",
        "The names of header fields are quoted in the names of sections",
        "",
        "3501-6.4.5-header-fields 3501-6.4.5-header-fields-not 3501-6.4.5-partial-fields",
        replace(
            rb"(" + _UNDER_WAY + rb"BODY\[[\d.]*HEADER\.FIELDS(?:\.NOT)? \()([^)\r\n]*)\)",
            _fields_in_quotes,
            only="FETCH",
        ),
    ),
    flaw(
        "sections-in-small-letters",
        "The names of sections and their fields are in small letters",
        "",
        "3501-6.4.5-header-fields 3501-6.4.5-halves 3501-6.4.5-mime 3501-6.4.5-names",
        replace(
            _UNDER_WAY + rb"BODY\[[^\]\r\n]*\]",
            lambda found: (
                found[0][:-1].rpartition(b"[")[0] + b"[" + found[0].rpartition(b"[")[2].lower()
            ),
            only="FETCH",
        ),
    ),
    flaw(
        "days-with-a-space",
        "The day of an internal date has a space in front instead of a zero",
        "",
        "3501-2.3.3-append 3501-6.4.5-internaldate 3501-6.3.11-date 3501-9-date-day",
        replace(rb'INTERNALDATE "0(\d)-', rb'INTERNALDATE " \1-', only="FETCH"),
    ),
    flaw(
        "dates-of-another-zone",
        "Internal dates are told in another zone, the day being the same in it",
        "",
        "3501-2.3.3-append 3501-6.4.5-internaldate 3501-6.3.11-date 3501-9-zone 3501-2.3.3-copy",
        replace(
            rb'(INTERNALDATE "[ \d]\d-\w{3}-\d{4} \d\d:)([0-2]\d)(:\d\d \+00)00"',
            lambda found: b'%s%02d%s30"' % (found[1], int(found[2]) + 30, found[3]),
            only="FETCH",
        ),
    ),
    flaw(
        "selection-told-backwards",
        "What SELECT and EXAMINE tell comes in the reverse order",
        "",
        "3501-6.3.1-exists 3501-6.3.1-flags 3501-6.3.2-required-data 3501-6.3.2-same-output",
        whole(_backwards, name="SELECT, EXAMINE"),
    ),
    flaw(
        "messages-fetched-backwards",
        "FETCH and STORE answer about the last message first",
        "",
        "3501-6.4.5-each 3501-6.4.6-returns 3501-6.4.6-set 3501-6.4.8-set 3501-9-range-order",
        whole(_backwards, name="FETCH, UID FETCH, STORE, UID STORE", state="selected"),
    ),
    flaw(
        "numbers-found-backwards",
        "SEARCH gives the highest number first",
        "",
        "3501-6.4.4-all 3501-6.4.4-set 3501-6.4.4-flag-keys 3501-6.4.8-search 3501-6.4.4-or",
        alter(_numbers_backwards, only="SEARCH"),
    ),
    flaw(
        "names-listed-backwards",
        "LIST and LSUB name the last mailbox first",
        "",
        "3501-6.3.8-match 3501-6.3.8-names 3501-6.3.8-percent 3501-6.3.9-wildcards",
        whole(_backwards, name="LIST, LSUB"),
    ),
    flaw(
        "first-removed-first",
        "EXPUNGE tells of the messages that it removes from the first to the last",
        "",
        "3501-6.4.3-removes 3501-6.4.3-untagged 3501-6.4.3-decrement 3501-7.4.1-decrement",
        whole(_lowest_first, name="EXPUNGE"),
    ),
    flaw(
        "more-name-attributes",
        "Names are listed with attributes of later standards",
        "",
        "3501-6.3.8-match 3501-7.2.2-selectable 3501-7.2.3-format 3501-6.3.9-declared",
        replace(rb"\A(\* L(?:IST|SUB)) \(\)", rb"\1 (\\Subscribed \\Archive)", only="LIST LSUB"),
        replace(
            rb"\A(\* L(?:IST|SUB)) \((?=\\)(?!\\Subscribed)",
            rb"\1 (\\Subscribed \\Archive ",
            only="LIST LSUB",
        ),
    ),
    flaw(
        "no-name-attributes",
        "Names that can be selected are listed without attributes",
        "",
        "3501-6.3.8-match 3501-7.2.2-selectable 3501-7.2.2-noinferiors 3501-6.3.9-declared",
        replace(rb"\A(\* L(?:IST|SUB)) \((?![^)]*\\Noselect)[^)]*\)", rb"\1 ()", only="LIST LSUB"),
    ),
    flaw(
        "keyword-of-the-server",
        "Every message has a keyword that the server has given it",
        "",
        "3501-6.4.5-flags 3501-6.4.6-add 3501-6.4.6-replace 3501-6.4.6-remove 3501-6.4.7-preserve"
        " 3501-6.3.11-flags 3501-2.3.2-permanent 3501-6.4.5-seen",
        replace(rb"\bFLAGS \(\)", b"FLAGS ($NotJunk)", only="FETCH"),
        replace(rb"\bFLAGS \((?![)$])", b"FLAGS ($NotJunk ", only="FETCH"),
        replace(rb"FLAGS \(", b"FLAGS ($NotJunk ", only="FLAGS"),
        replace(rb"FLAGS \((?!\))", b"FLAGS ($NotJunk ", code="PERMANENTFLAGS"),
    ),
    flaw(
        "uidvalidity-beyond-31-bits",
        "UIDVALIDITY takes all of 32 bits",
        "",
        "3501-6.3.1-uidvalidity 3501-6.3.10-uidvalidity 3501-2.3.1.1-uidvalidity-rises"
        " 3501-9-largest-number 3501-2.3.1.1-triple",
        number(rb"UIDVALIDITY (\d+)", lambda value: value | 1 << 31, only="OK STATUS"),
        number(rb"\[(?:COPYUID|APPENDUID) (\d+)", lambda value: value | 1 << 31, status="OK"),
    ),
    flaw(
        "brackets-in-texts",
        "The text of a BAD begins with a bracket that can be no code",
        "",
        "3501-2.2.2-strict 3501-7.1-code 3501-7.1-code-with-text 3501-6.4.4-charset-no",
        replace(
            rb"\A(\S+ BAD) .*\Z",
            rb"\1 [Error offset=25]: expected ] for body section end\r\n",
            status="BAD",
        ),
    ),
    flaw(
        "refusals-without-codes",
        "A NO has no code but those that RFC 3501 demands",
        "",
        "3501-6.3.1-nonexistent 3501-6.2.3-rejected 3501-6.3.3-extant 3501-6.3.4-nonexistent"
        " 3501-6.3.5-error-no",
        replace(
            rb"\A(\S+ NO) \[(?!TRYCREATE|BADCHARSET)[^\]]*\] ", rb"\1 ", kind="tagged", status="NO"
        ),
    ),
    flaw(
        "badcharset-with-and-without-a-list",
        "BADCHARSET lists charsets if it did not, and lists none if it did",
        "",
        "3501-6.4.4-badcharset 3501-6.4.4-badcharset-list 3501-6.4.4-charset-no",
        replace(
            rb"\[BADCHARSET( \([^)]*\))?\]",
            lambda found: b"[BADCHARSET]" if found[1] else b"[BADCHARSET (US-ASCII UTF-8)]",
            status="NO",
        ),
    ),
    flaw(
        "requests-with-a-code",
        "The request for a literal has a code and a long text",
        "",
        "3501-2.2.1-continuation 3501-2.2.1-plus 3501-6.3.11-appended",
        replace(
            rb"\A\+ .*\Z",
            b"+ [ALERT] Send the rest of it now, please, we are all waiting\r\n",
            kind="continuation",
            to="APPEND, LOGIN, CREATE, SELECT, EXAMINE, STATUS, LIST, SEARCH, UID SEARCH",
        ),
    ),
    flaw(
        "requests-without-a-text",
        "The request for a literal is a plus sign and a space",
        "",
        "3501-2.2.1-continuation 3501-2.2.1-plus 3501-6.3.11-appended",
        replace(
            rb"\A\+ .*\Z",
            b"+ \r\n",
            kind="continuation",
            to="APPEND, LOGIN, CREATE, SELECT, EXAMINE, STATUS, LIST, SEARCH, UID SEARCH",
        ),
    ),
)
