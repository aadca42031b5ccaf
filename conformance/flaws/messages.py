"""Flaws of APPEND, COPY, EXPUNGE and of mailboxes that change (RFC 3501 sections 5.2, 7.4.1)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_first,
    before,
    command,
    drop,
    hold,
    number,
    remembering,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.following import expunged_before
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _first_of_several(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Tell the first EXPUNGE of a command."""
    command = arrival.in_flight[0].number if arrival.in_flight else 0
    if talk.memory.get("expunge") == command:
        return b""
    talk.memory["expunge"] = command
    return octets


def _numbered_as_before(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Give the numbers that the messages had before the command, lowest first."""
    gone, others = expunged_before(responses)
    return [*(b"* %d EXPUNGE\r\n" % number for number in gone), *others]


def _shrink_first(talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    gone = sum(response.endswith(b" EXPUNGE\r\n") for response in responses)
    if not gone:
        return responses
    found = re.search(rb"\* SEARCH([^\r]*)", b"".join(talk.ask(b"SEARCH ALL", "none")))
    left = len(found[1].split()) if found else 0
    return [b"* %d EXISTS\r\n" % left, *responses]


def _uids_by_session(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(
        rb"\bUID (\d+)", lambda found: b"UID %d" % (int(found[1]) + talk.number % 97), octets
    )


def _uids_fall(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(rb"\bUID (\d+)", lambda found: b"UID %d" % max(1000 - int(found[1]), 1), octets)


def _no_without_data(_talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    done = len(responses) > 1 or b"COPYUID" in responses[-1]
    return responses if done else [request.tag + b" NO No such message\r\n"]


def _hang_if_more_is_there(talk: Talk, _request: Request) -> bytes | None:
    return b"" if talk.more_is_there else None


def _refuse_if_empty(talk: Talk, request: Request) -> bytes | None:
    if b"".join(talk.ask(b"SEARCH ALL")).startswith(b"* SEARCH "):
        return None
    talk.say(request.tag + b" NO Nothing to wait for\r\n")
    return b""


def _mark_more(talk: Talk, _request: Request) -> None:
    talk.memory["more"] = talk.more_is_there


def _refuse_marked(talk: Talk, request: Request) -> bytes | None:
    if not talk.memory.pop("more", False):
        return None
    talk.say(request.tag + b" BAD Still in IDLE\r\n")
    return b""


def _count(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Keep how many messages the client knows of, and how many removals it was told of."""
    if arrival.response.name == "EXPUNGE":
        talk.memory["removed"] = talk.memory.get("removed", 0) + 1
        talk.memory["known"] = talk.memory.get("known", 0) - 1
        return octets
    if any(command.name in ("SELECT", "EXAMINE") for command in arrival.in_flight):
        talk.memory["removed"] = 0
    talk.memory["known"] = arrival.response.count or 0
    return octets


def _removals_not_taken_off(talk: Talk, arrival: Arrival, _octets: bytes) -> bytes:
    return b"* %d EXISTS\r\n" % ((arrival.response.count or 0) + talk.memory.get("removed", 0))


def _expect_message(talk: Talk, request: Request) -> None:
    talk.shared["expected"] = request.first


def _nothing_expected(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.shared.pop("expected", None)
    return octets


def _announce_expected(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell other connections of the message that is still being sent."""
    if not talk.mailbox or talk.shared.get("expected") != talk.mailbox:
        return octets
    return b"* %d EXISTS\r\n%s" % (talk.memory.get("known", 0) + 1, octets)


FLAWS = (
    flaw(
        "expunge-during-fetch",
        "EXPUNGE is sent while FETCH, STORE or SEARCH is answered",
        "E01",
        "3501-7.4.1-during",
        ask_first(b"NOOP", "all", name="FETCH, STORE, SEARCH", state="selected"),
    ),
    flaw(
        "expunge-of-unknown-message",
        "EXPUNGE names a message that the session was never told of",
        "E02",
        "3501-2.3.1.2-range 3501-7.4.1-in-step 3501-7.4.1-decrement 3501-6.4.3-untagged",
        number(rb"\* (\d+) EXPUNGE", lambda value: value + 100),
    ),
    flaw(
        "expunge-told-once-of-several",
        "Of several messages that were removed only the first is told",
        "E04",
        "3501-6.4.3-untagged 3501-7.4.1-in-step",
        alter(_first_of_several, only="EXPUNGE", to="EXPUNGE"),
    ),
    flaw(
        "exists-shrinks",
        "EXISTS with the smaller number comes before the EXPUNGE responses",
        "E05",
        "3501-5.2-exists-shrinks",
        whole(_shrink_first, name="EXPUNGE"),
    ),
    flaw(
        "expunges-numbered-as-before",
        "EXPUNGE responses do not count those before them",
        "E06",
        "3501-7.4.1-decrement 3501-6.4.3-decrement 3501-2.3.1.2-decrement",
        whole(_numbered_as_before, name="EXPUNGE"),
    ),
    flaw(
        "uids-by-session",
        "UIDs are other ones in each session though UIDVALIDITY stays",
        "E17",
        "3501-2.3.1.1-triple 3501-2.3.1.1-immutable 3501-2.3.1.1-persistent",
        alter(_uids_by_session, only="FETCH"),
    ),
    flaw(
        "star-is-the-first",
        "A star in a set is taken for the first message",
        "E29",
        "3501-6.4.5-each 3501-6.4.8-star 3501-9-seq-number 3501-6.4.6-set 3501-6.4.4-set",
        send_as(rb"(FETCH|STORE|COPY|SEARCH) \*( |\r)", rb"\1 1\2"),
        send_as(rb"(FETCH|STORE|COPY) \*:(\S+)", rb"\1 1:\2"),
    ),
    flaw(
        "unknown-uid-refused",
        "A UID command that finds no message is answered NO",
        "E31",
        "3501-6.4.8-ignored",
        whole(_no_without_data, name="UID FETCH, UID STORE, UID COPY"),
    ),
    flaw(
        "zero-is-a-number",
        "The sequence number 0 is taken as if it was fine",
        "E32",
        "3501-2.2.2-strict 3501-9-beyond-last",
        send_as(rb"((?:FETCH|STORE|COPY) )0(?=[ :,])", rb"\g<1>1"),
    ),
    flaw(
        "pipelined-search-hangs",
        "A SEARCH with another command behind it in the same packet is never answered",
        "E34",
        "3501-5.5-pipelining 3501-2.2.2-one-completion 3501-5.5-in-order",
        command(_hang_if_more_is_there, name="SEARCH, UID SEARCH, FETCH, NOOP, STORE"),
    ),
    flaw(
        "close-keeps-deleted",
        "CLOSE removes no message",
        "",
        "3501-6.4.2-removes",
        send_as(rb"CLOSE", b"UNSELECT", name="CLOSE"),
    ),
    flaw(
        "close-tells",
        "CLOSE sends EXPUNGE responses",
        "",
        "3501-6.4.2-silent",
        ask_first(b"EXPUNGE", "all", name="CLOSE"),
    ),
    flaw(
        "close-stays-selected",
        "CLOSE leaves the mailbox selected",
        "",
        "3501-6.4.2-authenticated 3501-3.2-entered",
        answer(b"{tag} OK closed\r\n", name="CLOSE"),
    ),
    flaw(
        "expunge-removes-nothing",
        "EXPUNGE is answered OK and removes nothing",
        "",
        "3501-6.4.3-removes",
        answer(b"{tag} OK done\r\n", name="EXPUNGE", state="selected"),
    ),
    flaw(
        "expunge-not-told",
        "EXPUNGE removes messages without EXPUNGE responses",
        "",
        "3501-6.4.3-untagged",
        drop(only="EXPUNGE", to="EXPUNGE"),
    ),
    flaw(
        "check-expunges",
        "CHECK removes messages that carry the Deleted flag",
        "",
        "3501-6.4.1-no-expunge",
        ask_first(b"EXPUNGE", "news", name="CHECK"),
    ),
    flaw(
        "check-refused",
        "CHECK is refused",
        "",
        "3501-6.4.1-ok",
        answer(b"{tag} NO No\r\n", name="CHECK"),
    ),
    flaw(
        "logout-expunges",
        "LOGOUT removes messages that carry the Deleted flag",
        "",
        "3501-6.1.3-no-expunge 3501-6.4.2-implicit",
        ask_first(b"CLOSE", name="LOGOUT", state="selected"),
    ),
    flaw(
        "select-expunges",
        "A SELECT removes the deleted messages of the mailbox that was selected before",
        "",
        "3501-6.4.2-implicit",
        ask_first(b"CLOSE", name="SELECT, EXAMINE", state="selected"),
    ),
    flaw(
        "noop-refused",
        "NOOP is refused before login",
        "",
        "3501-6.1.2-ok 3501-6.1-any-state",
        answer(b"{tag} NO Log in first\r\n", name="NOOP", state="not authenticated"),
    ),
    flaw(
        "noop-tells-nothing",
        "NOOP tells nothing of what has happened meanwhile",
        "",
        "3501-6.1.2-poll 3501-5.2-size",
        answer(b"{tag} OK done\r\n", name="NOOP", state="selected"),
    ),
    flaw(
        "uids-fall",
        "A message that is added gets a UID below that of the others",
        "",
        "3501-2.3.1.1-ascending 3501-2.3.1.2-ascending",
        alter(_uids_fall, only="FETCH"),
    ),
    flaw(
        "noop-marks-as-read",
        "NOOP sets the flag Seen",
        "",
        "3501-6.1.2-nothing",
        ask_first(rb"STORE 1:* +FLAGS.SILENT (\Seen)", name="NOOP", state="selected"),
    ),
    flaw(
        "expunge-behind-its-ok",
        "EXPUNGE responses come when no command is in progress",
        "",
        "3501-7.4.1-no-command",
        hold({"kind": "tagged", "to": "EXPUNGE"}, only="EXPUNGE", to="EXPUNGE"),
    ),
    flaw(
        "idle-in-an-empty-mailbox-refused",
        "IDLE is refused in an empty mailbox",
        "E37",
        "2177-3-authenticated",
        command(_refuse_if_empty, name="IDLE", state="selected"),
    ),
    flaw(
        "exists-counts-the-removed",
        "EXISTS counts messages that the client was told to be removed",
        "",
        "3501-7.3.1-number",
        alter(_count, only="EXPUNGE EXISTS"),
        alter(_removals_not_taken_off, only="EXISTS"),
    ),
    flaw(
        "append-announced-before-its-literal",
        "A message is announced to other sessions before its literal was sent",
        "",
        "3501-7.5-incomplete 3501-6.3.11-atomic",
        alter(_count, only="EXPUNGE EXISTS"),
        remembering(_expect_message, name="APPEND", early=True),
        alter(_nothing_expected, kind="tagged", to="APPEND"),
        alter(_announce_expected, kind="tagged", to="NOOP, CHECK"),
    ),
    flaw(
        "command-behind-done-refused",
        "A command that comes in one packet with DONE is refused",
        "E35",
        "2177-3-done 3501-5.5-pipelining",
        command(_mark_more, name="+"),
        command(_refuse_marked, name="SEARCH, NOOP"),
    ),
    flaw(
        "exists-without-selection",
        "APPEND is followed by EXISTS where nothing is selected",
        "",
        "3501-7.3-selected",
        before(b"* 1 EXISTS\r\n", status="OK", to="APPEND", state="authenticated"),
    ),
)
