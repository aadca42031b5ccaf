"""Flaws of mailbox names, LIST, LSUB, CREATE, DELETE and RENAME (RFC 3501 sections 5.1, 6.3)."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_first,
    ask_then,
    command,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _renamed_inbox(talk: Talk, request: Request) -> None:
    if request.first.upper() == b"INBOX":
        talk.shared["low"] = True


def _first_validity(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Say the UIDVALIDITY that was said of this name for the first time."""
    said = re.search(rb"UIDVALIDITY (\d+)", octets)
    name = arrival.response.mailbox or arrival.mailbox
    if said is None or not name:
        return octets
    return octets.replace(said[0], talk.shared.setdefault(("validity", name), said[0]))


def _delete_children(talk: Talk, request: Request) -> None:
    name = request.first
    for line in talk.ask(b'LIST "" "%s/*"' % name):
        found = re.match(rb'\* LIST \([^)]*\) "/" (\S+|"[^"]*")\r\n', line)
        if found:
            talk.ask(b"DELETE " + found[1])


def _no_without_names(_talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    named = any(line.startswith(b"* LIST") for line in responses)
    return responses if named else [request.tag + b" NO nothing matches\r\n"]


def _answer_ok(talk: Talk, request: Request) -> bytes | None:
    """Answer OK without doing it, but to the first connection, which prepares mailboxes."""
    if talk.number == 1:
        return None
    talk.say(request.tag + b" OK done\r\n")
    return b""


def _all_for_empty(talk: Talk, request: Request) -> bytes | None:
    return None if talk.number == 1 else request.sub(rb'""\r\n', b"*\r\n")


def _without_the_last(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    named = [n for n, each in enumerate(responses) if each.startswith(b"* LIST")]
    return [each for n, each in enumerate(responses) if len(named) < 2 or n != named[-1]]


def _names(request: Request) -> tuple[bytes, bytes]:
    """Return the two names of a RENAME."""
    old, _, new = request.arguments.partition(b" ")
    return old.strip(b'"'), new.strip(b'"')


def _below(talk: Talk, name: bytes) -> list[bytes]:
    """Return what lies below a mailbox, without the name of the mailbox."""
    said = b"".join(talk.ask(b'LIST "" "%s/*"' % name))
    return re.findall(rb'"/" "?%s(/[^"\r]+)"?\r\n' % re.escape(name), said)


def _children_back(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    old, new = _names(request)
    for child in _below(talk, new):
        talk.ask(b'RENAME "%s%s" "%s%s"' % (new, child, old, child))
    return responses


def _without_inbox(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    return b"" if talk.shared.get("low") and arrival.response.mailbox == b"INBOX" else octets


FLAWS = (
    flaw(
        "ampersand-listed-bare",
        "LIST shows `&-` as a bare `&`, a name that can not be used",
        "C19",
        "3501-5.1.3-ampersand",
        replace(rb"&-", b"&", only="LIST"),
    ),
    flaw(
        "lsub-lists-unsubscribed",
        "LSUB lists mailboxes that nobody subscribed to",
        "C02",
        "3501-6.3.9-declared",
        send_as(rb"LSUB", b"LIST", name="LSUB"),
        replace(rb"\A\* LIST", b"* LSUB", only="LIST", to="LSUB"),
    ),
    flaw(
        "name-with-tab-unquoted",
        "A mailbox name that needs quotes is sent without them",
        "C05",
        "3501-9-mailbox-data 3501-9-mailbox-list 3501-9-mailbox 3501-9-astring",
        replace(rb'"([^"]* [^"]*)"\r\n\Z', rb"\1\r\n", only="LIST LSUB"),
    ),
    flaw(
        "nil-is-an-empty-name",
        "A bare NIL is taken for the empty string",
        "C29",
        "3501-4.5-astring-nil",
        send_as(rb"((?:SUBJECT|TEXT|BODY|FROM|TO|CREATE|STATUS|SUBSCRIBE)) NIL\b", rb'\1 ""'),
    ),
    flaw(
        "uidvalidity-survives-deletion",
        "A mailbox that is made again has the UIDVALIDITY of the deleted one, and UIDs from 1 on",
        "C24",
        "3501-6.3.3-uids 3501-2.3.1.1-subsequent 3501-6.3.4-uids 3501-2.3.1.1-never-reused",
        alter(_first_validity, only="OK STATUS"),
    ),
    flaw(
        "create-without-mailbox",
        "CREATE is answered OK and does nothing",
        "",
        "3501-6.3.3-created 3501-7.1-trycreate",
        command(_answer_ok, name="CREATE"),
    ),
    flaw(
        "create-of-existing-ok",
        "CREATE of a mailbox that exists is answered OK",
        "",
        "3501-6.3.3-extant 3501-6.3.3-inbox",
        replace(rb"\A(\S+) NO .*\Z", rb"\1 OK done\r\n", to="CREATE", kind="tagged"),
    ),
    flaw(
        "delete-of-nothing-ok",
        "DELETE of a name that does not exist is answered OK",
        "",
        "3501-6.3.4-nonexistent 3501-6.3.4-inbox 3501-6.3.4-noselect",
        replace(rb"\A(\S+) NO .*\Z", rb"\1 OK done\r\n", to="DELETE", kind="tagged"),
    ),
    flaw(
        "delete-takes-children",
        "DELETE removes the names below as well",
        "",
        "3501-6.3.4-inferiors",
        command(_delete_children, name="DELETE"),
    ),
    flaw(
        "rename-of-nothing-ok",
        "RENAME of a mailbox that does not exist is answered OK",
        "",
        "3501-6.3.5-nonexistent 3501-6.3.5-extant",
        replace(rb"\A(\S+) NO .*\Z", rb"\1 OK done\r\n", to="RENAME", kind="tagged"),
    ),
    flaw(
        "subscribe-without-subscription",
        "SUBSCRIBE is answered OK and does nothing",
        "",
        "3501-6.3.6-subscribed",
        answer(b"{tag} OK done\r\n", name="SUBSCRIBE"),
    ),
    flaw(
        "unsubscribe-without-effect",
        "UNSUBSCRIBE is answered OK and does nothing",
        "",
        "3501-6.3.7-unsubscribed",
        answer(b"{tag} OK done\r\n", name="UNSUBSCRIBE"),
    ),
    flaw(
        "subscription-ends-with-mailbox",
        "DELETE takes the mailbox off the subscription list",
        "",
        "3501-6.3.6-keep 3501-6.3.9-keep",
        ask_first(b"UNSUBSCRIBE {first}", name="DELETE"),
    ),
    flaw(
        "percent-matches-everything",
        "A percent sign in a LIST pattern matches the hierarchy delimiter too",
        "",
        "3501-6.3.8-percent 3501-6.3.8-match",
        send_as(rb"%", b"*", count=0, name="LIST"),
    ),
    flaw(
        "star-stops-at-delimiter",
        "A star in a LIST pattern does not match the hierarchy delimiter",
        "",
        "3501-6.3.8-star",
        send_as(rb"\*(?=\"?\r\n)", b"%", name="LIST"),
    ),
    flaw(
        "empty-pattern-lists-nothing",
        "LIST with an empty pattern does not tell the delimiter",
        "",
        "3501-6.3.8-delimiter",
        command(_answer_ok, name="LIST", where=rb'"" ""\r\n'),
    ),
    flaw(
        "list-of-nothing-refused",
        "LIST is answered NO where no name matches",
        "",
        "3501-6.3.8-no-match",
        whole(_no_without_names, name="LIST"),
    ),
    flaw(
        "lsub-answers-list",
        "LSUB is answered with LIST responses",
        "",
        "3501-7.2.3-lsub",
        replace(rb"\A\* LSUB", b"* LIST", only="LSUB"),
    ),
    flaw(
        "delimiter-differs-below",
        "Names below a mailbox are listed with another delimiter",
        "",
        "3501-7.2.2-separator 3501-5.1.1-one-separator",
        replace(rb' "/" ([^ ]*/[^ ]*\r\n)\Z', rb' "." \1', only="LIST"),
    ),
    flaw(
        "names-in-lower-case",
        "LIST gives names in lower case",
        "",
        "3501-5.1.3-exact 3501-5.1.3-case-sensitive 3501-6.3.3-created 3501-6.3.8-match",
        replace(rb"(&[A-Za-z0-9+,]+-)", lambda found: found[1].lower(), only="LIST LSUB"),
    ),
    flaw(
        "inbox-not-listed",
        "LIST does not name INBOX",
        "",
        "3501-6.3.8-inbox",
        replace(rb"\A\* LIST .* \"?INBOX\"?\r\n\Z", b"", only="LIST"),
    ),
    flaw(
        "noselect-and-selectable",
        "A mailbox that can be selected is listed as Noinferiors though it has children",
        "",
        "3501-7.2.2-noinferiors",
        replace(rb"\\HasChildren", rb"\\Noinferiors", only="LIST"),
    ),
    flaw(
        "marked-and-unmarked",
        "A name is listed as both Marked and Unmarked",
        "",
        "3501-9-mbx-list-flags 3501-9-mailbox-list 3501-9-mailbox-data 3501-9-mbx-list-sflag",
        replace(rb"\A\* LIST \(", rb"* LIST (\\Marked \\Unmarked ", only="LIST"),
    ),
    flaw(
        "empty-pattern-lists-all",
        "LIST with an empty pattern lists every mailbox",
        "",
        "3501-6.3.8-delimiter-only",
        command(_all_for_empty, name="LIST", where=rb'"" ""\r\n'),
    ),
    flaw(
        "levels-not-shown",
        "LIST with a percent sign leaves out what has names below it",
        "",
        "3501-6.3.8-levels",
        replace(rb"\A\* LIST \([^)]*\\HasChildren.*\Z", b"", only="LIST", where=rb"%"),
    ),
    flaw(
        "last-name-not-listed",
        "LIST leaves out the last of several names",
        "",
        "3501-6.3.8-names 3501-6.3.8-star",
        whole(_without_the_last, name="LIST"),
    ),
    flaw(
        "list-closes-mailbox",
        "LIST closes the selected mailbox",
        "",
        "3501-6.3.8-no-effect",
        ask_first(b"UNSELECT", name="LIST", state="selected"),
    ),
    flaw(
        "other-wildcards",
        "Characters that are no wildcards are taken for some",
        "",
        "3501-6.3.8-no-other-wildcards",
        send_as(rb"[?|.+]", b"*", count=0, name="LIST"),
    ),
    flaw(
        "lsub-of-nothing-refused",
        "LSUB is answered NO where no name matches",
        "",
        "3501-6.3.9-no-match",
        whole(_no_without_names, name="LSUB"),
    ),
    flaw(
        "lsub-star-is-percent",
        "A star in an LSUB pattern does not match the hierarchy delimiter",
        "",
        "3501-6.3.9-wildcards",
        send_as(rb"\*", b"%", count=0, name="LSUB"),
    ),
    flaw(
        "lsub-with-another-delimiter",
        "LSUB tells another delimiter than LIST",
        "",
        "3501-7.2.3-format",
        replace(rb'"/"', b'"."', only="LSUB"),
    ),
    flaw(
        "list-brings-lsub",
        "LIST is answered with LSUB responses besides",
        "",
        "3501-7.2.2-one-name",
        replace(rb"\A(\* )LIST(.*)\Z", rb"\1LIST\2\1LSUB\2", only="LIST"),
    ),
    flaw(
        "references-refused",
        "LIST and LSUB are refused with a reference",
        "",
        "3501-7.2.2-reference 3501-6.3.8-reference",
        answer(b"{tag} BAD No reference\r\n", name="LIST, LSUB", where=rb'L(?:IST|SUB) (?!"")'),
    ),
    flaw(
        "always-unmarked",
        "Every mailbox is Unmarked, whatever has arrived",
        "",
        "3501-7.2.2-unmarked",
        replace(rb"\A\* LIST \((?!.*\\Noselect)", rb"* LIST (\\Unmarked ", only="LIST"),
    ),
    flaw(
        "hierarchy-reversed",
        "Names are listed from right to left",
        "",
        "3501-5.1.1-left-to-right 3501-6.3.8-match",
        replace(rb'"/" ([^/ ]+)/([^/ ]+)\r\n\Z', rb'"/" \2/\1\r\n', only="LIST"),
    ),
    flaw(
        "names-cut-at-spaces",
        "A mailbox name ends at its first space",
        "",
        "3501-5.1-any-name",
        send_as(rb'"([^" ]+) [^"]*"', rb'"\1"', name="SELECT, STATUS, EXAMINE, SUBSCRIBE, DELETE"),
    ),
    flaw(
        "rename-leaves-children",
        "RENAME does not rename the names below",
        "",
        "3501-6.3.5-inferiors",
        whole(_children_back, name="RENAME"),
    ),
    flaw(
        "rename-inbox-loses-inbox",
        "There is no INBOX after it was renamed",
        "",
        "3501-6.3.5-inbox-stays",
        remembering(_renamed_inbox, name="RENAME"),
        alter(_without_inbox, only="LIST"),
    ),
    flaw(
        "subscribe-creates",
        "SUBSCRIBE creates the mailbox",
        "",
        "3501-6.3.6-name-only",
        ask_first(b"CREATE {first}", name="SUBSCRIBE"),
    ),
    flaw(
        "unsubscribe-deletes",
        "UNSUBSCRIBE deletes the mailbox",
        "",
        "3501-6.3.7-name-only",
        ask_then(b"DELETE {first}", name="UNSUBSCRIBE"),
    ),
    flaw(
        "message-flag-as-attribute",
        "Mailboxes are listed with a flag of messages",
        "",
        "3501-7.2.2-attributes",
        replace(rb"(LIST|LSUB) \((?=\S)", rb"\1 (\\Seen ", only="LIST LSUB"),
    ),
    flaw(
        "coded-names-ignore-case",
        "The coded part of a name is looked up in any letter case",
        "",
        "3501-5.1.3-case-sensitive",
        send_as(rb"&AOk-", b"&AOk-", count=0, name="STATUS, LIST, SELECT"),
    ),
)
