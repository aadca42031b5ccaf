"""Flaws of UNSELECT (RFC 3691)."""

from __future__ import annotations

from conformance.flaws.acts import answer, before, command, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk


def _not_read_only(talk: Talk, request: Request) -> bytes | None:
    if not talk.dialogue.read_only:
        return None
    talk.say(request.tag + b" NO The mailbox is read-only\r\n")
    return b""


def _in_capitals(talk: Talk, request: Request) -> bytes | None:
    if b"UNSELECT" in request.octets:
        return None
    talk.say(request.tag + b" BAD Unknown command\r\n")
    return b""


FLAWS = (
    flaw(
        "unselect-expunges",
        "UNSELECT removes what is marked Deleted, as CLOSE does",
        "",
        "3691-2-no-expunge",
        send_as(rb"UNSELECT", b"CLOSE", name="UNSELECT"),
    ),
    flaw(
        "unselect-does-nothing",
        "UNSELECT is answered OK, and the mailbox stays selected",
        "",
        "3691-2-authenticated 3691-2-freed",
        answer(b"{tag} OK Unselected\r\n", name="UNSELECT", where=rb"UNSELECT\r", state="selected"),
    ),
    flaw(
        "unselect-where-nothing-is-selected",
        "UNSELECT is answered OK where no mailbox is selected",
        "",
        "3691-2-authenticated 3691-2-no-mailbox",
        answer(b"{tag} OK Nothing to leave\r\n", name="UNSELECT", state="authenticated"),
    ),
    flaw(
        "unselect-takes-anything",
        "UNSELECT does not look at what stands behind it",
        "",
        "3691-2-arguments",
        send_as(rb"UNSELECT [^\r]*", b"UNSELECT", name="UNSELECT"),
        backend="cyrus",
    ),
    flaw(
        "unselect-not-read-only",
        "UNSELECT is refused where the mailbox was opened with EXAMINE",
        "",
        "3691-2-read-only",
        command(_not_read_only, name="UNSELECT", state="selected"),
    ),
    flaw(
        "unselect-in-capitals-only",
        "UNSELECT is known in capital letters only",
        "",
        "3691-4-case",
        command(_in_capitals, name="UNSELECT"),
    ),
)

ALLOWED = (
    flaw(
        "unselect-says-closed",
        "An untagged OK with the code CLOSED comes before the OK to UNSELECT",
        "",
        "3691-1-announced 3691-2-freed",
        before(b"* OK [CLOSED] The mailbox is closed\r\n", kind="tagged", to="UNSELECT"),
    ),
)
