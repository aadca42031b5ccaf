"""Flaws of MOVE (RFC 6851), and a facade that makes a server of RFC 4315 speak it."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    ask_then,
    command,
    drop,
    number,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc4315 import remember_validity, validity_of_source
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

MOVES = "MOVE, UID MOVE"
"""The commands that move."""
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)", re.IGNORECASE)
_CODE = re.compile(rb"\* OK (\[COPYUID [^\]]*\])", re.IGNORECASE)
_UID = re.compile(rb"\* \d+ FETCH \(UID (\d+)\)", re.IGNORECASE)


def named(request: Request) -> tuple[bytes, bytes]:
    """Return the set of a MOVE and the mailbox as it is written."""
    messages, _, mailbox = request.arguments.partition(b" ")
    return messages, mailbox


def _without_keywords(talk: Talk, request: Request) -> None:
    """Take the keywords away before the messages are moved."""
    messages, _ = named(request)
    came = talk.ask(b"%sFETCH %s (FLAGS)" % (request.by_uid, messages))
    flags = {flag for text in came for found in _FLAGS.findall(text) for flag in found.split()}
    keywords = sorted(flag for flag in flags if not flag.startswith(b"\\"))
    if keywords:
        lost = b" ".join(keywords)
        talk.ask(b"%sSTORE %s -FLAGS.SILENT (%s)" % (request.by_uid, messages, lost))


def _by_three_commands(talk: Talk, request: Request) -> bytes | None:
    """Move by COPY, STORE and EXPUNGE, and let the client hear all of it."""
    messages, mailbox = named(request)
    uid = request.by_uid
    *_, copied = talk.ask(b"%sCOPY %s %s" % (uid, messages, mailbox))
    if b" OK" not in copied:
        return None  # the server refuses the MOVE as well
    talk.ask(b"%sSTORE %s +FLAGS (\\Deleted)" % (uid, messages), "all")
    talk.ask(b"EXPUNGE", "news")
    talk.say(request.tag + b" OK Moved\r\n")
    return b""


def _removed_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Remove what could not be moved."""
    if b" NO" in responses[-1]:
        messages, _ = named(request)
        talk.ask(b"%sSTORE %s +FLAGS.SILENT (\\Deleted)" % (request.by_uid, messages))
        talk.ask(b"EXPUNGE", "news")
    return responses


def _not_to_itself(talk: Talk, request: Request) -> bytes | None:
    if named(request)[1].strip(b'"') != talk.mailbox:
        return None
    talk.say(request.tag + b" NO They are there\r\n")
    return b""


def _put_behind(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Put what was in the target before behind the messages that have come."""
    target, source = named(request)[1], talk.mailbox
    came = talk.memory.pop("before", 0)
    if b" OK" not in responses[-1] or not came or target.strip(b'"') == source:
        return responses
    talk.ask(b"SELECT " + target, "none")
    talk.ask(b"MOVE 1:%d %s" % (came, target), "none")
    talk.ask(b'SELECT "%s"' % source, "none")
    return responses


def _count_target(talk: Talk, request: Request) -> None:
    """Note how many messages are in the target before others come."""
    came = b"".join(talk.ask(b"STATUS %s (MESSAGES)" % named(request)[1], "none"))
    found = re.search(rb"MESSAGES (\d+)", came)
    talk.memory["before"] = int(found[1]) if found else 0


def _seen_by_itself(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Open the target, so that what has come there is not recent to who opens it next."""
    source = talk.mailbox
    talk.ask(b"SELECT " + named(request)[1], "none")
    talk.ask(b'SELECT "%s"' % source, "none")
    return responses


def _marked_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Mark what could not be moved."""
    if b" OK" not in responses[-1]:
        messages, _ = named(request)
        talk.ask(b"%sSTORE %s +FLAGS.SILENT (\\Deleted)" % (request.by_uid, messages), "none")
    return responses


def _copied_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Copy those that are there of a set that is refused."""
    if b" OK" not in responses[-1]:
        messages, mailbox = named(request)
        for one in messages.split(b","):
            talk.ask(b"%sCOPY %s %s" % (request.by_uid, one, mailbox), "none")
    return responses


def _created_all_the_same(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Create the target behind a refusal that says that it is not there."""
    if b"[TRYCREATE]" in responses[-1]:
        talk.ask(b"CREATE " + named(request)[1], "none")
    return responses


def _lost_between(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Lose an EXPUNGE while a second MOVE is waiting behind the first."""
    moves = [each for each in arrival.in_flight if each.name in ("MOVE", "UID MOVE")]
    return b"" if len(moves) > 1 else octets


def _keep_code(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    code = _CODE.match(octets)
    talk.memory["copyuid"] = code[1] if code else b""
    return b""


def _give_code(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    code = talk.memory.pop("copyuid", b"")
    return octets.replace(b" OK ", b" OK %s " % code, 1) if code else octets


def _moved(talk: Talk, request: Request) -> bytes:
    """Move messages on a server that has UIDPLUS and no MOVE, as if it were one action."""
    messages, mailbox = named(request)
    came = talk.ask(b"%sFETCH %s (UID)" % (request.by_uid, messages))
    uids = b",".join(uid for text in came for uid in _UID.findall(text))
    if b" OK" not in came[-1]:
        talk.say(came[-1].replace(came[-1].split(b" ")[0], request.tag, 1))
        return b""
    code = b""
    if uids:
        *_, copied = talk.ask(b"UID COPY %s %s" % (uids, mailbox))
        if b" OK" not in copied:
            talk.say(copied.replace(copied.split(b" ")[0], request.tag, 1))
            return b""
        found = re.search(rb"\[COPYUID [^\]]*\]", copied)
        code = found[0] + b" " if found else b""
        talk.ask(b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % uids)
    if code:
        talk.say(b"* OK %sMoved\r\n" % code)
    if uids:
        talk.ask(b"UID EXPUNGE " + uids, "news")
    talk.say(request.tag + b" OK Moved\r\n")
    return b""


FACADES = (
    facade(
        "move-facade",
        "MOVE is announced, and done by UID COPY, UID STORE and UID EXPUNGE",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 MOVE"),
        command(_moved, name=MOVES, state="selected"),
        backend="courier",
    ),
)

FLAWS = (
    flaw(
        "move-loses-keywords",
        "MOVE takes system flags along, and loses keywords",
        "E18",
        "6851-3.3-preserve",
        command(_without_keywords, name=MOVES, state="selected"),
    ),
    flaw(
        "move-copyuid-of-source",
        "COPYUID of a MOVE has the UIDVALIDITY of the source mailbox",
        "E20",
        "6851-4.3-copyuid-true",
        alter(remember_validity, code="UIDVALIDITY", to="SELECT"),
        alter(validity_of_source, code="COPYUID", to=MOVES),
    ),
    flaw(
        "move-without-copyuid",
        "UIDPLUS is announced, and a MOVE brings no COPYUID",
        "E21",
        "6851-4.3-copyuid",
        drop(code="COPYUID", to=MOVES),
    ),
    flaw(
        "pipelined-moves-lose-expunge",
        "Of two MOVEs in one packet EXPUNGE responses are lost",
        "E04",
        "6851-3.3-pipelined 6851-3.3-expunged",
        alter(_lost_between, only="EXPUNGE"),
    ),
    flaw(
        "move-copies",
        "MOVE copies, and leaves the messages where they are",
        "",
        "6851-3.3-source 6851-3.3-expunged",
        send_as(rb"MOVE", b"COPY", name=MOVES),
    ),
    flaw(
        "move-by-three-commands",
        "MOVE is done by COPY, STORE and EXPUNGE before the eyes of the client",
        "",
        "6851-3.3-no-store 6851-3.3-others",
        command(_by_three_commands, name=MOVES, state="selected"),
    ),
    flaw(
        "move-expunges",
        "MOVE removes what is marked Deleted as well",
        "",
        "6851-3.3-others",
        ask_then(b"EXPUNGE", "news", name=MOVES),
    ),
    flaw(
        "refused-move-removes",
        "A MOVE that is refused has removed the messages",
        "",
        "6851-3.3-not-lost",
        whole(_removed_all_the_same, name=MOVES, state="selected"),
    ),
    flaw(
        "move-without-trycreate",
        "MOVE to a missing mailbox is refused without TRYCREATE",
        "",
        "6851-3.3-trycreate",
        replace(rb"\[TRYCREATE\] ", b"", to=MOVES),
    ),
    flaw(
        "move-not-to-itself",
        "MOVE into the selected mailbox is refused, COPY is not",
        "",
        "6851-3.3-same-mailbox",
        command(_not_to_itself, name=MOVES, state="selected"),
    ),
    flaw(
        "uid-move-wants-all",
        "UID MOVE of a set with a unique identifier of no message is OK, and moves nothing",
        "",
        "6851-3.2-unknown-uid",
        answer(b"{tag} OK done\r\n", name="UID MOVE", where=rb"MOVE \d+,4294967290 "),
    ),
    flaw(
        "uid-move-unknown",
        "MOVE is announced, and UID MOVE is not known",
        "",
        "6851-1-announced",
        answer(b"{tag} BAD Unknown command\r\n", name="UID MOVE"),
    ),
    flaw(
        "move-in-two-spellings",
        "MOVE is known in capitals and in small letters, and not in both",
        "",
        "6851-5-case",
        answer(b"{tag} BAD Unknown command\r\n", where=rb"\A\S+ (?-i:mOVe) "),
    ),
    flaw(
        "move-of-a-list",
        "MOVE takes a list of numbers in parentheses for a set",
        "",
        "6851-3.1-arguments",
        send_as(rb"MOVE \((\d+) (\d+)\)", rb"MOVE \1,\2", name=MOVES),
    ),
    flaw(
        "refused-move-marks",
        "A MOVE that is refused leaves the messages marked Deleted",
        "",
        "6851-3.3-whole",
        whole(_marked_all_the_same, name=MOVES, state="selected"),
    ),
    flaw(
        "refused-move-copies",
        "A MOVE of a message that is not there is refused, and the others have been copied",
        "",
        "6851-3.3-not-both",
        whole(_copied_all_the_same, name=MOVES, state="selected"),
    ),
    flaw(
        "move-creates",
        "A MOVE that is refused since there is no target creates it",
        "",
        "6851-3.3-no-create",
        whole(_created_all_the_same, name=MOVES, state="selected"),
    ),
    flaw(
        "moved-is-not-recent",
        "Who opens a mailbox first finds nothing recent that came by MOVE",
        "",
        "6851-3.3-recent",
        whole(_seen_by_itself, name=MOVES, state="selected"),
    ),
    flaw(
        "move-to-the-front",
        "Moved messages come before those that were in the target",
        "",
        "6851-3.3-end",
        command(_count_target, name=MOVES, state="selected"),
        whole(_put_behind, name=MOVES, state="selected"),
    ),
    flaw(
        "move-copyuid-short",
        "COPYUID of a MOVE of several messages tells the first new UID only",
        "",
        "6851-4.3-copyuid-true",
        replace(rb"(\[COPYUID \d+ \S+ \d+)[:,][\d:,]+\]", rb"\1]", code="COPYUID", to=MOVES),
    ),
    flaw(
        "move-facade-loses-order",
        "Behind a facade of MOVE, COPYUID has UIDVALIDITY 1",
        "",
        "6851-4.3-copyuid-true",
        number(rb"\[COPYUID (\d+)", lambda _: 1, code="COPYUID"),
        backend="courier",
        facade="move-facade",
    ),
)

ALLOWED = (
    flaw(
        "copyuid-in-tagged-ok",
        "COPYUID of a MOVE comes in its tagged OK",
        "",
        "6851-4.3-copyuid 6851-4.3-copyuid-true",
        alter(_keep_code, code="COPYUID", kind="untagged", to=MOVES),
        alter(_give_code, kind="tagged", to=MOVES, status="OK"),
    ),
)
