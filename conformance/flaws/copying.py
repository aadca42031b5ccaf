"""Flaws of APPEND and COPY (RFC 3501 sections 6.3.11, 6.4.7)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_first,
    ask_then,
    command,
    drop,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _create_for_copy(talk: Talk, request: Request) -> None:
    talk.ask(b"CREATE " + request.arguments.rpartition(b" ")[2])


def _seven_bits(_talk: Talk, request: Request) -> bytes:
    return bytes(octet & 0x7F for octet in request.octets)


def _copy_one_first(talk: Talk, request: Request) -> None:
    talk.ask(b"COPY 1 " + request.arguments.rpartition(b" ")[2])


def _stored_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    if b" OK" not in responses[-1] and request.first:
        talk.exchange(Request(b'flawed APPEND "%s" {4+}\r\n\r\n\r\n\r\n' % request.first))
    return responses


def _fresh(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Remember a mailbox that is new."""
    if b" OK" in responses[-1]:
        _copies(talk)[request.first] = []
    return responses


def _not_fresh(talk: Talk, request: Request) -> None:
    """Forget a mailbox that is looked into, or that holds more than copies."""
    _copies(talk).pop(request.first, None)


def _none_fresh(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    _copies(talk).clear()  # the sets that were copied mean other messages from here on
    return octets


def _copies(talk: Talk) -> dict[bytes, list[tuple[object, bytes]]]:
    """Return what was copied into each new mailbox: from where, and the command, newest first."""
    copies: dict[bytes, list[tuple[object, bytes]]] = talk.shared.setdefault("copies", {})
    return copies


def _copy_in_front(talk: Talk, request: Request) -> bytes | None:
    """Make a mailbox of copies anew, and put the earlier ones in behind that of this command.

    Only where all of them are single ones, of this connection and of the mailbox that is selected.
    """
    name = request.arguments.rpartition(b" ")[2]
    mailbox = name.strip(b'"')
    earlier = _copies(talk).get(mailbox)
    origin = (talk.number, talk.mailbox)
    single = re.fullmatch(rb"\d+ \S+", request.arguments) and request.name == "COPY"
    if earlier is None or not single or any(each != origin for each, _ in earlier):
        _copies(talk).pop(mailbox, None)
        return None
    if earlier:
        talk.ask(b"DELETE " + name)
        talk.ask(b"CREATE " + name)
    *data, last = talk.exchange(request) or [b""]
    for _, copied in earlier:
        talk.ask(copied)
    if b" OK" in last:
        _copies(talk)[mailbox] = [(origin, b"COPY " + request.arguments), *earlier]
    talk.say(b"".join((*data, last)))
    return b""


FLAWS = (
    flaw(
        "append-not-announced",
        "APPEND to the selected mailbox brings no EXISTS",
        "E25",
        "3501-6.3.11-notify 3501-5.2-size 3501-7.3.1-change 3501-5.2-size",
        drop(only="EXISTS RECENT", state="selected", to="APPEND, NOOP"),
    ),
    flaw(
        "append-ignores-flags",
        "APPEND takes no notice of the flags that it is given",
        "E26",
        "3501-6.3.11-flags",
        send_as(rb"(\A\S+ APPEND (?:\"[^\"]*\"|\S+)) \([^)]*\)", rb"\1", name="APPEND"),
    ),
    flaw(
        "append-without-message",
        "APPEND is answered OK and stores nothing",
        "",
        "3501-6.3.11-appended",
        answer(b"{tag} OK done\r\n", name="APPEND", nth=4),
    ),
    flaw(
        "append-ignores-date",
        "APPEND takes no notice of the date that it is given",
        "",
        "3501-6.3.11-date 3501-2.3.3-append",
        send_as(rb' "[ 0-3]\d-\w{3}-\d{4} [^"]*"(?= \{)', b"", name="APPEND"),
    ),
    flaw(
        "append-creates",
        "APPEND to a mailbox that does not exist creates it",
        "",
        "3501-6.3.11-no-create 3501-6.3.11-noselect",
        ask_first(b"CREATE {first}", name="APPEND"),
    ),
    flaw(
        "append-seen",
        "An appended message is seen though no flag was given",
        "",
        "3501-6.3.11-no-flags",
        send_as(rb"(\A\S+ APPEND (?:\"[^\"]*\"|\S+))( \{| \")", rb"\1 (\\Seen)\2", name="APPEND"),
    ),
    flaw(
        "no-trycreate",
        "The refusal of APPEND and COPY to a missing mailbox has no TRYCREATE",
        "",
        "3501-6.3.11-trycreate 3501-6.4.7-trycreate 3501-7.1-trycreate",
        replace(rb"\[TRYCREATE\] ", b"", kind="tagged"),
    ),
    flaw(
        "trycreate-for-anything",
        "Every refusal of COPY and APPEND says TRYCREATE",
        "",
        "3501-7.1-trycreate 3501-6.3.11-trycreate-only 3501-7.1-trycreate-meaning",
        replace(
            rb"\A(\S+ (?:NO|BAD)) (?!\[)",
            rb"\1 [TRYCREATE] ",
            to="COPY, UID COPY, APPEND",
            kind="tagged",
        ),
    ),
    flaw(
        "copy-moves",
        "COPY takes the originals away",
        "",
        "3501-6.4.7-source",
        send_as(rb"COPY", b"MOVE", name="COPY, UID COPY"),
    ),
    flaw(
        "copy-of-one-message",
        "COPY copies the first message of its set only",
        "",
        "3501-6.4.7-copies",
        send_as(rb"COPY (\d+)[,:]\S+", rb"COPY \1", name="COPY, UID COPY"),
    ),
    flaw(
        "copy-in-front",
        "COPY of one message puts it in front of the earlier ones of the destination",
        "",
        "3501-6.4.7-end",
        whole(_fresh, name="CREATE"),
        remembering(_not_fresh, name="SELECT, EXAMINE, APPEND, RENAME, DELETE"),
        alter(_none_fresh, only="EXPUNGE"),
        command(_copy_in_front, name="COPY, UID COPY"),
    ),
    flaw(
        "copy-creates",
        "COPY to a mailbox that does not exist creates it",
        "",
        "3501-6.4.7-no-create",
        command(_create_for_copy, name="COPY, UID COPY"),
    ),
    flaw(
        "eight-bit-refused",
        "A message with octets beyond ASCII is refused",
        "",
        "3501-6.3.11-8bit",
        answer(b"{tag} NO Seven bits only\r\n", name="APPEND", where=rb"[\x80-\xff]"),
    ),
    flaw(
        "eight-bit-stripped",
        "The highest bit of each octet is lost in APPEND",
        "",
        "3501-6.3.11-8bit-kept 3501-6.3.11-8bit",
        command(_seven_bits, name="APPEND"),
    ),
    flaw(
        "append-selects",
        "APPEND leaves the mailbox selected that it has put the message in",
        "",
        "3501-6.3.11-no-select",
        ask_then(b"SELECT {first}", name="APPEND"),
    ),
    flaw(
        "append-dated-1970",
        "A message that is appended without a date is of 1970",
        "",
        "3501-6.3.11-now",
        send_as(
            rb"(\A\S+ APPEND (?:\"[^\"]*\"|\S+)(?: \([^)]*\))?) \{",
            rb'\1 "01-Jan-1970 00:00:00 +0000" {',
            name="APPEND",
        ),
    ),
    flaw(
        "refused-copy-copies-some",
        "A COPY that is refused has copied its first message",
        "",
        "3501-6.4.7-atomic",
        command(_copy_one_first, name="COPY", where=rb"COPY \S*,98"),
    ),
    flaw(
        "failed-append-leaves-message",
        "An APPEND that is refused has stored a message",
        "",
        "3501-6.3.11-atomic",
        whole(_stored_all_the_same, name="APPEND"),
    ),
)
