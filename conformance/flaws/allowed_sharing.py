"""Allowed: what a server does about mailboxes that several sessions have open (RFC 2180)."""

from __future__ import annotations

import re

from conformance.flaws.acts import command, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.following import (
    COUNTING,
    PRESENT,
    in_set,
    others_there,
    removed_elsewhere,
    set_of,
)
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_NOTHING = (
    (rb"FLAGS|FAST|ALL|FULL", b"FLAGS ()"),
    (rb"INTERNALDATE|FAST|ALL|FULL", b'INTERNALDATE "01-Jan-1970 00:00:00 +0000"'),
    (rb"RFC822\.SIZE|FAST|ALL|FULL", b"RFC822.SIZE 0"),
    (rb"ENVELOPE|ALL|FULL", b"ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
    (rb"RFC822", b'RFC822 ""'),
    (rb"RFC822\.HEADER", b'RFC822.HEADER ""'),
    (rb"RFC822\.TEXT", b'RFC822.TEXT ""'),
    (rb"BODYSTRUCTURE", b'BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)'),
    (rb"BODY|FULL", b'BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)'),
)
_SECTION = re.compile(rb"\bBODY(?:\.PEEK)?(\[[^\]]*\])(?:<(\d+)\.\d+>)?", re.IGNORECASE)


def _removed_of(talk: Talk, request: Request) -> list[int]:
    """Return the numbers in the set of a command whose messages others have removed."""
    gone = removed_elsewhere(talk)
    return [n for n in in_set(talk, set_of(request.arguments)) if n in gone] if gone else []


def _refuse(text: bytes, talk: Talk, request: Request) -> bytes:
    talk.say(b"%s NO %s\r\n" % (request.tag, text))
    return b""


def _no_to_removed(talk: Talk, request: Request) -> bytes | None:
    return _refuse(b"Pending EXPUNGE", talk, request) if _removed_of(talk, request) else None


def _no_to_any_removed(talk: Talk, request: Request) -> bytes | None:
    return _refuse(b"Pending EXPUNGE", talk, request) if removed_elsewhere(talk) else None


def _others_only(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Answer about the messages that are there, and NO."""
    gone = _removed_of(talk, request)
    if not gone:
        return responses
    kept = [each for each in responses[:-1] if not _about(each, gone)]
    return [*kept, request.tag + b" NO Some of the messages no longer exist\r\n"]


def _about(response: bytes, numbers: list[int]) -> bool:
    found = re.match(rb"\* (\d+) FETCH ", response)
    return found is not None and int(found[1]) in numbers


def _nothing_of_removed(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Answer with empty data about the messages that are not there, and OK."""
    gone = _removed_of(talk, request)
    if not gone:
        return responses
    asked = request.arguments.upper().partition(b" ")[2]
    items = [b"BODY%s%s" % (s, b"<%s>" % o if o else b"") for s, o in _SECTION.findall(asked)]
    rest = _SECTION.sub(b"", asked)
    values = [
        value for name, value in _NOTHING if re.search(rb"(?<![.\w])(%s)(?![.\w])" % name, rest)
    ]
    values += [item + b' ""' for item in items]
    data = b" ".join(values)
    said = [b"* %d FETCH (%s)\r\n" % (number, data) for number in gone if data]
    kept = [each for each in responses[:-1] if not _about(each, gone)]
    return [*kept, *said, request.tag + b" OK FETCH completed\r\n"]


def _no_where_shared(talk: Talk, request: Request) -> bytes | None:
    return _refuse(b"Others use the mailbox", talk, request) if others_there(talk) else None


def _no_to_used(talk: Talk, request: Request) -> bytes | None:
    return _refuse(b"In use", talk, request) if others_there(talk, request.first) else None


def _send_others_away(talk: Talk, request: Request) -> None:
    for other in others_there(talk, request.first):
        other.memory["gone"] = request.first


def _go_away(talk: Talk, _request: Request) -> None:
    if talk.memory.get("gone") == talk.mailbox and talk.mailbox:
        talk.say(b"* BYE The mailbox was deleted\r\n")
        talk.close()


ROWS = (
    flaw(
        "fetch-of-removed-refused",
        "FETCH of messages that another session has removed is NO, after the data of the others",
        "",
        "3501-7.4.1-in-step 3501-7.4.1-during 3501-2.3.1.1-immutable 3501-5.2-size",
        *PRESENT,
        *COUNTING,
        whole(_others_only, name="FETCH", state="selected"),
    ),
    flaw(
        "fetch-of-removed-empty",
        "FETCH of messages that another session has removed answers with empty data",
        "",
        "3501-7.4.1-in-step 3501-7.4.1-during 3501-2.3.1.1-immutable 3501-6.4.5-static",
        *PRESENT,
        *COUNTING,
        whole(_nothing_of_removed, name="FETCH", state="selected"),
    ),
    flaw(
        "store-of-removed-refused",
        "STORE of messages that another session has removed is NO, and changes nothing",
        "",
        "3501-7.4.1-in-step 3501-7.4.1-during 3501-6.4.6-set 3501-2.3.2-permanent",
        *PRESENT,
        *COUNTING,
        command(_no_to_removed, name="STORE", state="selected"),
    ),
    flaw(
        "nothing-before-the-news",
        "FETCH, STORE and COPY are NO as long as removals by others are not told",
        "",
        "3501-7.4.1-in-step 3501-7.4.1-during 3501-6.4.7-gone 3501-7.4.1-uid-commands",
        *PRESENT,
        *COUNTING,
        command(_no_to_any_removed, name="FETCH, STORE, COPY, UID COPY", state="selected"),
    ),
    flaw(
        "copy-of-removed-refused",
        "COPY is NO as soon as one of its messages was removed by another session",
        "",
        "3501-6.4.7-gone 3501-6.4.7-atomic 3501-6.4.7-copies 3501-7.4.1-in-step",
        *PRESENT,
        *COUNTING,
        command(_no_to_removed, name="COPY", state="selected"),
    ),
    flaw(
        "expunge-of-shared-refused",
        "EXPUNGE is NO while another session has the mailbox open",
        "",
        "3501-6.4.3-removes 3501-7.4.1-in-step 3501-5.2-size 3501-7.4.1-during",
        *PRESENT,
        command(_no_where_shared, name="EXPUNGE", state="selected"),
    ),
    flaw(
        "delete-of-open-refused",
        "DELETE and RENAME are NO while another session has the mailbox open",
        "",
        "3501-6.3.4-deleted 3501-6.3.5-renamed 3501-6.3.4-uids",
        *PRESENT,
        command(_no_to_used, name="DELETE, RENAME"),
    ),
    flaw(
        "delete-sends-others-away",
        "DELETE ends the sessions that have the mailbox open, with a BYE",
        "",
        "3501-6.3.4-deleted 3501-3.4-bye 3501-3.4-reason",
        *PRESENT,
        command(_send_others_away, name="DELETE"),
        command(_go_away, state="selected"),
    ),
)
