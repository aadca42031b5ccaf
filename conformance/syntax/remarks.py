"""Octets that conform by one reading of the RFC and not by another: remarks, never faults.

RFC 3501 leaves a few places open: text may begin with "[", so a response code with nothing
behind it is text, octet by octet (in RFC 9051 one without the space behind it); and the ABNF
counts the digits of a date without asking whether the day exists. A server is not wrong there,
and its author may want to know.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

_STATUS = re.compile(rb"(?:[^ \r\n]+ (?:OK|NO|BAD|BYE|PREAUTH)|\+) (?=\[)", re.I)
_CODE_WITH_TEXT = re.compile(rb"\[[^\x00-\x20\x7f-\xff(){%*\"\\\]].*\] [^\r\n]", re.S)
_CODE_ALONE = re.compile(rb"\[.*\] ?\r\n", re.S)
_CODE_AND_SPACE = re.compile(rb"\[[^\x00-\x20\x7f-\xff(){%*\"\\\]].*\] ", re.S)
"""In IMAP4rev2 there may be no text behind a code (RFC 9051 appendix E, item 23)."""
# A day that every month has, in a year and at a time that are: no more need be asked.
_SURE = (
    rb"(?<=[ 0][1-9]-|1[0-9]-|2[0-8]-)[A-Z]{3}-[12][0-9]{3}"
    rb" (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9] [+-](?:[01][0-9]|2[0-3])[0-5][0-9]"
)
# It begins with the hyphen, which is found faster than a word in any letter case.
_DATE_TIME = re.compile(
    rb'-(?<=INTERNALDATE "([ 0-9][0-9])-)(?!' + _SURE + rb'")([A-Z]{3})-([0-9]{4})'
    rb' ([0-9]{2}):([0-9]{2}):([0-9]{2}) [+-]([0-9]{2})([0-9]{2})"',
    re.I,
)
_MONTHS = b"JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_LEAP_SECOND = 60
_NO_DATE = b'00-Jan-0000 00:00:00 +0000"'
"""What RFC 2180 section 4.1.3 shows for a message that another session has expunged."""


@dataclass(frozen=True, slots=True)
class SyntaxRemark:
    """A debatable place: rule in ABNF spelling, offset in the skeleton from 0, both readings."""

    rule: str
    offset: int
    message: str


def remarks(text: bytes, *, rev2: bool = False) -> tuple[SyntaxRemark, ...]:
    """List the debatable places of a response line that conforms to the grammar, `rev2` or not."""
    found: list[SyntaxRemark] = []
    status = _STATUS.match(text)
    code = _CODE_AND_SPACE if rev2 else _CODE_WITH_TEXT
    if status and not code.match(text, status.end()):
        if _CODE_ALONE.match(text, status.end()):
            message = "a response code without text; it is allowed only as text that begins with ["
        else:
            message = "text that begins with [, which a client may take for a response code"
        found.append(SyntaxRemark("resp-text", status.end(), message))
    for date in _DATE_TIME.finditer(text):
        if date[1] + date.group() != _NO_DATE and not _exists(date):
            message = "a date, time or zone that does not exist; the ABNF only counts its digits"
            found.append(SyntaxRemark("date-time", date.start(1) - 1, message))
    return tuple(found)


def _exists(date: re.Match[bytes]) -> bool:
    day, year, hour, minute, second, zone_hour, zone_minute = (
        int(date.group(part)) for part in (1, 3, 4, 5, 6, 7, 8)
    )
    month = _MONTHS.index(date.group(2).upper()) // 3 + 1
    try:
        datetime.datetime(year, month, day, hour, minute, min(second, _LEAP_SECOND - 1))
    except ValueError:
        return False
    return second <= _LEAP_SECOND and zone_hour < 24 and zone_minute < 60
