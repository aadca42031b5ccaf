"""Flaws of IMAP4rev2 (RFC 9051): how sessions go over to it, what a selection says, codes, strings.

The server behind them announces both revisions. `unless_enabled` and `once_enabled` wrap acts
that are for sessions that have not, or that have, enabled IMAP4rev2; `ENABLES` has to stand before
them. What is about
lists is in `rfc9051_list`, what is about searches and BINARY in `rfc9051_search`.
"""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    drop,
    hold,
    instead,
    number,
    remembering,
    replace,
    whole,
)
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SELECTS = "SELECT, EXAMINE"
ENABLED = "IMAP4rev2 is enabled"
"""What a connection remembers once its session has gone over."""


def _goes_over(talk: Talk, _request: Request) -> None:
    talk.memory[ENABLED] = True


ENABLES = remembering(_goes_over, name="ENABLE", where=rb"IMAP4rev2")
"""Takes note of the sessions that enable IMAP4rev2."""


def _only(act: Act, *, enabled: bool) -> Act:
    said, asked = act.response, act.command

    def response(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
        meant = said is not None and talk.memory.get(ENABLED, False) is enabled
        return said(talk, arrival, octets) if said and meant else octets

    def asking(talk: Talk, request: Request) -> bytes | None:
        meant = asked is not None and talk.memory.get(ENABLED, False) is enabled
        return asked(talk, request) if asked and meant else None

    return changed(act, response=response if said else None, command=asking if asked else None)


def unless_enabled(act: Act) -> Act:
    """Let an act be for sessions of IMAP4rev1 only."""
    return _only(act, enabled=False)


def once_enabled(act: Act) -> Act:
    """Let an act be for sessions of IMAP4rev2 only."""
    return _only(act, enabled=True)


def _numbers(listed: bytes) -> list[int]:
    numbers: list[int] = []
    for part in listed.split(b","):
        first, _, last = part.partition(b":")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def as_search(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write an ESEARCH response with ALL as the SEARCH response of IMAP4rev1."""
    found = re.search(rb" ALL ([\d:,]+)", octets)
    numbers = _numbers(found[1]) if found else []
    return b"".join((b"* SEARCH", *(b" %d" % each for each in numbers), b"\r\n"))


def _as_esearch(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    numbers = re.findall(rb"\d+", octets)
    tag = arrival.in_flight[0].tag if arrival.in_flight else b"x"
    return b'* ESEARCH (TAG "%s")%s\r\n' % (tag, b" ALL " + b",".join(numbers) if numbers else b"")


def _enabled_for_all(talk: Talk, _request: Request) -> None:
    talk.shared[ENABLED] = True


def _esearch_for_all(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return _as_esearch(talk, arrival, octets) if talk.shared.get(ENABLED) else octets


def _closes(talk: Talk, _request: Request) -> None:
    talk.memory["closed"] = True


def _search_after_close(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return as_search(talk, arrival, octets) if talk.memory.get("closed") else octets


def _again(talk: Talk, _request: Request) -> None:
    """Count the commands ENABLE."""
    talk.memory["enables"] = talk.memory.get("enables", 0) + 1


def _search_after_second(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return as_search(talk, arrival, octets) if talk.memory.get("enables", 0) > 1 else octets


def _without_closed(responses: list[bytes]) -> list[bytes]:
    return [each for each in responses if b"[CLOSED]" not in each]


def _closed_if_selected(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    *_, last = responses
    return responses if b" OK" in last else _without_closed(responses)


def _closed_for_another(talk: Talk, request: Request) -> bytes | None:
    """Send CLOSED only where the mailbox is another one."""
    if request.first != talk.mailbox:
        return None
    talk.say(b"".join(_without_closed(talk.exchange(request))))
    return b""


def _list_behind(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    lists = [each for each in responses if each.startswith(b"* LIST ")]
    return [each for each in responses if each not in lists] + lists


def _last_level(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(rb'("/" "?)(?:[^"\r]*/)?([^"\r/]+"?)\r', rb"\1\2\r", octets)


def _refuses_twice(talk: Talk, request: Request) -> bytes | None:
    name = request.arguments.removesuffix(b"\r\n")
    listed = any(
        each.startswith(b"* LIST") for each in talk.ask(b'LIST (SUBSCRIBED) "" ' + name, "none")
    )
    if listed:
        return None
    talk.say(request.tag + b" NO It is so already\r\n")
    return b""


def _tag_again(talk: Talk, request: Request) -> bytes | None:
    used = talk.memory.setdefault("tags", set())
    if request.tag not in used:
        used.add(request.tag)
        return None
    talk.say(request.tag + b" BAD This tag was used\r\n")
    return b""


def _lists_others(talk: Talk, request: Request) -> bytes | None:
    """List the second user below the prefix for other users, whoever asks."""
    told = b"".join(talk.ask(b"NAMESPACE", "none"))
    found = re.search(rb'NAMESPACE (?:NIL|\(\(.*?\)\)) \(\("([^"]*)" "(.)"', told)
    if found is None or found[1] not in request.arguments:
        return None
    line = b'* LIST () "%s" "%suser2"\r\n' % (found[2], found[1])
    talk.say(line + b"".join(talk.exchange(request)))
    return b""


_UTF8 = rb'(\* LIST \([^)]*\) \S+ )"?([^"\r]*?)&AOk-([^"\r]*?)"?\r'

_GOING_OVER = (
    flaw(
        "rev2-names-before-enable",
        "LIST has names in UTF-8 before IMAP4rev2 is enabled",
        "",
        "9051-A-quoted-ascii 9051-A-convention",
        ENABLES,
        unless_enabled(replace(_UTF8, b'\\1"\\2\xc3\xa9\\3"\r', only="LIST")),
    ),
    flaw(
        "rev2-names-in-utf-7",
        "LIST has names in modified UTF-7 after IMAP4rev2 is enabled, too",
        "",
        "9051-5.1-listed 9051-A-convention 9051-5.1-utf8",
        ENABLES,
        once_enabled(replace(b"\xc3\xa9", b"&AOk-", count=0, only="LIST")),
    ),
    flaw(
        "rev2-esearch-before-enable",
        "SEARCH is answered with ESEARCH before IMAP4rev2 is enabled",
        "",
        "9051-7.2.2-both",
        ENABLES,
        unless_enabled(alter(_as_esearch, only="SEARCH", to="SEARCH")),
    ),
    flaw(
        "rev2-search-after-enable",
        "SEARCH is answered with SEARCH after IMAP4rev2 is enabled, too",
        "",
        "9051-6.4.4-response",
        ENABLES,
        once_enabled(alter(as_search, only="ESEARCH", to="SEARCH, UID SEARCH")),
    ),
    flaw(
        "rev2-not-among-enabled",
        "ENABLE IMAP4rev2 enables it, and ENABLED does not say so",
        "",
        "9051-6.3.1-imap4rev2 9051-6.3.1-response",
        replace(rb"( IMAP4rev2)(?=[ \r])", b"", only="ENABLED"),
    ),
    flaw(
        "rev2-enabled-in-words-only",
        "ENABLE IMAP4rev2 is answered well, and changes nothing",
        "",
        "9051-6.3.1-imap4rev2 9051-6.3.2-list 9051-6.4.4-response",
        answer(
            b"* ENABLED IMAP4rev2\r\n{tag} OK Done\r\n",
            name="ENABLE",
            where=rb"ENABLE IMAP4rev2\r",
        ),
    ),
    flaw(
        "rev2-enable-by-letter-case",
        "ENABLE takes the name IMAP4rev2 in the one letter case only",
        "",
        "9051-6.3.1-imap4rev2",
        answer(b"* ENABLED\r\n{tag} OK\r\n", name="ENABLE", where=rb"(?-i:imap4REV2)"),
    ),
    flaw(
        "rev2-enable-all-or-none",
        "ENABLE with a name that the server does not know is answered BAD",
        "",
        "9051-6.3.1-unknown",
        answer(b"{tag} BAD Unknown extension\r\n", name="ENABLE", where=rb"NOSUCH"),
    ),
    flaw(
        "rev2-enabled-nothing",
        "ENABLE that enables nothing has no ENABLED response",
        "",
        "9051-6.3.1-response",
        drop(only="ENABLED", where=rb"ENABLE NOSUCHEXTENSION\r"),
    ),
    flaw(
        "rev2-enable-sets",
        "A second ENABLE switches off what the first has enabled",
        "",
        "9051-6.3.1-additive",
        remembering(_again, name="ENABLE"),
        alter(_search_after_second, only="ESEARCH", to="SEARCH"),
    ),
    flaw(
        "rev2-until-closed",
        "With the first mailbox that is closed the session is one of IMAP4rev1 again",
        "",
        "9051-6.3.1-stays",
        remembering(_closes, name="CLOSE, UNSELECT"),
        alter(_search_after_close, only="ESEARCH", to="SEARCH"),
    ),
    flaw(
        "rev2-enabled-for-all",
        "Once a session has enabled IMAP4rev2, all sessions are answered with ESEARCH",
        "",
        "9051-7.2.2-both",
        remembering(_enabled_for_all, name="ENABLE", where=rb"IMAP4rev2"),
        alter(_esearch_for_all, only="SEARCH", to="SEARCH"),
    ),
    flaw(
        "rev2-enabled-besides",
        "ENABLED names an extension that was not asked for",
        "",
        "9051-7.2.1-asked",
        replace(rb"\r\n\Z", b" QRESYNC\r\n", only="ENABLED", where=rb"NO-?SUCH"),
    ),
    flaw(
        "rev2-enabled-with-noop",
        "ENABLED comes with NOOP, as a reminder",
        "",
        "9051-7.2.1-asked",
        before(b"* ENABLED IMAP4rev2\r\n", kind="tagged", to="NOOP", state="selected"),
    ),
)

_SELECTING = (
    flaw(
        "closed-never-sent",
        "SELECT while another mailbox is selected does not send CLOSED",
        "",
        "9051-6.3.2-closed 7162-3.2.11-closed",
        drop(code="CLOSED", kind="untagged"),
    ),
    flaw(
        "closed-only-on-success",
        "CLOSED is not sent where the next mailbox can not be selected",
        "",
        "9051-6.3.2-closed-failed",
        whole(_closed_if_selected, name=_SELECTS, state="selected"),
    ),
    flaw(
        "closed-only-for-another",
        "CLOSED is not sent where the same mailbox is selected again",
        "",
        "9051-6.3.2-closed-same",
        command(_closed_for_another, name=_SELECTS, state="selected"),
    ),
    flaw(
        "closed-behind-the-data",
        "CLOSED comes behind all that is said of the next mailbox",
        "",
        "9051-7.1-closed-boundary 9051-6.3.2-closed",
        hold({"only": "LIST"}, code="CLOSED", kind="untagged"),
    ),
    flaw(
        "closed-where-nothing-was",
        "CLOSED is sent also where no mailbox was selected",
        "",
        "9051-7.1-closed-boundary",
        before(b"* OK [CLOSED] Ok\r\n", only="FLAGS", to="SELECT", state="authenticated"),
    ),
    flaw(
        "select-without-list",
        "SELECT and EXAMINE send no LIST response",
        "",
        "9051-6.3.2-list",
        drop(only="LIST", to=_SELECTS),
    ),
    flaw(
        "examine-without-list",
        "EXAMINE sends no LIST response",
        "",
        "9051-6.3.2-list 9051-6.3.3-required-data",
        drop(only="LIST", to="EXAMINE"),
    ),
    flaw(
        "select-lists-behind-its-ok",
        "The LIST response of SELECT comes behind its OK",
        "",
        "9051-6.3.2-list",
        whole(_list_behind, name=_SELECTS),
    ),
    flaw(
        "select-lists-the-last-level",
        "The LIST response of SELECT has the last level of the name only",
        "",
        "9051-6.3.2-list",
        alter(_last_level, only="LIST", to=_SELECTS),
    ),
    flaw(
        "select-lists-noselect",
        "The LIST response of SELECT says Noselect",
        "",
        "9051-6.3.2-list-attributes",
        replace(rb"LIST \(", rb"LIST (\\Noselect ", only="LIST", to=_SELECTS),
    ),
    flaw(
        "select-lists-no-children",
        "The LIST response of SELECT says HasNoChildren of all mailboxes",
        "",
        "9051-6.3.2-list-attributes",
        replace(rb"LIST \([^)]*\)", rb"LIST (\\HasNoChildren)", only="LIST", to=_SELECTS),
    ),
    flaw(
        "select-lists-children",
        "The LIST response of SELECT says HasChildren of all mailboxes",
        "",
        "9051-6.3.2-list-attributes",
        replace(rb"LIST \([^)]*\)", rb"LIST (\\HasChildren)", only="LIST", to=_SELECTS),
    ),
    flaw(
        "select-lists-subscribed",
        "The LIST response of SELECT says Subscribed of all mailboxes",
        "",
        "9051-6.3.2-list-attributes",
        replace(rb"LIST \([^)]*\)", rb"LIST (\\Subscribed)", only="LIST", to=_SELECTS),
    ),
    flaw(
        "examine-without-uidnext",
        "EXAMINE does not send UIDNEXT",
        "",
        "9051-6.3.3-required-data",
        drop(code="UIDNEXT", to="EXAMINE"),
    ),
)

_CODES = (
    flaw(
        "nonexistent-for-whatever",
        "A NO to CREATE and RENAME has the code NONEXISTENT",
        "",
        "9051-7.1-nonexistent",
        replace(rb"NO (\[[^]]*\] )?", b"NO [NONEXISTENT] ", status="NO", to="CREATE, RENAME"),
    ),
    flaw(
        "alreadyexists-for-whatever",
        "A NO to DELETE and SELECT has the code ALREADYEXISTS",
        "",
        "9051-7.1-alreadyexists",
        replace(rb"NO (\[[^]]*\] )?", b"NO [ALREADYEXISTS] ", status="NO", to="DELETE, SELECT"),
    ),
    flaw(
        "haschildren-for-whatever",
        "A NO to DELETE has the code HASCHILDREN",
        "",
        "9051-7.1-haschildren",
        replace(rb"NO (\[[^]]*\] )?", b"NO [HASCHILDREN] ", status="NO", to="DELETE"),
    ),
    flaw(
        "authorizationfailed-for-whatever",
        "A wrong password is answered with the code AUTHORIZATIONFAILED",
        "",
        "9051-7.1-authorizationfailed",
        replace(rb"NO (\[[^]]*\] )?", b"NO [AUTHORIZATIONFAILED] ", status="NO", to="LOGIN"),
    ),
    flaw(
        "authenticationfailed-for-whatever",
        "A NO to STATUS has the code AUTHENTICATIONFAILED",
        "",
        "9051-7.1-authenticationfailed",
        replace(rb"NO (\[[^]]*\] )?", b"NO [AUTHENTICATIONFAILED] ", status="NO", to="STATUS"),
    ),
    flaw(
        "expungeissued-by-oneself",
        "A session that has removed messages itself is told EXPUNGEISSUED",
        "",
        "9051-7.1-expungeissued",
        replace(rb"OK (\[[^]]*\] )?", b"OK [EXPUNGEISSUED] ", status="OK", to="EXPUNGE"),
    ),
    flaw(
        "rev2-uidnotsticky-in-ok",
        "SELECT says UIDNOTSTICKY in an untagged OK",
        "",
        "9051-7.1-uidnotsticky-untagged 9051-7.1-uidnotsticky",
        before(b"* OK [UIDNOTSTICKY] Soft\r\n", kind="tagged", status="OK", to=_SELECTS),
    ),
    flaw(
        "clientbug-for-nothing",
        "The OK to FETCH has the code CLIENTBUG",
        "",
        "9051-7.1-clientbug",
        replace(rb"OK (\[[^]]*\] )?", b"OK [CLIENTBUG] ", status="OK", kind="tagged", to="FETCH"),
    ),
    flaw(
        "rev2-appenduid-left-out",
        "The OK to APPEND has no APPENDUID",
        "",
        "9051-6.3.12-appenduid",
        replace(rb"\[APPENDUID [^]]*\] ?", b"", kind="tagged", to="APPEND"),
    ),
    flaw(
        "rev2-appenduid-one-too-high",
        "APPENDUID has the next identifier, not the one of the message",
        "",
        "9051-7.1-appenduid 9051-6.3.12-appenduid",
        number(rb"APPENDUID \d+ (\d+)", lambda uid: uid + 1, to="APPEND"),
    ),
)

_STRINGS = (
    flaw(
        "names-taken-apart",
        "LIST has letters and their accents as two characters",
        "",
        "9051-5.1-listed 9051-5.1-net-unicode 9051-5.1-utf8",
        replace(b"\xc3\xa9", b"e\xcc\x81", count=0, only="LIST"),
    ),
    flaw(
        "names-in-surrogates",
        "LIST has characters beyond the basic plane as two surrogates",
        "",
        "9051-5.1-listed 9051-5.1-utf8",
        replace(rb"\xf0\x9f..", b"\xed\xa0\xbd\xed\xb8\x80", count=0, only="LIST", to="LIST"),
    ),
    flaw(
        "ampersand-is-utf-7",
        "A name with an ampersand is taken for modified UTF-7",
        "",
        "9051-5.1-ampersand",
        ENABLES,
        once_enabled(replace(rb"&", b"&-", only="LIST")),
    ),
    flaw(
        "unsubscribed-once",
        "UNSUBSCRIBE of a name that is not subscribed is answered NO",
        "",
        "9051-6.3.8-not-subscribed",
        command(_refuses_twice, name="UNSUBSCRIBE"),
    ),
    flaw(
        "rev2-tags-used-up",
        "A tag that was used before is answered BAD",
        "",
        "9051-2.2.1-tag-reuse",
        command(_tag_again),
    ),
    flaw(
        "status-deleted-counts-all",
        "STATUS has all messages under DELETED",
        "",
        "9051-6.3.11-deleted",
        number(rb"\bDELETED (\d+)", lambda count: count + 1, only="STATUS"),
    ),
    flaw(
        "status-size-too-small",
        "STATUS has half of the octets under SIZE",
        "",
        "9051-6.3.11-size",
        number(rb"\bSIZE (\d+)", lambda size: size // 2, only="STATUS"),
    ),
    flaw(
        "rev2-namespace-left-out",
        "NAMESPACE is answered OK without a NAMESPACE response",
        "",
        "9051-6.3.10-response",
        drop(only="NAMESPACE"),
    ),
    flaw(
        "other-users-listed",
        "LIST of the namespace of other users lists those who have granted nothing",
        "",
        "9051-11.5-other-users 9051-6.3.10-other-users",
        command(_lists_others, name="LIST"),
    ),
    flaw(
        "rev2-starttls-refused",
        "STARTTLS is announced, and answered NO",
        "",
        "9051-11.2-starttls",
        answer(b"{tag} NO Not now\r\n", name="STARTTLS"),
    ),
)


FLAWS = tuple(
    changed(row, backend="cyrus310") for row in (*_GOING_OVER, *_SELECTING, *_CODES, *_STRINGS)
)

ALLOWED = tuple(
    changed(row, backend="cyrus310")
    for row in (
        flaw(
            "rev2-recent-goes-on",
            "RECENT responses come with SELECT after IMAP4rev2 is enabled, too",
            "",
            "9051-A-removed 9051-6.3.2-list 9051-6.3.3-required-data",
            instead(
                b"* FLAGS (\\Answered \\Flagged \\Deleted \\Draft \\Seen)\r\n* 0 RECENT\r\n",
                only="FLAGS",
                to=_SELECTS,
            ),
        ),
        flaw(
            "rev2-enabled-again",
            "A second ENABLE IMAP4rev2 is answered with ENABLED IMAP4rev2",
            "",
            "9051-6.3.1-additive 9051-7.2.1-asked",
            replace(rb"ENABLED\r", b"ENABLED IMAP4rev2\r", only="ENABLED", where=rb"IMAP4rev2"),
        ),
        flaw(
            "rev2-list-of-select-says-nothing",
            "The LIST response of SELECT has no attributes",
            "",
            "9051-6.3.2-list 9051-6.3.2-list-attributes",
            replace(rb"LIST \([^)]*\)", b"LIST ()", only="LIST", to=_SELECTS),
        ),
        flaw(
            "rev2-namespace-says-more",
            "A namespace has an extension behind its delimiter",
            "",
            "9051-6.3.10-response 9051-6.3.10-personal 9051-6.3.10-extensions",
            replace(rb'(\(\("[^"]*" "[^"]*")\)', rb'\1 "X-COLOUR" ("blue"))', only="NAMESPACE"),
        ),
        flaw(
            "rev2-codes-left-out",
            "A NO has no code",
            "",
            "9051-7.1-nonexistent 9051-7.1-alreadyexists 9051-7.1-haschildren",
            replace(rb"NO \[[^]]*\] ", b"NO ", status="NO"),
        ),
    )
)
