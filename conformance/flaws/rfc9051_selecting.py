"""Flaws of what SELECT and EXAMINE of IMAP4rev2 say (RFC 9051 sections 6.3.2 and 6.3.3)."""

from __future__ import annotations

import re
from dataclasses import replace as changed

from conformance.flaws.acts import alter, before, command, drop, hold, instead, replace, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SELECTS = "SELECT, EXAMINE"


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


FLAWS = tuple(
    changed(row, backend="cyrus310")
    for row in (
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
            "rev2-list-of-select-says-nothing",
            "The LIST response of SELECT has no attributes",
            "",
            "9051-6.3.2-list 9051-6.3.2-list-attributes",
            replace(rb"LIST \([^)]*\)", b"LIST ()", only="LIST", to=_SELECTS),
        ),
    )
)
