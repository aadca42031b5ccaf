"""Flaws of who is told of quotas, and of what is asked for (RFC 9208 sections 4.1, 6 and 8)."""

from __future__ import annotations

from conformance.flaws.acts import answer, command, number, send_as
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9208 import FACADES as QUOTA
from conformance.flaws.talk import Talk

_BEHIND = QUOTA[0].id
_TO_ANYBODY = (
    b"* QUOTAROOT {first} account\r\n* QUOTA account (STORAGE 10 512)\r\n{tag} OK Done\r\n"
)


def _only_what_is_there(talk: Talk, request: Request) -> bytes | None:
    """Refuse to tell the roots of a mailbox that is not there."""
    *_, last = talk.ask(b"STATUS %s (UIDNEXT)" % request.arguments, "none")
    if b" NO" not in last:
        return None
    talk.say(request.tag + b" NO No such mailbox\r\n")
    return b""


def _shown_to_anybody(talk: Talk, request: Request) -> bytes | None:
    """Tell the usage of a mailbox to whoever may look it up."""
    *_, last = talk.ask(b"STATUS %s (UIDNEXT)" % request.arguments, "none")
    if b" NO" not in last or not talk.ask(b'LIST "" ' + request.arguments, "none")[:-1]:
        return None
    talk.say(b"* QUOTAROOT %s account\r\n" % request.arguments)
    talk.say(b"* QUOTA account (MESSAGE 1 512)\r\n%s OK Done\r\n" % request.tag)
    return b""


FLAWS = (
    flaw(
        "quotaroot-of-two",
        "GETQUOTAROOT takes two names, and answers for the first",
        "",
        "9208-4.1.1-arguments",
        send_as(rb"(GETQUOTAROOT \S+) \S+(?=\r\n)", rb"\1", name="GETQUOTAROOT"),
        backend="cyrus",
    ),
    flaw(
        "quotaroot-of-what-is-there",
        "GETQUOTAROOT of a mailbox that is not there is refused",
        "",
        "9208-4.1.2-not-there",
        command(_only_what_is_there, name="GETQUOTAROOT"),
        facade=_BEHIND,
    ),
    flaw(
        "deleted-storage-of-all",
        "DELETED-STORAGE counts messages that are not marked Deleted",
        "",
        "9208-4.1.4-deleted-storage",
        number(rb"DELETED-STORAGE (\d+)", lambda n: n + 1024, only="STATUS"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-shown-to-anybody",
        "GETQUOTAROOT shows the usage of a mailbox to who may not read it",
        "",
        "9208-6-read",
        command(_shown_to_anybody, name="GETQUOTAROOT", state="authenticated"),
        backend="cyrus310",
    ),
    flaw(
        "getquota-for-administrators",
        "GETQUOTA is refused to users, who are shown the same by GETQUOTAROOT",
        "",
        "9208-6-getquota",
        answer(b"{tag} NO [NOPERM] Not yours to see\r\n", name="GETQUOTA"),
        facade=_BEHIND,
    ),
    flaw(
        "quota-before-login",
        "GETQUOTAROOT is answered before login",
        "",
        "9208-8-anonymous",
        answer(_TO_ANYBODY, name="GETQUOTAROOT", state="not authenticated"),
        facade=_BEHIND,
    ),
)
