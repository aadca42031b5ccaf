"""Flaws of QRESYNC (RFC 7162 section 3.2), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    drop,
    hold,
    number,
    remembering,
    replace,
    send_as,
    whole,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_SELECTS = "SELECT, EXAMINE"
_EXPUNGES = "EXPUNGE, UID EXPUNGE"
_QRESYNC = rb" ?\(QRESYNC .*\)(?=\r\n)"
_MODSEQ_CODE = rb"\[HIGHESTMODSEQ \d+\] "


def _enable_by_itself(talk: Talk, _request: Request) -> None:
    """Enable QRESYNC where the client has enabled nothing."""
    if not talk.memory.get("enabled"):
        talk.memory["enabled"] = True
        talk.ask(b"ENABLE QRESYNC", "none")


def _without_enable(talk: Talk, _request: Request) -> None:
    """Enable QRESYNC because the client uses it."""
    talk.ask(b"ENABLE QRESYNC", "none")


def _last_first(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Put VANISHED behind the FETCH responses."""
    gone = [each for each in responses if each.startswith(b"* VANISHED")]
    others = [each for each in responses if not each.startswith(b"* VANISHED")]
    return [*others[:-1], *gone, others[-1]]


def _as_numbers(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Tell one EXPUNGE of the first message for each message that has vanished."""
    found = re.match(rb"\* VANISHED ([\d:,]+)\r\n", octets)
    if found is None:
        return octets
    return b"* 2 EXPUNGE\r\n" * (found[1].count(b",") + 1)


def _keep_vanished(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Remember what has vanished, and tell it once more with what vanishes next."""
    found = re.match(rb"\* VANISHED ([\d:,]+)\r\n", octets)
    if found is None:
        return octets
    before = talk.memory.get("vanished")
    talk.memory["vanished"] = found[1]
    return b"* VANISHED %s,%s\r\n" % (before, found[1]) if before else octets


def _note_annotated(talk: Talk, request: Request) -> None:
    talk.shared["annotated"] = request.first


def _before_annotated(talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Tell of a mailbox that was annotated the number that was told before."""
    found = re.search(rb"(?<=HIGHESTMODSEQ )\d+", octets)
    if found is None:
        return octets
    mailbox = arrival.response.mailbox
    told: bytes = talk.shared.setdefault(("told", mailbox), found[0])
    if talk.shared.get("annotated") == mailbox:
        return octets.replace(found[0], told)
    talk.shared["told", mailbox] = found[0]
    return octets


FLAWS = (
    flaw(
        "vanished-without-uid-one",
        "VANISHED (EARLIER) leaves out UID 1",
        "E07",
        "7162-3.2.5.1-vanished 7162-3.2.6-all",
        replace(rb"\(EARLIER\) 1\r\n|(?<=EARLIER\) )1,", b"", only="VANISHED"),
    ),
    flaw(
        "qresync-wants-uids",
        "SELECT with QRESYNC and without known UIDs ends the connection",
        "G22",
        "7162-3.2.5.1-vanished 7162-3.2.5.1-flags 7162-3.2.5-as-ever",
        answer(b"", name=_SELECTS, where=rb"\(QRESYNC \(\d+ \d+\)"),
    ),
    flaw(
        "enable-qresync-unknown",
        "ENABLE does not know QRESYNC",
        "",
        "7162-3.2.3-enable",
        answer(b"* ENABLED\r\n{tag} OK Done\r\n", name="ENABLE", where=b"QRESYNC"),
    ),
    flaw(
        "enable-qresync-alone",
        "ENABLE QRESYNC CONDSTORE enables CONDSTORE alone",
        "",
        "7162-3.2.3-enable",
        send_as(rb"QRESYNC CONDSTORE|CONDSTORE QRESYNC", b"CONDSTORE", name="ENABLE"),
    ),
    flaw(
        "qresync-without-enable-capability",
        "QRESYNC is announced, and ENABLE is not",
        "",
        "7162-3.2.3-enable-announced",
        replace(rb" ENABLE\b", b"", only="CAPABILITY"),
    ),
    flaw(
        "qresync-is-not-condstore",
        "After ENABLE QRESYNC flags come without MODSEQ",
        "",
        "7162-3.2.3-aware 7162-3.1-included",
        remembering(lambda talk, _: talk.memory.update(qresync=True), name="ENABLE"),
        alter(
            lambda talk, _, octets: (
                re.sub(rb" ?MODSEQ \(\d+\)", b"", octets) if talk.memory.get("qresync") else octets
            ),
            only="FETCH",
            to="STORE",
        ),
    ),
    flaw(
        "vanished-unasked",
        "Removals are told with VANISHED though nobody has enabled QRESYNC",
        "",
        "7162-3.2.3-not-before",
        command(_enable_by_itself, name=_SELECTS),
    ),
    flaw(
        "qresync-without-uid",
        "After ENABLE QRESYNC flags come without UID",
        "",
        "7162-3.2.4-uid",
        replace(rb"UID \d+ ", b"", only="FETCH", to="STORE, NOOP"),
    ),
    flaw(
        "qresync-enabled-by-use",
        "SELECT with QRESYNC and UID FETCH with VANISHED enable QRESYNC by themselves",
        "",
        "7162-3.2.5-not-enabled 7162-3.2.6-not-enabled",
        command(_without_enable, name=_SELECTS, where=rb"\(.*QRESYNC"),
        command(_without_enable, name="UID FETCH", where=b"VANISHED"),
    ),
    flaw(
        "qresync-arguments-passed-over",
        "A QRESYNC parameter that is not valid is passed over",
        "",
        "7162-3.2.5-arguments",
        send_as(
            rb" \(QRESYNC(?! \(\d+ \d+(?: [\d:,]+)?(?: \([\d:,]+ [\d:,]+\))?\)\)?\r\n).*(?=\r\n)",
            b"",
            name=_SELECTS,
        ),
    ),
    flaw(
        "qresync-tells-no-exists",
        "SELECT with QRESYNC tells only what has changed, and no UIDNEXT",
        "",
        "7162-3.2.5-as-ever",
        drop(code="UIDNEXT", to=_SELECTS, where=b"QRESYNC"),
    ),
    flaw(
        "qresync-any-uidvalidity",
        "SELECT with QRESYNC does not look at UIDVALIDITY",
        "",
        "7162-3.2.5-uidvalidity",
        before(
            b"* VANISHED (EARLIER) 2:3\r\n",
            kind="tagged",
            to=_SELECTS,
            where=rb"QRESYNC \(4294967295 ",
        ),
    ),
    flaw(
        "qresync-ignored",
        "SELECT with QRESYNC tells nothing of what has changed",
        "",
        "7162-3.2.5.1-flags 7162-3.2.5.1-vanished",
        send_as(_QRESYNC, b"", name=_SELECTS),
    ),
    flaw(
        "qresync-flags-without-uid",
        "The flags that SELECT with QRESYNC tells come without UID",
        "",
        "7162-3.2.5.1-uid 7162-3.2.5.1-flags",
        replace(rb"UID \d+ ", b"", only="FETCH", to=_SELECTS),
    ),
    flaw(
        "known-uids-ignored",
        "Known UIDs are passed over",
        "",
        "7162-3.2.5.1-known-uids",
        send_as(rb"(QRESYNC \(\d+ \d+) [\d:,]+\)", rb"\1)", name=_SELECTS),
    ),
    flaw(
        "match-data-believed",
        "Match data is believed without a look, whether it matches or not",
        "",
        "7162-3.2.5.2-no-match",
        drop(only="VANISHED", to=_SELECTS, where=rb"QRESYNC \(\d+ \d+ [\d:,]+ \("),
    ),
    flaw(
        "vanished-modifier-ignored",
        "UID FETCH with VANISHED tells nothing of what is gone",
        "",
        "7162-3.2.6-vanished 7162-3.2.6-all 7162-3.2-remembered",
        drop(only="VANISHED", to="UID FETCH"),
    ),
    flaw(
        "vanished-of-all",
        "UID FETCH with VANISHED tells of a message outside its set",
        "",
        "7162-3.2.6-set",
        replace(rb"\r\n", b",4000000000\r\n", only="VANISHED", to="UID FETCH"),
    ),
    flaw(
        "vanished-behind-fetch",
        "UID FETCH tells what is gone behind what has changed",
        "",
        "7162-3.2.6-first",
        whole(_last_first, name="UID FETCH", where=b"VANISHED"),
    ),
    flaw(
        "fetch-takes-vanished",
        "FETCH takes VANISHED, and passes over it",
        "",
        "7162-3.2.6-fetch",
        send_as(rb"VANISHED (?=CHANGED)| VANISHED(?=\))", b"", name="FETCH"),
    ),
    flaw(
        "vanished-takes-all",
        "UID FETCH takes VANISHED without CHANGEDSINCE",
        "",
        "7162-3.2.6-alone",
        send_as(rb"\(VANISHED\)", b"(VANISHED CHANGEDSINCE 1)", name="UID FETCH"),
    ),
    flaw(
        "expunge-without-highestmodseq",
        "The OK to EXPUNGE has no HIGHESTMODSEQ",
        "",
        "7162-3.2.7-highestmodseq",
        replace(_MODSEQ_CODE, b"", kind="tagged", to=_EXPUNGES),
    ),
    flaw(
        "close-with-highestmodseq",
        "The OK to CLOSE has HIGHESTMODSEQ",
        "",
        "7162-3.2.8-no-code",
        replace(rb" OK ", b" OK [HIGHESTMODSEQ 99] ", kind="tagged", to="CLOSE"),
    ),
    flaw(
        "expunge-in-place-of-vanished",
        "EXPUNGE comes once QRESYNC is enabled",
        "",
        "7162-3.2.10-instead",
        alter(_as_numbers, only="VANISHED"),
    ),
    flaw(
        "earlier-of-expunge",
        "VANISHED of an EXPUNGE has EARLIER",
        "",
        "7162-3.2.10-earlier",
        replace(rb"VANISHED (?=\d)", b"VANISHED (EARLIER) ", only="VANISHED"),
    ),
    flaw(
        "vanished-again",
        "VANISHED names what it has named before as well",
        "",
        "7162-3.2.10.2-visible",
        alter(_keep_vanished, only="VANISHED"),
    ),
    flaw(
        "vanished-during-store",
        "VANISHED comes during STORE, FETCH and SEARCH",
        "",
        "7162-3.2.10.2-during",
        before(b"* VANISHED 2\r\n", kind="tagged", to="FETCH", where=rb"FETCH 3 \(FLAGS\)"),
    ),
    flaw(
        "vanished-during-uid-search",
        "VANISHED comes during a UID SEARCH by message numbers",
        "",
        "7162-3.2.10.2-uid-search",
        before(b"* VANISHED 2\r\n", kind="tagged", to="UID SEARCH", where=rb"SEARCH 3:4\r\n"),
    ),
    flaw(
        "loss-is-not-told",
        "While an expunge is held back no HIGHESTMODSEQ tells of it",
        "",
        "7162-3.2-no-loss",
        drop(code="HIGHESTMODSEQ", kind="untagged", to="STORE"),
        replace(_MODSEQ_CODE, b"", kind="tagged", to="STORE"),
    ),
    flaw(
        "expunge-raises-nothing",
        "An expunge leaves HIGHESTMODSEQ of STATUS as it was",
        "",
        "7162-3.2-rises",
        number(rb"HIGHESTMODSEQ (\d+)", lambda _: 7, only="STATUS"),
    ),
    flaw(
        "annotation-raises-nothing",
        "SETMETADATA leaves HIGHESTMODSEQ of STATUS as it was",
        "",
        "7162-3.2-metadata",
        remembering(_note_annotated, name="SETMETADATA"),
        alter(_before_annotated, only="STATUS"),
    ),
    flaw(
        "qresync-without-condstore",
        "QRESYNC is announced, and CONDSTORE is not",
        "",
        "7162-3.2.2-condstore",
        replace(rb" CONDSTORE", b""),
    ),
    flaw(
        "nomodseq-and-vanished",
        "SELECT with QRESYNC tells NOMODSEQ, and what is gone",
        "",
        "7162-3.2.5.1-nomodseq",
        replace(
            rb"HIGHESTMODSEQ \d+", b"NOMODSEQ", code="HIGHESTMODSEQ", to=_SELECTS, where=b"QRESYNC"
        ),
    ),
    flaw(
        "vanished-behind-its-ok",
        "VANISHED comes when no command is in progress",
        "",
        "7162-3.2.10.2-no-command",
        hold({"kind": "tagged", "to": _EXPUNGES}, only="VANISHED", to=_EXPUNGES),
    ),
    flaw(
        "select-without-closed",
        "SELECT of another mailbox brings no CLOSED",
        "B08",
        "7162-3.2.11-closed",
        drop(code="CLOSED"),
    ),
    flaw(
        "closed-at-the-end",
        "CLOSED comes behind what is told of the next mailbox",
        "",
        "7162-3.2.11-boundary",
        drop(code="CLOSED"),
        before(b"* OK [CLOSED] Closed\r\n", kind="tagged", to=_SELECTS),
    ),
)

ALLOWED = (
    flaw(
        "vanished-one-by-one",
        "Each message has a VANISHED response of its own",
        "",
        "7162-3.2.10-instead 7162-3.2.10.2-visible 7162-3.2.7-highestmodseq",
        replace(
            rb"\* VANISHED ([\d,]+)\r\n",
            lambda m: b"".join(b"* VANISHED %s\r\n" % uid for uid in m[1].split(b",")),
            only="VANISHED",
        ),
    ),
)
