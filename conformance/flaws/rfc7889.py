"""Flaws of APPENDLIMIT (RFC 7889), and facades of servers that have a limit for each mailbox."""

from __future__ import annotations

from conformance.flaws.acts import answer, command, number, replace
from conformance.flaws.flaw import Act, facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk

_BAD = b"{tag} BAD No such item\r\n"
_BEHIND = "appendlimit-facade"
_ZERO = "appendlimit-zero-facade"
_ASKING = "STATUS, LIST"
_ITEM = b"APPENDLIMIT"
_PLACE = b"UIDVALIDITY"
"""An item of the server behind that stands in for the one that it has not."""


def _limit(limit: bytes) -> Act:
    """Tell a limit of every mailbox."""

    def asked(talk: Talk, request: Request) -> bytes | None:
        if _ITEM not in request.octets.upper():
            return None
        place = request.octets.upper().index(_ITEM)
        told = request.octets[:place] + _PLACE + request.octets[place + len(_ITEM) :]
        for line in talk.exchange(Request(told)):
            head, found, tail = line.partition(_PLACE + b" ")
            shown = head + _ITEM + b" " + limit + tail.lstrip(b"0123456789")
            talk.say(shown if found else line)
        return b""

    return command(asked, name=_ASKING)


FACADES = (
    facade(
        _BEHIND,
        "APPENDLIMIT is announced, and each mailbox has a limit",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 APPENDLIMIT"),
        _limit(b"257890"),
        answer(
            b"{tag} NO [TOOBIG] Too large\r\n", name="APPEND", where=rb"\{4294967295\}", early=True
        ),
    ),
    facade(
        _ZERO,
        "APPENDLIMIT is announced, and mailboxes take no message",
        replace(rb"(CAPABILITY IMAP4rev1)", rb"\1 APPENDLIMIT"),
        _limit(b"0"),
        answer(b"{tag} NO [TOOBIG] Too large\r\n", name="APPEND", early=True),
    ),
)

FLAWS = (
    flaw(
        "appendlimit-not-in-status",
        "APPENDLIMIT is announced, and STATUS does not know it",
        "",
        "7889-3.1-status",
        answer(_BAD, name="STATUS", where=_ITEM),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-not-in-list",
        "APPENDLIMIT is announced, and the STATUS of LIST does not know it",
        "",
        "7889-3.2-list",
        answer(_BAD, name="LIST", where=_ITEM),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-negative",
        "A mailbox without a limit has the limit -1",
        "",
        "7889-3.1-status 7889-3.2-list",
        replace(rb"APPENDLIMIT \d+", b"APPENDLIMIT -1", only="STATUS"),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-in-capitals",
        "The item is known in capitals only",
        "",
        "7889-5-case",
        answer(_BAD, name="STATUS", where=rb"(?-i:appendLimit)"),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-without-code",
        "A message that is too large is refused without TOOBIG",
        "",
        "7889-4-toobig",
        replace(rb"\[TOOBIG\] ", b"", to="APPEND"),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-another-in-status",
        "The capability has one limit, STATUS another one",
        "",
        "7889-2-same",
        replace(rb"APPENDLIMIT(?= )", b"APPENDLIMIT=257890", only="CAPABILITY OK"),
        number(rb"APPENDLIMIT (\d+)", lambda n: n + 1, only="STATUS"),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-of-all-not-in-status",
        "The capability has the limit, and STATUS does not know it",
        "",
        "7889-3.1-status-global",
        replace(rb"APPENDLIMIT(?= )", b"APPENDLIMIT=257890", only="CAPABILITY OK"),
        answer(_BAD, name="STATUS", where=_ITEM),
        facade=_BEHIND,
    ),
    flaw(
        "appendlimit-zero-passed-over",
        "The limit is 0, and messages are taken",
        "",
        "7889-5-zero",
        answer(b"+ go on\r\n{tag} OK Done\r\n", name="APPEND", early=True),
        facade=_ZERO,
    ),
)

ALLOWED = (
    flaw(
        "appendlimit-none",
        "A mailbox has no limit",
        "",
        "7889-3.1-status 7889-3.2-list 7889-5-case",
        replace(rb"APPENDLIMIT \d+", b"APPENDLIMIT NIL", only="STATUS"),
        facade=_BEHIND,
    ),
)
