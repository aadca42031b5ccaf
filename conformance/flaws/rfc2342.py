"""Flaws of NAMESPACE (RFC 2342), and what a server may do otherwise."""

from __future__ import annotations

from conformance.flaws.acts import (
    answer,
    before,
    command,
    drop,
    hang_up_on,
    replace,
    send_as,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_NOT_HERE = b"{tag} BAD Unknown command\r\n"


def _in_capitals(talk: Talk, request: Request) -> bytes | None:
    if b"NAMESPACE" in request.octets:
        return None
    talk.say(request.tag + b" BAD Unknown command\r\n")
    return b""


FLAWS = (
    flaw(
        "namespace-closes",
        "NAMESPACE is announced, and closes the connection",
        "C26",
        "2342-4-announced 2342-5-response",
        hang_up_on(name="NAMESPACE"),
    ),
    flaw(
        "namespace-unknown",
        "NAMESPACE is announced, and the command is not known",
        "",
        "2342-4-announced 2342-5-response",
        answer(_NOT_HERE, name="NAMESPACE"),
    ),
    flaw(
        "namespace-hidden",
        "NAMESPACE is done and not announced",
        "",
        "2342-4-listed",
        replace(rb" NAMESPACE\b", b"", only="CAPABILITY OK"),
    ),
    flaw(
        "namespace-not-where-selected",
        "NAMESPACE is refused while a mailbox is selected",
        "",
        "2342-4-states",
        answer(b"{tag} BAD Not now\r\n", name="NAMESPACE", state="selected"),
    ),
    flaw(
        "namespace-before-login",
        "NAMESPACE is answered before the login",
        "",
        "2342-4-states 3501-3-wrong-state",
        answer(
            b'* NAMESPACE (("" "/")) NIL NIL\r\n{tag} OK Done\r\n',
            name="NAMESPACE",
            state="not authenticated",
        ),
    ),
    flaw(
        "namespace-says-nothing",
        "NAMESPACE is answered OK, and nothing comes before it",
        "",
        "2342-5-response",
        drop(only="NAMESPACE"),
    ),
    flaw(
        "namespace-empty-lists",
        "A class of namespaces that is not there is an empty list",
        "",
        "2342-5-nil",
        replace(rb" NIL(?=\r\n)", b" ()", only="NAMESPACE"),
    ),
    flaw(
        "namespace-with-dot",
        "NAMESPACE tells another delimiter than LIST",
        "",
        "2342-5-delimiter",
        replace(rb'\(\("" "/"\)\)', b'(("" "."))', only="NAMESPACE"),
    ),
    flaw(
        "namespace-of-elsewhere",
        "NAMESPACE tells a personal prefix under which the user has nothing",
        "",
        "2342-5-prefix",
        replace(rb'\(\("" "/"\)\)', b'(("mail/" "/"))', only="NAMESPACE"),
    ),
    flaw(
        "namespace-none-of-the-user",
        "The personal namespace is NIL, and the user has an INBOX",
        "",
        "2342-2-inbox",
        replace(rb'\(\("" "/"\)\)', b"NIL", only="NAMESPACE"),
    ),
    flaw(
        "examine-opens-anything",
        "EXAMINE opens the mailboxes of users who have granted nothing",
        "",
        "2342-2-granted",
        replace(
            rb"\A(\S+) NO .*\Z",
            rb"* 1 EXISTS\r\n\1 OK [READ-ONLY] Done\r\n",
            to="EXAMINE",
            kind="tagged",
        ),
    ),
    flaw(
        "namespace-extension-of-its-own",
        "NAMESPACE has an extension of the server's own without X-",
        "",
        "2342-5-extensions",
        replace(rb'\(\("" "/"\)\)', b'(("" "/" "QUOTED" ("NO")))', only="NAMESPACE"),
    ),
    flaw(
        "namespace-prefix-not-coded",
        "A prefix has an ampersand that begins nothing",
        "",
        "2342-6-utf-7",
        replace(rb'"Other/"', b'"You & others/"', only="NAMESPACE"),
    ),
    flaw(
        "namespace-in-capitals-only",
        "NAMESPACE is known in capital letters only",
        "",
        "2342-6-case",
        command(_in_capitals, name="NAMESPACE"),
    ),
    flaw(
        "namespace-takes-anything",
        "NAMESPACE does not look at what stands behind it",
        "",
        "2342-5-arguments",
        send_as(rb"NAMESPACE [^\r]*", b"NAMESPACE", name="NAMESPACE"),
        backend="cyrus",
    ),
    flaw(
        "namespace-lists-users",
        "LIST of the namespace of other users has users who have granted nothing",
        "",
        "2342-5-other-users",
        before(
            b'* LIST (\\Noselect) "/" "Other/user2"\r\n',
            kind="tagged",
            to="LIST",
            where=rb'LIST "" "?Other/%',
        ),
    ),
    flaw(
        "namespace-by-first-letters",
        "The first level below the prefix for other users is the first letter of their names",
        "",
        "2342-5-user-level",
        replace(rb'Other/(\w)\w*(?="?\r\n)', rb"Other/\1", only="LIST", where=rb'"?Other/%'),
    ),
)

ALLOWED = (
    flaw(
        "namespace-several-personal",
        "There are two personal namespaces, one with an extension",
        "",
        "2342-5-delimiter 2342-5-prefix 2342-5-extensions",
        replace(
            rb'\(\("" "/"\)\)',
            b'(("" "/")("#mh/" "/" "X-PARAM" ("FLAG1" "FLAG2")))',
            only="NAMESPACE",
        ),
    ),
    flaw(
        "namespace-tells-own-only",
        "NAMESPACE tells of the personal namespace alone",
        "",
        "2342-5-nil 2342-5-user-level 2342-5-other-users",
        replace(rb'\A(\* NAMESPACE \(\("" "/"\)\)).*\Z', rb"\1 NIL NIL\r\n", only="NAMESPACE"),
    ),
)
