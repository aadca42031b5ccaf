"""Flaws of LIST-MYRIGHTS (RFC 8440), and what a server may do otherwise."""

from __future__ import annotations

from conformance.flaws.acts import answer, drop, hold, replace
from conformance.flaws.flaw import flaw

_OPTION = rb"RETURN \(.*MYRIGHTS"

FLAWS = (
    flaw(
        "list-myrights-refused",
        "LIST-MYRIGHTS is announced, and the option is not known",
        "",
        "8440-3-list 8440-3-myrights",
        answer(b"{tag} BAD No such option\r\n", name="LIST", where=_OPTION),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-alone",
        "RETURN (MYRIGHTS) brings the rights, and no names",
        "",
        "8440-3-list 8440-3-order",
        drop(only="LIST", to="LIST", where=_OPTION),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-unheard",
        "RETURN (MYRIGHTS) brings no rights",
        "",
        "8440-3-myrights",
        drop(only="MYRIGHTS", to="LIST"),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-first",
        "The rights come before the name",
        "",
        "8440-3-order",
        hold({"only": "MYRIGHTS"}, only="LIST", where=_OPTION),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-of-everybody",
        "RETURN (MYRIGHTS) tells the rights to look up and to read",
        "",
        "8440-3-rights",
        replace(rb"[a-z]+\r\n\Z", b"lr\r\n", only="MYRIGHTS", to="LIST"),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-of-the-owner",
        "RETURN (MYRIGHTS) tells all rights to every user",
        "",
        "8440-3-rights",
        replace(rb"[a-z]+\r\n\Z", b"lrswipkxtea\r\n", only="MYRIGHTS", to="LIST"),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-of-nothing",
        "A name that is no mailbox has rights",
        "",
        "8440-3-none",
        replace(
            rb"\A(\* LIST \([^)]*\\NonExistent[^)]*\) \S+ )(\S+)\r\n",
            rb"\1\2\r\n* MYRIGHTS \2 lr\r\n",
            only="LIST",
            where=_OPTION,
        ),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-of-parents",
        "A name that is listed for its children has rights",
        "",
        "8440-3-criteria",
        replace(
            rb"\A(\* LIST \([^)]*\) \S+ )(\S+)( \(.*\))\r\n",
            rb"\1\2\3\r\n* MYRIGHTS \2 lr\r\n",
            only="LIST",
            where=_OPTION,
        ),
        backend="dovecot24",
    ),
    flaw(
        "list-myrights-in-capitals",
        "The option is known in capitals only",
        "",
        "8440-3-list",
        answer(b"{tag} BAD No such option\r\n", name="LIST", where=rb"(?-i:MyRights)"),
        backend="dovecot24",
    ),
)

ALLOWED = (
    flaw(
        "list-myrights-left-out",
        "The rights of a mailbox that is not the user's own are not looked up",
        "",
        "8440-3-list 8440-3-rights",
        drop(only="MYRIGHTS", to="LIST", where=rb"Other/"),
        backend="dovecot24",
    ),
)
