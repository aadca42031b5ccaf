"""Flaws of SELECT, EXAMINE and what they tell of a mailbox (RFC 3501 sections 6.3.1, 6.3.2)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    ask_first,
    before,
    command,
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


def _recent_to_all(talk: Talk, arrival: Arrival, _octets: bytes) -> bytes:
    """Tell every session of as many recent messages as any was told of."""
    key = ("recent", talk.mailbox)
    talk.shared[key] = max(talk.shared.get(key, 0), arrival.response.count or 0)
    return b"* %d RECENT\r\n" % talk.shared[key]


def _flags_of_the_first(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return bytes(talk.memory.setdefault("flags", octets))


def _unseen_counts(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return re.sub(rb"UNSEEN \d+", b"UNSEEN %d" % talk.memory.get("exists", 9), octets)


def _refuse_without_leaving(talk: Talk, request: Request) -> bytes | None:
    """Ask for the mailbox by STATUS first, and do not try to select what is not there."""
    name = request.arguments or request.first
    if request.literals or b" OK " in talk.ask(b"STATUS %s (MESSAGES)" % name)[-1]:
        return None
    talk.say(request.tag + b" NO There is no such mailbox\r\n")
    return b""


def _first_mailbox(talk: Talk, request: Request) -> bytes | None:
    if request.literals:
        return None
    first = talk.memory.setdefault("first", request.arguments)
    return bytes(request.tag + b" SELECT " + first + b"\r\n")


def _nothing_if_read_only(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b"" if talk.dialogue.read_only else octets


def _note_examined(talk: Talk, request: Request) -> None:
    talk.memory["examined"] = request.arguments


def _examine_again(talk: Talk, request: Request) -> bytes | None:
    if request.arguments != talk.memory.get("examined"):
        return None
    return request.sub(rb" SELECT ", b" EXAMINE ")


def _examine_behind_a_select(talk: Talk, request: Request) -> bytes | None:
    """Answer EXAMINE, then select the mailbox for a moment."""
    if request.literals:
        return None
    *data, last = talk.exchange(request) or [b""]
    if b" OK " in last:
        talk.ask(b"SELECT " + request.arguments, "none")
        talk.ask(b"EXAMINE " + request.arguments, "none")
    talk.say(b"".join((*data, last)))
    return b""


def _rising_uidnext(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.shared["told"] = talk.shared.get("told", 0) + 1
    return re.sub(
        rb"UIDNEXT (\d+)",
        lambda found: b"UIDNEXT %d" % (int(found[1]) + talk.shared["told"]),
        octets,
    )


FLAWS = (
    flaw(
        "no-permanentflags",
        "SELECT and EXAMINE send no PERMANENTFLAGS",
        "",
        "3501-6.3.1-permanentflags",
        drop(code="PERMANENTFLAGS"),
    ),
    flaw(
        "recent-to-several-sessions",
        "A message is recent to every session that selects its mailbox",
        "E13",
        "3501-2.3.2-recent-once",
        alter(_recent_to_all, only="RECENT"),
    ),
    flaw(
        "uidvalidity-zero",
        "UIDVALIDITY is 0",
        "B02",
        "3501-9-resp-text-code 3501-9-nz-number",
        number(rb"\[UIDVALIDITY (\d+)", lambda _: 0),
    ),
    flaw(
        "uidvalidity-beyond-32-bits",
        "UIDVALIDITY needs more than 32 bits",
        "B04",
        "3501-9-resp-text-code 3501-9-nz-number",
        number(rb"\[UIDVALIDITY (\d+)", lambda value: value + (1 << 33)),
    ),
    flaw(
        "examine-without-uidvalidity",
        "EXAMINE sends no UIDVALIDITY",
        "B05",
        "3501-6.3.1-uidvalidity 3501-6.3.2-required-data 3501-6.3.2-same-output",
        drop(code="UIDVALIDITY", to="EXAMINE"),
    ),
    flaw(
        "no-unseen",
        "SELECT sends no UNSEEN though mail is unseen",
        "B07",
        "3501-6.3.1-unseen",
        drop(code="UNSEEN"),
    ),
    flaw(
        "star-in-flags",
        "FLAGS lists the star that belongs to PERMANENTFLAGS",
        "B18",
        "3501-9-flag-list 3501-9-flag 3501-9-mailbox-data 3501-9-flag-extension",
        replace(rb"\)\r\n\Z", rb" \\*)\r\n", only="FLAGS"),
    ),
    flaw(
        "keyword-with-brackets",
        "FLAGS lists a keyword that is no atom",
        "B19",
        "3501-9-flag-list 3501-9-flag 3501-9-flag-keyword 3501-9-mailbox-data",
        replace(rb"\)\r\n\Z", b" [Gmail]/All mail)\r\n", only="FLAGS"),
    ),
    flaw(
        "flags-quoted",
        "Flags are written as quoted strings",
        "B23",
        "3501-9-flag-list 3501-9-flag 3501-9-mailbox-data",
        replace(rb"\((\\\w+)", rb'("\1"', only="FLAGS"),
    ),
    flaw(
        "flags-without-used-keywords",
        "FLAGS of a selection leaves out the keywords that messages carry",
        "B21",
        "3501-7.2.6-listed",
        replace(rb"(?<!\*) [^\\ ()]+(?=[ )])", b"", count=0, only="FLAGS", to="SELECT, EXAMINE"),
    ),
    flaw(
        "flags-of-the-mailbox-before",
        "A selection is told the flags of the mailbox that was selected first",
        "B30",
        "3501-7.2.6-listed 3501-6.3.1-flags 3501-7.2.6-updated",
        alter(_flags_of_the_first, only="FLAGS"),
    ),
    flaw(
        "uidvalidity-always-one",
        "Every new mailbox has the UIDVALIDITY 1",
        "C25",
        "3501-6.3.3-uids 3501-2.3.1.1-subsequent 3501-6.3.4-uids",
        number(rb"UIDVALIDITY (\d+)", lambda _: 1),
    ),
    flaw(
        "no-exists",
        "SELECT and EXAMINE send no EXISTS",
        "",
        "3501-6.3.1-exists",
        drop(only="EXISTS", to="SELECT, EXAMINE"),
    ),
    flaw(
        "no-recent",
        "SELECT and EXAMINE send no RECENT",
        "",
        "3501-6.3.1-recent",
        drop(only="RECENT", to="SELECT, EXAMINE"),
    ),
    flaw(
        "no-flags",
        "SELECT and EXAMINE send no FLAGS",
        "",
        "3501-6.3.1-flags",
        drop(only="FLAGS", to="SELECT, EXAMINE"),
    ),
    flaw(
        "no-uidnext",
        "SELECT and EXAMINE send no UIDNEXT",
        "",
        "3501-6.3.1-uidnext",
        drop(code="UIDNEXT"),
    ),
    flaw(
        "no-uidvalidity",
        "SELECT and EXAMINE send no UIDVALIDITY",
        "",
        "3501-6.3.1-uidvalidity",
        drop(code="UIDVALIDITY"),
    ),
    flaw(
        "exists-one-too-many",
        "EXISTS counts one message too many",
        "",
        "3501-6.3.1-count 3501-7.3.1-number",
        number(rb"\* (\d+) EXISTS", lambda count: count + 1, to="SELECT, EXAMINE"),
    ),
    flaw(
        "unseen-off-by-one",
        "UNSEEN names the message behind the first unseen one",
        "",
        "3501-6.3.1-unseen-value 3501-7.1-unseen",
        number(rb"\[UNSEEN (\d+)", lambda value: value + 1),
    ),
    flaw(
        "unseen-counts",
        "UNSEEN is the number of unseen messages",
        "",
        "3501-6.3.1-unseen-value 3501-7.1-unseen 3501-2.3.1.2-range",
        alter(_unseen_counts, code="UNSEEN"),
    ),
    flaw(
        "examine-read-write",
        "EXAMINE says READ-WRITE",
        "",
        "3501-6.3.2-read-only 3501-7.1-access",
        replace(rb"\[READ-ONLY\]", b"[READ-WRITE]", to="EXAMINE"),
    ),
    flaw(
        "select-read-only",
        "SELECT says READ-ONLY of a mailbox that can be changed",
        "",
        "3501-7.1-access",
        replace(rb"\[READ-WRITE\]", b"[READ-ONLY]", to="SELECT"),
    ),
    flaw(
        "examine-selects",
        "EXAMINE opens the mailbox for writing",
        "",
        "3501-6.3.2-no-change 3501-6.4.6-read-only 3501-6.4.2-read-only 3501-6.3.2-recent",
        send_as(rb"EXAMINE", b"SELECT", name="EXAMINE"),
        replace(rb"\[READ-WRITE\]", b"[READ-ONLY]", to="EXAMINE"),
    ),
    flaw(
        "failed-select-keeps-mailbox",
        "A SELECT that fails leaves the mailbox selected that was selected before",
        "",
        "3501-6.3.1-deselect 3501-3.2-entered 3501-6.3.2-deselect",
        command(_refuse_without_leaving, name="SELECT, EXAMINE", state="selected"),
    ),
    flaw(
        "missing-mailbox-selected",
        "SELECT of a mailbox that does not exist creates and opens it",
        "",
        "3501-6.3.1-nonexistent 3501-6.3.1-noselect",
        ask_first(b"CREATE {first}", name="SELECT"),
    ),
    flaw(
        "missing-mailbox-examined",
        "EXAMINE of a mailbox that does not exist creates and opens it",
        "",
        "3501-6.3.2-nonexistent",
        ask_first(b"CREATE {first}", name="EXAMINE"),
    ),
    flaw(
        "uidvalidity-changes-when-selected",
        "UIDVALIDITY changes while the mailbox is selected",
        "",
        "3501-2.3.1.1-uidvalidity-stays",
        before(b"* OK [UIDVALIDITY 99] New\r\n", kind="tagged", to="NOOP", state="selected"),
    ),
    flaw(
        "first-mailbox-stays",
        "A second SELECT on a connection opens the mailbox of the first",
        "",
        "3501-3.3-entered 3501-6.3.1-one-mailbox 3501-6.3.1-selected 3501-7.3.1-selection",
        command(_first_mailbox, name="SELECT"),
    ),
    flaw(
        "read-only-sessions-not-told",
        "A session that has opened a mailbox read-only is told of no change",
        "",
        "3501-5.2-read-only 3501-7.3.1-change",
        alter(_nothing_if_read_only, only="EXISTS RECENT EXPUNGE", to="NOOP, CHECK"),
    ),
    flaw(
        "unlisted-flags-last",
        "PERMANENTFLAGS does not list a flag that lasts",
        "",
        "3501-7.1-permanentflags",
        replace(rb"(PERMANENTFLAGS \(.*?)\\Draft ?", rb"\1", code="PERMANENTFLAGS"),
    ),
    flaw(
        "recent-one-too-many",
        "RECENT counts one message too many",
        "",
        "3501-7.3.2-flagged 3501-7.3.2-count",
        number(rb"\* (\d+) RECENT", lambda count: count + 1),
    ),
    flaw(
        "recent-not-sent-again",
        "RECENT is not sent when messages arrive",
        "",
        "3501-7.3.2-change",
        drop(only="RECENT", to="NOOP, CHECK, APPEND"),
    ),
    flaw(
        "uidnext-rises-by-itself",
        "UIDNEXT rises each time it is told",
        "",
        "3501-2.3.1.1-uidnext-stays",
        alter(_rising_uidnext, only="STATUS"),
    ),
    flaw(
        "examine-without-unseen",
        "EXAMINE sends no UNSEEN though mail is unseen",
        "",
        "3501-6.3.2-unseen",
        drop(code="UNSEEN", to="EXAMINE"),
    ),
    flaw(
        "examine-takes-recent",
        "EXAMINE takes the mark of new messages away, as SELECT does",
        "",
        "3501-6.3.2-recent",
        command(_examine_behind_a_select, name="EXAMINE"),
    ),
    flaw(
        "examined-stays-read-only",
        "A SELECT of the mailbox that the connection has examined opens it read-only",
        "",
        "3501-6.3.1-selected",
        remembering(_note_examined, name="EXAMINE"),
        command(_examine_again, name="SELECT"),
        replace(rb"\[READ-ONLY\]", b"[READ-WRITE]", to="SELECT"),
    ),
)
