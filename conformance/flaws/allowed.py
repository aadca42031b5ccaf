"""Behaviour that looks wrong and is allowed: the same acts as flaws, and no failure may follow.

The requirements of a row are those that a suite which does not know better would report; a short
self-check plays the cases about them. Some of what looks wrong needs no row, because Dovecot
does it anyway: COPYUID in an untagged OK before the EXPUNGE of a MOVE, no EXISTS after EXPUNGE, no
UNSEEN where nothing is unseen, `MISSING_DOMAIN` in envelopes, OK and no LIST for a mailbox that is
not there, the tag of ESEARCH as a quoted string.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_first,
    before,
    command,
    drop,
    hang_up_on,
    pieces,
    remembering,
    replace,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_STRING = re.compile(rb'"([^"\\]*)"')
_DELIMITER = rb'(\) (?:"[^"]*"|NIL)) '
_ATOM = rb"[\w!#$&',./:;<=>?@^`|}~\[\]-]+"
_UID_AND_MORE = re.compile(rb"(\* \d+ FETCH \()(UID \d+) (.*\)\r\n)", re.DOTALL)


def _as_literal(found: re.Match[bytes]) -> bytes:
    return b"{%d}\r\n%s" % (len(found[1]), found[1])


def _envelope_in_literals(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write every quoted string as a literal, where ENVELOPE is all that was fetched."""
    if not re.match(rb"\* \d+ FETCH \((UID \d+ )?ENVELOPE \(", octets) or b" BODY" in octets:
        return octets
    if b"{" in octets or b"\\" in octets or b'" RFC' in octets:
        return octets
    return _STRING.sub(_as_literal, octets)


def _split(_talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Give the UID in a response of its own; each response to a UID command has to hold it."""
    again = rb"\2 " if request.name.startswith("UID") else b""
    return [_UID_AND_MORE.sub(rb"\1\2)\r\n\1" + again + rb"\3", r) for r in responses]


def _capability_again(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    names = sorted(
        name.replace(name[7:], name[7:].lower()) if name.startswith("RIGHTS=") else name
        for name in talk.dialogue.capabilities or {"IMAP4REV1"}
    )  # the names of rights are small letters (RFC 4314 section 2)
    return b"* CAPABILITY %s\r\n%s" % (" ".join(names).encode(), octets)


def _removes(talk: Talk, _request: Request) -> None:
    """Count removals in each mailbox: those of this session are known to it."""
    removals = talk.shared.setdefault("removals", {})
    removals[talk.mailbox] = removals.get(talk.mailbox, 0) + 1
    _is_told(talk, _request)


def _is_told(talk: Talk, _request: Request) -> None:
    talk.memory["told"] = dict(talk.shared.get("removals", {}))


def _refuse_while_pending(talk: Talk, request: Request) -> bytes | None:
    removed = talk.shared.get("removals", {}).get(talk.mailbox, 0)
    if removed == talk.memory.get("told", {}).get(talk.mailbox, 0):
        return None
    talk.say(request.tag + b" NO Pending EXPUNGE\r\n")
    return b""


ROWS = (
    flaw(
        "expunge-during-uid-command",
        "EXPUNGE comes while a UID command is answered",
        "",
        "3501-7.4.1-during 3501-7.4.1-uid-commands",
        ask_first(b"NOOP", "all", name="UID FETCH, UID STORE, UID SEARCH", state="selected"),
    ),
    flaw(
        "flags-nobody-asked-for",
        "Flags come along with whatever was fetched",
        "",
        "3501-6.4.5-each 3501-6.4.5-static",
        ask_first(b"FETCH 1:* (FLAGS)", "all", name="FETCH, UID FETCH", state="selected"),
    ),
    flaw(
        "fetch-in-two-responses",
        "What was fetched of a message comes in two responses",
        "",
        "3501-6.4.5-each 3501-6.4.8-uid-item",
        whole(_split, name="FETCH, UID FETCH", state="selected"),
    ),
    flaw(
        "no-exists-after-expunge",
        "EXPUNGE is followed by no EXISTS",
        "",
        "3501-6.4.3-removes 3501-7.3.1-change",
        drop(only="EXISTS", to="EXPUNGE"),
    ),
    flaw(
        "zeros-before-count",
        "The count of a literal has leading zeros",
        "",
        "3501-4.3-count 3501-6.4.5-whole",
        replace(rb" \{(\d+)\}\r\n", rb" {0\1}\r\n", kind="untagged"),
    ),
    flaw(
        "mailbox-names-as-atoms",
        "Mailbox names are atoms wherever they may be",
        "",
        "3501-6.3.8-match 3501-6.3.9-wildcards 3501-7.2.4-name",
        replace(
            _DELIMITER + rb'"((?!NIL")' + _ATOM + rb')"\r\n\Z', rb"\1 \2\r\n", only="LIST LSUB"
        ),
        replace(rb'STATUS "((?!NIL")' + _ATOM + rb')"', rb"STATUS \1", only="STATUS"),
    ),
    flaw(
        "mailbox-names-quoted",
        "Mailbox names are quoted though atoms would do",
        "",
        "3501-6.3.8-match 3501-6.3.9-wildcards 3501-7.2.4-name",
        replace(rb'("|NIL) ([^"{} \r\n]+)\r\n\Z', rb'\1 "\2"\r\n', only="LIST LSUB"),
        replace(rb'\* STATUS ([^"{} \r\n]+) ', rb'* STATUS "\1" '),
    ),
    flaw(
        "mailbox-names-in-literals",
        "Mailbox names are literals",
        "",
        "3501-6.3.8-match 3501-6.3.9-wildcards",
        replace(
            _DELIMITER + rb'"?([^"\\{} \r\n]+)"?\r\n\Z',
            lambda found: found[1] + b" {%d}\r\n%s\r\n" % (len(found[2]), found[2]),
            only="LIST LSUB",
        ),
    ),
    flaw(
        "envelope-in-literals",
        "The strings of an envelope are literals",
        "",
        "3501-7.4.2-envelope-subject 3501-7.4.2-envelope-order 3501-7.4.2-address",
        alter(_envelope_in_literals, only="FETCH"),
    ),
    flaw(
        "id-answered-nil",
        "ID is answered with NIL",
        "",
        "3501-6.5.1-unknown",
        answer(b"* ID NIL\r\n{tag} OK done\r\n", name="ID"),
    ),
    flaw(
        "news-at-any-time",
        "Untagged status responses and capabilities come before every completion",
        "",
        "3501-6.1.1-response 3501-6.1.2-ok 3501-6.4.1-ok 3501-6.3.8-no-match 3501-7.1.3-untagged",
        before(
            b"* OK Still here\r\n* NO Disk is nearly full\r\n* BAD Internal trouble\r\n",
            kind="tagged",
            state="authenticated, selected",
        ),
        alter(_capability_again, kind="tagged", state="authenticated, selected", to="NOOP, CHECK"),
    ),
    flaw(
        "other-order",
        "Capabilities, STATUS items, flags and FETCH items come in another order",
        "",
        "3501-6.1.1-response 3501-6.3.10-items 3501-6.4.5-each 3501-6.3.1-flags",
        replace(rb"STATUS (.*) \((\w+ \d+) (.*)\)", rb"STATUS \1 (\3 \2)", only="STATUS"),
        replace(rb"\* CAPABILITY (\S+) (.*)\r\n", rb"* CAPABILITY \2 \1\r\n", only="CAPABILITY"),
        replace(rb"FLAGS \((\S+) ([^)]+)\)", rb"FLAGS (\2 \1)", only="FLAGS"),
        replace(rb"FETCH \((UID \d+) (.*)\)\r\n\Z", rb"FETCH (\2 \1)\r\n", only="FETCH"),
    ),
    flaw(
        "other-words",
        "The texts for people say nothing",
        "",
        "3501-6.1.2-ok 3501-6.3.1-nonexistent 3501-2.2.2-strict 3501-6.1.3-bye",
        replace(
            rb"\A(\S+ (?:OK|NO|BAD|BYE)(?: \[[^\]]*\])?) .*\r\n\Z",
            rb"\1 .\r\n",
            status="OK NO BAD BYE",
        ),
    ),
    flaw(
        "no-hierarchy",
        "Mailboxes have no hierarchy, and the delimiter is NIL",
        "",
        "3501-6.3.8-delimiter 3501-6.3.8-percent 3501-6.3.3-superiors 3501-6.3.4-inferiors"
        " 3501-6.3.5-inferiors",
        replace(rb'\) "/" ', b") NIL ", only="LIST LSUB"),
        answer(b"{tag} NO No such name\r\n", name="CREATE, RENAME", where=rb"/"),
    ),
    flaw(
        "long-lines-refused",
        "Command lines of more than 2,000 octets are refused",
        "",
        "3501-2.2-lines 3501-6.4.4-set 3501-6.4.5-each 3501-6.4.7-copies",
        answer(b"{tag} BAD Line too long\r\n", where=rb"[^\r\n]{2000}"),
    ),
    flaw(
        "odd-names-refused",
        "Names of mailboxes are letters, digits and a few marks",
        "",
        "3501-6.3.3-created 3501-5.1.3-ampersand 3501-4.3-literal 3501-4.3-quoted",
        answer(b"{tag} NO No such name\r\n", name="CREATE", where=rb"CREATE .*[^\w \"\r\n/{}&,+-]"),
    ),
    flaw(
        "flags-of-others",
        "The mailbox has keywords that the suite did not make",
        "",
        "3501-6.3.1-flags 3501-7.2.6-system-flags 3501-7.1-permanentflags",
        replace(rb"FLAGS \((?!\))", rb"FLAGS (Work $Label1 ", only="FLAGS"),
        replace(rb"FLAGS \((?!\))", rb"FLAGS (Work $Label1 ", code="PERMANENTFLAGS"),
    ),
    flaw(
        "in-small-pieces",
        "Everything comes in pieces of seven octets",
        "",
        "3501-6.4.5-whole 3501-6.3.1-flags 3501-2.2-lines",
        pieces(7),
    ),
    # Refusals (RFC 3501 sections 3.4, 7.1 and 9, RFC 2180 section 4).
    flaw(
        "bye-after-unknown-command",
        "An unknown command is refused, and the connection ends with BYE",
        "",
        "3501-6.5.1-unknown",
        hang_up_on(
            b"{tag} BAD Unknown command\r\n* BYE Unknown command\r\n", where=rb"\A\S+ (UID )?X"
        ),
    ),
    flaw(
        "bye-for-unknown-command",
        "The connection ends with BYE at an unknown command, without a tagged response",
        "",
        "3501-6.5.1-unknown",
        hang_up_on(b"* BYE Unknown command\r\n", where=rb"\A\S+ (UID )?XNO"),
    ),
    flaw(
        "text-with-brackets",
        "The text of a BAD begins with a bracket, and no code can be read there",
        "",
        "3501-2.2.2-strict",
        replace(
            rb"\A(\S+) BAD [^\r]*",
            rb"\1 BAD [Error offset=25]: expected ] for its end",
            status="BAD",
        ),
    ),
    flaw(
        "pending-expunge",
        "FETCH and STORE say NO while a removal by another session was not told",
        "",
        "3501-7.4.1-during 3501-7.4.1-in-step",
        remembering(_removes, name="EXPUNGE, UID EXPUNGE, CLOSE"),
        remembering(_is_told, name="SELECT, EXAMINE, NOOP, CHECK"),
        command(_refuse_while_pending, name="FETCH, STORE", state="selected"),
    ),
    flaw(
        "attribute-flagged",
        "A mailbox has the attribute Flagged, of RFC 6154",
        "",
        "3501-7.2.2-attributes 3501-7.2.2-one-name",
        replace(rb"(LIST|LSUB) \((?=\S)", rb"\1 (\\Flagged ", only="LIST LSUB"),
    ),
)
