"""Flaws of JMAPACCESS (RFC 9698), and a facade of a server that has a JMAP server beside it."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, command, drop, replace, send_as, twice
from conformance.flaws.flaw import Act, Flaw, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.states import State

_NAME = "GETJMAPACCESS"
_LOGGED_IN = (State.AUTHENTICATED, State.SELECTED)


def _where(talk: Talk, request: Request) -> bytes:
    """Tell where JMAP is to who is logged in."""
    if talk.state not in _LOGGED_IN or not re.fullmatch(rb"\S+ \w+\r\n", request.octets):
        talk.say(request.tag + b" BAD Not now, or not so\r\n")
    else:
        talk.say(b'* JMAPACCESS "https://localhost/jmap"\r\n' + request.tag + b" OK There\r\n")
    return b""


FACADES = (
    facade(
        "jmap-facade",
        "JMAPACCESS is announced, and GETJMAPACCESS answered with a URL",
        replace(rb" OBJECTID\b", b" OBJECTID JMAPACCESS", only="OK CAPABILITY"),
        command(_where, name=_NAME),
        backend="cyrus",
    ),
)


def _flaw(name: str, title: str, requirements: str, *acts: Act, origin: str = "") -> Flaw:
    return flaw(name, title, origin, requirements, *acts, backend="cyrus", facade="jmap-facade")


FLAWS = (
    _flaw(
        "jmap-unknown",
        "JMAPACCESS is announced, and GETJMAPACCESS not known",
        "9698-4-response",
        answer(b"{tag} BAD No such command\r\n", name=_NAME),
    ),
    _flaw(
        "jmap-nowhere",
        "GETJMAPACCESS is answered OK without a JMAPACCESS response",
        "9698-4-response",
        drop(only="JMAPACCESS"),
    ),
    _flaw(
        "jmap-twice",
        "JMAPACCESS comes twice",
        "9698-4-response",
        twice(only="JMAPACCESS"),
    ),
    _flaw(
        "jmap-not-selected",
        "GETJMAPACCESS is refused while a mailbox is selected",
        "9698-4-response",
        answer(b"{tag} NO Not now\r\n", name=_NAME, state="selected"),
    ),
    _flaw(
        "jmap-host-only",
        "JMAPACCESS has the name of a host",
        "9698-4-url",
        replace(rb"https://localhost/jmap", b"localhost"),
    ),
    _flaw(
        "jmap-without-ids",
        "JMAPACCESS is announced, and OBJECTID is not",
        "9698-3-objectid",
        replace(rb" OBJECTID\b", b"", only="OK CAPABILITY"),
    ),
    _flaw(
        "jmap-unannounced",
        "GETJMAPACCESS is answered with a URL, and JMAPACCESS not announced",
        "9698-4-unknown",
        replace(rb" JMAPACCESS\b(?! \")", b"", only="OK CAPABILITY"),
    ),
    _flaw(
        "jmap-with-argument",
        "GETJMAPACCESS takes an argument",
        "9698-4-arguments",
        send_as(rb" INBOX\r\n", b"\r\n", name=_NAME),
    ),
)
