"""Allowed: data that nobody asked for, at any time (RFC 3501 sections 2.2.2, 5.2, 5.3, 7)."""

from __future__ import annotations

import re

from conformance.flaws.acts import after, alter, ask_first, before, command, replace, send_as, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.following import COUNTING, messages, recent_messages
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.commands import first_string
from conformance.wire.dialogue import Arrival

_PLAIN = re.compile(rb"[\w/.&,+-]+")
_FETCH = re.compile(rb"\A(\* (\d+) FETCH \()", re.IGNORECASE)


def _listed(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Tell of the mailbox that a command was about, by the last name that stands there."""
    asked = arrival.answers
    if asked is None:
        return octets
    arguments = asked.arguments.removesuffix(b"\r\n")
    name = arguments.rpartition(b" ")[2] if asked.name == "RENAME" else None
    name = name.strip(b'"') if name else first_string(arguments, asked.literals)
    if not name or not _PLAIN.fullmatch(name):
        return octets
    return b'* LIST (\\Subscribed) "/" %s\r\n%s' % (name.rstrip(b"/"), octets)


def _sizes_again(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b"* %d EXISTS\r\n* %d RECENT\r\n%s" % (messages(talk), recent_messages(talk), octets)


def _size_behind(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return octets + b"* %d EXISTS\r\n" % messages(talk)


def _keep_flags(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    talk.memory[arrival.response.name] = octets
    return octets


def _flags_again(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return bytes(talk.memory.get("FLAGS", b"") + talk.memory.get("OK", b"") + octets)


def _say_closed(talk: Talk, _request: Request) -> None:
    talk.say(b"* OK [CLOSED] The mailbox before is closed\r\n")


def _with_uids(talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Put the UID into each FETCH response."""
    said = b"".join(talk.ask(b"FETCH 1:* (UID)", "none"))
    uids = dict(re.findall(rb"\* (\d+) FETCH \(UID (\d+)\)", said))
    return [
        _FETCH.sub(lambda found: found[1] + b"UID %s " % uids[found[2]], each)
        if (found := _FETCH.match(each)) and found[2] in uids and b"(UID " not in each
        else each
        for each in responses
    ]


ROWS = (
    flaw(
        "list-after-create",
        "CREATE, RENAME and SUBSCRIBE bring a LIST response with the name",
        "",
        "3501-6.3.3-created 3501-6.3.5-renamed 3501-6.3.6-subscribed 3501-7.2.2-one-name",
        alter(_listed, status="OK", to="CREATE, RENAME, SUBSCRIBE"),
    ),
    flaw(
        "sizes-told-again",
        "EXISTS and RECENT are told again before every completion",
        "",
        "3501-7.3.1-number 3501-7.3.2-count 3501-6.3.11-notify 3501-6.4.3-removes",
        *COUNTING,
        alter(_sizes_again, kind="tagged", state="selected"),
    ),
    flaw(
        "size-between-commands",
        "EXISTS is told again when no command is in progress",
        "",
        "3501-5.3-flow-control 3501-7.3.1-number 3501-6.4.1-ok 3501-6.4.2-authenticated",
        *COUNTING,
        alter(_size_behind, kind="tagged", state="selected"),
    ),
    flaw(
        "flags-told-again",
        "FLAGS and PERMANENTFLAGS are told again before every completion",
        "",
        "3501-6.3.1-flags 3501-7.2.6-updated 3501-6.4.6-returns 3501-6.1.2-nothing",
        alter(_keep_flags, only="FLAGS"),
        alter(_keep_flags, code="PERMANENTFLAGS"),
        alter(_flags_again, kind="tagged", state="selected"),
    ),
    flaw(
        "flags-of-all-with-other-commands",
        "The flags of all messages are told before NOOP, CHECK, STORE, SEARCH and COPY are done",
        "",
        "3501-6.4.6-returns 3501-6.4.6-silent 3501-6.4.4-no-change 3501-6.4.1-ok"
        " 3501-6.1.2-nothing 3501-6.4.7-source",
        ask_first(
            b"FETCH 1:* (FLAGS)",
            "all",
            name="NOOP, CHECK, STORE, UID STORE, SEARCH, UID SEARCH, COPY, UID COPY",
            state="selected",
            where=rb"\A(?!.*\.SILENT)",
        ),
    ),
    flaw(
        "more-items-than-asked",
        "FETCH responses hold UID, FLAGS and INTERNALDATE whatever was asked for",
        "",
        "3501-6.4.5-each 3501-6.4.5-peek 3501-6.4.5-forms 3501-6.4.8-uid-item 3501-7.4.2-origin",
        send_as(
            rb"\A(\S+ (?:UID )?FETCH \S+ )\(",
            rb"\1(UID FLAGS INTERNALDATE ",
            name="FETCH, UID FETCH",
        ),
        send_as(
            rb"\A(\S+ (?:UID )?FETCH \S+ )((?!ALL|FAST|FULL)\w[^\r]*)\r\n\Z",
            rb"\1(UID FLAGS \2)\r\n",
            name="FETCH, UID FETCH",
            where=rb"\A(?!.*\{).*\r\n\Z",
        ),
    ),
    flaw(
        "uid-in-answers-to-store",
        "FETCH responses to STORE hold the UID too",
        "",
        "3501-6.4.6-returns 3501-6.4.6-add 3501-6.4.6-remove 3501-6.4.6-replace",
        whole(_with_uids, name="STORE", state="selected"),
    ),
    flaw(
        "working-on-it",
        "An untagged OK follows each FETCH, LIST and SEARCH response",
        "",
        "3501-6.4.5-each 3501-6.3.8-match 3501-6.4.4-all 3501-6.4.5-whole",
        after(b"* OK Still at work\r\n", only="FETCH LIST SEARCH"),
    ),
    flaw(
        "closed-told-by-select",
        "SELECT and EXAMINE tell with the code CLOSED that the mailbox before is closed",
        "",
        "3501-6.3.1-deselect 3501-6.3.1-selected 3501-6.3.2-deselect 3501-3.3-entered",
        command(_say_closed, name="SELECT, EXAMINE", state="selected"),
    ),
    flaw(
        "capabilities-told-by-login",
        "LOGIN brings a CAPABILITY response instead of the code",
        "",
        "3501-6.2.3-ok 3501-6.2.2-capability-code 3501-7.2.1-automatic 3501-3.2-login",
        replace(
            rb"\A(\S+ OK) \[(CAPABILITY [^\]]*)\] (.*)\Z",
            rb"* \2\r\n\1 \3",
            to="LOGIN, AUTHENTICATE",
        ),
    ),
    flaw(
        "no-capability-codes",
        "Neither the greeting nor a login tells the capabilities",
        "",
        "3501-2.2-greeting 3501-3-greeting-state 3501-6.2.3-ok 3501-7.2.1-automatic",
        replace(rb"\A(\S+ OK) \[CAPABILITY [^\]]*\] ", rb"\1 ", status="OK"),
    ),
    flaw(
        "more-capabilities",
        "Capabilities are announced that nobody knows",
        "",
        "3501-6.1.1-response 3501-6.1.1-imap4rev1 3501-6.2.2-capability-code-same"
        " 3501-6.1.1-not-unasked",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 X-NOTHING XAOK X-ODD=1", kind="untagged"),
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 X-NOTHING XAOK X-ODD=1", kind="greeting"),
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 X-NOTHING XAOK X-ODD=1", kind="tagged"),
    ),
    flaw(
        "alerts-everywhere",
        "Completions without another code have the code ALERT",
        "",
        "3501-6.1.2-ok 3501-7.1-code 3501-6.3.1-nonexistent 3501-6.2.3-rejected",
        replace(rb"\A(\S+ (?:OK|NO)) (?!\[)", rb"\1 [ALERT] ", kind="tagged"),
    ),
    flaw(
        "codes-that-nobody-knows",
        "Completions without another code have one that nobody knows, with arguments",
        "",
        "3501-6.1.2-ok 3501-7.1-code 3501-7.1-private-codes 3501-6.3.4-nonexistent",
        replace(rb"\A(\S+ (?:OK|NO|BAD)) (?!\[)", rb'\1 [XNOTE 12 "a" (b)] ', kind="tagged"),
    ),
    flaw(
        "greeting-with-alert",
        "The greeting is an alert, and an untagged OK follows it",
        "",
        "3501-2.2-greeting 3501-3-greeting-state 3501-6.1-any-state",
        replace(rb"\A\* OK .*\Z", b"* OK [ALERT] Closed on Sunday\r\n", kind="greeting"),
        before(b"* OK Welcome again\r\n", kind="tagged", state="not authenticated", nth=1),
    ),
)
