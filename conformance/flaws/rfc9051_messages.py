r"""Flaws of IMAP4rev2: messages as they are stored, found, told and moved (RFC 9051)."""

from __future__ import annotations

from conformance.flaws.acts import alter, answer, payload, remembering, replace, send_as, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9051_facade import REV2
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_MOVES = "MOVE, UID MOVE"
_SEARCHES = "SEARCH, UID SEARCH"
_MOVED = "mailboxes that messages were moved from and to, and by whom"


def _target(request: Request) -> bytes:
    return request.octets.rsplit(b" ", 1)[1].removesuffix(b"\r\n")


def _moved(talk: Talk, request: Request) -> None:
    for name in (talk.mailbox, _target(request).strip(b'"')):
        talk.shared.setdefault(_MOVED, {})[name] = talk.number


def _unless_moved(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Keep from the other sessions what MOVE has done."""
    return octets if talk.shared.get(_MOVED, {}).get(talk.mailbox) in (None, talk.number) else b""


def _to_the_front(talk: Talk, request: Request, responses: list[bytes]) -> list[bytes]:
    """Put the message that was the first of the target behind the one that was moved there."""
    target = _target(request)
    here = b'SELECT "%s"' % talk.mailbox
    for line in (b"SELECT " + target, b"COPY 1 " + target):
        talk.ask(line, "none")
    for line in (rb"STORE 1 +FLAGS.SILENT (\Deleted)", b"EXPUNGE", here):
        talk.ask(line, "none")
    return responses


FLAWS = (
    flaw(
        "literal8-for-every-body",
        "BODY[] comes as a literal8, whatever is in it",
        "",
        "9051-4.3.1-literal8-binary",
        replace(rb"(BODY\[\]) \{", rb"\1 ~{", only="FETCH"),
        facade=REV2,
    ),
    flaw(
        "header-stored-as-x",
        "APPEND makes an X of each octet of a header that is beyond US-ASCII",
        "",
        "9051-6.3.12-utf8-header",
        send_as(rb"[\x80-\xff](?=[^\r]*\r\n(?:\S[^\r]*\r\n)*\r\n)", b"X", count=0, name="APPEND"),
        facade=REV2,
    ),
    flaw(
        "envelope-with-question-marks",
        "ENVELOPE has question marks in the place of octets beyond US-ASCII",
        "",
        "9051-7.5.2-utf8-header",
        replace(rb"[\x80-\xff]", b"?", count=0, only="FETCH", where=rb"ENVELOPE"),
        facade=REV2,
    ),
    flaw(
        "global-as-basic-part",
        "A part of type MESSAGE/GLOBAL is described without envelope, structure and lines",
        "",
        "9051-7.5.2-message",
        replace(
            rb'("message" "global" (?:\([^()]*\)|NIL) NIL NIL "[^"]*" \d+) .*\)(?= "mixed")',
            rb"\1)",
            only="FETCH",
        ),
        facade=REV2,
    ),
    flaw(
        "global-without-sections",
        "TEXT of a part of type MESSAGE/GLOBAL is empty",
        "",
        "9051-6.4.5.1-message-part",
        payload(lambda _: b"", item=rb"BODY\[2\.TEXT\]", only="FETCH"),
        facade=REV2,
    ),
    flaw(
        "search-in-ascii-only",
        "SEARCH with the charset UTF-8 is answered NO",
        "",
        "9051-6.4.4-utf-8",
        answer(
            b"{tag} NO [BADCHARSET (US-ASCII)] ASCII only\r\n",
            name=_SEARCHES,
            where=rb"CHARSET UTF-8",
        ),
        facade=REV2,
    ),
    flaw(
        "rev2-body-search-finds-headers",
        "SEARCH BODY looks into headers as well",
        "",
        "9051-6.4.4-body",
        send_as(rb" BODY ", b" TEXT ", name=_SEARCHES),
        facade=REV2,
    ),
    flaw(
        "rev2-move-not-told",
        "Other sessions are not told that messages were moved",
        "",
        "9051-6.4.8-told",
        remembering(_moved, name=_MOVES),
        alter(_unless_moved, only="EXPUNGE EXISTS", to="NOOP"),
        facade=REV2,
    ),
    flaw(
        "rev2-move-to-the-front",
        "Moved messages are put before those that are in the target",
        "",
        "9051-6.4.8-end",
        whole(_to_the_front, name=_MOVES),
        facade=REV2,
    ),
)
