"""Flaws of MOVE beside other sessions and other extensions (RFC 6851 sections 3.3 and 4)."""

from __future__ import annotations

from conformance.flaws.acts import alter, remembering, replace, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.following import PRESENT, others_there
from conformance.flaws.request import Request
from conformance.flaws.rfc6851 import MOVES, named
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _note_others(talk: Talk, request: Request) -> None:
    """Note with those who have the source or the target selected that they hear nothing of it."""
    for mailbox in (talk.mailbox, named(request)[1].strip(b'"')):
        for other in others_there(talk, mailbox):
            other.memory["kept from"] = True


def _keep_from(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b"" if talk.memory.get("kept from") else octets


def _note_moved(talk: Talk, request: Request) -> None:
    talk.shared["moved"] = named(request)


def _forget_moved(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell nothing of the messages that the last UID MOVE has taken away."""
    messages, _ = talk.shared.get("moved", (b"", b""))
    return b"" if octets == b"* VANISHED (EARLIER) %s\r\n" % messages else octets


def _as_old_as_others(talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Leave out what has come by MOVE where only what is new is asked for."""
    _, target = talk.shared.get("moved", (b"", b""))
    if target.strip(b'"') != talk.mailbox:
        return responses
    return [each for each in responses if b" FETCH " not in each]


def _moved_without_rights(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Say OK where the right to remove is missing, as COPY does."""
    if b" NO" not in responses[-1]:
        return responses
    messages, mailbox = named(request)
    copied = talk.ask(b"%sCOPY %s %s" % (request.by_uid, messages, mailbox), "none")
    return [request.tag + b" OK Moved\r\n"] if b" OK" in copied[-1] else responses


FLAWS = (
    flaw(
        "move-told-to-nobody",
        "Other sessions are told nothing of a MOVE",
        "",
        "6851-3.3-told",
        *PRESENT,
        remembering(_note_others, name=MOVES, state="selected"),
        alter(_keep_from, only="EXPUNGE EXISTS RECENT", to="NOOP, CHECK"),
    ),
    flaw(
        "move-without-rights",
        "Who may not remove a message may move it, and it stays where it is",
        "",
        "6851-4.2-rights",
        whole(_moved_without_rights, name=MOVES, state="selected"),
        backend="cyrus",
    ),
    flaw(
        "move-told-by-number",
        "A MOVE is told with EXPUNGE though QRESYNC is enabled",
        "",
        "6851-4.4-vanished 7162-3.2.10-instead",
        replace(rb"\* VANISHED \d+\r\n", b"* 2 EXPUNGE\r\n", only="VANISHED", to=MOVES),
    ),
    flaw(
        "moved-away-forgotten",
        "VANISHED (EARLIER) leaves out what was moved away",
        "",
        "6851-4.4-remembered",
        remembering(_note_moved, name="UID MOVE"),
        alter(_forget_moved, only="VANISHED", to="SELECT"),
    ),
    flaw(
        "moved-is-not-new",
        "Moved messages are no newer than those that were in the target",
        "",
        "6851-4.4-target-modseq",
        remembering(_note_moved, name=MOVES),
        whole(_as_old_as_others, name="FETCH", where=b"CHANGEDSINCE"),
    ),
)
