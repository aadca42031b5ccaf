"""Flaws of what one connection owes to others, and to time (RFC 3501 sections 2.2.1, 3.4, 5.4)."""

from __future__ import annotations

import re
import time

from conformance.flaws.acts import alter, command, remembering, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.following import PRESENT, connections
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_STORES = ("STORE", "UID STORE")
_FETCHES = ("FETCH", "UID FETCH")
_APPENDUID = re.compile(rb"APPENDUID \d+ \d+")
_SILENCE = 1.5
"""Seconds after which a session is ended."""
_NOTICED = 0.1
"""Seconds in which it is noticed that a client has left."""


def _refuse_if_another_waits(talk: Talk, request: Request) -> bytes | None:
    others = (each for each in connections(talk) if each is not talk)
    if not any(each.sending for other in others for each in other.dialogue.in_flight):
        return None
    talk.say(request.tag + b" NO Somebody else is sending a literal\r\n")
    return b""


def _note_leaving(talk: Talk, _request: Request) -> None:
    talk.memory["left"] = True


def _expunge_for_who_left(talk: Talk, _request: Request) -> None:
    """Remove marked messages where a client has gone that had this mailbox selected."""
    everybody = talk.shared.get("talks", ())
    others = [each for each in everybody if each is not talk and each.mailbox == talk.mailbox]
    if others:
        talk.rest(_NOTICED)
    for other in others:
        if other.over and not other.memory.setdefault("left", False):
            other.memory["left"] = True
            talk.ask(b"EXPUNGE")


def _end_after_silence(talk: Talk, _request: Request) -> None:
    now = time.monotonic()
    if talk.mailbox and now - talk.memory.get("heard", now) > _SILENCE:
        talk.say(b"* BYE Autologout\r\n")
        talk.close()
    talk.memory["heard"] = now


def _beside_another(talk: Talk, *names: str) -> bool:
    """Whether another connection has a command of such a name under way."""
    others = (each for each in connections(talk) if each is not talk)
    return any(c.name in names for other in others for c in other.dialogue.in_flight)


def _lose_message(talk: Talk, request: Request) -> bytes | None:
    if not _beside_another(talk, "APPEND"):
        return None
    talk.say(request.tag + b" OK APPEND completed\r\n")
    return b""


def _lose_flag(talk: Talk, request: Request) -> bytes | None:
    if not _beside_another(talk, *_STORES):
        return None
    talk.say(request.tag + b" OK STORE completed\r\n")
    return b""


def _serve_what_another_reads(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    own = bytes(arrival.frame.literals[-1]) if arrival.frame.literals else b""
    others, talk.shared["read"] = talk.shared.get("read", own), own
    if not _beside_another(talk, *_FETCHES):
        return octets
    return octets.replace(b"{%d}\r\n%s" % (len(own), own), b"{%d}\r\n%s" % (len(others), others))


def _tell_anothers_uid(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    told = _APPENDUID.search(octets)
    if told is None:
        return octets
    others, talk.shared["given"] = talk.shared.get("given", told[0]), told[0]
    return octets.replace(told[0], others) if _beside_another(talk, "APPEND") else octets


def _note_selection(talk: Talk, request: Request) -> None:
    talk.shared["selected"] = request.arguments


def _select_the_last(talk: Talk, _request: Request) -> None:
    """Select what was selected last, by whichever connection."""
    talk.ask(b"SELECT " + talk.shared.get("selected", b'""'), "none")


FLAWS = (
    flaw(
        "one-literal-at-a-time",
        "A literal is refused while another connection is sending one",
        "",
        "3501-2.2.1-untouched",
        *PRESENT,
        command(_refuse_if_another_waits, where=rb"\{\d+\}\r\n", early=True),
    ),
    flaw(
        "leaving-expunges",
        "A client that leaves without LOGOUT has its mailbox expunged",
        "",
        "3501-3.4-client-closes",
        *PRESENT,
        remembering(_note_leaving, name="LOGOUT"),
        command(_expunge_for_who_left, name="NOOP", state="selected"),
    ),
    flaw(
        "silence-ends-the-session",
        "A session that has selected a mailbox is ended after a second and a half of silence",
        "",
        "3501-5.4-thirty-minutes",
        command(_end_after_silence),
    ),
    flaw(
        "one-selection-for-all",
        "SELECT selects the mailbox on every connection of the user",
        "",
        "3501-6.3.1-one-mailbox",
        remembering(_note_selection, name="SELECT"),
        command(_select_the_last, name="SEARCH, FETCH", state="selected"),
    ),
    flaw(
        "imap4rev1-not-listed-when-selected",
        "CAPABILITY does not list IMAP4rev1 while a mailbox is selected",
        "",
        "3501-6.1.1-imap4rev1",
        replace(rb" IMAP4rev1", b"", only="CAPABILITY", state="selected"),
    ),
)

CONCURRENT = (
    flaw(
        "append-lost-beside-another",
        "A message is dropped, with OK, that comes while another connection appends one",
        "",
        "3501-6.3.11-appended",
        *PRESENT,
        command(_lose_message, name="APPEND"),
    ),
    flaw(
        "flag-lost-beside-another",
        "A flag is dropped, with OK, that is added while another connection changes flags",
        "",
        "3501-6.4.6-add",
        *PRESENT,
        command(_lose_flag, name=", ".join(_STORES), where=rb"\+FLAGS\.SILENT"),
    ),
    flaw(
        "octets-of-another",
        "BODY[] has the message that another connection reads at the same time",
        "",
        "3501-2.3.1.1-immutable 3501-2.3.1.1-never-reused 3501-2.3.4-size",
        *PRESENT,
        alter(
            _serve_what_another_reads, only="FETCH", to=", ".join(_FETCHES), where=rb"BODY.PEEK\[\]"
        ),
    ),
    flaw(
        "uid-given-twice",
        "APPENDUID has the UID of the message that another connection appends at the same time",
        "",
        "3501-2.3.1.1-never-reused",
        *PRESENT,
        alter(_tell_anothers_uid, kind="tagged", to="APPEND", status="OK"),
    ),
)
"""What goes wrong only where connections are at work at the same time: for `load`."""
