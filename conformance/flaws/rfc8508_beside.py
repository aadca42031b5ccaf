"""Flaws of REPLACE beside other extensions: RFC 8508 section 4, and quotas of section 3.4."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, drop, remembering, replace, send_as
from conformance.flaws.flaw import facade, flaw
from conformance.flaws.request import Request
from conformance.flaws.rfc9208 import FACADES as QUOTA
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_REPLACES = "REPLACE, UID REPLACE"
_GREETINGS = rb"Subject: Gr\xc3\xbc\xc3\x9fe aus K\xc3\xb6ln"
_MODSEQ = re.compile(rb"(HIGHESTMODSEQ )(\d+)", re.IGNORECASE)
_EMAILID = re.compile(rb"(EMAILID \()([^)]*)", re.IGNORECASE)
_LIMIT = re.compile(rb"MESSAGE (\d+)", re.IGNORECASE)


def _seen(talk: Talk, _request: Request) -> None:
    talk.shared["replaced"] = True


_SEEN = remembering(_seen, name=_REPLACES)


def _stale(pattern: re.Pattern[bytes], name: str, talk: Talk, octets: bytes) -> bytes:
    """Tell what was told last before the first REPLACE."""
    found = pattern.search(octets)
    if found and not talk.shared.get("replaced"):
        talk.shared[name] = found[2]
    old = talk.shared.get(name)
    return pattern.sub(lambda m: m[1] + old, octets) if old else octets


def _old_modseq(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return _stale(_MODSEQ, "modseq", talk, octets)


def _old_emailid(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    return _stale(_EMAILID, "emailid", talk, octets)


def _forgotten(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    earlier = b"(EARLIER)" in octets.upper()
    return b"" if earlier and talk.shared.get("replaced") else octets


def _limit(talk: Talk, request: Request) -> None:
    found = _LIMIT.search(request.arguments)
    talk.memory["full"] = found is not None and int(found[1]) < 1000


def _full(talk: Talk, request: Request) -> bytes | None:
    """Refuse what would add a message, once the limit is set to what there is."""
    if not talk.memory.get("full"):
        return None
    talk.say(request.tag + b" NO [OVERQUOTA] Not one more\r\n")
    return b""


FACADES = (
    facade(
        "replace-quota-facade",
        "REPLACE beside a quota root of which the limits may be set; APPEND keeps to them",
        remembering(_limit, name="SETQUOTA"),
        command(_full, name="APPEND"),
        *QUOTA[0].acts,
        backend="dovecot24",
    ),
)

FLAWS = (
    flaw(
        "replace-counts-as-append",
        "A REPLACE is refused where an APPEND would be over the quota",
        "",
        "8508-3.4-net-quota",
        remembering(_limit, name="SETQUOTA"),
        command(_full, name=_REPLACES),
        backend="dovecot24",
        facade="replace-quota-facade",
    ),
    flaw(
        "replace-wants-to-be-asked",
        "LITERAL+ is announced, and REPLACE refuses a literal with a plus",
        "",
        "8508-3.4-extensions",
        answer(b"{tag} BAD Unexpected literal\r\n", name=_REPLACES, where=rb"\{\d+\+\}\r\n"),
        backend="dovecot24",
    ),
    flaw(
        "replace-refuses-utf8",
        "UTF8=ACCEPT is enabled, and REPLACE refuses UTF-8 in a header",
        "",
        "8508-3.4-extensions",
        answer(b"{tag} NO 8-bit data\r\n", name=_REPLACES, where=_GREETINGS),
        backend="dovecot24",
        facade="utf8-facade",
    ),
    flaw(
        "replace-stores-utf8-for-all",
        "UTF8=ACCEPT is not enabled, and REPLACE takes UTF-8 in a header, as APPEND does not",
        "",
        "8508-3.4-extensions",
        send_as(_GREETINGS, b"Subject: Gruesse aus Koeln", name=_REPLACES),
        backend="dovecot24",
        facade="utf8-facade",
    ),
    flaw(
        "replace-too-big-without-code",
        "A REPLACE with a message above the limit of APPEND is refused without TOOBIG",
        "",
        "8508-3.4-extensions",
        replace(rb"\[TOOBIG\] ", b"", to=_REPLACES),
        backend="cyrus310",
    ),
    flaw(
        "replace-without-catenate",
        "CATENATE is announced, and REPLACE does not know it",
        "",
        "8508-4.2-catenate",
        answer(b"{tag} BAD Unknown word\r\n", name=_REPLACES, where=rb" CATENATE \("),
        backend="dovecot24",
    ),
    flaw(
        "replace-tells-expunge",
        "QRESYNC is enabled, and REPLACE brings EXPUNGE",
        "",
        "8508-4.5-vanished",
        replace(rb"\* VANISHED [\d:,]+", rb"* 2 EXPUNGE", only="VANISHED", to=_REPLACES),
        backend="cyrus310",
    ),
    flaw(
        "replace-without-highestmodseq",
        "QRESYNC is enabled, and the OK to REPLACE has no HIGHESTMODSEQ",
        "",
        "8508-4.5-highestmodseq",
        replace(rb"\[HIGHESTMODSEQ \d+\] ", b"", to=_REPLACES),
        drop(code="HIGHESTMODSEQ", to=_REPLACES, kind="untagged"),
        backend="cyrus310",
    ),
    flaw(
        "replace-leaves-the-modseq",
        "The mod-sequence of the mailbox does not rise when a message is replaced",
        "",
        "8508-4.5-modseq-rises",
        _SEEN,
        alter(_old_modseq, only="STATUS"),
        backend="cyrus310",
    ),
    flaw(
        "replaced-is-forgotten",
        "Who comes back with QRESYNC is not told what was replaced",
        "",
        "8508-4.5-remembered",
        _SEEN,
        alter(_forgotten, only="VANISHED"),
        backend="cyrus310",
    ),
    flaw(
        "replace-keeps-the-emailid",
        "The new message has the EMAILID of the old one",
        "",
        "8508-4.6-emailid",
        _SEEN,
        alter(_old_emailid, only="FETCH"),
        backend="cyrus310",
    ),
)
