"""Flaws of STATUS (RFC 3501 sections 6.3.10, 7.2.4)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    ask_first,
    ask_then,
    drop,
    number,
    remembering,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _asked_status(talk: Talk, _request: Request) -> None:
    talk.memory["status"] = True


def _swallow_after_status(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b"" if talk.memory.get("status") else octets


def _first_uidnext(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Say the UIDNEXT that was said of the mailbox for the first time."""
    said = re.search(rb"UIDNEXT (\d+)", octets)
    if said is None:
        return octets
    first = talk.shared.setdefault(("uidnext", arrival.response.mailbox), said[0])
    return octets.replace(said[0], first)


def _most_recent(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Say the most that was ever said of the mailbox."""
    said = re.search(rb"RECENT (\d+)", octets)
    if said is None:
        return octets
    key = ("recent", arrival.response.mailbox)
    most = talk.shared[key] = max(talk.shared.get(key, 0), int(said[1]))
    return octets.replace(said[0], b"RECENT %d" % most)


FLAWS = (
    flaw(
        "trailing-space-in-status",
        "A space stands after the last parenthesis of STATUS data",
        "A11",
        "3501-9-response-data 3501-9-mailbox-data",
        replace(rb"\r\n\Z", b" \r\n", only="STATUS"),
    ),
    flaw(
        "status-clears-recent",
        "STATUS takes the mark of new messages away, as if the mailbox had been selected",
        "B13",
        "3501-6.3.10-recent-kept",
        ask_first(b"SELECT {first}", name="STATUS", state="authenticated"),
        ask_first(b"UNSELECT", name="STATUS", state="selected", where=rb"\(RECENT\)"),
    ),
    flaw(
        "status-name-in-utf-8",
        "STATUS gives the mailbox name in UTF-8",
        "B11",
        "3501-9-mailbox-data 3501-9-mailbox 3501-9-astring 3501-7.2.4-name",
        replace(rb"&AOk-", b"\xc3\xa9", only="STATUS"),
    ),
    flaw(
        "status-swallows-expunge",
        "STATUS of the selected mailbox takes in what others expunged, and does not tell",
        "B12",
        "3501-7.4.1-in-step 3501-5.2-size 3501-7.4.1-decrement",
        alter(_swallow_after_status, only="EXPUNGE"),
        remembering(_asked_status, name="STATUS", state="selected"),
    ),
    flaw(
        "status-uidnext-behind",
        "UIDNEXT of STATUS knows nothing of new mail",
        "B14",
        "3501-6.3.10-uidnext 3501-2.3.1.1-uidnext-changes",
        alter(_first_uidnext, only="STATUS"),
    ),
    flaw(
        "status-recent-counts-old",
        "RECENT of STATUS counts the messages that are not recent",
        "B15",
        "3501-6.3.10-recent 3501-6.3.10-recent-kept",
        replace(
            rb"RECENT (\d+)",
            lambda found: b"RECENT %d" % (not int(found[1])),
            only="STATUS",
        ),
    ),
    flaw(
        "status-empty",
        "STATUS answers with an empty list",
        "B16",
        "3501-6.3.10-items 3501-9-mailbox-data",
        replace(rb"\([^)]*\)\r\n\Z", b"()\r\n", only="STATUS"),
    ),
    flaw(
        "status-messages-one-too-many",
        "MESSAGES of STATUS is one too many",
        "",
        "3501-6.3.10-messages",
        number(rb"MESSAGES (\d+)", lambda count: count + 1, only="STATUS"),
    ),
    flaw(
        "status-unseen-one-too-many",
        "UNSEEN of STATUS is one too many",
        "",
        "3501-6.3.10-unseen",
        number(rb"UNSEEN (\d+)", lambda count: count + 1, only="STATUS"),
    ),
    flaw(
        "status-uidvalidity-differs",
        "UIDVALIDITY of STATUS is not that of SELECT",
        "",
        "3501-6.3.10-uidvalidity",
        number(rb"UIDVALIDITY (\d+)", lambda value: value + 1, only="STATUS"),
    ),
    flaw(
        "status-not-sent",
        "STATUS is answered OK without a STATUS response",
        "",
        "3501-6.3.10-response",
        drop(only="STATUS"),
    ),
    flaw(
        "status-of-another-mailbox",
        "The name in a STATUS response is that of INBOX",
        "",
        "3501-7.2.4-name",
        replace(rb"\A\* STATUS \S+ ", b"* STATUS INBOX ", only="STATUS"),
    ),
    flaw(
        "status-of-nothing",
        "STATUS of a mailbox that does not exist is answered OK",
        "",
        "3501-6.3.10-nonexistent",
        replace(rb"\A(\S+) NO .*\Z", rb"\1 OK done\r\n", to="STATUS", kind="tagged"),
    ),
    flaw(
        "status-selects",
        "STATUS leaves the mailbox selected that it was asked about",
        "",
        "3501-6.3.10-no-effect",
        ask_then(b"SELECT {first}", name="STATUS"),
    ),
    flaw(
        "status-takes-wildcards",
        "A star or percent sign at the end of the name in STATUS is passed over",
        "",
        "3501-6.3.10-no-wildcards",
        send_as(rb"(STATUS \"?[^ \"*%]+)[*%]+", rb"\1", name="STATUS"),
    ),
    flaw(
        "status-first-item-only",
        "STATUS answers with the first item alone",
        "",
        "3501-6.3.10-items",
        replace(rb"\((\S+ \d+)[^)]*\)", rb"(\1)", only="STATUS"),
    ),
    flaw(
        "status-recent-never-falls",
        "RECENT of STATUS stays when a session has been told of the messages",
        "",
        "3501-6.3.10-recent",
        alter(_most_recent, only="STATUS"),
    ),
)
