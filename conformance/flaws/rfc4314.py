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
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _replaced(talk: Talk, request: Request) -> bytes:
    """Take a sign away: what was to be added or removed is all that is left."""
    del talk
    return re.sub(rb" [+-](\S+\r\n)\Z", rb" \1", request.octets)


def _shuffled(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write rights the other way round."""
    return re.sub(rb"(?<= )[a-z]+(?=\r\n)", lambda m: m[0][::-1], octets)


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
