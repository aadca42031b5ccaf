"""Flaws of ACL (RFC 4314): what lists say, and rights that open or shut nothing."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    command,
    drop,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import Act, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_ENTRY = re.compile(rb" (\S+) (\w+)")


def _replaced(talk: Talk, request: Request) -> bytes:
    """Take a sign away: what was to be added or removed is all that is left."""
    del talk
    return re.sub(rb" [+-](\S+\r\n)\Z", rb" \1", request.octets)


def _shuffled(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write rights the other way round."""
    return re.sub(rb"(?<= )[a-z]+(?=\r\n)", lambda m: m[0][::-1], octets)


def _with_each_right(talk: Talk, request: Request) -> bytes | None:
    """Refuse a STORE of several flags where the right to one of them is missing."""
    came = b"".join(talk.ask(b'MYRIGHTS "%s"' % talk.mailbox, "none"))
    rights = re.search(rb"\* MYRIGHTS .* (\w+)\r\n", came)
    if rights is None or b"w" in rights[1]:
        return None
    talk.say(request.tag + b" NO [NOPERM] Not all of these flags\r\n")
    return b""


def _nobody_has_any(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Say OK where there is no such mailbox."""
    mailbox = request.arguments.partition(b" ")[0]
    there = talk.ask(b'LIST "" ' + mailbox, "none")[:-1]
    return responses if there else [request.tag + b" OK Done\r\n"]


def _for_nobody_else(name: str) -> Act:
    """Take all rights but the owner's from the mailbox that a command has made or renamed."""

    def function(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
        made = request.arguments.rpartition(b" ")[2]
        came = b"".join(talk.ask(b"GETACL " + made, "none"))
        listed = re.search(rb"\* ACL (?:\"[^\"]*\"|\S+)((?: \S+ \w+)*)\r\n", came)
        for identifier, rights in _ENTRY.findall(listed[1] if listed else b""):
            if b"a" not in rights:
                talk.ask(b"DELETEACL %s %s" % (made, identifier), "none")
        return responses

    return whole(function, name=name)


FLAWS = (
    flaw(
        "setacl-adds-always",
        "SETACL adds rights, with a plus and without",
        "",
        "4314-3.1-replace",
        send_as(rb" ([a-z]+\r\n)\Z", rb" +\1", name="SETACL"),
    ),
    flaw(
        "setacl-overreads-signs",
        "SETACL gives the rights behind a plus or a minus, in the place of others",
        "",
        "4314-3.1-plus 4314-3.1-minus",
        command(_replaced, name="SETACL"),
    ),
    flaw(
        "setacl-ignores-capitals",
        "SETACL overreads rights that it does not know",
        "",
        "4314-3.1-unknown",
        send_as(rb" (\+?)[a-zA-Z\" ]*[A-Z\"][^ \r]*\r\n\Z", rb" \1lr\r\n", name="SETACL"),
    ),
    flaw(
        "deleteacl-does-nothing",
        "DELETEACL is answered OK, and nothing is removed",
        "",
        "4314-3.2-removed 4314-5.1.1-pipelined",
        answer(b"{tag} OK Done\r\n", name="DELETEACL"),
    ),
    flaw(
        "acl-not-shown",
        "GETACL is answered OK, and no ACL comes",
        "",
        "4314-3.3-acl",
        drop(only="ACL"),
    ),
    flaw(
        "myrights-not-shown",
        "MYRIGHTS is answered OK, and no MYRIGHTS comes",
        "",
        "4314-3.5-myrights 4314-4-myrights",
        drop(only="MYRIGHTS"),
    ),
    flaw(
        "listrights-not-shown",
        "LISTRIGHTS is answered OK, and no LISTRIGHTS comes",
        "",
        "4314-3.4-listrights",
        drop(only="LISTRIGHTS"),
    ),
    flaw(
        "listrights-in-capitals",
        "LISTRIGHTS has the identifier in capitals",
        "",
        "4314-3.4-identifier",
        replace(rb"(?<= )(imap-conf\S+|user1)", lambda m: m[0].upper(), only="LISTRIGHTS"),
    ),
    flaw(
        "listrights-twice",
        "LISTRIGHTS has the right l twice",
        "",
        "4314-3.7-once",
        replace(rb"\r\n\Z", b" l\r\n", only="LISTRIGHTS"),
    ),
    flaw(
        "listrights-ties",
        "LISTRIGHTS has t and e in one string, and they can be given singly",
        "",
        "4314-3.7-tied",
        replace(rb" t ", b" te ", only="LISTRIGHTS"),
        replace(rb" e ", b" ", only="LISTRIGHTS"),
    ),
    flaw(
        "acl-without-old-rights",
        "Lists have no rights c and d",
        "",
        "4314-2.1.1-d-shown 4314-2.1.1-c-shown",
        replace(rb"(?<= )([a-z]*?)(?:cd|c|d)(?=[ \r])", rb"\1", count=0, only="ACL MYRIGHTS"),
    ),
    flaw(
        "listrights-without-old-rights",
        "LISTRIGHTS has no rights c and d",
        "",
        "4314-2.1.1-d-listed 4314-2.1.1-c-listed",
        replace(rb" [cd](?=[ \r])", b"", count=0, only="LISTRIGHTS"),
    ),
    flaw(
        "old-rights-are-nothing",
        "SETACL takes c and d, and gives nothing for them",
        "",
        "4314-2.1.1-d-given 4314-2.1.1-c-given",
        send_as(rb" ([a-z]*)[cd]\r\n\Z", rb" \1\r\n", name="SETACL"),
    ),
    flaw(
        "rights-unannounced",
        "A right that lists have is not in RIGHTS=",
        "",
        "4314-2-rights",
        replace(rb"(?<= )(lr[a-z]+)(?=[ \r])", rb"\1z", only="ACL"),
    ),
    flaw(
        "rights-of-rfc-2086",
        "RIGHTS= has all rights",
        "",
        "4314-2.2-not-old",
        replace(rb"RIGHTS=texk", b"RIGHTS=lrswipkxtecda"),
    ),
    flaw(
        "rights-in-part",
        "RIGHTS= lacks k",
        "",
        "4314-5.1.1-texk",
        replace(rb"RIGHTS=texk", b"RIGHTS=tex"),
    ),
    flaw(
        "acl-in-capitals",
        "GETACL and MYRIGHTS are known in capitals only",
        "",
        "4314-7-case",
        answer(b"{tag} BAD Unknown\r\n", name="GETACL, MYRIGHTS", where=rb"(?-i:getacl|MyRights)"),
    ),
    flaw(
        "rights-of-the-owner-for-all",
        "Who may look a mailbox up may do all with it",
        "",
        "4314-4-read 4314-4-insert 4314-4-store 4314-4-seen 4314-4-expunge 4314-4-close"
        " 4314-4-create 4314-4-delete 4314-4-rename 4314-4-administer 4314-5.2-read-only"
        " 4314-4-flags-kept 4314-5.1.1-flags",
        send_as(rb" (user2) \S+\r\n\Z", rb" \1 lrswipkxtea\r\n", name="SETACL"),
    ),
    flaw(
        "no-rights-are-taken",
        "Once given, rights are never taken away",
        "",
        "4314-4-lookup 4314-6-no-information",
        send_as(rb" (user2) ([a-z]+\r\n)\Z", rb" \1 +\2", name="SETACL"),
        answer(b"{tag} OK Done\r\n", name="DELETEACL"),
    ),
    flaw(
        "list-refused-without-rights",
        "LIST of a mailbox that is not to be seen is refused",
        "",
        "4314-4-list-ok",
        answer(b"{tag} NO Not yours\r\n", name="LIST", where=rb'LIST "" "?Other/'),
    ),
    flaw(
        "copy-refused-for-flags",
        "COPY into a mailbox of somebody else is refused if a flag may not be set",
        "",
        "4314-4-flags-no-failure",
        answer(b"{tag} NO Not that flag\r\n", name="COPY", where=rb"COPY 2:6 \"?Other/"),
    ),
    flaw(
        "status-for-the-owner",
        "STATUS of a mailbox of somebody else is refused, with the right to read it or without",
        "",
        "4314-2.1-opens",
        answer(b"{tag} NO [NOPERM] Not yours\r\n", name="STATUS", where=rb'STATUS "?Other/'),
    ),
    flaw(
        "store-wants-each-right",
        "STORE of two flags is refused where the right to one of them is missing",
        "",
        "4314-4-store-part",
        command(_with_each_right, name="STORE", where=rb"\(\\Seen \\\w"),
    ),
    flaw(
        "select-of-others-read-only",
        "A mailbox of somebody else is opened READ-ONLY whatever the rights are",
        "",
        "4314-5.2-read-write",
        replace(rb"\[READ-WRITE\]", b"[READ-ONLY]", to="SELECT", where=rb'SELECT "?Other/'),
    ),
    flaw(
        "empty-identifier-is-somebody",
        "SETACL and DELETEACL take an empty identifier",
        "",
        "4314-3-empty",
        answer(b"{tag} OK Done\r\n", name="SETACL, DELETEACL", where=rb'ACL \S+ ""'),
    ),
    flaw(
        "deleteacl-of-no-mailbox",
        "DELETEACL of a mailbox that is not there is answered OK: nobody has a right to it",
        "",
        "4314-3.1-not-there",
        whole(_nobody_has_any, name="DELETEACL"),
    ),
    flaw(
        "setacl-without-rights",
        "SETACL without rights gives none",
        "",
        "4314-3.1-arguments",
        send_as(rb"(SETACL \S+ \S+)\r\n\Z", rb'\1 ""\r\n', name="SETACL"),
    ),
    flaw(
        "acl-not-inherited",
        "Nobody but the owner has rights to a new mailbox, whoever has them to the one above",
        "",
        "4314-4-inherit",
        _for_nobody_else("CREATE"),
    ),
    flaw(
        "acl-lost-by-rename",
        "RENAME leaves the rights of the owner only",
        "",
        "4314-4-acl-renamed",
        _for_nobody_else("RENAME"),
    ),
    flaw(
        "acl-outlives-its-mailbox",
        "A mailbox that is created anew has a list from before",
        "",
        "4314-4-acl-deleted",
        replace(rb"(\* ACL \S+)", rb"\1 imap-conformance-nobody lr", only="ACL", since=1),
    ),
)

ALLOWED = (
    flaw(
        "rights-in-another-order",
        "MYRIGHTS has its rights the other way round",
        "",
        "4314-3.5-myrights 4314-4-myrights",
        alter(_shuffled, only="MYRIGHTS"),
    ),
    flaw(
        "acl-for-administrators",
        "Each list ends with a name that the server has put there",
        "",
        "4314-3.3-acl 4314-3.1-replace 4314-3.2-removed",
        replace(rb"\r\n\Z", b" administrators lrswipkxtecda\r\n", only="ACL"),
    ),
)
