"""Flaws of UIDONLY (RFC 9586)."""

from __future__ import annotations

import re

from conformance.flaws.acts import alter, answer, command, drop, replace
from conformance.flaws.flaw import Act, Flaw, flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.wire.dialogue import Arrival

_VANISHED = re.compile(rb"\* VANISHED (\d+)[\d:,]*\r\n", re.IGNORECASE)


def _row(name: str, title: str, rules: str, *acts: Act) -> Flaw:
    return flaw(name, title, "", rules, *acts, backend="cyrus310")


def _enabled(talk: Talk, request: Request) -> None:
    if b"UIDONLY" in request.arguments.upper():
        talk.memory["uidonly"] = True


def _done(talk: Talk, request: Request) -> bytes | None:
    """Answer OK to what has numbers."""
    if "uidonly" not in talk.memory:
        return None
    talk.say(request.tag + b" OK Done\r\n")
    return b""


def _expunge(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    found = _VANISHED.match(octets)
    return b"* %s EXPUNGE\r\n" % (b"1" if found is None else found[1])


def _takes(name: str, where: bytes) -> tuple[Act, Act]:
    return command(_enabled, name="ENABLE"), command(_done, name=name, where=where)


FLAWS = (
    _row(
        "uidonly-takes-numbers",
        "Commands with numbers are carried out once UIDONLY is enabled",
        "9586-3-numbers 9586-3.2-prohibited",
        *_takes("FETCH, STORE, COPY, MOVE, SEARCH", rb""),
    ),
    _row(
        "uidonly-without-code",
        "A command with numbers is answered BAD without UIDREQUIRED",
        "9586-3-uidrequired",
        replace(rb"\[UIDREQUIRED\] ", b""),
    ),
    _row(
        "uidonly-takes-star",
        "The star is no number once UIDONLY is enabled",
        "9586-3-numbers",
        *_takes("FETCH", rb"FETCH \*"),
    ),
    _row(
        "uidonly-fetch",
        "UIDFETCH is called FETCH",
        "9586-3-no-numbers 9586-3.3-uidfetch 9586-3.6-flags 9586-3.7-modseq",
        replace(rb"(\* \d+ )UIDFETCH", rb"\1FETCH", only="UIDFETCH"),
    ),
    _row(
        "uidonly-is-not-known",
        "ENABLE UIDONLY enables nothing",
        "9586-3.1-enable",
        replace(rb" UIDONLY", b"", only="ENABLED"),
    ),
    _row(
        "uidonly-expunge",
        "VANISHED is EXPUNGE",
        "9586-3.4-vanished 9586-3.6-vanished 9586-3-no-numbers",
        alter(_expunge, only="VANISHED"),
    ),
    _row(
        "uidonly-search-by-number",
        "Numbers are keys of UID SEARCH",
        "9586-3.5-search",
        *_takes("UID SEARCH", rb"SEARCH (NOT )?\d"),
    ),
    _row(
        "uidonly-without-flags",
        "Flags that others change are not told",
        "9586-3.6-flags",
        drop(only="UIDFETCH", to="NOOP"),
    ),
    _row(
        "uidonly-without-exists",
        "New messages are not told once UIDONLY is enabled",
        "9586-3.6-exists",
        command(_enabled, name="ENABLE"),
        alter(
            lambda talk, _arrival, octets: b"" if "uidonly" in talk.memory else octets,
            only="EXISTS",
            to="NOOP",
        ),
    ),
    _row(
        "uidonly-without-copyuid",
        "UID COPY is answered without COPYUID once UIDONLY is enabled",
        "9586-3.6-copyuid",
        command(_enabled, name="ENABLE"),
        alter(
            lambda talk, _arrival, octets: (
                re.sub(rb"\[COPYUID [^\]]*\] ", b"", octets) if "uidonly" in talk.memory else octets
            ),
            to="UID COPY",
        ),
    ),
    _row(
        "uidonly-not-sticky",
        "SELECT says UIDNOTSTICKY where UIDONLY is announced",
        "9586-3.6-sticky",
        alter(
            lambda _talk, _arrival, octets: octets + b"* NO [UIDNOTSTICKY] They change\r\n",
            only="EXISTS",
            to="SELECT",
        ),
    ),
    _row(
        "uidonly-match-data",
        "Message sequence match data are taken once UIDONLY is enabled",
        "9586-3.7-match-data",
        *_takes("SELECT", rb"QRESYNC \(.*\(.*\)"),
    ),
    _row(
        "uidonly-sorts-by-number",
        "SORT and THREAD are carried out once UIDONLY is enabled",
        "9586-3.8-others",
        *_takes("SORT, THREAD", rb""),
    ),
    _row(
        "uidonly-in-capitals",
        "UIDONLY is known in capitals only",
        "9586-4-case",
        answer(b"* ENABLED\r\n{tag} OK Done\r\n", name="ENABLE", where=rb"(?-i:UidOnly)"),
    ),
)

ALLOWED = (
    _row(
        "uidonly-refusals-differ",
        "Refusals of UIDONLY have another text",
        "9586-3-numbers",
        replace(rb"(\[UIDREQUIRED\] )[^\r]*", rb"\1By UID, please", to="FETCH"),
    ),
)
