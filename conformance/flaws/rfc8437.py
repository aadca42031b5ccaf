"""Flaws of UNAUTHENTICATE (RFC 8437), and a facade that makes a server speak it.

The facade goes on with a new connection to the server behind it, which knows of nothing before.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, ask_first, ask_then, command, replace, send_as
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.targets.loopback import ACCOUNTS
from conformance.wire.states import State

_LOGGED_IN = "authenticated, selected"
_NAME = "UNAUTHENTICATE"
_AS_FIRST = f"LOGIN {ACCOUNTS[0].user} {ACCOUNTS[0].password}\r\n".encode()
_SECOND = ACCOUNTS[1].user.encode()


def _unauthenticate(talk: Talk, request: Request) -> bytes:
    """Forget everything of the session but TLS."""
    logged_in = talk.state in (State.AUTHENTICATED, State.SELECTED)
    if not logged_in or not re.fullmatch(rb"\S+ \w+\r\n", request.octets):
        talk.say(request.tag + b" BAD Not now, or not so\r\n")
        return b""
    talk.renew()
    talk.say(request.tag + b" OK Who is next?\r\n")
    return b""


FACADES = (
    facade(
        "unauthenticate-facade",
        "UNAUTHENTICATE is announced, and goes on with a new connection to the server behind",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 UNAUTHENTICATE"),
        replace(rb" STARTTLS\b", b"", tls=True),
        command(_unauthenticate, name=_NAME),
    ),
)


def _flaw(name: str, title: str, requirements: str, *acts: Act, origin: str = "") -> Flaw:
    return flaw(name, title, origin, requirements, *acts, facade="unauthenticate-facade")


FLAWS = (
    _flaw(
        "unauthenticate-does-nothing",
        "UNAUTHENTICATE is answered OK, and the user stays",
        "8437-3-logged-out",
        answer(b"{tag} OK Done\r\n", name=_NAME),
    ),
    _flaw(
        "unauthenticate-for-good",
        "After UNAUTHENTICATE no login is taken",
        "8437-3-logged-out",
        answer(b"{tag} NO Once only\r\n", name="LOGIN, AUTHENTICATE", since=2),
    ),
    _flaw(
        "unauthenticate-unselects-only",
        "UNAUTHENTICATE does what UNSELECT does",
        "8437-3-logged-out",
        send_as(_NAME.encode(), b"UNSELECT", name=_NAME, state="selected"),
    ),
    _flaw(
        "unauthenticate-expunges",
        "UNAUTHENTICATE removes what is marked as deleted, and tells of it",
        "8437-3-unselected",
        ask_first(b"EXPUNGE", "all", name=_NAME, state="selected"),
    ),
    _flaw(
        "unauthenticate-closes",
        "UNAUTHENTICATE removes what is marked as deleted, and says nothing",
        "8437-3-unselected",
        ask_first(b"CLOSE", name=_NAME, state="selected"),
    ),
    _flaw(
        "unauthenticate-no",
        "UNAUTHENTICATE is answered NO while a mailbox is selected",
        "8437-3-no-no",
        answer(b"{tag} NO Close it first\r\n", name=_NAME, state="selected"),
    ),
    _flaw(
        "unauthenticate-bad",
        "UNAUTHENTICATE is announced, and not known",
        "8437-3-bad",
        answer(b"{tag} BAD No such command\r\n", name=_NAME),
    ),
    _flaw(
        "unauthenticate-nobody-no",
        "UNAUTHENTICATE before a login is answered NO",
        "8437-3-refused 8437-3-no-no",
        answer(b"{tag} NO Nobody is there\r\n", name=_NAME, state="not authenticated"),
    ),
    _flaw(
        "unauthenticate-nobody-ok",
        "UNAUTHENTICATE before a login is answered OK",
        "8437-3-refused",
        answer(b"{tag} OK Nobody is there\r\n", name=_NAME, state="not authenticated"),
    ),
    _flaw(
        "unauthenticate-drops-input",
        "What was sent together with UNAUTHENTICATE is dropped",
        "8437-3-pipelined",
        answer(b"", name="AUTHENTICATE", since=1, where=rb"\Aa2 "),
    ),
    _flaw(
        "unauthenticate-ends-tls",
        "After UNAUTHENTICATE the server closes what is under TLS",
        "8437-3-tls",
        answer(b"* BYE Begin anew\r\n{tag} BAD Gone\r\n", name="CAPABILITY", tls=True, nth=2),
    ),
    _flaw(
        "unauthenticate-starttls-again",
        "After UNAUTHENTICATE STARTTLS is announced under TLS",
        "8437-3-tls",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 STARTTLS", tls=True, only="CAPABILITY"),
    ),
    _flaw(
        "unauthenticate-keeps-condstore",
        "After UNAUTHENTICATE mod-sequences are told unasked",
        "8437-4.1-condstore",
        ask_then(b"ENABLE CONDSTORE", name="LOGIN", since=2),
    ),
    _flaw(
        "unauthenticate-keeps-enabled",
        "After UNAUTHENTICATE QRESYNC is still enabled",
        "8437-4.1-enable 8437-4.1-condstore",
        ask_then(b"ENABLE QRESYNC", name="LOGIN", since=2),
    ),
    _flaw(
        "unauthenticate-keeps-result",
        "After UNAUTHENTICATE the saved result is what it was",
        "8437-4.1-stateful",
        send_as(rb"SEARCH \$", b"SEARCH ALL", name="SEARCH"),
    ),
    _flaw(
        "unauthenticate-keeps-rights",
        "Who logs in after UNAUTHENTICATE is still the first user",
        "8437-4.1-identity",
        send_as(rb"LOGIN .*\r\n", _AS_FIRST, name="LOGIN", where=rb"\Aa2 LOGIN %s" % _SECOND),
    ),
    _flaw(
        "unauthenticate-in-capitals",
        "UNAUTHENTICATE is known in capitals only",
        "8437-6-case",
        answer(b"{tag} BAD No such command\r\n", name=_NAME, where=rb"(?-i:[a-z]{3})\w*\r\n"),
    ),
    _flaw(
        "unauthenticate-with-argument",
        "UNAUTHENTICATE takes an argument",
        "8437-3-arguments",
        send_as(rb" PLAIN\r\n", b"\r\n", name=_NAME),
    ),
)

ALLOWED = (
    _flaw(
        "unauthenticate-told-to-users",
        "UNAUTHENTICATE is announced only to who is logged in",
        "8437-3-logged-out 8437-3-pipelined",
        replace(
            rb" UNAUTHENTICATE", b"", only="OK CAPABILITY", state="greeting, not authenticated"
        ),
    ),
)
