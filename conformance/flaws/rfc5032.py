"""Flaws of WITHIN (RFC 5032)."""

from __future__ import annotations

import re

from conformance.flaws.acts import answer, send_as
from conformance.flaws.flaw import flaw

_SEARCHES = "SEARCH, UID SEARCH"
_KEY = rb"\b(OLDER|YOUNGER) (\d+)"


def _swapped(found: re.Match[bytes]) -> bytes:
    return (b"YOUNGER " if found[1].upper() == b"OLDER" else b"OLDER ") + found[2]


def _whole_days(found: re.Match[bytes]) -> bytes:
    return b"%s %d" % (found[1], -(-int(found[2]) // 86400) * 86400)


FLAWS = (
    flaw(
        "within-unknown",
        "WITHIN is announced, and its keys are not known",
        "",
        "5032-2-announced",
        answer(b"{tag} BAD Unknown argument\r\n", name=_SEARCHES, where=_KEY),
    ),
    flaw(
        "within-swapped",
        "OLDER finds what YOUNGER should, and the other way round",
        "",
        "5032-2-older 5032-2-younger",
        send_as(_KEY, _swapped, count=0, name=_SEARCHES),
    ),
    flaw(
        "within-older-is-all",
        "OLDER finds what has just come as well",
        "",
        "5032-2-older",
        send_as(rb"\bOLDER \d+", b"ALL", name=_SEARCHES),
    ),
    flaw(
        "within-younger-is-all",
        "YOUNGER finds what came long ago as well",
        "",
        "5032-2-younger",
        send_as(rb"\bYOUNGER \d+", b"ALL", name=_SEARCHES),
    ),
    flaw(
        "within-whole-days",
        "The intervals of OLDER and YOUNGER are made up to whole days",
        "",
        "5032-2-exact",
        send_as(_KEY, _whole_days, count=0, name=_SEARCHES),
    ),
    flaw(
        "within-by-date-field",
        "YOUNGER goes by the Date field",
        "",
        "5032-2-internal-date",
        send_as(rb"\bYOUNGER 86400\b", b"SENTSINCE 1-Jan-2025", name=_SEARCHES),
    ),
    flaw(
        "within-not-passed-over",
        "NOT in front of OLDER and YOUNGER is passed over",
        "",
        "5032-3-keys",
        send_as(rb"NOT (?=OLDER|YOUNGER)", b"", name=_SEARCHES),
    ),
    flaw(
        "within-31-bits",
        "An interval of 32 bits is refused",
        "",
        "5032-3-interval",
        answer(b"{tag} BAD Number too large\r\n", name=_SEARCHES, where=rb"ER [2-4]\d{9}"),
    ),
    flaw(
        "within-zero",
        "An interval of 0 is taken",
        "",
        "5032-3-arguments",
        send_as(rb"(OLDER|YOUNGER) 0(?!\d)", rb"\1 1", name=_SEARCHES),
    ),
)
