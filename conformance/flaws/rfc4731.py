"""Flaws of ESEARCH (RFC 4731), and what a server may do otherwise."""

from __future__ import annotations

import re

from conformance.flaws.acts import (
    alter,
    answer,
    before,
    command,
    number,
    replace,
    send_as,
    twice,
)
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk
from conformance.syntax.values import members
from conformance.wire.dialogue import Arrival

_SEARCHES = "SEARCH, UID SEARCH"
_TAG = re.compile(rb'\(TAG "[^"]*"\)', re.IGNORECASE)
_ITEM = re.compile(rb" (?:MIN|MAX|ALL|COUNT|MODSEQ) [\d:,]+", re.IGNORECASE)
_OPTIONS = re.compile(rb"RETURN \([^)]*\)", re.IGNORECASE)
_MODSEQ = re.compile(rb" MODSEQ (\d+)", re.IGNORECASE)


def _tag_of_last(_talk: Talk, arrival: Arrival, octets: bytes) -> bytes:
    """Name the command that came last, whichever it is about."""
    return _TAG.sub(b'(TAG "%s")' % arrival.in_flight[-1].tag, octets)


def _highest_of_all(talk: Talk, request: Request) -> None:
    """Ask beforehand for the highest mod-sequence of all that match."""
    line = request.octets.split(b" ", 1)[1].removesuffix(b"\r\n")
    came = b"".join(talk.ask(_OPTIONS.sub(b"RETURN (ALL)", line)))
    found = _MODSEQ.search(came)
    talk.memory["highest"] = found[1] if found else b""


def _give_highest(talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    highest = talk.memory.pop("highest", b"")
    return _MODSEQ.sub(b" MODSEQ " + highest, octets) if highest else octets


def _backwards(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Put the items the other way round."""
    items = _ITEM.findall(octets)
    return _ITEM.sub(b"", octets).removesuffix(b"\r\n") + b"".join(reversed(items)) + b"\r\n"


def _singly(_talk: Talk, _arrival: Arrival, octets: bytes) -> bytes:
    """Write a set without ranges, the last number first."""

    def written(found: re.Match[bytes]) -> bytes:
        numbers = members(found[1]) or ()
        return b" ALL " + b",".join(b"%d" % each for each in sorted(numbers, reverse=True))

    return re.sub(rb" ALL ([\d:,]+)", written, octets)


FLAWS = (
    flaw(
        "esearch-empty-set",
        "A search for ALL that finds nothing is answered with ALL and no set",
        "F05",
        "4731-3.1-nothing",
        replace(rb"(?<=\)|D)\r\n", b" ALL \r\n", only="ESEARCH", where=rb"RETURN \((?:ALL)?\)"),
    ),
    flaw(
        "esearch-without-modseq",
        "A search by MODSEQ for MIN or MAX alone returns no MODSEQ",
        "F04",
        "4731-3.2-modseq",
        replace(rb" MODSEQ \d+", b"", only="ESEARCH", where=rb"RETURN \((?:MIN|MAX)\)"),
    ),
    flaw(
        "esearch-modseq-of-all",
        "A search by MODSEQ for MIN or MAX returns the highest MODSEQ of all that match",
        "F04",
        "4731-3.2-modseq-single 4731-3.2-modseq-ends",
        command(_highest_of_all, name=_SEARCHES, where=rb"RETURN \((?:MIN|MAX|MIN MAX)\) MODSEQ"),
        alter(_give_highest, only="ESEARCH"),
    ),
    flaw(
        "esearch-modseq-low",
        "A search by MODSEQ for ALL or COUNT returns a MODSEQ below the highest",
        "",
        "4731-3.2-modseq-highest",
        number(
            rb"MODSEQ (\d+)",
            lambda n: max(n - 1, 1),
            only="ESEARCH",
            where=rb"RETURN \((?:\)|[^)]*(?:ALL|COUNT))",
        ),
    ),
    flaw(
        "esearch-nothing-unanswered",
        "A search that finds nothing brings no ESEARCH",
        "",
        "4731-3.1-nothing-answered",
        replace(rb"\A[^)]*\)(?: UID)?\r\n", b"", only="ESEARCH"),
    ),
    flaw(
        "esearch-zero-left-out",
        "COUNT is left out if it is 0",
        "",
        "4731-3.1-count-always",
        replace(rb" COUNT 0\b", b"", only="ESEARCH"),
    ),
    flaw(
        "esearch-count-too-high",
        "COUNT is one too high",
        "",
        "4731-3.1-count",
        number(rb" COUNT (\d+)", lambda n: n + 1, only="ESEARCH"),
    ),
    flaw(
        "esearch-min-is-one",
        "MIN is 1 wherever something is found",
        "",
        "4731-3.1-min",
        number(rb"\) MIN (\d+)", lambda _: 1, only="ESEARCH"),
    ),
    flaw(
        "esearch-max-too-high",
        "MAX is one too high, up to 6",
        "",
        "4731-3.1-max",
        number(rb"\) (?:MIN \d+ )?MAX (\d+)", lambda n: n + 1 if n < 6 else n, only="ESEARCH"),
    ),
    flaw(
        "esearch-all-is-a-range",
        "ALL is one range from the first to the last message that matches",
        "",
        "4731-3.1-all",
        replace(rb" ALL (\d+)[\d:,]*[:,](\d+)", rb" ALL \1:\2", only="ESEARCH"),
    ),
    flaw(
        "esearch-without-uid",
        "ESEARCH for UID SEARCH has no UID",
        "",
        "4731-3.1-uid",
        replace(rb"\) UID", rb")", only="ESEARCH"),
    ),
    flaw(
        "esearch-numbers-as-uids",
        "An extended UID SEARCH returns message numbers, and calls them UID",
        "",
        "4731-3.1-numbers",
        send_as(rb" UID SEARCH RETURN", b" SEARCH RETURN", name="UID SEARCH"),
        replace(rb'(\(TAG "[^"]*"\))', rb"\1 UID", only="ESEARCH", to="UID SEARCH"),
    ),
    flaw(
        "esearch-tag-of-last",
        "Of two searches in one packet both results have the tag of the second",
        "",
        "4731-3.1-tag",
        alter(_tag_of_last, only="ESEARCH"),
    ),
    flaw(
        "esearch-without-tag",
        "ESEARCH has no tag",
        "",
        "4731-3.1-correlator",
        replace(rb' \(TAG "[^"]*"\)', b"", only="ESEARCH"),
    ),
    flaw(
        "esearch-twice",
        "ESEARCH is sent twice",
        "",
        "4731-3.1-single",
        twice(only="ESEARCH"),
    ),
    flaw(
        "esearch-and-search",
        "ESEARCH comes with a SEARCH response before it",
        "",
        "4731-3.1-instead",
        before(b"* SEARCH 2\r\n", only="ESEARCH"),
    ),
    flaw(
        "esearch-empty-list-ignored",
        "RETURN with an empty list is answered with SEARCH",
        "",
        "4731-3.1-empty-list 4731-3.1-instead",
        send_as(rb"RETURN \(\) ", b"", name=_SEARCHES),
    ),
    flaw(
        "esearch-returns-all",
        "ALL is returned whatever was asked for",
        "",
        "4731-3.1-asked",
        send_as(rb"RETURN \((?=\w)(?![^)]*ALL)", b"RETURN (ALL ", name=_SEARCHES),
    ),
    flaw(
        "esearch-item-twice",
        "COUNT stands twice in ESEARCH",
        "",
        "4731-3.1-once",
        replace(rb"( COUNT \d+)", rb"\1\1", only="ESEARCH"),
    ),
    flaw(
        "esearch-unknown-option",
        "An unknown option of RETURN is passed over",
        "",
        "4731-3.1-arguments",
        send_as(rb" ?IMAPCONFORMANCE", b"", name=_SEARCHES),
    ),
    flaw(
        "esearch-capitals-only",
        "RETURN is known in capitals only",
        "",
        "4731-4-case",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"(?-i:return)"),
    ),
    flaw(
        "esearch-one-option",
        "Of several options of RETURN the first counts",
        "",
        "4731-4-options",
        send_as(rb"RETURN \((\w+) [^)]*\)", rb"RETURN (\1)", name=_SEARCHES),
    ),
    flaw(
        "esearch-set-of-words",
        "The numbers of ALL stand with spaces between them",
        "",
        "4731-3.1-all-set",
        replace(rb",", b" ", count=0, only="ESEARCH"),
    ),
    flaw(
        "esearch-unknown",
        "ESEARCH is announced, and RETURN is not known",
        "",
        "4731-1-announced",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=rb"SEARCH RETURN"),
    ),
)

ALLOWED = (
    flaw(
        "esearch-items-backwards",
        "The items of ESEARCH stand in another order than they were asked for",
        "",
        "4731-4-options 4731-3.1-asked",
        alter(_backwards, only="ESEARCH"),
    ),
    flaw(
        "esearch-set-singly",
        "ALL has no ranges, and begins with the last number",
        "",
        "4731-3.1-all",
        alter(_singly, only="ESEARCH"),
    ),
)
