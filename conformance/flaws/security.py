"""Flaws of STARTTLS, LOGIN and AUTHENTICATE (RFC 3501 sections 6.2, 11)."""

from __future__ import annotations

import base64
import re

from conformance.flaws.acts import (
    after,
    answer,
    command,
    hang_up_on,
    remembering,
    replace,
    under_tls,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk


def _log_in_by_itself(talk: Talk, _plaintext: bytes) -> bytes:
    """Log in with the credentials that some connection has used before."""
    known = talk.shared.get("login")
    if known:
        talk.ask(b"LOGIN " + known)
    return b""


def _right_password(talk: Talk, request: Request) -> bytes | None:
    """Remember the first credentials, which are right, and send them for any others."""
    right = talk.shared.setdefault("login", request.arguments)
    return None if request.literals else request.tag + b" LOGIN " + right + b"\r\n"


def _remember_login(talk: Talk, request: Request) -> None:
    talk.shared.setdefault("login", request.arguments)


def _without_authorization(_talk: Talk, request: Request) -> bytes | None:
    """Take the first field out of a message of PLAIN, alone on its line or behind the command."""
    found = re.search(rb"(?:\A| )([A-Za-z0-9+/]{8,}=*)\r\n\Z", request.octets)
    if found is None:
        return None
    fields = base64.b64decode(found[1]).split(b"\0")
    if len(fields) != 3:
        return None
    said = base64.b64encode(b"\0".join((b"", *fields[1:])))
    return request.octets[: found.start(1)] + said + b"\r\n"


def _tried(talk: Talk, _request: Request) -> None:
    talk.memory["tried"] = True


def _refuse_if_tried(talk: Talk, request: Request) -> bytes | None:
    if not talk.memory.get("tried"):
        return None
    talk.say(request.tag + b" BAD Not now\r\n")
    return b""


def _note_logout(talk: Talk, _request: Request) -> None:
    talk.shared["left"] = talk.number


def _leave_with_neighbour(talk: Talk, _request: Request) -> None:
    """Close where a neighbour has left; the first connection prepares mailboxes and stays."""
    if talk.number > 1 and abs(talk.shared.get("left", -9) - talk.number) == 1:
        talk.close()


FLAWS = (
    flaw(
        "starttls-injection",
        "A command that came in the clear behind STARTTLS is run under TLS",
        "G01",
        "3501-6.2.1-discards",
        under_tls(lambda _talk, plaintext: plaintext),
    ),
    flaw(
        "starttls-offered-under-tls",
        "STARTTLS is offered again where TLS protects the connection already",
        "G04",
        "3501-6.2.1-once",
        replace(rb" IMAP4rev1", b" IMAP4rev1 STARTTLS", only="CAPABILITY", tls=True),
    ),
    flaw(
        "session-survives-starttls",
        "A LOGIN that was sent before STARTTLS counts under TLS",
        "G02",
        "3501-6.2.1-not-authenticated 3501-6.2.1-discards",
        remembering(_remember_login, name="LOGIN"),
        under_tls(_log_in_by_itself),
    ),
    flaw(
        "command-behind-starttls-lost",
        "The first command under TLS is passed over",
        "G03",
        "3501-6.2.1-begins",
        answer(b"", tls=True, nth=1, name="CAPABILITY, NOOP, LOGIN"),
    ),
    flaw(
        "starttls-closes",
        "STARTTLS is offered, and closes the connection",
        "G05",
        "3501-6.2.1-begins",
        hang_up_on(name="STARTTLS"),
    ),
    flaw(
        "text-behind-starttls-ok",
        "Text in the clear follows the OK to STARTTLS",
        "",
        "3501-6.2.1-plaintext-after-ok",
        after(b"* OK Still in the clear\r\n", kind="tagged", to="STARTTLS"),
    ),
    flaw(
        "any-password-will-do",
        "LOGIN takes any password",
        "",
        "3501-6.2.3-rejected",
        command(_right_password, name="LOGIN"),
    ),
    flaw(
        "refused-login-bad",
        "A wrong password is answered BAD",
        "",
        "3501-2.2.2-bad 3501-6.2.3-rejected",
        replace(rb"\A(\S+) NO ", rb"\1 BAD ", to="LOGIN", kind="tagged"),
    ),
    flaw(
        "refused-authenticate-bad",
        "Wrong credentials in AUTHENTICATE are answered BAD",
        "",
        "3501-6.2.2-rejected-no",
        replace(rb"\A(\S+) NO ", rb"\1 BAD ", to="AUTHENTICATE", kind="tagged"),
    ),
    flaw(
        "cancelled-authenticate-no",
        "An AUTHENTICATE that the client cancels is answered NO",
        "",
        "3501-6.2.2-cancel",
        replace(rb"\A(\S+) BAD ", rb"\1 NO ", to="AUTHENTICATE", kind="tagged"),
    ),
    flaw(
        "second-try-refused",
        "After a refused AUTHENTICATE no other is taken",
        "",
        "3501-6.2.2-retry",
        answer(b"{tag} NO Only once\r\n", name="AUTHENTICATE, LOGIN", since=2),
    ),
    flaw(
        "mailboxes-before-login",
        "Mailbox commands are answered OK before login",
        "",
        "3501-3.1-credentials 3501-3-wrong-state 3501-3-greeting-state",
        answer(
            b"{tag} OK done\r\n", name="SELECT, LIST, STATUS, CREATE", state="not authenticated"
        ),
    ),
    flaw(
        "messages-before-select",
        "FETCH and STORE are answered OK while no mailbox is selected",
        "",
        "3501-3.2-select-first 3501-3-wrong-state 3501-3.2-login",
        answer(b"{tag} OK done\r\n", name="FETCH, STORE, SEARCH, COPY", state="authenticated"),
    ),
    flaw(
        "second-login",
        "LOGIN is taken again after login",
        "",
        "3501-3-wrong-state 3501-6.2-no-way-back",
        answer(b"{tag} OK done\r\n", name="LOGIN", state="authenticated, selected"),
    ),
    flaw(
        "authenticate-refused",
        "AUTHENTICATE is answered NO whatever the credentials",
        "",
        "3501-6.2.2-ok 3501-6.2.2-listed-works",
        replace(rb"\A(\S+) OK", rb"\1 NO", to="AUTHENTICATE", kind="tagged"),
    ),
    flaw(
        "any-sasl-message-will-do",
        "AUTHENTICATE is answered OK whatever the credentials",
        "",
        "3501-6.2.2-rejected-any 3501-6.2.2-rejected",
        replace(rb"\A(\S+) NO .*\Z", rb"\1 OK Welcome\r\n", to="AUTHENTICATE", kind="tagged"),
    ),
    flaw(
        "authorization-identity-ignored",
        "Whose privileges are asked for in AUTHENTICATE PLAIN is passed over",
        "",
        "3501-6.2.2-authorization-other",
        command(_without_authorization, name="+, AUTHENTICATE"),
    ),
    flaw(
        "logindisabled-is-not",
        "LOGINDISABLED is announced, and LOGIN is taken",
        "",
        "3501-6.2.3-disabled",
        replace(rb" IMAP4rev1", b" IMAP4rev1 LOGINDISABLED", state="greeting, not authenticated"),
    ),
    flaw(
        "login-by-literals-refused",
        "LOGIN with literals is refused",
        "",
        "3501-6.2.3-exact 3501-4.3-literal",
        answer(b"{tag} NO Wrong password\r\n", name="LOGIN", where=rb"\{\d+\+?\}\r\n"),
    ),
    flaw(
        "failed-login-forbids-tls",
        "After a refused LOGIN, STARTTLS is refused",
        "",
        "3501-6-failed-no-change",
        remembering(_tried, name="LOGIN, AUTHENTICATE"),
        command(_refuse_if_tried, name="STARTTLS"),
    ),
    flaw(
        "second-login-ends-the-first",
        "A second LOGIN is refused with BAD, and ends the login that there was",
        "",
        "3501-6-bad-no-change 3501-6.2-no-way-back",
        remembering(_tried, name="LOGIN, AUTHENTICATE", state="authenticated, selected"),
        command(_refuse_if_tried, name="SELECT, LIST, STATUS, CREATE, FETCH, NOOP"),
    ),
    flaw(
        "logout-takes-neighbours-along",
        "LOGOUT ends the connection that was opened before as well",
        "",
        "3501-6.1.3-own",
        remembering(_note_logout, name="LOGOUT"),
        command(_leave_with_neighbour),
    ),
    flaw(
        "mailbox-commands-before-select-only",
        "Commands of the authenticated state are refused when a mailbox is selected",
        "",
        "3501-6.3-both-states",
        answer(
            b"{tag} BAD Not now\r\n", name="CREATE, DELETE, STATUS, LIST, LSUB", state="selected"
        ),
    ),
    flaw(
        "plain-challenge-is-text",
        "AUTHENTICATE PLAIN is asked for with words in the place of an empty challenge",
        "",
        "3501-6.2.2-challenge",
        replace(rb"\A\+ ?\r\n", b"+ Go ahead\r\n", kind="continuation", to="AUTHENTICATE"),
    ),
    flaw(
        "authenticate-without-login",
        "After AUTHENTICATE was answered OK, mailboxes are refused as before it",
        "",
        "3501-6.2.2-ok",
        remembering(_tried, name="AUTHENTICATE"),
        command(_refuse_if_tried, name="SELECT, LIST, STATUS, CREATE"),
    ),
)
