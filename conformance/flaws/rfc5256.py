"""Flaws of SORT (RFC 5256): what it returns, and what it sorts by."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import mktime_tz, parsedate_tz
from typing import NamedTuple

from conformance.flaws.acts import (
    alter,
    answer,
    ask_first,
    command,
    drop,
    replace,
    send_as,
)
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

SORTS = "SORT, UID SORT"
"""The commands, as acts name them."""
_RESULT = re.compile(rb"\* SORT((?: \d+)*)\r\n", re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")
_NUMBER = re.compile(rb"\* (\d+) FETCH")
_FIELD = re.compile(rb"^(\S+): *(.*?)\r\n(?![ \t])", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(rb"([^\s<>\"]+)@")
_ZONE = re.compile(r" (?:[+-]\d{4}|GMT|UT|[ECMP][SD]T)\b")
_ITEMS = b"(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT DATE FROM TO CC)])"


class SortFields(NamedTuple):
    """What a flawed server looks at of a message."""

    size: int
    fields: dict[bytes, bytes]

    def mailbox(self, name: bytes) -> bytes:
        """Return the local part of the first address of a field, as it is written."""
        found = _ADDRESS.search(self.fields.get(name, b""))
        return found[1] if found else b""


def _seen(talk: Talk, *, uids: bool) -> dict[int, SortFields]:
    found = {}
    for response in talk.ask(b"FETCH 1:* " + _ITEMS):
        number = (_UID if uids else _NUMBER).search(response)
        size = _SIZE.search(response)
        if number and size:
            _, _, header = response.partition(b"}\r\n")
            fields = {name.upper(): value for name, value in _FIELD.findall(header)}
            found[int(number[1])] = SortFields(int(size[1]), fields)
    return found


def sorts_by(key: Callable[[SortFields], object], where: bytes) -> Act:
    """Sort by a key of our own in the place of the one in `where`."""

    def function(talk: Talk, request: Request) -> bytes:
        *came, tagged = talk.ask(request.octets.partition(b" ")[2].removesuffix(b"\r\n"))
        seen = _seen(talk, uids=request.name.startswith("UID"))
        for response in came:
            if result := _RESULT.fullmatch(response):
                numbers = sorted(map(int, result[1].split()))
                backwards = request.arguments.upper().startswith(b"(REVERSE")
                numbers.sort(key=lambda n: key(seen[n]), reverse=backwards)  # type: ignore[arg-type,return-value]  # values that compare
                talk.say(b"* SORT" + b"".join(b" %d" % n for n in numbers) + b"\r\n")
        talk.say(request.tag + b" " + tagged.partition(b" ")[2])
        return b""

    return command(function, name=SORTS, where=rb"SORT \((?:REVERSE )?" + where + rb"\)")


def _turned(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Turn the whole answer round."""
    found = _RESULT.fullmatch(octets)
    numbers = reversed(found[1].split()) if found else ()
    return b"* SORT" + b"".join(b" " + number for number in numbers) + b"\r\n"


def _by_number(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    found = _RESULT.fullmatch(octets)
    numbers = sorted(map(int, found[1].split())) if found else ()
    return b"* SORT" + b"".join(b" %d" % number for number in numbers) + b"\r\n"


def _remember_reverse(talk: Talk, request: Request) -> None:
    talk.memory["reverse"] = request.arguments.upper().startswith(b"(REVERSE")


def _whole_reversed(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return _turned(talk, arrival, octets) if talk.memory.pop("reverse", False) else octets


def _date_with_zone(seen: SortFields) -> int:
    """Return the seconds of a Date field, 0 where its zone is none."""
    written = seen.fields.get(b"DATE", b"").decode("latin-1")
    read = parsedate_tz(written) if _ZONE.search(written) else None
    return mktime_tz(read) if read else 0


def taken(old: bytes, new: bytes) -> Act:
    """Have the server sort by another key."""
    return send_as(rb"(SORT \([^)]*)\b" + old + rb"\b", rb"\1" + new, name=SORTS)


FLAWS = (
    flaw(
        "sort-returns-uids",
        "SORT returns unique identifiers",
        "F07",
        "5256-3-sort-numbers",
        send_as(rb" SORT", b" UID SORT", name="SORT"),
    ),
    flaw(
        "sort-by-whole-subject",
        "SUBJECT sorts by the subject as it is, with Re: and all",
        "F17",
        "5256-2.1-base 5256-2.1-leader 5256-2.1-blob 5256-2.1-forwarded 5256-3-subject",
        sorts_by(lambda seen: seen.fields.get(b"SUBJECT", b"").upper(), rb"SUBJECT"),
    ),
    flaw(
        "uid-sort-returns-numbers",
        "UID SORT returns message numbers",
        "",
        "5256-3-sort-uid",
        send_as(rb" UID SORT", b" SORT", name="UID SORT"),
    ),
    flaw(
        "sort-does-not-sort",
        "SORT returns what it finds in the order of the mailbox",
        "",
        "5256-3-size 5256-3-arrival 5256-3-date",
        alter(_by_number, only="SORT"),
    ),
    flaw(
        "sort-reverses-all",
        "REVERSE turns the whole result round, equal messages too",
        "",
        "5256-3-reverse 5256-3-sort-tie",
        command(_remember_reverse, name=SORTS),
        send_as(rb"\(REVERSE ", b"(", name=SORTS),
        alter(_whole_reversed, only="SORT"),
    ),
    flaw(
        "sort-ignores-reverse",
        "REVERSE is passed over",
        "",
        "5256-3-reverse",
        send_as(rb"REVERSE ", b"", count=0, name=SORTS),
    ),
    flaw(
        "sort-first-key-alone",
        "Of several sort keys the first one counts",
        "",
        "5256-3-sort-priority",
        send_as(rb"\(((?:REVERSE )?\w+) [^)]*\)", rb"(\1)", name=SORTS),
    ),
    flaw(
        "sort-last-key-alone",
        "Of several sort keys the last one counts",
        "",
        "5256-3-sort-priority",
        send_as(rb"\([^)]* ((?:REVERSE )?(?!REVERSE)\w+)\)", rb"(\1)", name=SORTS),
    ),
    flaw(
        "sort-date-is-arrival",
        "DATE sorts by the internal date",
        "",
        "5256-3-date",
        taken(rb"DATE", b"ARRIVAL"),
    ),
    flaw(
        "sort-arrival-is-date",
        "ARRIVAL sorts by the Date field",
        "",
        "5256-3-arrival",
        taken(rb"ARRIVAL", b"DATE"),
    ),
    flaw(
        "sort-date-is-text",
        "DATE sorts by the text of the Date field",
        "",
        "5256-2.2-utc 5256-3-date 5256-2.2-missing",
        sorts_by(lambda seen: seen.fields.get(b"DATE", b""), rb"DATE"),
    ),
    flaw(
        "sort-size-is-text",
        "SIZE sorts by the digits, as text",
        "",
        "5256-3-size",
        sorts_by(lambda seen: str(seen.size), rb"SIZE"),
    ),
    flaw(
        "sort-from-is-name",
        "FROM sorts by the name shown for the first address",
        "",
        "5256-3-from",
        taken(rb"FROM", b"DISPLAYFROM"),
    ),
    flaw(
        "sort-to-is-name",
        "TO sorts by the name shown for the first address",
        "",
        "5256-3-to",
        taken(rb"TO", b"DISPLAYTO"),
    ),
    flaw(
        "sort-cc-is-to",
        "CC sorts by To",
        "",
        "5256-3-cc",
        taken(rb"CC", b"TO"),
    ),
    flaw(
        "sort-absent-last",
        "What lacks the field comes last",
        "",
        "5256-3-sort-absent",
        sorts_by(lambda seen: (seen.mailbox(b"TO") or b"\xff").upper(), rb"TO"),
        sorts_by(lambda seen: (seen.mailbox(b"CC") or b"\xff").upper(), rb"CC"),
    ),
    flaw(
        "sort-by-octets",
        "FROM and TO sort capitals before small letters",
        "",
        "5256-7-casemap",
        sorts_by(lambda seen: seen.mailbox(b"FROM"), rb"FROM"),
        sorts_by(lambda seen: seen.mailbox(b"TO"), rb"TO"),
    ),
    flaw(
        "sort-in-small-letters",
        "FROM and TO sort in small letters, so that an underscore is before them",
        "",
        "5256-7-casemap",
        sorts_by(lambda seen: seen.mailbox(b"FROM").lower(), rb"FROM"),
        sorts_by(lambda seen: seen.mailbox(b"TO").lower(), rb"TO"),
    ),
    flaw(
        "sort-encoded-words",
        "SUBJECT sorts encoded-words as they are written",
        "",
        "5256-2.1-decoded 5256-7-casemap-beyond",
        sorts_by(
            lambda seen: re.sub(rb"(?i)\A(?:re|fwd?): *", b"", seen.fields.get(b"SUBJECT", b"")),
            rb"SUBJECT",
        ),
    ),
    flaw(
        "sort-keeps-trailers",
        "What is (fwd) at the end of a subject counts",
        "",
        "5256-2.1-trailer",
        send_as(rb"(Subject: date) \(fwd\) \(FWD\)", rb"\1 (fxd) (FXD)", name="APPEND"),
    ),
    flaw(
        "sort-takes-remarks-for-fwd",
        "A remark with fwd in it is removed from the end of a subject, as (fwd) is",
        "",
        "5256-2.1-kept",
        send_as(rb"\(not fwd\)", b"    (fwd)", name="APPEND"),
    ),
    flaw(
        "sort-nothing-unanswered",
        "A SORT that finds nothing brings no SORT",
        "",
        "5256-3-sort-response",
        replace(rb"\A\* SORT\r\n", b"", only="SORT"),
    ),
    flaw(
        "sort-unanswered",
        "UID SORT is answered with OK alone",
        "",
        "5256-3-sort-response",
        drop(only="SORT", to="UID SORT"),
    ),
    flaw(
        "sort-number-twice",
        "The first message of a SORT stands at the end once more",
        "",
        "5256-3-sort-found",
        replace(rb"\A\* SORT (\d+)( .*)?\r\n", rb"* SORT \1\2 \1\r\n", only="SORT"),
    ),
    flaw(
        "sort-finds-all",
        "SORT returns all messages, whatever is searched for",
        "",
        "5256-3-sort-found 5256-3-sort-charset",
        send_as(rb"(SORT \([^)]*\) \S+) .*\r\n", rb"\1 ALL\r\n", name=SORTS),
    ),
    flaw(
        "sort-tells-expunge",
        "SORT tells of messages that other sessions have removed",
        "",
        "5256-3-sort-no-expunge",
        ask_first(b"NOOP", "news", name="SORT"),
    ),
    flaw(
        "sort-without-utf-8",
        "SORT takes no UTF-8",
        "",
        "5256-3-utf-8",
        answer(b"{tag} NO Charset\r\n", name=SORTS, where=rb"\) \"?UTF-8"),
    ),
    flaw(
        "sort-without-us-ascii",
        "SORT takes no US-ASCII",
        "",
        "5256-3-us-ascii",
        answer(b"{tag} NO Charset\r\n", name=SORTS, where=rb"\) \"?US-ASCII"),
    ),
    flaw(
        "sort-any-charset",
        "SORT takes any charset",
        "",
        "5256-3-sort-charset-no",
        send_as(rb"\) X-\S+", b") UTF-8", name=SORTS),
    ),
    flaw(
        "sort-charset-optional",
        "SORT goes without a charset",
        "",
        "5256-3-sort-arguments",
        send_as(rb"\) ALL\r\n", b") UTF-8 ALL\r\n", name=SORTS),
    ),
    flaw(
        "sort-unknown",
        "SORT is announced, and CC is not known",
        "",
        "5256-1-sort-announced 5256-3-cc",
        answer(b"{tag} BAD Unknown key\r\n", name=SORTS, where=rb"SORT \([^)]*\bCC\b"),
    ),
    flaw(
        "sort-without-i18nlevel",
        "SORT is announced, and no level of internationalization",
        "",
        "5256-1-i18nlevel",
        replace(rb" I18NLEVEL=\d", b""),
    ),
    flaw(
        "sort-date-without-zone",
        "A Date field whose zone is none is no date, and comes before all that are",
        "",
        "5256-2.2-zone",
        sorts_by(_date_with_zone, rb"DATE"),
    ),
)
