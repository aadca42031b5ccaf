"""Flaws of the chapter on security: echoes, names as paths, accounts, limits, other protocols."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, remembering, replace
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_MANY_PARTS = 40
_UNGUARDED = (
    "GETQUOTA, GETQUOTAROOT, SETQUOTA, GETACL, SETACL, MYRIGHTS, LISTRIGHTS, GETMETADATA,"
    " SETMETADATA, SORT, THREAD, ESEARCH, MOVE, UID MOVE, UID EXPUNGE, UNSELECT, GENURLAUTH, XLIST"
)
_PATH = rb'"[^"]*(?:\.\.|\A/|/etc|/proc|/dev|~|&AC4ALg-|\xc0\xae|\x00)'


def _echo(talk: Talk, request: Request) -> bytes | None:
    """Say a literal again in a text, before the command is carried out."""
    for literal in request.literals:
        if b"\r\n* " in literal:
            talk.say(b"* OK No such thing: " + literal)
    return None


def _spoken_by_sender(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Let what a message says of a mailbox pass for a response."""
    named = b"77 EXISTS" in octets or re.search(rb"77[_%]|KiA3NyBF", octets)
    return octets + b"* 77 EXISTS\r\n" if named else octets


def _first_user(talk: Talk, request: Request) -> bytes | None:
    """Log everybody in as the user who came first."""
    first = talk.shared.setdefault("first user", request.arguments)
    return None if request.literals else request.tag + b" LOGIN " + first + b"\r\n"


def _ask_for_all(talk: Talk, _request: Request) -> bytes:
    talk.say(b"+ Go on\r\n")
    return b""


def _not_over(talk: Talk, request: Request) -> bytes:
    """Answer LOGOUT, and stay."""
    talk.say(b"* BYE So long\r\n" + request.tag + b" OK done\r\n")
    talk.memory["left"] = True
    return b""


def _go_on(talk: Talk, request: Request) -> bytes | None:
    if not talk.memory.get("left"):
        return None
    talk.say(request.tag + b" OK done\r\n")
    return b""


def _count_parts(talk: Talk, request: Request) -> None:
    """Remember that a message of very many parts came, side by side or within one another."""
    if sum(bytes(literal).count(b"\r\n--b") for literal in request.literals) >= _MANY_PARTS:
        talk.memory["parts"] = True


def _lost_in_parts(talk: Talk, _request: Request) -> bytes | None:
    return b"" if talk.memory.get("parts") else None


FLAWS = (
    flaw(
        "literal-said-again-as-it-is",
        "Octets of a literal are said again in a text, line ends within",
        "",
        "3501-4.3-echoed-lines",
        command(_echo),
    ),
    flaw(
        "message-speaks-for-the-server",
        "A line that stands in a header is sent as a line of its own behind FETCH",
        "",
        "3501-4.3-echoed-lines",
        alter(_spoken_by_sender, only="FETCH"),
    ),
    flaw(
        "names-are-paths",
        "Names with two dots, a tilde or a slash at their beginning are opened as files",
        "",
        "3501-11-no-files",
        answer(
            b"{tag} OK done\r\n",
            name="SELECT, EXAMINE, STATUS, APPEND, RENAME, DELETE",
            where=_PATH,
        ),
    ),
    flaw(
        "list-shows-files",
        "LIST reads folders of the machine",
        "",
        "3501-11-no-files",
        answer(b'* LIST () "/" "/etc/passwd"\r\n{tag} OK done\r\n', name="LIST", where=rb'"/etc/'),
    ),
    flaw(
        "everybody-is-the-first-user",
        "Whoever logs in has the mailboxes of the user who logged in first",
        "",
        "3501-11-other-accounts",
        command(_first_user, name="LOGIN"),
    ),
    flaw(
        "gigabytes-are-asked-for",
        "A literal of any size is asked for",
        "",
        "3501-11-announced-sizes",
        command(_ask_for_all, where=rb"\{\d{10,}\}", early=True),
    ),
    flaw(
        "nesting-is-too-much",
        "What is nested deep is never answered",
        "",
        "3501-11-work-in-bounds",
        answer(
            b"",
            name="SEARCH, FETCH, STORE, LIST",
            where=rb"\({100}|(?:NOT |OR ALL |1[.,]|1:4294967295,){100}|9{100}|4294967295>"
            rb"|\*{50}|%{20}|(?:\*a|\*%){20}|(?:4294967295\.){10}",
        ),
    ),
    flaw(
        "many-parts-are-too-much",
        "The structure of a message of forty parts or levels is never told",
        "",
        "3501-11-work-in-bounds",
        remembering(_count_parts, name="APPEND"),
        command(_lost_in_parts, name="FETCH"),
    ),
    flaw(
        "quota-root-said-again-as-it-is",
        "GETQUOTAROOT says the name again in a text, line ends within",
        "",
        "3501-4.3-echoed-lines",
        command(_echo, name="GETQUOTAROOT"),
        backend="cyrus",
    ),
    flaw(
        "commands-of-extensions-before-login",
        "Commands that extensions bring are answered before the login",
        "",
        "3501-3.1-credentials 3501-3-wrong-state",
        answer(b"{tag} OK Done\r\n", name=_UNGUARDED, state="not authenticated"),
    ),
    flaw(
        "messages-before-login",
        "Under TLS messages are shown to whoever asks",
        "",
        "3501-6.2.1-not-authenticated",
        answer(
            b"* 1 FETCH (FLAGS ())\r\n{tag} OK Done\r\n", name="FETCH", state="not authenticated"
        ),
    ),
    flaw(
        "logindisabled-invites-guesses",
        "LOGINDISABLED is announced, and LOGIN is answered OK whatever the password is",
        "",
        "3501-6.2.3-disabled",
        replace(rb" IMAP4rev1", b" IMAP4rev1 LOGINDISABLED", state="greeting, not authenticated"),
        answer(b"{tag} OK Logged in\r\n", name="LOGIN"),
    ),
    flaw(
        "other-protocols-are-forgiven",
        "Lines of other protocols are answered BAD for ever",
        "",
        "3501-11-other-protocols",
        answer(
            b"{tag} BAD what\r\n",
            where=rb"\A(?:GET|POST|Host:|User-Agent:|Accept:|Content-|EHLO|MAIL|RCPT|DATA|USER|PASS"
            rb"|SYST|PWD|CAPA|STAT|\r\n)",
        ),
    ),
    flaw(
        "logout-goes-on",
        "What stands behind LOGOUT is carried out",
        "",
        "3501-11-behind-logout",
        command(_not_over, name="LOGOUT"),
        command(_go_on, name="NOOP, CAPABILITY, STATUS, DELETE"),
    ),
    flaw(
        "any-last-message-will-do",
        "AUTHENTICATE takes any message, one that is none of its mechanism's as well",
        "",
        "4616-2-parts 5802-5.1-nonce 5802-5.1-proof",
        alter(
            lambda _talk, _arrival, octets: re.sub(
                rb"\A(\S+) (?:NO|BAD) .*\Z", rb"\1 OK in\r\n", octets, flags=re.DOTALL
            ),
            to="AUTHENTICATE",
            kind="tagged",
        ),
    ),
)
