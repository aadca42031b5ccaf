"""Flaws of what cases about something else lean on, when they are about mailboxes and logins.

LIST, STATUS, SELECT, CLOSE, names and subscriptions; see `leaning`.
"""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, drop, number, replace, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.folding import names_in_capitals
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival


def _new_validity(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    talk.shared["selections"] = talk.shared.get("selections", 0) + 1
    return re.sub(
        rb"UIDVALIDITY (\d+)",
        lambda found: b"UIDVALIDITY %d" % (int(found[1]) + talk.shared["selections"]),
        octets,
    )


def _opened_for_writing(talk: Talk, _request: Request) -> None:
    """Select anew what was opened read-only, so that CLOSE removes messages."""
    if talk.dialogue.read_only:
        talk.ask(b'SELECT "%s"' % re.sub(rb'(["\\])', rb"\\\1", talk.mailbox), "none")


def _old_name_back(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    if b" OK" in responses[-1] and request.first.upper() != b"INBOX" and not request.literals:
        talk.ask(b'CREATE "%s"' % request.first, "none")
    return responses


def _only_said(talk: Talk, request: Request) -> bytes | None:
    """Answer a command on mailboxes OK that could be done, and leave the others to the server."""
    names = request.arguments.split(b" ")
    wanted = {"RENAME": 2, "DELETE": 1}[request.name]
    if request.literals or len(names) != wanted or not names[0]:
        return None
    there = [b" OK" in talk.ask(b"STATUS %s (MESSAGES)" % name)[-1] for name in names if name]
    if there != [True, False][:wanted]:
        return None
    talk.say(request.tag + b" OK done\r\n")
    return b""


FLAWS = (
    flaw(
        "status-counts-nothing",
        "STATUS says 0 for MESSAGES, RECENT and UNSEEN",
        "",
        "3501-6.3.10-messages 3501-6.3.10-unseen 3501-6.3.10-recent",
        replace(rb"(MESSAGES|RECENT|UNSEEN) \d+", rb"\1 0", count=0, only="STATUS"),
    ),
    flaw(
        "status-messages-zero",
        "MESSAGES of STATUS is always 0",
        "",
        "3501-6.3.10-messages",
        number(rb"MESSAGES (\d+)", lambda _: 0, only="STATUS"),
    ),
    flaw(
        "status-unseen-zero",
        "UNSEEN of STATUS is always 0",
        "",
        "3501-6.3.10-unseen",
        number(rb"UNSEEN (\d+)", lambda _: 0, only="STATUS"),
    ),
    flaw(
        "uidvalidity-new-each-time",
        "UIDVALIDITY is another one at each SELECT and EXAMINE",
        "",
        "3501-2.3.1.1-persistent 3501-6.3.10-uidvalidity 3501-2.3.1.1-triple",
        alter(_new_validity, code="UIDVALIDITY", to="SELECT, EXAMINE"),
    ),
    flaw(
        "uidnext-too-low",
        "UIDNEXT of SELECT is the UID of the last message",
        "",
        "3501-2.3.1.1-uidnext-falls 3501-6.3.1-uidnext 3501-6.3.10-uidnext"
        " 3501-2.3.1.1-uidnext-stays",
        number(rb"UIDNEXT (\d+)", lambda value: max(value - 1, 1), code="UIDNEXT"),
    ),
    flaw(
        "examine-refused",
        "EXAMINE is refused",
        "",
        "3501-6.3.2-same-output 3501-6.3.2-required-data 3501-2.2.2-bad",
        answer(b"{tag} BAD Unknown command\r\n", name="EXAMINE"),
    ),
    flaw(
        "close-expunges-read-only",
        "CLOSE removes deleted messages from a mailbox that was opened by EXAMINE",
        "",
        "3501-6.4.2-read-only 3501-6.3.2-no-change",
        command(_opened_for_writing, name="CLOSE", state="selected"),
    ),
    flaw(
        "every-name-without-inferiors",
        "Every name is listed as Noinferiors",
        "",
        "3501-7.2.2-noinferiors",
        replace(rb"\A\* LIST \(\)", rb"* LIST (\\Noinferiors)", only="LIST"),
        replace(rb"\A\* LIST \((?=\\)(?!\\Noi)", rb"* LIST (\\Noinferiors ", only="LIST"),
    ),
    flaw(
        "percent-refused",
        "LIST with a percent sign is refused",
        "",
        "3501-6.3.8-percent 3501-2.2.2-bad 3501-6.3.8-levels",
        answer(b"{tag} BAD Unknown wildcard\r\n", name="LIST", where=rb"%"),
    ),
    flaw(
        "bare-patterns-refused",
        "LIST with a star in a pattern that is not quoted is refused",
        "",
        "3501-6.3.8-star 3501-2.2.2-bad 3501-4-same-value",
        answer(b"{tag} BAD String expected\r\n", name="LIST", where=rb'LIST \S+ [^"\r\n{]*\*'),
    ),
    flaw(
        "quoted-patterns-refused",
        "LIST with a star in quotes is refused",
        "",
        "3501-6.3.8-star 3501-2.2.2-bad 3501-4-same-value",
        answer(b"{tag} BAD No such name\r\n", name="LIST", where=rb'LIST \S+ "[^"]*\*'),
    ),
    flaw(
        "base64-in-capitals",
        "Mailbox names are shown in capitals, BASE64 included",
        "",
        "3501-5.1.3-exact 3501-5.1.3-case-sensitive 3501-5.1.3-valid",
        *names_in_capitals(base64_too=True),
    ),
    flaw(
        "rename-keeps-the-old",
        "After RENAME there is a mailbox with the old name as well",
        "",
        "3501-6.3.5-renamed",
        whole(_old_name_back, name="RENAME"),
    ),
    flaw(
        "lsub-empty",
        "LSUB lists nothing",
        "",
        "3501-6.3.6-subscribed 3501-7.2.3-lsub",
        drop(only="LSUB"),
    ),
    flaw(
        "lsub-refused",
        "LSUB is refused",
        "",
        "3501-7.2.3-lsub 3501-2.2.2-bad 3501-6.3.9-no-match 3501-6.3.9-declared",
        answer(b"{tag} BAD Unknown command\r\n", name="LSUB"),
    ),
    flaw(
        "subscribe-refused",
        "SUBSCRIBE says that the mailbox is subscribed already, which it is not",
        "",
        "3501-6.3.6-taken",
        answer(b"{tag} NO Already subscribed\r\n", name="SUBSCRIBE"),
    ),
    flaw(
        "rename-without-renaming",
        "RENAME is answered OK and does nothing",
        "",
        "3501-6.3.5-renamed 3501-6.3.5-inbox",
        command(_only_said, name="RENAME"),
    ),
    flaw(
        "delete-without-deletion",
        "DELETE is answered OK and does nothing",
        "",
        "3501-6.3.4-deleted",
        command(_only_said, name="DELETE"),
    ),
)
