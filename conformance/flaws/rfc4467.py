"""Flaws of URLAUTH (RFC 4467), and a facade that makes URLs for a time that is over."""

from __future__ import annotations

from conformance.flaws.acts import (
    alter,
    answer,
    ask_then,
    before,
    command,
    drop,
    payload,
    replace,
    send_as,
)
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_ZEROS = b"0" * 40
_MADE = b'* GENURLAUTH "{first}:internal:%s"\r\n{tag} OK Done\r\n' % _ZEROS
_NOTHING = b'* URLFETCH "{first}" NIL\r\n{tag} OK Done\r\n'
_TOKEN = rb":internal:[0-9a-f]+"


def _another(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Put a number behind each token."""
    talk.shared["tokens"] = count = talk.shared.get("tokens", 0) + 1
    return octets.replace(b"\r\n", b"%d\r\n" % count)


def _silent_on_nil(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return b"" if b" NIL" in octets else octets


def _no_key(talk: Talk, request: Request) -> bytes | None:
    """Make no URL after all keys were removed."""
    if request.name == "RESETKEY":
        talk.shared["keyless"] = not request.arguments
    elif talk.shared.get("keyless"):
        talk.say(request.tag + b" NO There is no key\r\n")
        return b""
    return None


FACADES = (
    facade(
        "urlauth-expired-facade",
        "A URL is made also for a time that is over",
        answer(_MADE, name="GENURLAUTH", where=rb"EXPIRE=1997"),
    ),
    facade(
        "urlauth-told-facade",
        "Sessions are told of mechanisms, whether there is a new key or not",
        before(b"* OK [URLMECH INTERNAL] A key\r\n", kind="tagged", to="NOOP"),
    ),
)

FLAWS = (
    flaw(
        "urlauth-unknown",
        "URLAUTH is announced, and GENURLAUTH is not known",
        "",
        "4467-7-genurlauth",
        answer(b"{tag} BAD What is that\r\n", name="GENURLAUTH"),
    ),
    flaw(
        "urlauth-first-only",
        "GENURLAUTH of several URLs returns the first",
        "",
        "4467-7-genurlauth",
        replace(rb"(\* GENURLAUTH \S+) \S+", rb"\1", only="GENURLAUTH"),
    ),
    flaw(
        "urlauth-host-in-capitals",
        "GENURLAUTH writes the server's name in another way",
        "",
        "4467-5-appended",
        replace(rb"@localhost", b"@LOCALHOST", only="GENURLAUTH"),
    ),
    flaw(
        "urlauth-short-token",
        "A token has 64 bits",
        "",
        "4467-3-token",
        replace(rb"(:internal:[0-9a-f]{16})[0-9a-f]*", rb"\1", only="GENURLAUTH", count=0),
    ),
    flaw(
        "urlauth-token-of-decoded-url",
        "A token is made of the URL in one spelling",
        "",
        "4467-6-rump",
        replace(_TOKEN, b":internal:" + _ZEROS, only="GENURLAUTH", where=rb"SECTION=(TEXT|%54)"),
    ),
    flaw(
        "urlauth-another-token-each-time",
        "The token of a URL is another each time",
        "",
        "4467-2.5-deterministic",
        alter(_another, only="GENURLAUTH"),
    ),
    flaw(
        "urlauth-without-key",
        "Once RESETKEY has removed all keys no URL can be made",
        "",
        "4467-7-key",
        command(_no_key, name="RESETKEY, GENURLAUTH"),
    ),
    flaw(
        "urlauth-no-for-bad",
        "What is wrong with a URL is answered NO",
        "",
        "4467-7-checks",
        replace(rb"\A(\S+) BAD", rb"\1 NO", to="GENURLAUTH"),
    ),
    flaw(
        "urlauth-of-others",
        "A URL is made for the mailbox of another user",
        "",
        "4467-7-owner",
        answer(_MADE, name="GENURLAUTH", where=rb"//user2@"),
    ),
    flaw(
        "urlauth-of-mailboxes",
        "A URL is made for a mailbox",
        "",
        "4467-3-message",
        answer(_MADE, name="GENURLAUTH", where=rb"/[^;/]+;URLAUTH"),
    ),
    flaw(
        "urlauth-mechanism-left-away",
        "GENURLAUTH needs no mechanism",
        "",
        "4467-9-arguments",
        send_as(rb'(GENURLAUTH "[^"]*")\r\n', rb"\1 INTERNAL\r\n", name="GENURLAUTH"),
    ),
    flaw(
        "urlauth-in-capitals-only",
        "GENURLAUTH is known in capitals only",
        "",
        "4467-9-case",
        answer(b"{tag} BAD What is that\r\n", name="GENURLAUTH", where=rb"(?-i:genurlauth)"),
    ),
    flaw(
        "urlfetch-cuts",
        "URLFETCH leaves the last octet away",
        "",
        "4467-7-urlfetch",
        payload(lambda content: content[:-1], only="URLFETCH"),
    ),
    flaw(
        "urlfetch-selects",
        "URLFETCH leaves another mailbox selected",
        "",
        "4467-7-selected",
        ask_then(b"EXAMINE INBOX", name="URLFETCH"),
    ),
    flaw(
        "urlfetch-sees",
        "URLFETCH marks the first message of the selected mailbox as seen",
        "",
        "5092-6-peek",
        ask_then(b"STORE 1 +FLAGS (\\Seen)", name="URLFETCH", state="selected"),
    ),
    flaw(
        "urlfetch-silent",
        "A URL that is not good is passed over, and OK comes",
        "",
        "4467-7-always 4467-8-nil 4467-7-nil",
        alter(_silent_on_nil, only="URLFETCH"),
    ),
    flaw(
        "urlfetch-refuses",
        "A URL that is not good is answered NO",
        "",
        "4467-7-no 4467-7-always",
        answer(b"{tag} NO Wrong token\r\n", name="URLFETCH", where=rb":INTERNAL:0{32}"),
    ),
    flaw(
        "urlfetch-empty-for-nil",
        "A URL that is not good stands for an empty string",
        "",
        "4467-8-nil 4467-7-nil 4467-6-token 4467-3-submit 4467-7-resetkey 4467-7-resetkey-all",
        replace(rb" NIL\r\n", b' ""\r\n', only="URLFETCH"),
    ),
    flaw(
        "urlfetch-any-token",
        "What stands behind the digits of a token is passed over",
        "",
        "4467-6-token",
        send_as(rb'([0-9a-f]{42})0"', rb'\1"', name="URLFETCH"),
    ),
    flaw(
        "urlfetch-after-the-end",
        "A URL is good when its time is over",
        "",
        "4467-3-expired",
        replace(rb" NIL\r\n", b' "text"\r\n', only="URLFETCH", where=rb"EXPIRE=1997"),
        facade="urlauth-expired-facade",
    ),
    flaw(
        "urlfetch-not-with-expire",
        "A URL with a time gives nothing",
        "",
        "4467-3-not-expired",
        answer(_NOTHING, name="URLFETCH", where=rb"EXPIRE=2099"),
    ),
    flaw(
        "urlfetch-not-for-users",
        "A URL for all users gives nothing",
        "",
        "4467-3-authuser",
        answer(_NOTHING, name="URLFETCH", where=rb"=authuser"),
        backend="dovecot24",
    ),
    flaw(
        "urlfetch-not-for-everybody",
        "A URL for everybody gives nothing",
        "",
        "4467-3-anonymous",
        answer(_NOTHING, name="URLFETCH", where=rb"=anonymous"),
        backend="dovecot24",
    ),
    flaw(
        "urlfetch-not-for-one-user",
        "A URL for one user gives nothing",
        "",
        "4467-3-user",
        answer(_NOTHING, name="URLFETCH", where=rb"=user\+user2"),
        backend="dovecot24",
    ),
    flaw(
        "resetkey-keeps-the-keys",
        "RESETKEY is answered OK and changes no key",
        "",
        "4467-7-resetkey 4467-7-resetkey-all",
        answer(b"{tag} OK [URLMECH INTERNAL] Done\r\n", name="RESETKEY"),
    ),
    flaw(
        "resetkey-of-all",
        "RESETKEY of a mailbox removes the keys of all",
        "",
        "4467-7-resetkey-other",
        send_as(rb"RESETKEY [^\r]*", b"RESETKEY", name="RESETKEY"),
    ),
    flaw(
        "resetkey-without-urlmech",
        "RESETKEY says nothing of mechanisms",
        "",
        "4467-8-urlmech",
        replace(rb"\[URLMECH [^\]]*\] ", b"", to="RESETKEY"),
    ),
    flaw(
        "resetkey-of-nothing",
        "RESETKEY of a mailbox that is not there is answered OK",
        "",
        "4467-7-resetkey-no",
        replace(rb"\A(\S+) NO", rb"\1 OK", to="RESETKEY"),
    ),
    flaw(
        "select-without-urlmech",
        "SELECT says nothing of mechanisms",
        "",
        "4467-8-urlmech-select",
        drop(code="URLMECH", to="SELECT, EXAMINE"),
        backend="cyrus310",
    ),
    flaw(
        "resetkey-told-to-nobody",
        "Other sessions are not told of a new key",
        "",
        "4467-7-resetkey-told",
        replace(rb"\* OK \[URLMECH [^\r]*\r\n", b"", to="NOOP"),
        facade="urlauth-told-facade",
    ),
)
